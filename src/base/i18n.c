#include "base/i18n.h"

#include "base/resource.h"
#include <errno.h>
#include <math.h>
#include <string.h>

/* The .mo format (gettext manual, "The Format of GNU MO Files"): two tables of
 * (length, offset), the first sorted by message id; we search it by halving. */
typedef struct {
    const guint8 *bytes; /* never freed: the catalogue is part of the binary */
    guint32 n, ids, texts;
} Catalogue;

static _Thread_local I18nLanguage thread_language = I18N_ENGLISH;

static guint32 word(const guint8 *bytes, gsize at)
{
    guint32 w;
    memcpy(&w, bytes + at, sizeof w);
    return GUINT32_FROM_LE(w);
}

static const Catalogue *persian(void)
{
    static gsize ready;
    static Catalogue catalogue;
    if (g_once_init_enter(&ready)) {
        GResource *resource = resource_peek();
        GBytes *bytes = g_resource_lookup_data(resource, "/zenhar/fa.mo", 0, NULL);
        if (bytes != NULL) {
            gsize size;
            const guint8 *mo = g_bytes_get_data(bytes, &size);
            if (size >= 28 && word(mo, 0) == 0x950412deu) {
                catalogue.bytes = mo;
                catalogue.n = word(mo, 8);
                catalogue.ids = word(mo, 12);
                catalogue.texts = word(mo, 16);
            }
        }
        g_once_init_leave(&ready, 1);
    }
    return &catalogue;
}

static const char *look_up(const Catalogue *catalogue, const char *msgid)
{
    guint32 low = 0, high = catalogue->n;
    while (low < high) {
        guint32 middle = low + (high - low) / 2;
        /* An entry with a plural has id\0plural: strcmp stops at the first NUL, as it should. */
        const char *id = (const char *)catalogue->bytes +
                         word(catalogue->bytes, catalogue->ids + 8 * (gsize)middle + 4);
        int order = strcmp(msgid, id);
        if (order == 0)
            return (const char *)catalogue->bytes +
                   word(catalogue->bytes, catalogue->texts + 8 * (gsize)middle + 4);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

I18nLanguage i18n_language(void)
{
    return thread_language;
}

void i18n_set_language(I18nLanguage language)
{
    thread_language = language;
}

bool i18n_parse_language(const char *tag, I18nLanguage *ret_language)
{
    static const struct {
        const char *name;
        I18nLanguage language;
    } TAGS[] = {{"fa", I18N_PERSIAN},
                {"fas", I18N_PERSIAN},
                {"per", I18N_PERSIAN},
                {"en", I18N_ENGLISH},
                {"eng", I18N_ENGLISH}};
    for (gsize i = 0; i < G_N_ELEMENTS(TAGS); i++) {
        gsize length = strlen(TAGS[i].name);
        if (g_ascii_strncasecmp(tag, TAGS[i].name, length) == 0 &&
            (tag[length] == '\0' || strchr("_-.@", tag[length]) != NULL)) {
            *ret_language = TAGS[i].language;
            return true;
        }
    }
    return false;
}

const char *i18n_tag(I18nLanguage language)
{
    return language == I18N_PERSIAN ? "fa" : "en";
}

const char *i18n_get_in(I18nLanguage language, const char *msgid)
{
    if (language != I18N_PERSIAN || msgid[0] == '\0')
        return msgid;
    const char *text = look_up(persian(), msgid);
    return text != NULL && text[0] != '\0' ? text : msgid;
}

const char *i18n_get(const char *msgid)
{
    return i18n_get_in(thread_language, msgid);
}

const char *i18n_plural(const char *one, const char *many, guint64 n)
{
    if (thread_language == I18N_PERSIAN) {
        const char *text = look_up(persian(), one);
        if (text != NULL && text[0] != '\0')
            return text;
    }
    return n == 1 ? one : many;
}

/* What people meet; the other values of errno are told as the C library tells them. */
static const struct {
    int number;
    GFileError of_glib;
    const char *words;
} REFUSALS[] = {
    {ENOENT, G_FILE_ERROR_NOENT, N_("there is no such file or folder")},
    {EACCES, G_FILE_ERROR_ACCES, N_("access is denied")},
    {EPERM, G_FILE_ERROR_PERM, N_("the system does not allow it")},
    {EEXIST, G_FILE_ERROR_EXIST, N_("it is there already")},
    {EISDIR, G_FILE_ERROR_ISDIR, N_("it is a folder")},
    {ENOTDIR, G_FILE_ERROR_NOTDIR, N_("a part of the path is no folder")},
    {ENOTEMPTY, G_FILE_ERROR_FAILED, N_("the folder is not empty")},
    {ENOSPC, G_FILE_ERROR_NOSPC, N_("the disk is full")},
    {EDQUOT, G_FILE_ERROR_FAILED, N_("the user's share of the disk is full")},
    {EROFS, G_FILE_ERROR_ROFS, N_("the disk can only be read")},
    {EIO, G_FILE_ERROR_IO, N_("the disk or device fails")},
    {EMFILE, G_FILE_ERROR_MFILE, N_("too many files are open")},
    {ENAMETOOLONG, G_FILE_ERROR_NAMETOOLONG, N_("the name is too long")},
    {ELOOP, G_FILE_ERROR_LOOP, N_("links lead in a circle")},
    {EPIPE, G_FILE_ERROR_PIPE, N_("nobody reads at the other end")},
    {ECONNREFUSED, G_FILE_ERROR_FAILED, N_("the other side refuses the connection")},
    {ETIMEDOUT, G_FILE_ERROR_FAILED, N_("the other side did not answer in time")},
};

const char *i18n_errno(int number)
{
    for (gsize i = 0; i < G_N_ELEMENTS(REFUSALS); i++)
        if (REFUSALS[i].number == number)
            return _(REFUSALS[i].words);
    return g_strerror(number);
}

const char *i18n_file_error(const GError *error)
{
    if (error == NULL || error->domain != G_FILE_ERROR)
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(REFUSALS); i++)
        if (REFUSALS[i].of_glib != G_FILE_ERROR_FAILED && (gint)REFUSALS[i].of_glib == error->code)
            return _(REFUSALS[i].words);
    return error->message;
}

char *i18n_digits(const char *text)
{
    if (thread_language != I18N_PERSIAN)
        return g_strdup(text);
    GString *out = g_string_sized_new(strlen(text) * 2);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at >= '0' && *at <= '9')
            g_string_append_unichar(out, 0x06f0 + (gunichar)(*at - '0'));
        else
            g_string_append_c(out, *at);
    }
    return g_string_free(out, FALSE);
}

char *i18n_integer(gint64 n)
{
    g_autofree char *plain =
        g_strdup_printf("%" G_GUINT64_FORMAT, n < 0 ? 0 - (guint64)n : (guint64)n);
    g_autoptr(GString) grouped = g_string_new(n < 0 ? "−" : "");
    gsize length = strlen(plain);
    for (gsize i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            g_string_append(grouped, thread_language == I18N_PERSIAN ? "٬" : ",");
        g_string_append_c(grouped, plain[i]);
    }
    return i18n_digits(grouped->str);
}

char *i18n_decimal(double x, int decimals)
{
    if (!isfinite(x))
        return g_strdup("–");
    char format[8], number[G_ASCII_DTOSTR_BUF_SIZE + 300];
    g_snprintf(format, sizeof format, "%%.%df", CLAMP(decimals, 0, 9));
    g_ascii_formatd(number, sizeof number, format, fabs(x));
    bool negative = x < 0 && strpbrk(number, "123456789") != NULL; /* no "−0.00" */
    g_autoptr(GString) out = g_string_new(negative ? "−" : "");
    char *point = strchr(number, '.');
    if (point != NULL)
        *point = '\0';
    g_string_append(out, number);
    if (point != NULL)
        g_string_append_printf(out, "%s%s", thread_language == I18N_PERSIAN ? "٫" : ".", point + 1);
    return i18n_digits(out->str);
}
