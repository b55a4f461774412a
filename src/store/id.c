#include "store/id.h"

#include "base/error.h"
#include "base/i18n.h"

#include <string.h>

static const struct {
    const char *prefix, *name, *title;
} KINDS[STORE_N_KINDS] = {
    [STORE_KIND_NONE] = {"", "", ""},
    [STORE_KIND_SOURCE] = {"S", "source", N_("source")},
    [STORE_KIND_ORIGINAL] = {"O", "original", N_("original")},
    [STORE_KIND_REPORT] = {"R", "report", N_("report")},
    [STORE_KIND_STATEMENT] = {"T", "statement", N_("statement")},
    [STORE_KIND_PERSON] = {"P", "person", N_("person")},
    [STORE_KIND_ACT] = {"A", "act", N_("act")},
    [STORE_KIND_PLACE] = {"PL", "place", N_("place")},
    [STORE_KIND_SERIES] = {"SE", "series", N_("series")},
    [STORE_KIND_ALARM] = {"AL", "alarm", N_("alarm")},
    [STORE_KIND_ASSESSMENT] = {"AS", "assessment", N_("assessment")},
    [STORE_KIND_RATING] = {"RT", "rating", N_("rating")},
    [STORE_KIND_ASK] = {"AK", "ask", N_("ask")},
    [STORE_KIND_APPEAL] = {"AP", "appeal", N_("appeal")},
    [STORE_KIND_RECIPIENT] = {"RC", "recipient", N_("recipient")},
    [STORE_KIND_SIGNATORY] = {"SG", "signatory", N_("signatory")},
    [STORE_KIND_DELIVERY] = {"DL", "delivery", N_("delivery")},
    [STORE_KIND_RESPONSE] = {"RS", "response", N_("response")},
    [STORE_KIND_BODY] = {"BD", "body", N_("body")},
    [STORE_KIND_SESSION] = {"SN", "session", N_("session")},
    [STORE_KIND_MEMBER] = {"MB", "member", N_("member")},
    [STORE_KIND_VOTE] = {"VT", "vote", N_("vote")},
    [STORE_KIND_BALLOT] = {"BL", "ballot", N_("ballot")},
    [STORE_KIND_MEASURE] = {"MS", "measure", N_("measure")},
    [STORE_KIND_CRISIS] = {"CR", "crisis", N_("crisis")},
    [STORE_KIND_FIGURE] = {"FG", "figure", N_("figure")},
    [STORE_KIND_USER] = {"US", "user", N_("user")},
    [STORE_KIND_AUDIT] = {"AU", "audit", N_("audit entry")},
    [STORE_KIND_QUARANTINE] = {"Q", "quarantine", N_("quarantined record")},
    [STORE_KIND_IMPORT] = {"IM", "import", N_("import")},
    [STORE_KIND_LINK] = {"LK", "link", N_("link")},
    [STORE_KIND_SETTING] = {"ST", "setting", N_("setting")},
    [STORE_KIND_ESTIMATE] = {"ES", "estimate", N_("estimate")},
    [STORE_KIND_JUDGEMENT] = {"JD", "judgement", N_("judgement")},
    [STORE_KIND_PREDICTION] = {"PN", "prediction", N_("prediction")},
    [STORE_KIND_OUTCOME] = {"OC", "outcome", N_("outcome")},
    [STORE_KIND_CONSENT] = {"CN", "consent", N_("consent")},
    [STORE_KIND_DETAIL] = {"DT", "detail", N_("answer to a form")},
    [STORE_KIND_SUBMISSION] = {"SB", "submission", N_("submission")},
    [STORE_KIND_FINDING] = {"FN", "finding", N_("finding")},
    [STORE_KIND_COMMITMENT] = {"CM", "commitment", N_("commitment of a state")},
    [STORE_KIND_WATCHED] = {"WA", "watched", N_("thing watched")},
    [STORE_KIND_NOTICE] = {"NT", "notice", N_("notice")},
    [STORE_KIND_DISPATCH] = {"DP", "dispatch", N_("dispatch of notices")},
    [STORE_KIND_VERDICT] = {"VD", "verdict", N_("answer about two statements")},
    [STORE_KIND_JOINING] = {"JN", "joining", N_("joining or parting of persons")},
    [STORE_KIND_TOKEN] = {"TK", "token", N_("token")},
    [STORE_KIND_SENDER] = {"SD", "sender", N_("sender")},
    [STORE_KIND_MESSAGE] = {"MG", "message", N_("message of a sender")},
    [STORE_KIND_ERASURE] = {"ER", "erasure", N_("erasure of a person")},
};

#define ID_LIMIT ((gint64)1 << 48)

const char *store_kind_prefix(StoreKind kind)
{
    return kind > STORE_KIND_NONE && kind < STORE_N_KINDS ? KINDS[kind].prefix : "";
}

const char *store_kind_name(StoreKind kind)
{
    return kind > STORE_KIND_NONE && kind < STORE_N_KINDS ? KINDS[kind].name : "";
}

const char *store_kind_title(StoreKind kind)
{
    return kind > STORE_KIND_NONE && kind < STORE_N_KINDS ? i18n_get(KINDS[kind].title) : "";
}

const char *store_id_format(StoreKind kind, gint64 id, char text[STORE_ID_MAX])
{
    g_snprintf(text, STORE_ID_MAX, "%s%" G_GINT64_FORMAT, store_kind_prefix(kind), id);
    return text;
}

bool store_id_parse(const char *text, StoreKind *ret_kind, gint64 *ret_id)
{
    if (text == NULL)
        return false;
    const char *digits = text;
    char prefix[4] = "";
    gsize n_letters = 0;
    for (; g_ascii_isalpha(*digits); digits++) {
        if (n_letters == sizeof prefix - 1)
            return false;
        prefix[n_letters++] = g_ascii_toupper(*digits);
    }
    gint64 id = 0;
    if (n_letters == 0 || *digits == '\0')
        return false;
    while (*digits != '\0') {
        const gunichar c = g_utf8_get_char_validated(digits, -1);
        int value = -1;
        if (c >= '0' && c <= '9')
            value = (int)(c - '0');
        else if (c >= 0x6F0 && c <= 0x6F9) /* Persian */
            value = (int)(c - 0x6F0);
        else if (c >= 0x660 && c <= 0x669) /* Arabic */
            value = (int)(c - 0x660);
        if (value < 0)
            return false;
        id = id * 10 + value;
        if (id >= ID_LIMIT)
            return false;
        digits = g_utf8_next_char(digits);
    }
    for (int kind = STORE_KIND_NONE + 1; id > 0 && kind < STORE_N_KINDS; kind++) {
        if (strcmp(KINDS[kind].prefix, prefix) == 0) {
            *ret_kind = (StoreKind)kind;
            *ret_id = id;
            return true;
        }
    }
    return false;
}

bool store_id_read(const char *text, StoreKind kind, StoreKind *ret_kind, gint64 *ret_id,
                   GError **error)
{
    StoreKind found = STORE_KIND_NONE;
    gint64 id = 0;
    if (!store_id_parse(text, &found, &id)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("“%s” is no id. Ids are letters and a number, such as R12 for report 12."),
                    text != NULL ? text : "");
        return false;
    }
    if (kind != STORE_KIND_NONE && found != kind) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("“%s” is the id of another kind of record: %s. Wanted is %s, such as %s12."),
                    text, store_kind_title(found), store_kind_title(kind), store_kind_prefix(kind));
        return false;
    }
    if (ret_kind != NULL)
        *ret_kind = found;
    *ret_id = id;
    return true;
}
