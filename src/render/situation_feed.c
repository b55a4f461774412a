/* The situation as an Atom feed: what a reader who comes back finds new. Ids stay the same as long
 * as the case does; no entry names a person. */
#include "evidence/evidence.h"
#include "render/feed.h"
#include "render/output.h"
#include "render/render.h"
#include "render/situation.h"
#include "render/typeset.h"
#include "store/submission.h"
#include <string.h>

enum { ALARMS_TOLD = 50 };

/* "tag:zenhar.invalid,2025:CASE/alarm/AL3" (RFC 4151). */
static char *tag(Store *store, StoreKind kind, gint64 id)
{
    const guint8 *case_id = store_keys_case_id(store_keys(store));
    g_autoptr(GString) text = g_string_new("tag:zenhar.invalid,2025:");
    char printed[STORE_ID_MAX];
    for (int i = 0; i < 8; i++)
        g_string_append_printf(text, "%02x", case_id[i]);
    g_string_append_printf(
        text, "/%s", kind == STORE_KIND_NONE ? "situation" : store_id_format(kind, id, printed));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void add(Feed *feed, Store *store, StoreKind kind, gint64 id, gint64 when, const char *title,
                const char *text)
{
    g_autofree char *entry = tag(store, kind, id);
    feed_entry(feed, &(FeedEntry){.id = entry, .title = title, .updated = when, .text = text});
}

static void add_alarms(Feed *feed, Store *store, const Picture *p)
{
    for (guint i = 0; i < MIN(p->alarms->len, ALARMS_TOLD); i++) {
        const StoreAlarm *alarm = p->alarms->pdata[i];
        if (!assess_alarm_stands(alarm))
            continue;
        g_autofree char *sentence = assess_alarm_sentence(store, alarm, i18n_language());
        g_autofree char *weakness = assess_alarm_weakness(alarm, i18n_language());
        add(feed, store, STORE_KIND_ALARM, alarm->id, alarm->created, sentence, weakness);
    }
}

static void add_estimates(Feed *feed, Store *store, const Picture *p)
{
    for (guint i = 0; i < p->estimates->len; i++) {
        const StoreEstimate *estimate = p->estimates->pdata[i];
        g_autofree char *title = assess_estimate_title(estimate, i18n_language());
        g_autofree char *sentence = assess_estimate_sentence(estimate, i18n_language());
        add(feed, store, STORE_KIND_ESTIMATE, estimate->id, estimate->created, title, sentence);
    }
}

/* A body may answer several asks in one step: it stands once. */
static void add_steps(Feed *feed, Store *store, const Picture *p)
{
    g_autoptr(GHashTable) told = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint i = 0; i < p->clock->len; i++) {
        const AppealClockRow *row = p->clock->pdata[i];
        for (guint k = 0; k < row->steps->len; k++) {
            const AppealClockStep *step = row->steps->pdata[k];
            if (g_hash_table_add(told, (gpointer)&step->response_id))
                add(feed, store, STORE_KIND_RESPONSE, step->response_id, (gint64)step->day * 86400,
                    row->title, step->text);
        }
    }
}

static bool add_findings(Feed *feed, Store *store, GError **error)
{
    g_autoptr(GPtrArray) findings = store_finding_list(store, NULL, error);
    for (guint i = 0; findings != NULL && i < findings->len; i++) {
        const StoreFinding *finding = findings->pdata[i];
        const bool persian = i18n_language() == I18N_PERSIAN && finding->text_fa != NULL;
        add(feed, store, STORE_KIND_FINDING, finding->id, finding->created, _("Finding"),
            persian ? finding->text_fa : finding->text);
    }
    return findings != NULL;
}

static char *situation_feed(Store *store, const Picture *p, GError **error)
{
    g_autoptr(Document) document = situation_new(p);
    g_autofree char *id = tag(store, STORE_KIND_NONE, 0);
    Feed feed = feed_new(i18n_language(), id, document->title, p->now);
    if (p->overview->assessment != NULL) {
        g_autofree char *title = g_strdup_printf(_("Risk assessment %s"), document->subject);
        add(&feed, store, STORE_KIND_ASSESSMENT, p->overview->assessment->id,
            p->overview->assessment->created, title, p->overview->assessment->summary);
    }
    add_alarms(&feed, store, p);
    add_estimates(&feed, store, p);
    bool done = add_findings(&feed, store, error);
    add_steps(&feed, store, p);
    g_autofree char *text = feed_finish(&feed);
    return done ? g_steal_pointer(&text) : NULL;
}

static bool write_feed(Store *store, const char *path, GError **error)
{
    g_autoptr(Picture) picture = picture_load(store, error);
    g_autofree char *text = picture != NULL ? situation_feed(store, picture, error) : NULL;
    return text != NULL && output_bytes(path, text, strlen(text), error);
}

bool render_situation_file(Store *store, const char *format, I18nLanguage language,
                           const char *path, GError **error)
{
    I18nLanguage saved = i18n_language();
    bool done = false;
    i18n_set_language(language);
    if (strcmp(format, "atom") == 0) {
        done = write_feed(store, path, error);
    } else {
        g_assert(strcmp(format, "pdf") == 0 || strcmp(format, "html") == 0);
        g_autoptr(Document) document = situation_document(store, error);
        done =
            document != NULL && (strcmp(format, "pdf") == 0 ? output_pdf(document, path, error)
                                                            : output_html(document, path, error));
    }
    i18n_set_language(saved);
    return done;
}

GBytes *render_situation_draw(Store *store, I18nLanguage language, GError **error)
{
    const I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autoptr(Document) document = situation_document(store, error);
    GBytes *pdf = document != NULL ? typeset_pdf(document, NULL, error) : NULL;
    i18n_set_language(saved);
    return pdf;
}
