/* appeal/asks.c: an ask is a record: what, of whom, on what basis, by when, resting on what. */
#include "appeal/appeal.h"
#include "appeal/rests.h"

#include "base/error.h"
#include "store/appeal.h"
#include "store/body.h"
#include <string.h>

static bool fail(GError **error, ZenharErrorCode code, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, (int)code, sentence);
    return false;
}

static const StoreAsk *ask_of_code(GPtrArray *asks, const char *code)
{
    for (guint i = 0; i < asks->len; i++) {
        const StoreAsk *ask = asks->pdata[i];
        if (code != NULL && g_strcmp0(ask->code, code) == 0)
            return ask;
    }
    return NULL;
}

static char *free_code(GPtrArray *asks)
{
    for (guint n = 0;; n++) {
        g_autofree char *code =
            n < 26 ? g_strdup_printf("%c", (char)('a' + n)) : g_strdup_printf("a%u", n);
        if (ask_of_code(asks, code) == NULL)
            return g_steal_pointer(&code);
    }
}

static bool check_offices(Store *store, const char *offices, GError **error)
{
    if (offices == NULL || offices[strspn(offices, " ,")] == '\0')
        return fail(error, ZENHAR_ERROR_INPUT,
                    _("The ask names nobody who could do it: say of whom it is asked, by the "
                      "office's code (zenhar appeal recipients lists them)."));
    g_auto(GStrv) codes = g_strsplit_set(offices, " ,", -1);
    for (gsize i = 0; codes[i] != NULL; i++) {
        if (codes[i][0] == '\0')
            continue;
        g_autoptr(StoreBody) body = store_body_find(store, codes[i], NULL);
        if (body == NULL && strcmp(codes[i], "States") != 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                        _("“%s” is no office or body of the case: `zenhar appeal recipients` lists "
                          "their codes, `zenhar appeal load` brings them in."),
                        codes[i]);
            return false;
        }
    }
    return true;
}

static bool link_evidence(Store *store, gint64 ask_id, const char *ids, GError **error)
{
    guint n;
    return appeal_rest_on(store, STORE_KIND_ASK, ask_id, ids, &n, error) &&
           (n > 0 ||
            fail(error, ZENHAR_ERROR_INPUT,
                 _("The ask rests on nothing: name the findings, figures or alarms it rests "
                   "on, by their ids (FN1, FG12, AL3).")));
}

/* What is given, else what was given in the other language, else what the template lends. */
static char *pick(const char *given, const char *other, const char *lent)
{
    return g_strdup(given != NULL ? given : other != NULL ? other : lent);
}

static StoreAsk *fill(Store *store, const AppealAskInput *input, GPtrArray *asks, GError **error)
{
    const StoreAsk *lender = ask_of_code(asks, input->template);
    if (input->template != NULL && lender == NULL) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
            _("There is no ask “%s” to take as a template: `zenhar appeal asks` lists them."),
            input->template);
        return NULL;
    }
    g_autoptr(StoreAsk) ask = store_ask_new();
    ask->code = input->code != NULL ? g_strdup(input->code) : free_code(asks);
    const char *title = input->title, *title_fa = input->title_fa;
    ask->text = pick(input->text, input->text_fa, lender != NULL ? lender->text : NULL);
    ask->title = pick(title, title_fa, lender != NULL ? lender->title : ask->text);
    ask->basis = pick(input->basis, input->basis_fa, lender != NULL ? lender->basis : NULL);
    ask->addressee = pick(input->offices, NULL, lender != NULL ? lender->addressee : NULL);
    ask->measure = pick(input->measure, NULL, lender != NULL ? lender->measure : NULL);
    /* a translation that is lent goes with its own text only */
    const bool lends = lender != NULL && input->text == NULL;
    ask->text_fa = pick(input->text_fa, NULL, lends ? lender->text_fa : NULL);
    ask->title_fa = pick(title_fa, NULL, lends && title == NULL ? lender->title_fa : NULL);
    ask->basis_fa =
        pick(input->basis_fa, NULL, lends && input->basis == NULL ? lender->basis_fa : NULL);
    ask->status = g_strdup("open");
    ask->due_day = input->due_day;
    ask->priority = 1;
    if (ask_of_code(asks, ask->code) != NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("There is an ask “%s” already: give this one another code."), ask->code);
        return NULL;
    }
    if (ask->text == NULL || ask->text[0] == '\0') {
        fail(error, ZENHAR_ERROR_INPUT, _("The ask says nothing: give its text."));
        return NULL;
    }
    if (ask->basis == NULL || ask->basis[0] == '\0') {
        fail(error, ZENHAR_ERROR_INPUT,
             _("The ask has no basis: name the article, resolution or rule it stands on."));
        return NULL;
    }
    g_autoptr(StoreMeasure) measure =
        ask->measure != NULL ? store_measure_find(store, ask->measure, error) : NULL;
    if ((ask->measure != NULL && measure == NULL) || !check_offices(store, ask->addressee, error))
        return NULL;
    return g_steal_pointer(&ask);
}

gint64 appeal_ask_add(Store *store, const AppealAskInput *input, GError **error)
{
    if (!store_begin(store, error))
        return 0;
    g_autoptr(GPtrArray) asks = store_ask_list(store, NULL, error);
    g_autoptr(StoreAsk) ask = asks != NULL ? fill(store, input, asks, error) : NULL;
    if (ask == NULL || !store_ask_add(store, ask, error) ||
        !link_evidence(store, ask->id, input->rests_on, error)) {
        store_rollback(store);
        return 0;
    }
    return store_commit(store, error) ? ask->id : 0;
}
