/* Names of fields and words of closed lists, for people. What is not here is shown as it stands. */
#include "cli/case_record.h"

#include <string.h>

static const struct {
    const char *name, *title;
} FIELDS[] = {
    {"accountability", N_("field|Found about accountability")},
    {"according_to", N_("field|Cited by the report")},
    {"act_id", N_("field|Act")},
    {"act_kind", N_("field|Kind of act")},
    {"action", N_("field|Action")},
    {"added", N_("field|Added")},
    {"address", N_("field|Address")},
    {"addressee", N_("field|Addressee")},
    {"agenda", N_("field|Agenda")},
    {"appeal_id", N_("field|Letter")},
    {"ask_id", N_("field|Ask")},
    {"assessment_id", N_("field|Assessment")},
    {"at_least", N_("field|At least")},
    {"author", N_("field|Author")},
    {"basis", N_("field|Legal basis")},
    {"birth_date", N_("field|Date of birth")},
    {"birth_year", N_("field|Year of birth")},
    {"body", N_("field|Text of the letter")},
    {"body_id", N_("field|Body")},
    {"bytes", N_("field|Bytes")},
    {"case_number", N_("field|Case number")},
    {"category", N_("field|Category")},
    {"channel", N_("field|Channel")},
    {"charge", N_("field|Accusation as reported")},
    {"choice", N_("field|Vote cast")},
    {"code", N_("field|Code")},
    {"column", N_("field|Column")},
    {"confidence", N_("field|Confidence of the reading")},
    {"consent", N_("field|Consent")},
    {"contact", N_("field|Contact")},
    {"count_max", N_("field|Number, at most")},
    {"count_min", N_("field|Number, at least")},
    {"country", N_("field|Country")},
    {"created", N_("field|Written")},
    {"credibility", N_("field|Credibility of the information")},
    {"crisis_id", N_("field|Crisis")},
    {"cutoff_day", N_("field|Last day known")},
    {"day", N_("field|Day")},
    {"deadline_day", N_("field|Deadline")},
    {"definition", N_("field|Definition")},
    {"delivery_id", N_("field|Delivery")},
    {"due_day", N_("field|Due")},
    {"duplicates", N_("field|Known already")},
    {"email", N_("field|E-mail")},
    {"estimate", N_("field|Estimate")},
    {"event_date", N_("field|Date of the event")},
    {"expected", N_("field|Expected")},
    {"external_id", N_("field|Id at the source")},
    {"extra", N_("field|Further columns")},
    {"factor", N_("field|Risk factor")},
    {"father", N_("field|Father's name")},
    {"field", N_("field|Field")},
    {"file", N_("field|File")},
    {"finished", N_("field|Finished")},
    {"first_day", N_("field|First day")},
    {"forecast_method", N_("field|Method of the forecast")},
    {"format", N_("field|Format")},
    {"framework", N_("field|Framework")},
    {"from_day", N_("field|From")},
    {"gender", N_("field|Gender")},
    {"group", N_("field|Community or profession")},
    {"high", N_("field|High")},
    {"import_id", N_("field|Import")},
    {"indicator", N_("field|Indicator")},
    {"interval_days", N_("field|Days of an interval")},
    {"iso", N_("field|ISO code")},
    {"kind", N_("field|Kind")},
    {"language", N_("field|Language")},
    {"last_day", N_("field|Last day")},
    {"latitude", N_("field|Latitude")},
    {"legal_basis", N_("field|Legal basis")},
    {"level", N_("field|Level")},
    {"line", N_("field|Line")},
    {"lists", N_("field|Lists")},
    {"longitude", N_("field|Longitude")},
    {"low", N_("field|Low")},
    {"mapping", N_("field|Mapping of columns")},
    {"measure", N_("field|Measure")},
    {"media_type", N_("field|Media type")},
    {"mended", N_("field|As mended")},
    {"merged_into", N_("field|Turned out to be")},
    {"method", N_("field|Method")},
    {"n_reports", N_("field|Reports")},
    {"n_sources", N_("field|Sources")},
    {"name", N_("field|Name")},
    {"name_en", N_("field|Name in English")},
    {"name_fa", N_("field|Name in Persian")},
    {"name_latin", N_("field|Name in Latin letters")},
    {"needs", N_("field|What it needs")},
    {"note", N_("field|Note")},
    {"observed", N_("field|Observed")},
    {"office", N_("field|Office")},
    {"origin", N_("field|How it came")},
    {"original_id", N_("field|Original")},
    {"original_length", N_("field|Length in the original, bytes")},
    {"original_offset", N_("field|Place in the original, byte")},
    {"outcome", N_("field|Outcome")},
    {"p_value", N_("field|p-value")},
    {"parent_id", N_("field|Lies in")},
    {"perpetrator", N_("field|Perpetrator as reported")},
    {"place_id", N_("field|Place")},
    {"place_text", N_("field|Place as written")},
    {"population", N_("field|Population")},
    {"position", N_("field|Position")},
    {"previous_id", N_("field|Replaces")},
    {"priority", N_("field|Priority")},
    {"probability", N_("field|Probability")},
    {"public_identity", N_("field|Name already public")},
    {"quarantined", N_("field|In quarantine")},
    {"rationale", N_("field|Reasons")},
    {"reason", N_("field|Reason")},
    {"received", N_("field|Received")},
    {"recipient_id", N_("field|Recipient")},
    {"records", N_("field|Records")},
    {"reference", N_("field|Reference")},
    {"regional_group", N_("field|Regional group")},
    {"reliability", N_("field|Reliability of the source")},
    {"report_id", N_("field|Report")},
    {"reporter", N_("field|Reported by")},
    {"resolution", N_("field|Resolution")},
    {"response", N_("field|Response of bodies")},
    {"role", N_("field|Role")},
    {"rules", N_("field|Rules")},
    {"salutation", N_("field|Salutation")},
    {"score", N_("field|Score")},
    {"seats", N_("field|Seats")},
    {"sent", N_("field|Sent")},
    {"series_id", N_("field|Series")},
    {"session_id", N_("field|Session")},
    {"settings", N_("field|Settings")},
    {"sha256", N_("field|SHA-256")},
    {"source", N_("field|Source")},
    {"source_id", N_("field|Source")},
    {"started", N_("field|Started")},
    {"state", N_("field|State")},
    {"status", N_("field|Status")},
    {"subject", N_("field|Subject")},
    {"summary", N_("field|Summary")},
    {"synthetic", N_("field|Synthetic")},
    {"taken_day", N_("field|Taken on")},
    {"target_id", N_("field|Number of the record")},
    {"target_kind", N_("field|Kind of the record")},
    {"text", N_("field|Text")},
    {"text_length", N_("field|Length in the text, bytes")},
    {"text_offset", N_("field|Place in the text, byte")},
    {"threshold", N_("field|Threshold")},
    {"time", N_("field|Time")},
    {"title", N_("field|Title")},
    {"title_fa", N_("field|Title in Persian")},
    {"to_day", N_("field|Until")},
    {"totp_secret", N_("field|Second factor")},
    {"trend", N_("field|Trend")},
    {"tries", N_("field|Tries")},
    {"url", N_("field|Address on the web")},
    {"user_id", N_("field|User")},
    {"value", N_("field|Value")},
    {"variants", N_("field|Other spellings")},
    {"verified", N_("field|How it was checked")},
    {"victim_age", N_("field|Victim's age")},
    {"victim_birth", N_("field|Victim's date of birth")},
    {"victim_contact", N_("field|Victim's contact")},
    {"victim_father", N_("field|Victim's father's name")},
    {"victim_gender", N_("field|Victim's gender")},
    {"victim_group", N_("field|Victim's community or profession")},
    {"victim_id", N_("field|Victim")},
    {"victim_name", N_("field|Victim's name")},
    {"victim_national_id", N_("field|Victim's national number")},
    {"vote_id", N_("field|Vote")},
    {"who", N_("field|Who can take it")},
    {"withdrawn", N_("field|Withdrawn")},
    {"wrong_if", N_("field|Wrong if")},
    {"year", N_("field|Year")},
};

/* "field|Title": the same word may need another Persian elsewhere. */
static const char *without_context(const char *message)
{
    static const char CONTEXT[] = "field|";
    return g_str_has_prefix(message, CONTEXT) ? message + sizeof CONTEXT - 1 : message;
}

const char *case_field_title(const char *name)
{
    gsize low = 0, high = G_N_ELEMENTS(FIELDS);
    while (low < high) {
        gsize middle = (low + high) / 2;
        int order = strcmp(name, FIELDS[middle].name);
        if (order == 0)
            return without_context(i18n_get(FIELDS[middle].title));
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return name;
}

/* Words of closed lists that no other room has in its catalogue; for the translators' tools. */
static const char *const VOCABULARY[] G_GNUC_UNUSED = {
    N_("word|absent"),
    N_("word|abstained"),
    N_("word|acknowledged"),
    N_("word|acts"),
    N_("word|administrator"),
    N_("word|advocate"),
    N_("word|against"),
    N_("word|analyst"),
    N_("word|answers"),
    N_("word|asks"),
    N_("word|assembly"),
    N_("word|city"),
    N_("word|committee"),
    N_("word|contradicts"),
    N_("word|council"),
    N_("word|country"),
    N_("word|county"),
    N_("word|court"),
    N_("word|death_in_custody"),
    N_("word|detained"),
    N_("word|disappeared"),
    N_("word|documenter"),
    N_("word|email"),
    N_("word|enforced_disappearance"),
    N_("word|executed"),
    N_("word|export"),
    N_("word|failed"),
    N_("word|hand"),
    N_("word|held"),
    N_("word|in_favour"),
    N_("word|killed"),
    N_("word|login"),
    N_("word|look"),
    N_("word|mandate"),
    N_("word|media"),
    N_("word|network"),
    N_("word|office"),
    N_("word|official"),
    N_("word|organisation"),
    N_("word|other"),
    N_("word|part"),
    N_("word|perpetrator"),
    N_("word|planned"),
    N_("word|portal"),
    N_("word|post"),
    N_("word|prepared"),
    N_("word|prison"),
    N_("word|province"),
    N_("word|reader"),
    N_("word|refuses"),
    N_("word|released"),
    N_("word|supports"),
    N_("word|taken_up"),
    N_("word|unseal"),
    N_("word|victim"),
    N_("word|witness"),
};

const char *case_word(const char *word)
{
    /* Only short words without a space can be of a closed list; the catalogue knows which. */
    if (strlen(word) >= 24 || strchr(word, ' ') != NULL || word[0] == '\0')
        return word;
    char key[32];
    g_snprintf(key, sizeof key, "word|%s", word);
    const char *found = i18n_get(key);
    return found != key ? found : i18n_get(word);
}

const char *case_reliability_words(char letter)
{
    static const char *const WORDS[] = {
        N_("completely reliable"),  N_("usually reliable"), N_("fairly reliable"),
        N_("not usually reliable"), N_("unreliable"),       N_("reliability cannot be judged"),
    };
    return letter >= 'A' && letter <= 'F' ? i18n_get(WORDS[letter - 'A']) : NULL;
}

const char *case_credibility_words(gint64 grade)
{
    static const char *const WORDS[] = {
        N_("confirmed by other sources"),
        N_("probably true"),
        N_("possibly true"),
        N_("doubtful"),
        N_("improbable"),
        N_("truth cannot be judged"),
    };
    return grade >= 1 && grade <= 6 ? i18n_get(WORDS[grade - 1]) : NULL;
}
