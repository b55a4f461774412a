/* watch/mail.c: one mail to one recipient, by the post office of appeal/post.h. */
#include "appeal/post.h"
#include "watch/private.h"

WatchOutcome watch_mail_send(const WatchChannel *channel, const char *to, GBytes *payload,
                             WatchHanding *handing, void *context, char **ret_why)
{
    const PostServer server = {.url = channel->server,
                               .user = channel->user,
                               .password = channel->password,
                               .ca_file = channel->ca_file,
                               .proxy = channel->proxy,
                               .plain = channel->plain,
                               .seconds = (guint)channel->seconds};
    switch (post_send(&server, channel->from, to, payload, handing, context, ret_why)) {
    case POST_WENT:
        return WATCH_WENT;
    case POST_NOT_YET:
        return WATCH_NOT_YET;
    case POST_NEVER:
        return WATCH_NEVER;
    case POST_UNSURE:
        break;
    }
    return WATCH_UNSURE;
}
