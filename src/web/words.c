#include "web/words.h"

#include "base/i18n.h"
#include <string.h>

typedef struct {
    const char *code, *words;
} Word;

static const char *find(const Word *list, gsize n_list, const char *code)
{
    if (code == NULL)
        return "";
    for (gsize i = 0; i < n_list; i++)
        if (strcmp(list[i].code, code) == 0)
            return i18n_get(list[i].words);
    return code;
}

const char *words_source_kind(const char *kind)
{
    static const Word LIST[] = {
        {"organisation", N_("organisation")},
        {"person", N_("person")},
        {"media", N_("media")},
        {"official", N_("official body")},
        {"court", N_("court")},
        {"network", N_("network of informants")},
        {"other", N_("other")},
    };
    return find(LIST, G_N_ELEMENTS(LIST), kind);
}

const char *words_reliability(char grade)
{
    switch (grade) {
    case 'A':
        return _("A: completely reliable");
    case 'B':
        return _("B: usually reliable");
    case 'C':
        return _("C: fairly reliable");
    case 'D':
        return _("D: not usually reliable");
    case 'E':
        return _("E: unreliable");
    case 'F':
        return _("F: reliability cannot be judged");
    default:
        return _("not graded");
    }
}

const char *words_credibility(gint32 grade)
{
    switch (grade) {
    case 1:
        return _("1: confirmed by other sources");
    case 2:
        return _("2: probably true");
    case 3:
        return _("3: possibly true");
    case 4:
        return _("4: doubtful");
    case 5:
        return _("5: improbable");
    case 6:
        return _("6: truth cannot be judged");
    default:
        return _("not graded");
    }
}

const char *words_report_status(gint32 status)
{
    switch (status) {
    case 0:
        return _("new: nobody has reviewed it");
    case 1:
        return _("reviewed");
    default:
        return _("rejected: not a report of this case");
    }
}

const char *words_status(const char *status)
{
    static const Word LIST[] = {
        {"open", N_("open")},
        {"acknowledged", N_("acknowledged")},
        {"taken_up", N_("taken up")},
        {"met", N_("met")},
        {"refused", N_("refused")},
        {"draft", N_("draft")},
        {"signed", N_("signed")},
        {"sent", N_("sent")},
        {"sealed", N_("sealed")},
        {"printed", N_("printed, not posted")},
        {"sending", N_("on its way")},
        {"unsure", N_("may have arrived")},
        {"bounced", N_("came back")},
        {"pending", N_("asked, has not signed yet")},
        {"verified", N_("signed")},
        {"withdrawn", N_("withdrawn")},
        {"void", N_("void")},
        {"final", N_("final")},
        {"prepared", N_("prepared, not sent")},
        {"failed", N_("could not be sent")},
        {"received", N_("received")},
        {"new", N_("nobody has looked at it yet")},
        {"dismissed", N_("dismissed")},
        {"ceased", N_("rings no more")},
        {"reported", N_("reported")},
        {"corroborated", N_("corroborated")},
        {"confirmed", N_("confirmed")},
        {"refuted", N_("refuted")},
        {"detained", N_("detained, as reported")},
        {"released", N_("released, as reported")},
        {"killed", N_("killed, as reported")},
        {"executed", N_("executed, as reported")},
        {"disappeared", N_("disappeared, as reported")},
        {"asked", N_("asked")},
        {"agreed", N_("agreed")},
        {"declined", N_("declined")},
        {"taken", N_("taken")},
        {"adopted", N_("adopted")},
        {"rejected", N_("rejected")},
        {"vetoed", N_("vetoed")},
    };
    return find(LIST, G_N_ELEMENTS(LIST), status);
}

const char *words_response_kind(const char *kind)
{
    static const Word LIST[] = {
        {"acknowledged", N_("acknowledged")},
        {"supports", N_("supports it")},
        {"refuses", N_("refuses it")},
        {"acts", N_("step by a body")},
        {"none", N_("no answer")},
    };
    return find(LIST, G_N_ELEMENTS(LIST), kind);
}

const char *words_method(const char *method)
{
    static const Word LIST[] = {
        {"csv", N_("from the columns of a table")},
        {"jsonl", N_("from the fields of a record")},
        {"text", N_("read from the text by rules")},
        {"form", N_("entered by a person")},
    };
    return find(LIST, G_N_ELEMENTS(LIST), method);
}

const char *words_language(const char *tag)
{
    static const Word LIST[] = {
        {"fa", N_("Persian")}, {"en", N_("English")}, {"ar", N_("Arabic")},
        {"ku", N_("Kurdish")}, {"az", N_("Azeri")},   {"ckb", N_("Kurdish")},
    };
    return find(LIST, G_N_ELEMENTS(LIST), tag);
}

/* A Persian message that begins with a sender's name in Latin letters is Persian all the same. */
const char *words_direction(const char *tag)
{
    static const char *const RIGHT_TO_LEFT[] = {"fa", "ar", "ckb", "ur", "he"};
    for (gsize i = 0; tag != NULL && i < G_N_ELEMENTS(RIGHT_TO_LEFT); i++)
        if (strcmp(tag, RIGHT_TO_LEFT[i]) == 0)
            return "rtl";
    return g_strcmp0(tag, "en") == 0 ? "ltr" : "auto";
}

const char *words_gender(const char *gender)
{
    static const Word LIST[] = {
        {"female", N_("female")},
        {"male", N_("male")},
        {"other", N_("other")},
    };
    return find(LIST, G_N_ELEMENTS(LIST), gender);
}

const char *words_verified(const char *verified)
{
    if (verified == NULL || strcmp(verified, "read") == 0 || strcmp(verified, "yes") == 0)
        return NULL;
    if (strcmp(verified, "part") == 0)
        return _("confirmed in part");
    return _("not confirmed at its source yet");
}

const char *words_action(const char *action)
{
    static const Word LIST[] = {
        {"login", N_("came in")},
        {"look", N_("looked")},
        {"unseal", N_("opened sealed fields")},
        {"account", N_("changed an account")},
        {"password", N_("changed the password")},
        {"second factor", N_("changed the second factor")},
        {"grade", N_("graded")},
        {"correct", N_("corrected")},
        {"add", N_("added")},
        {"upload", N_("brought a file")},
        {"drop", N_("dropped")},
        {"answer", N_("answered")},
        {"rate", N_("rated")},
        {"judge", N_("judged a pair")},
        {"undo", N_("took a linkage back")},
        {"mend", N_("mended")},
        {"export", N_("exported")},
        {"ask", N_("wrote an ask down")},
        {"compose", N_("composed a letter")},
        {"edit", N_("changed the text of a draft")},
        {"keyed", N_("entered a signature by key")},
        {"seal", N_("sealed a letter")},
        {"invite", N_("asked for a signature")},
        {"withdraw", N_("withdrew a signatory")},
        {"send", N_("sent a letter")},
        {"print", N_("printed letters")},
        {"receipt", N_("wrote a receipt down")},
        {"respond", N_("wrote an answer down")},
        {"judge answer", N_("judged an answer")},
        {"measure", N_("wrote down a step of a state")},
        {"view", N_("kept a search")},
    };
    return find(LIST, G_N_ELEMENTS(LIST), action);
}

const char *words_category(const char *category)
{
    static const Word LIST[] = {
        {"diplomatic", N_("diplomatic")},
        {"legal", N_("legal")},
        {"economic", N_("economic")},
        {"protective", N_("protective")},
    };
    return find(LIST, G_N_ELEMENTS(LIST), category);
}

const char *words_role(const char *role)
{
    static const Word LIST[] = {
        {"evidence", N_("evidence")},  {"contradicts", N_("contradicts it")},
        {"part", N_("part of it")},    {"asks", N_("asks it")},
        {"answers", N_("answers it")},
    };
    return find(LIST, G_N_ELEMENTS(LIST), role);
}
