#include "intake/fields.h"

#include "base/csv.h"
#include "base/i18n.h"
#include "text/normalize.h"
#include <string.h>

/* The names people write at the head of a column; compared as fold_column makes them. */
static const struct {
    IntakeField field;
    const char *name;
    const char *others; /* separated by '|'; folded when they are looked up */
    const char *title;
    bool sealed;
} FIELDS[INTAKE_N_FIELDS] = {
    {INTAKE_FIELD_REPORT_ID, "report_id", "id|record id|شناسه|شناسهٔ گزارش|شمارهٔ گزارش|کد",
     N_("the id that the source gave the report"), false},
    {INTAKE_FIELD_SOURCE, "source",
     "source name|reporter|reported by|منبع|گزارشگر|گزارش‌دهنده|نام "
     "منبع",
     N_("who tells; else --source"), false},
    {INTAKE_FIELD_RECEIVED, "received",
     "received date|received on|report date|date reported|تاریخ دریافت|تاریخ گزارش|دریافت",
     N_("when the source told"), false},
    {INTAKE_FIELD_EVENT_DATE, "event_date",
     "date|incident date|date of event|when|تاریخ|تاریخ رویداد|تاریخ واقعه|تاریخ حادثه|تاریخ "
     "بازداشت|زمان",
     N_("when it happened; Gregorian or Solar Hijri, EDTF or in words"), false},
    {INTAKE_FIELD_PERSON_NAME, "person_name",
     "name|full name|victim|victim name|person|نام|نام شخص|نام و نام خانوادگی|نام کامل|قربانی|اسم",
     N_("whole name of the person; sealed"), true},
    {INTAKE_FIELD_GIVEN_NAME, "given_name", "first name|given|forename|نام کوچک|اسم کوچک",
     N_("given name; sealed"), true},
    {INTAKE_FIELD_FAMILY_NAME, "family_name",
     "last name|surname|family|نام خانوادگی|فامیلی|فامیل|شهرت", N_("family name; sealed"), true},
    {INTAKE_FIELD_FATHER_NAME, "father_name", "father|patronym|نام پدر|فرزند",
     N_("father's name; sealed"), true},
    {INTAKE_FIELD_BIRTH_YEAR, "birth_year",
     "year of birth|birth|birth date|date of birth|سال تولد|تاریخ تولد|تولد|متولد",
     N_("year or day of birth"), false},
    {INTAKE_FIELD_NATIONAL_ID, "national_id",
     "national code|national number|melli|passport|کد ملی|شمارهٔ ملی|شمارهٔ شناسنامه|گذرنامه",
     N_("national number; sealed"), true},
    {INTAKE_FIELD_PHONE, "phone",
     "phone "
     "number|mobile|tel|telephone|email|mail|contact|address|telegram|whatsapp|تلفن|موبایل|شمارهٔ "
     "تلفن|شمارهٔ موبایل|شمارهٔ تماس|تماس|ایمیل|رایانامه|نشانی|آدرس",
     N_("telephone, mail or address; sealed"), true},
    {INTAKE_FIELD_GENDER, "gender", "sex|جنسیت|جنس", N_("female, male, other"), false},
    {INTAKE_FIELD_AGE, "age", "victim age|age at event|سن|سن قربانی",
     N_("age at the event, in years"), false},
    {INTAKE_FIELD_GROUP, "group",
     "community|ethnicity|religion|profession|party|گروه|قومیت|مذهب|دین|شغل|حزب",
     N_("community, profession or party"), false},
    {INTAKE_FIELD_PLACE, "place", "location|city|town|where|county|محل|مکان|شهر|شهرستان|محل رویداد",
     N_("city, county or other place"), false},
    {INTAKE_FIELD_PROVINCE, "province", "state|region|admin1|استان",
     N_("province; its ISO code will do"), false},
    {INTAKE_FIELD_ACT, "act",
     "act type|type|event|event type|violation|kind|نوع|رویداد|نوع رویداد|نقض|نوع نقض|عمل",
     N_("what was done: arrest, summons, execution …"), false},
    {INTAKE_FIELD_COUNT, "count", "number|persons|how many|n|تعداد|شمار|نفر|تعداد نفرات",
     N_("how many persons"), false},
    {INTAKE_FIELD_COUNT_MIN, "count_min",
     "min|at least|minimum|دست‌کم|حداقل|کمینه", N_("at least so many persons"),
     false},
    {INTAKE_FIELD_COUNT_MAX, "count_max", "max|at most|maximum|حداکثر|بیشینه",
     N_("at most so many persons"), false},
    {INTAKE_FIELD_PERPETRATOR, "perpetrator",
     "authority|by|عامل|نهاد|مرتکب|نهاد بازداشت‌کننده",
     N_("office or force that did it"), false},
    {INTAKE_FIELD_CHARGE, "charge", "charges|accusation|اتهام|اتهامات", N_("accusation"), false},
    {INTAKE_FIELD_CASE_NUMBER, "case_number",
     "case no|docket|شمارهٔ پرونده|پرونده|کلاسه|کلاسهٔ پرونده",
     N_("number of the case or file; sealed"), true},
    {INTAKE_FIELD_OUTCOME, "outcome", "result|sentence|نتیجه|سرانجام|حکم",
     N_("sentence, release or other outcome"), false},
    {INTAKE_FIELD_ACCORDING_TO, "according_to",
     "attributed to|reporting body|به گفتهٔ|به نقل از|به روایت", N_("whom the report cites"), false},
    {INTAKE_FIELD_TITLE, "title", "headline|subject|عنوان|تیتر|موضوع", N_("heading of the report"),
     false},
    {INTAKE_FIELD_TEXT, "text",
     "description|narrative|body|content|message|notes|report|summary|summary "
     "en|متن|شرح|توضیح|توضیحات|گزارش|پیام|روایت",
     N_("the report in words"), false},
    {INTAKE_FIELD_LANGUAGE, "language", "lang|زبان", N_("language of the report (fa, en …)"),
     false},
    {INTAKE_FIELD_RELIABILITY, "reliability", "source reliability|اعتبار منبع|درجهٔ منبع",
     N_("A–F: how reliable the source is"), false},
    {INTAKE_FIELD_CREDIBILITY, "credibility",
     "information credibility|اعتبار خبر|درجهٔ خبر|اعتبار اطلاعات",
     N_("1–6: how credible the information is"), false},
    {INTAKE_FIELD_URL, "url", "link|source url|web address|نشانی وب|پیوند|لینک",
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

static bool find_folded(const IntakeMapping *mapping, const char *folded, IntakeField *ret_field)
{
    gpointer found = mapping != NULL ? g_hash_table_lookup(mapping->fields, folded) : NULL;
    if (found != NULL)
        *ret_field = GPOINTER_TO_INT(found) - 2; /* "ignore" is NONE */
    return found != NULL;
}

bool intake_mapping_find(const IntakeMapping *mapping, const char *column, IntakeField *ret_field)
{
    g_autofree char *folded = fold_column(column);
    return find_folded(mapping, folded, ret_field);
}

IntakeField intake_field_match(const IntakeMapping *mapping, const char *column)
{
    g_autofree char *folded = fold_column(column);
    IntakeField field;
    return find_folded(mapping, folded, &field) ? field : match_folded(folded);
}
