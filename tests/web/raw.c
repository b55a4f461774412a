#include "raw.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int raw_connect(guint16 port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&to, sizeof to), ==, 0);
    return fd;
}

bool raw_send(int fd, const void *bytes, gsize length)
{
    const char *at = bytes;
    while (length > 0) {
        gssize n = send(fd, at, length, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        at += n;
        length -= (gsize)n;
    }
    return true;
}

void raw_read(int fd, int milliseconds, RawAnswer *answer)
{
    GString *text = g_string_new(NULL);
    *answer = (RawAnswer){0};
    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, milliseconds) <= 0)
            break;
        char buffer[16384];
        gssize n = recv(fd, buffer, sizeof buffer, 0);
        if (n <= 0) {
            answer->closed = true;
            break;
        }
        g_string_append_len(text, buffer, n);
    }
    close(fd);
    answer->length = text->len;
    answer->text = g_string_free(text, FALSE);
    for (const char *at = answer->text; (at = strstr(at, "HTTP/1.1 ")) != NULL; at += 9)
        answer->answers += g_ascii_isdigit(at[9]) && g_ascii_isdigit(at[10]);
    if (g_str_has_prefix(answer->text, "HTTP/1.1 "))
        answer->status = (guint)g_ascii_strtoull(answer->text + 9, NULL, 10);
    char *body = strstr(answer->text, "\r\n\r\n");
    answer->body = body != NULL ? body + 4 : answer->text + answer->length;
}

void raw_exchange(guint16 port, const void *bytes, gsize length, RawAnswer *answer)
{
    int fd = raw_connect(port);
    raw_send(fd, bytes, length);
    raw_read(fd, 2000, answer);
}

void raw_request(guint16 port, const char *method, const char *target, const char *headers,
                 const char *body, RawAnswer *answer)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n%s", method,
                    target, (guint)port, headers != NULL ? headers : "");
    if (body != NULL && strstr(text->str, "Content-Type:") == NULL)
        g_string_append(text, "Content-Type: application/x-www-form-urlencoded\r\n");
    if (body != NULL)
        g_string_append_printf(text, "Content-Length: %" G_GSIZE_FORMAT "\r\n", strlen(body));
    g_string_append(text, "\r\n");
    if (body != NULL)
        g_string_append(text, body);
    int fd = raw_connect(port);
    raw_send(fd, text->str, text->len);
    raw_read(fd, 20000, answer);
}

char *raw_header(const RawAnswer *answer, const char *name)
{
    gsize length = strlen(name);
    for (const char *at = strstr(answer->text, "\r\n"); at != NULL && at + 4 <= answer->body;
         at = strstr(at + 2, "\r\n"))
        if (g_ascii_strncasecmp(at + 2, name, length) == 0 && at[2 + length] == ':')
            return g_strndup(at + 4 + length, strcspn(at + 4 + length, "\r"));
    return g_strdup("");
}

void raw_clear(RawAnswer *answer)
{
    g_clear_pointer(&answer->text, g_free);
}
