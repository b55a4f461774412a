/* Names of fields and words of closed lists, for people. What is not here is shown as it stands. */
#include "cli/case_record.h"

#include <string.h>

static const struct {
    const char *name, *title;
} FIELDS[] = {
    {"accountability", N_("Found about accountability")},
    {"according_to", N_("Cited by the report")},
    {"act_id", N_("Act")},
    {"act_kind", N_("Kind of act")},
    {"action", N_("Action")},
    {"added", N_("Added")},
    {"address", N_("Address")},
    {"addressee", N_("Addressee")},
    {"agenda", N_("Agenda")},
    {"appeal_id", N_("Letter")},
    {"ask_id", N_("Ask")},
    {"assessment_id", N_("Assessment")},
    {"at_least", N_("At least")},
    {"author", N_("Author")},
    {"basis", N_("Legal basis")},
    {"birth_date", N_("Date of birth")},
    {"birth_year", N_("Year of birth")},
    {"body", N_("Text of the letter")},
    {"body_id", N_("Body")},
    {"bytes", N_("Bytes")},
    {"case_number", N_("Case number")},
    {"category", N_("Category")},
    {"channel", N_("Channel")},
    {"charge", N_("Accusation as reported")},
    {"choice", N_("Vote cast")},
    {"code", N_("Code")},
    {"column", N_("Column")},
    {"confidence", N_("Confidence of the reading")},
    {"consent", N_("Consent")},
    {"contact", N_("Contact")},
    {"count_max", N_("Number, at most")},
    {"count_min", N_("Number, at least")},
    {"country", N_("Country")},
    {"created", N_("Written")},
    {"credibility", N_("Credibility of the information")},
    {"crisis_id", N_("Crisis")},
    {"cutoff_day", N_("Last day known")},
    {"day", N_("Day")},
    {"deadline_day", N_("Deadline")},
    {"definition", N_("Definition")},
    {"delivery_id", N_("Delivery")},
    {"due_day", N_("Due")},
    {"duplicates", N_("Known already")},
    {"email", N_("E-mail")},
    {"estimate", N_("Estimate")},
    {"event_date", N_("Date of the event")},
    {"expected", N_("Expected")},
    {"external_id", N_("Id at the source")},
    {"extra", N_("Further columns")},
    {"factor", N_("Risk factor")},
    {"father", N_("Father's name")},
    {"field", N_("Field")},
    {"file", N_("File")},
    {"finished", N_("Finished")},
    {"first_day", N_("First day")},
    {"forecast_method", N_("Method of the forecast")},
    {"format", N_("Format")},
    {"framework", N_("Framework")},
    {"from_day", N_("From")},
    {"gender", N_("Gender")},
    {"group", N_("Community or profession")},
    {"high", N_("High")},
    {"import_id", N_("Import")},
    {"indicator", N_("Indicator")},
    {"interval_days", N_("Days of an interval")},
    {"iso", N_("ISO code")},
    {"kind", N_("Kind")},
    {"language", N_("Language")},
    {"last_day", N_("Last day")},
    {"latitude", N_("Latitude")},
    {"legal_basis", N_("Legal basis")},
    {"level", N_("Level")},
    {"line", N_("Line")},
    {"lists", N_("Lists")},
    {"longitude", N_("Longitude")},
    {"low", N_("Low")},
    {"mapping", N_("Mapping of columns")},
    {"measure", N_("Measure")},
    {"media_type", N_("Media type")},
    {"mended", N_("As mended")},
    {"merged_into", N_("Turned out to be")},
    {"method", N_("Method")},
    {"n_reports", N_("Reports")},
    {"n_sources", N_("Sources")},
    {"name", N_("Name")},
    {"name_en", N_("Name in English")},
    {"name_fa", N_("Name in Persian")},
    {"name_latin", N_("Name in Latin letters")},
    {"needs", N_("What it needs")},
    {"note", N_("Note")},
    {"observed", N_("Observed")},
    {"office", N_("Office")},
    {"origin", N_("How it came")},
    {"original_id", N_("Original")},
    {"original_length", N_("Length in the original, bytes")},
    {"original_offset", N_("Place in the original, byte")},
    {"outcome", N_("Outcome")},
    {"p_value", N_("p-value")},
    {"parent_id", N_("Lies in")},
    {"perpetrator", N_("Perpetrator as reported")},
    {"place_id", N_("Place")},
    {"place_text", N_("Place as written")},
    {"population", N_("Population")},
    {"position", N_("Position")},
    {"previous_id", N_("Replaces")},
    {"priority", N_("Priority")},
    {"probability", N_("Probability")},
    {"public_identity", N_("Name already public")},
    {"quarantined", N_("In quarantine")},
    {"rationale", N_("Reasons")},
    {"reason", N_("Reason")},
    {"received", N_("Received")},
    {"recipient_id", N_("Recipient")},
    {"records", N_("Records")},
    {"reference", N_("Reference")},
    {"regional_group", N_("Regional group")},
    {"reliability", N_("Reliability of the source")},
    {"report_id", N_("Report")},
    {"reporter", N_("Reported by")},
    {"resolution", N_("Resolution")},
    {"response", N_("Response of bodies")},
    {"role", N_("Role")},
    {"rules", N_("Rules")},
    {"salutation", N_("Salutation")},
    {"score", N_("Score")},
    {"seats", N_("Seats")},
    {"sent", N_("Sent")},
    {"series_id", N_("Series")},
    {"session_id", N_("Session")},
    {"settings", N_("Settings")},
    {"sha256", N_("SHA-256")},
    {"source", N_("Source")},
    {"source_id", N_("Source")},
    {"started", N_("Started")},
    {"state", N_("State")},
    {"status", N_("Status")},
    {"subject", N_("Subject")},
    {"summary", N_("Summary")},
    {"synthetic", N_("Synthetic")},
    {"taken_day", N_("Taken on")},
    {"target_id", N_("Number of the record")},
    {"target_kind", N_("Kind of the record")},
    {"text", N_("Text")},
    {"text_length", N_("Length in the text, bytes")},
    {"text_offset", N_("Place in the text, byte")},
    {"threshold", N_("Threshold")},
    {"time", N_("Time")},
    {"title", N_("Title")},
    {"title_fa", N_("Title in Persian")},
    {"to_day", N_("Until")},
    {"totp_secret", N_("Second factor")},
    {"trend", N_("Trend")},
    {"tries", N_("Tries")},
    {"url", N_("Address on the web")},
    {"user_id", N_("User")},
    {"value", N_("Value")},
    {"variants", N_("Other spellings")},
    {"verified", N_("How it was checked")},
    {"victim_age", N_("Victim's age")},
    {"victim_birth", N_("Victim's date of birth")},
    {"victim_contact", N_("Victim's contact")},
    {"victim_father", N_("Victim's father's name")},
    {"victim_gender", N_("Victim's gender")},
    {"victim_group", N_("Victim's community or profession")},
    {"victim_id", N_("Victim")},
    {"victim_name", N_("Victim's name")},
    {"victim_national_id", N_("Victim's national number")},
    {"vote_id", N_("Vote")},
    {"who", N_("Who can take it")},
    {"withdrawn", N_("Withdrawn")},
    {"wrong_if", N_("Wrong if")},
    {"year", N_("Year")},
};

const char *case_field_title(const char *name)
{
    gsize low = 0, high = G_N_ELEMENTS(FIELDS);
    while (low < high) {
        gsize middle = (low + high) / 2;
        int order = strcmp(name, FIELDS[middle].name);
        if (order == 0)
            return i18n_get(FIELDS[middle].title);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return name;
}

const char *case_word(const char *word)
{
    /* Only short words without a space can be of a closed list; the catalogue knows which. */
    return strlen(word) < 24 && strchr(word, ' ') == NULL && word[0] != '\0' ? i18n_get(word)
                                                                             : word;
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
