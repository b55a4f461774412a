/* watch/letter.c: a round of notices as the bytes that go out: words, JSON, mail, Atom.
 *
 * Made once and kept, so that every try sends the same. What it holds is what the case shows to
 * everybody who may read it: ids, days, counts, names of sources; never a text, a title or a name
 * of a person. */
#include "assess/alarm.h"
#include "base/edtf.h"
#include "watch/private.h"
#include <gmime/gmime.h>
#include <jansson.h>
#include <libxml/xmlwriter.h>
#include <string.h>

enum { CASES_TOLD = 40, BASE64_LINE = 76 };

char *watch_letter_name(const WatchLetter *letter, const char *channel)
{
    return g_strdup_printf("zenhar-%s-%" G_GINT64_FORMAT "-%s", letter->case_hex, letter->round,
                           channel);
}

static char *utc(gint64 seconds, const char *format)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    return time != NULL ? g_date_time_format(time, format) : g_strdup("");
}

/* ---- words ---- */

static char *headline(const WatchLetter *letter)
{
    const StoreNotice *first = g_ptr_array_index(letter->notices, 0);
    const char *words = i18n_language() == I18N_PERSIAN ? first->words_fa : first->words;
    const char *title = letter->title != NULL ? letter->title : _("Watch");
    g_autofree char *more = i18n_integer((gint64)letter->notices->len - 1);
    const char *stop = strpbrk(words, ".:؛\n");
    g_autofree char *line =
        stop != NULL ? g_strndup(words, (gsize)(stop - words)) : g_strdup(words);
    g_autofree char *label =
        letter->label != NULL ? g_strdup_printf("[%s] ", letter->label) : g_strdup("");
    if (letter->notices->len == 1)
        return g_strdup_printf(_("%s%s: %s"), label, title, line);
    return g_strdup_printf(_("%s%s: %s; and %s more"), label, title, line, more);
}

/* A case's day and state in the reader's words. */
static char *day_words(const char *text)
{
    int year, month, of_month;
    if (text == NULL || sscanf(text, "%d-%d-%d", &year, &month, &of_month) != 3)
        return g_strdup("–");
    return edtf_describe_day(edtf_day_from_gregorian(year, month, of_month));
}

static const char *state_words(const char *name)
{
    for (int state = ASSESS_CASE_TOLD_AGAIN; state <= ASSESS_CASE_MOVED; state++)
        if (g_strcmp0(name, assess_case_state_name((AssessCaseState)state)) == 0)
            return assess_case_state_title((AssessCaseState)state);
    return NULL; /* counted: the rule */
}

static void append_case(GString *text, json_t *one)
{
    const char *source = json_string_value(json_object_get(one, "source"));
    const char *state = state_words(json_string_value(json_object_get(one, "state")));
    g_autofree char *number = i18n_integer(json_integer_value(json_object_get(one, "count")));
    g_autofree char *day = day_words(json_string_value(json_object_get(one, "day")));
    g_string_append_printf(text, _("  %s: %s, %s, according to %s"),
                           json_string_value(json_object_get(one, "report")), number, day,
                           source != NULL ? source : "–");
    if (state != NULL)
        g_string_append_printf(text, " (%s)", state);
    g_string_append_c(text, '\n');
}

static void append_cases(GString *text, const StoreNotice *notice)
{
    json_t *cases = notice->evidence != NULL ? json_loads(notice->evidence, 0, NULL) : NULL;
    if (json_array_size(cases) > 0)
        g_string_append(text, _("It counts:\n"));
    size_t i;
    json_t *one;
    json_array_foreach(cases, i, one) if (i < CASES_TOLD) append_case(text, one);
    if (json_array_size(cases) > CASES_TOLD) {
        g_autofree char *more = i18n_integer((gint64)json_array_size(cases) - CASES_TOLD);
        g_string_append_printf(text, _("  and %s more\n"), more);
    }
    json_decref(cases);
}

static void append_notice(GString *text, const StoreNotice *notice)
{
    bool persian = i18n_language() == I18N_PERSIAN;
    char id[STORE_ID_MAX], about[STORE_ID_MAX];
    g_string_append_printf(text, "%s  %s", store_id_format(STORE_KIND_NOTICE, notice->id, id),
                           persian ? notice->words_fa : notice->words);
    if (notice->subject_id != 0)
        g_string_append_printf(
            text, " [%s]",
            store_id_format((StoreKind)notice->subject_kind, notice->subject_id, about));
    g_string_append_c(text, '\n');
    append_cases(text, notice);
    const char *weakness = persian ? notice->wrong_if_fa : notice->wrong_if;
    if (weakness != NULL && weakness[0] != '\0')
        g_string_append_printf(text, _("What would make it wrong: %s\n"), weakness);
    g_string_append_c(text, '\n');
}

static void append_language(GString *text, const WatchLetter *letter, I18nLanguage language)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autofree char *when = watch_time_words(letter->now);
    g_autofree char *round = i18n_integer(letter->round);
    g_string_append_printf(text, _("Notices of the watch, round %s, %s\n"), round, when);
    if (letter->title != NULL)
        g_string_append_printf(text, "%s\n", letter->title);
    if (letter->label != NULL)
        g_string_append_printf(text, _("This case is labelled “%s”.\n"), letter->label);
    g_string_append_c(text, '\n');
    for (guint i = 0; i < letter->notices->len; i++)
        append_notice(text, g_ptr_array_index(letter->notices, i));
    g_string_append(text, _("Counted by a machine from reports; nobody has judged it yet. `zenhar "
                            "trace` leads from each id to the sealed originals.\n"));
    i18n_set_language(saved);
}

char *watch_letter_text(const WatchLetter *letter, const WatchChannel *channel)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (channel->persian)
        append_language(text, letter, I18N_PERSIAN);
    if (channel->persian && channel->english)
        g_string_append(text, "\n————————\n\n");
    if (channel->english)
        append_language(text, letter, I18N_ENGLISH);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- JSON ---- */

static json_t *day_json(gint32 day)
{
    int year, month, of_month;
    if (day == G_MININT32 || day == G_MAXINT32)
        return json_null();
    edtf_day_to_gregorian(day, &year, &month, &of_month);
    g_autofree char *text = g_strdup_printf("%04d-%02d-%02d", year, month, of_month);
    return json_string(text);
}

static json_t *notice_json(const StoreNotice *notice)
{
    char id[STORE_ID_MAX], about[STORE_ID_MAX] = "";
    if (notice->subject_id != 0)
        store_id_format((StoreKind)notice->subject_kind, notice->subject_id, about);
    json_t *evidence =
        notice->evidence != NULL ? json_loads(notice->evidence, 0, NULL) : json_array();
    return json_pack("{s:s, s:s, s:s, s:s?, s:o, s:o, s:{s:s?, s:s?}, s:{s:s?, s:s?}, s:o}", "id",
                     store_id_format(STORE_KIND_NOTICE, notice->id, id), "key", notice->key, "kind",
                     notice->kind, "about", about[0] != '\0' ? about : NULL, "first_day",
                     day_json(notice->first_day), "last_day", day_json(notice->last_day), "words",
                     "en", notice->words, "fa", notice->words_fa, "wrong_if", "en",
                     notice->wrong_if, "fa", notice->wrong_if_fa, "evidence", evidence);
}

char *watch_letter_json(const WatchLetter *letter, const char *name)
{
    g_autofree char *sent = utc(letter->now, "%Y-%m-%dT%H:%M:%SZ");
    json_t *list = json_array();
    for (guint i = 0; i < letter->notices->len; i++)
        json_array_append_new(list, notice_json(g_ptr_array_index(letter->notices, i)));
    json_t *root = json_pack("{s:s, s:s, s:I, s:s, s:s?, s:s?, s:o}", "identifier", name, "case",
                             letter->case_hex, "round", (json_int_t)letter->round, "sent", sent,
                             "title", letter->title, "label", letter->label, "notices", list);
    char *dump = json_dumps(root, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
    json_decref(root);
    char *text = g_strconcat(dump, "\n", NULL);
    free(dump);
    return text;
}

/* ---- mail ---- */

static void append_base64(GString *mail, const char *text)
{
    g_autofree char *encoded = g_base64_encode((const guchar *)text, strlen(text));
    for (const char *at = encoded; *at != '\0';) {
        gsize n = MIN(strlen(at), (gsize)BASE64_LINE);
        g_string_append_len(mail, at, (gssize)n);
        g_string_append(mail, "\r\n");
        at += n;
    }
}

/* RFC 2047; what the encoder folds is folded by CR LF here. */
static void append_subject(GString *mail, const WatchLetter *letter, const WatchChannel *channel)
{
    enum { MOST = 150 };
    I18nLanguage saved = i18n_language();
    i18n_set_language(channel->persian ? I18N_PERSIAN : I18N_ENGLISH);
    g_autofree char *head = headline(letter);
    i18n_set_language(saved);
    if (g_utf8_strlen(head, -1) > MOST) {
        g_autofree char *cut = g_utf8_substring(head, 0, MOST);
        g_free(head);
        head = g_strconcat(cut, "…", NULL);
    }
    g_strdelimit(head, "\r\n\t", ' ');
    g_autofree char *encoded = g_mime_utils_header_encode_text(NULL, head, "UTF-8");
    g_auto(GStrv) words = g_strsplit(encoded, " ", -1);
    gsize column = strlen("Subject:");
    g_string_append(mail, "Subject:");
    for (gsize i = 0; words[i] != NULL; i++) {
        g_strdelimit(words[i], "\r\n\t", ' ');
        g_strstrip(words[i]);
        if (words[i][0] == '\0')
            continue;
        bool fold = i > 0 && column + 1 + strlen(words[i]) > BASE64_LINE;
        g_string_append(mail, fold ? "\r\n " : " ");
        g_string_append(mail, words[i]);
        column = (fold ? 0 : column) + 1 + strlen(words[i]);
    }
    g_string_append(mail, "\r\n");
}

char *watch_letter_mail(const WatchLetter *letter, const WatchChannel *channel, const char *to,
                        const char *name)
{
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        g_mime_init();
        g_once_init_leave(&once, 1);
    }
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(letter->now);
    g_autofree char *when = g_mime_utils_header_format_date(time);
    g_autofree char *text = watch_letter_text(letter, channel);
    g_autofree char *json = watch_letter_json(letter, name);
    const char *domain = strchr(channel->from, '@') + 1;
    g_autoptr(GString) mail = g_string_new(NULL);
    g_string_append_printf(mail, "From: <%s>\r\nTo: <%s>\r\n", channel->from, to);
    append_subject(mail, letter, channel);
    g_string_append_printf(mail,
                           "Date: %s\r\nMessage-ID: <%s@%s>\r\nAuto-Submitted: auto-generated\r\n"
                           "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
                           "boundary=\"=_%s\"\r\n\r\n",
                           when, name, domain, name);
    g_string_append_printf(mail,
                           "--=_%s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n",
                           name);
    append_base64(mail, text);
    g_string_append_printf(mail,
                           "--=_%s\r\nContent-Type: application/json\r\nContent-Disposition: "
                           "attachment; filename=\"%s.json\"\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n",
                           name, name);
    append_base64(mail, json);
    g_string_append_printf(mail, "--=_%s--\r\n", name);
    return g_string_free(g_steal_pointer(&mail), FALSE);
}

/* ---- Atom (RFC 4287) ---- */

static void put(xmlTextWriter *writer, const char *name, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(GString) clean = g_string_new(NULL);
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == '\t' || c == '\n' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF))
            g_string_append_unichar(clean, c);
    }
    xmlTextWriterWriteElement(writer, BAD_CAST name, BAD_CAST clean->str);
}

/* A URN of its own (RFC 8141): stable, and leads nowhere. */
static void put_id(xmlTextWriter *writer, const char *name)
{
    g_autofree char *id = g_strdup_printf("urn:zenhar:%s", name);
    put(writer, "id", id);
}

char *watch_letter_entry(const WatchLetter *letter, const WatchChannel *channel, const char *name)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(channel->persian ? I18N_PERSIAN : I18N_ENGLISH);
    g_autofree char *head = headline(letter);
    i18n_set_language(saved);
    g_autofree char *text = watch_letter_text(letter, channel);
    g_autofree char *updated = utc(letter->now, "%Y-%m-%dT%H:%M:%SZ");
    xmlBuffer *buffer = xmlBufferCreate();
    xmlTextWriter *writer = xmlNewTextWriterMemory(buffer, 0);
    xmlTextWriterSetIndent(writer, 1);
    xmlTextWriterStartElement(writer, BAD_CAST "entry");
    put_id(writer, name);
    put(writer, "title", head);
    put(writer, "updated", updated);
    put(writer, "published", updated);
    for (guint i = 0; i < letter->notices->len; i++) {
        const StoreNotice *notice = g_ptr_array_index(letter->notices, i);
        xmlTextWriterStartElement(writer, BAD_CAST "category");
        xmlTextWriterWriteAttribute(writer, BAD_CAST "term", BAD_CAST notice->kind);
        xmlTextWriterEndElement(writer);
    }
    put(writer, "content", text);
    xmlTextWriterEndElement(writer);
    xmlFreeTextWriter(writer);
    char *entry = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return entry;
}

char *watch_letter_feed(const char *title, const char case_hex[17], const GPtrArray *dispatches)
{
    g_autofree char *name = g_strconcat("zenhar-", case_hex, NULL);
    gint64 newest = 0;
    for (guint i = 0; i < dispatches->len; i++)
        newest = MAX(newest, ((const StoreDispatch *)g_ptr_array_index(dispatches, i))->created);
    g_autofree char *updated = utc(newest, "%Y-%m-%dT%H:%M:%SZ");
    xmlBuffer *buffer = xmlBufferCreate();
    xmlTextWriter *writer = xmlNewTextWriterMemory(buffer, 0);
    xmlTextWriterSetIndent(writer, 1);
    xmlTextWriterStartDocument(writer, NULL, "UTF-8", NULL);
    xmlTextWriterStartElementNS(writer, NULL, BAD_CAST "feed",
                                BAD_CAST "http://www.w3.org/2005/Atom");
    put_id(writer, name);
    put(writer, "title", title);
    put(writer, "updated", updated);
    xmlTextWriterStartElement(writer, BAD_CAST "author");
    put(writer, "name", "Zenhar");
    xmlTextWriterEndElement(writer);
    for (guint i = dispatches->len; i > 0; i--) {
        const StoreDispatch *dispatch = g_ptr_array_index(dispatches, i - 1);
        gsize length;
        const char *entry = g_bytes_get_data(dispatch->payload, &length);
        g_autofree char *text = g_strndup(entry, length);
        xmlTextWriterWriteRaw(writer, BAD_CAST text);
    }
    xmlTextWriterEndDocument(writer);
    xmlFreeTextWriter(writer);
    char *feed = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return feed;
}
