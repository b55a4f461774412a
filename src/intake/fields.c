#include "intake/fields.h"

#include "base/csv.h"
#include "base/i18n.h"
#include "text/normalize.h"
#include <string.h>

/* The names people write at the head of a column, folded as by fold_column below. */
static const struct {
    IntakeField field;
    const char *name;
    const char *others; /* separated by '|', folded */
    const char *title;
    bool sealed;
} FIELDS[INTAKE_N_FIELDS] = {
    {INTAKE_FIELD_REPORT_ID, "report_id", "reportid|id|recordid|شناسه|شناسهگزارش|شمارهگزارش|کد",
     N_("the id that the source gave the report"), false},
    {INTAKE_FIELD_SOURCE, "source", "sourcename|reporter|reportedby|منبع|گزارشگر|گزارشدهنده|نامنبع",
     N_("who tells; else --source"), false},
    {INTAKE_FIELD_RECEIVED, "received",
     "receiveddate|receivedon|reportdate|datereported|تاریخدریافت|تاریخگزارش|دریافت",
     N_("when the source told"), false},
    {INTAKE_FIELD_EVENT_DATE, "event_date",
     "date|eventdate|incidentdate|dateofevent|when|تاریخ|تاریخرویداد|تاریخواقعه|تاریخحادثه|"
     "تاریخبازداشت|زمان",
     N_("when it happened; Gregorian or Solar Hijri, EDTF or in words"), false},
    {INTAKE_FIELD_PERSON_NAME, "person_name",
     "name|fullname|personname|victim|victimname|person|نام|نامشخص|نامونامخانوادگی|نامکامل|قربانی|"
     "اسم",
     N_("whole name of the person; sealed"), true},
    {INTAKE_FIELD_GIVEN_NAME, "given_name", "firstname|givenname|forename|نامکوچک|اسمکوچک",
     N_("given name; sealed"), true},
    {INTAKE_FIELD_FAMILY_NAME, "family_name",
     "lastname|familyname|surname|نامخانوادگی|فامیلی|فامیل|شهرت", N_("family name; sealed"), true},
    {INTAKE_FIELD_FATHER_NAME, "father_name", "fathername|father|patronym|نامپدر|فرزند",
     N_("father's name; sealed"), true},
    {INTAKE_FIELD_BIRTH_YEAR, "birth_year", "birthyear|yearofbirth|birth|سالتولد|تولد|متولد",
     N_("year or day of birth"), false},
    {INTAKE_FIELD_NATIONAL_ID, "national_id",
     "nationalid|nationalcode|melli|passport|کدملی|شمارهملی|شمارهشناسنامه|گذرنامه",
     N_("national number; sealed"), true},
    {INTAKE_FIELD_PHONE, "phone",
     "phonenumber|mobile|tel|telephone|email|mail|contact|address|telegram|whatsapp|تلفن|موبایل|"
     "شمارهتلفن|"
     "شمارهموبایل|شمارهتماس|تماس|ایمیل|رایانامه|نشانی|آدرس",
     N_("telephone, mail or address; sealed"), true},
    {INTAKE_FIELD_GENDER, "gender", "sex|جنسیت|جنس", N_("female, male, other"), false},
    {INTAKE_FIELD_AGE, "age", "victimage|ageatevent|سن|سنقربانی", N_("age at the event, in years"),
     false},
    {INTAKE_FIELD_GROUP, "group",
     "community|ethnicity|religion|profession|party|گروه|قومیت|مذهب|دین|شغل|حزب",
     N_("community, profession or party"), false},
    {INTAKE_FIELD_PLACE, "place", "location|city|town|where|county|محل|مکان|شهر|شهرستان|محلرویداد",
     N_("city, county or other place"), false},
    {INTAKE_FIELD_PROVINCE, "province", "state|region|admin1|استان",
     N_("province; its ISO code will do"), false},
    {INTAKE_FIELD_ACT, "act",
     "acttype|type|event|eventtype|violation|kind|نوع|رویداد|نوعرویداد|نقض|نوعنقض|عمل",
     N_("what was done: arrest, summons, execution …"), false},
    {INTAKE_FIELD_COUNT, "count", "number|persons|howmany|n|تعداد|شمار|نفر|تعدادنفرات",
     N_("how many persons"), false},
    {INTAKE_FIELD_COUNT_MIN, "count_min", "countmin|min|atleast|minimum|دستکم|حداقل|کمینه",
     N_("at least so many persons"), false},
    {INTAKE_FIELD_COUNT_MAX, "count_max", "countmax|max|atmost|maximum|حداکثر|بیشینه",
     N_("at most so many persons"), false},
    {INTAKE_FIELD_PERPETRATOR, "perpetrator", "authority|by|عامل|نهاد|مرتکب|نهادبازداشتکننده",
     N_("office or force that did it"), false},
    {INTAKE_FIELD_CHARGE, "charge", "charges|accusation|اتهام|اتهامات", N_("accusation"), false},
    {INTAKE_FIELD_CASE_NUMBER, "case_number",
     "casenumber|caseno|docket|شمارهپرونده|پرونده|کلاسه|کلاسهپرونده",
     N_("number of the case or file; sealed"), true},
    {INTAKE_FIELD_OUTCOME, "outcome", "result|sentence|نتیجه|سرانجام|حکم",
     N_("sentence, release or other outcome"), false},
    {INTAKE_FIELD_ACCORDING_TO, "according_to",
     "accordingto|attributedto|reportingbody|بهگفته|بهنقلاز|بهروایت", N_("whom the report cites"),
     false},
    {INTAKE_FIELD_TITLE, "title", "headline|subject|عنوان|تیتر|موضوع", N_("heading of the report"),
     false},
    {INTAKE_FIELD_TEXT, "text",
     "description|narrative|body|content|message|notes|report|summary|summaryen|متن|شرح|توضیح|"
     "توضیحات|گزارش|پیام|روایت",
     N_("the report in words"), false},
    {INTAKE_FIELD_LANGUAGE, "language", "lang|زبان", N_("language of the report (fa, en …)"),
     false},
    {INTAKE_FIELD_RELIABILITY, "reliability", "sourcereliability|اعتبارمنبع|درجهمنبع",
     N_("A–F: how reliable the source is"), false},
    {INTAKE_FIELD_CREDIBILITY, "credibility",
     "informationcredibility|اعتبارخبر|درجهخبر|اعتباراطلاعات",
     N_("1–6: how credible the information is"), false},
    {INTAKE_FIELD_URL, "url", "link|sourceurl|webaddress|نشانیوب|پیوند|لینک",
     N_("where it was published"), false},
    {INTAKE_FIELD_SYNTHETIC, "synthetic", "invented|test|ساختگی|آزمایشی",
     N_("yes for an invented record"), false},
};

struct IntakeMapping {
    GHashTable *fields; /* folded column → field + 2 */
};

/* A column's name without what people write differently: case, spaces, half-spaces, marks. */
static char *fold_column(const char *column)
{
    g_autofree char *folded = text_fold(column, -1, NULL);
    GString *bare = g_string_new(NULL);
    for (const char *at = folded; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (g_unichar_isalnum(c))
            g_string_append_unichar(bare, c);
    }
    return g_string_free(bare, FALSE);
}

const char *intake_field_name(IntakeField field)
{
    g_assert(field >= 0 && field < INTAKE_N_FIELDS);
    return FIELDS[field].name;
}

const char *intake_field_title(IntakeField field)
{
    g_assert(field >= 0 && field < INTAKE_N_FIELDS);
    return i18n_get(FIELDS[field].title);
}

const char *intake_field_synonyms(IntakeField field)
{
    g_assert(field >= 0 && field < INTAKE_N_FIELDS);
    return FIELDS[field].others;
}

bool intake_field_sealed(IntakeField field)
{
    g_assert(field >= 0 && field < INTAKE_N_FIELDS);
    return FIELDS[field].sealed;
}

/* Every known name, folded, to its field + 1; made once. */
static gpointer make_names(gpointer unused)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; i < INTAKE_N_FIELDS; i++) {
        g_assert(FIELDS[i].field == (IntakeField)i);
        g_hash_table_insert(names, fold_column(FIELDS[i].name), GSIZE_TO_POINTER(i + 1));
        g_auto(GStrv) others = g_strsplit(FIELDS[i].others, "|", -1);
        for (char **other = others; *other != NULL; other++)
            g_hash_table_insert(names, fold_column(*other), GSIZE_TO_POINTER(i + 1));
    }
    return names;
}

static IntakeField match_folded(const char *folded)
{
    static GOnce once = G_ONCE_INIT;
    gpointer found = g_hash_table_lookup(g_once(&once, make_names, NULL), folded);
    return found != NULL ? (IntakeField)(GPOINTER_TO_INT(found) - 1) : INTAKE_FIELD_NONE;
}

static IntakeMapping *mapping_from(CsvReader *reader, const char *path, GError **error)
{
    g_autoptr(CsvTable) table = csv_table_load(reader, error);
    if (table == NULL)
        return NULL;
    gssize column = csv_table_column(table, "column"), field = csv_table_column(table, "field");
    if (column < 0 || field < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s is no mapping file: its first line must name the columns 'column' and "
                      "'field'."),
                    path);
        return NULL;
    }
    g_autoptr(IntakeMapping) mapping = g_new0(IntakeMapping, 1);
    mapping->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize row = 0; row < table->n_rows; row++) {
        const char *name = csv_table_cell(table, row, field);
        int found = -1;
        for (int i = 0; i < INTAKE_N_FIELDS; i++)
            if (strcmp(FIELDS[i].name, name) == 0)
                found = i;
        if (found < 0 && strcmp(name, "ignore") != 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, line %lu: there is no field '%s'. `zenhar import "
                          "--fields` lists them."),
                        path, table->lines[row], name);
            return NULL;
        }
        g_hash_table_insert(mapping->fields, fold_column(csv_table_cell(table, row, column)),
                            GINT_TO_POINTER(found + 2));
    }
    return g_steal_pointer(&mapping);
}

IntakeMapping *intake_mapping_load(const char *path, GError **error)
{
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, error);
    return reader != NULL ? mapping_from(reader, path, error) : NULL;
}

IntakeMapping *intake_mapping_read(const char *text, GError **error)
{
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("", text, strlen(text), NULL);
    return mapping_from(reader, "", error);
}

void intake_mapping_free(IntakeMapping *mapping)
{
    if (mapping == NULL)
        return;
    g_hash_table_unref(mapping->fields);
    g_free(mapping);
}

IntakeField intake_field_match(const IntakeMapping *mapping, const char *column)
{
    g_autofree char *folded = fold_column(column);
    if (mapping != NULL) {
        gpointer found = g_hash_table_lookup(mapping->fields, folded);
        if (found != NULL)
            return GPOINTER_TO_INT(found) - 2; /* "ignore" is NONE */
    }
    return match_folded(folded);
}
