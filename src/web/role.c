#include "web/role.h"

#include "base/i18n.h"
#include <glib.h>
#include <string.h>

static const struct {
    const char *word, *title;
} ROLES[WEB_N_ROLES] = {
    {"administrator", N_("administrator")},
    {"documenter", N_("documenter")},
    {"analyst", N_("analyst")},
    {"advocate", N_("advocate")},
    {"reader", N_("reader")},
};

bool web_role_parse(const char *word, WebRole *ret_role)
{
    for (int i = 0; i < WEB_N_ROLES; i++)
        if (g_strcmp0(ROLES[i].word, word) == 0) {
            *ret_role = (WebRole)(1 << i);
            return true;
        }
    return false;
}

static int place_of(WebRole role)
{
    for (int i = 0; i < WEB_N_ROLES; i++)
        if ((role & (1 << i)) != 0)
            return i;
    g_assert_not_reached();
}

const char *web_role_word(WebRole role)
{
    return ROLES[place_of(role)].word;
}

const char *web_role_title(WebRole role)
{
    return i18n_get(ROLES[place_of(role)].title);
}
