/* Orders the work: how many persons make so many records, blocks of persons on all threads,
 * their texts out in order, and the truth about them.
 *
 * Exactly N records: a few persons more than needed are made, and of their T records every one is
 * kept whose share floor((j + 1) N / T) steps up: an even thinning, blind to who is on which list.
 */
#include "intake/generate_private.h"

#include "base/csv.h"
#include "base/edtf.h"
#include "base/i18n.h"
#include "base/workers.h"
#include <string.h>

enum { BLOCK = 256, RUN = 32, PILOT = 2048 };

typedef struct {
    const GenerateOptions *options;
    const GenerateWorld *world;
    GenerateCourse *course;
    guint64 n_persons, n_records;
    guint64 *records_before; /* by block: records of all persons before it; one more at the end */
    gsize n_months;
    int first_month; /* months since year 0 */
} Plan;

typedef struct {
    GString *texts[GENERATE_N_TEXTS + 1];
    GenerateSummary sums;
    guint32 *months; /* n_months * N_ACTS */
} Block;

typedef struct {
    const Plan *plan;
    guint64 first_block;
    Block *blocks;
} Work;

static gsize n_blocks(const Plan *plan)
{
    return (gsize)((plan->n_persons + BLOCK - 1) / BLOCK);
}

/* ---- how many persons ---- */

static void count_task(gsize task, guint worker, void *context)
{
    Plan *plan = context;
    guint64 end = MIN(plan->n_persons, ((guint64)task + 1) * BLOCK), sum = 0;
    for (guint64 i = (guint64)task * BLOCK; i < end; i++) {
        GeneratePerson person;
        generate_person_make(plan->world, plan->course, plan->options->seed, i, &person);
        sum += person.n_records;
    }
    plan->records_before[task + 1] = sum;
}

static guint64 count_records(Plan *plan, guint64 n_persons)
{
    plan->n_persons = n_persons;
    generate_course_deal(plan->course, plan->options->seed, n_persons);
    g_free(plan->records_before);
    plan->records_before = g_new0(guint64, n_blocks(plan) + 1);
    workers_run(n_blocks(plan), plan->options->threads, count_task, plan);
    for (gsize b = 0; b < n_blocks(plan); b++)
        plan->records_before[b + 1] += plan->records_before[b];
    return plan->n_records = plan->records_before[n_blocks(plan)];
}

static void find_persons(Plan *plan)
{
    guint64 wanted = plan->options->n_reports, pilot = MAX(count_records(plan, PILOT), 1);
    guint64 persons = wanted * PILOT / pilot;
    persons += persons / 50 + 8;
    while (count_records(plan, persons) < wanted)
        persons += (wanted - plan->n_records) * PILOT / pilot + persons / 50 + 8;
}

/* ---- blocks ---- */

static bool is_kept(const Plan *plan, guint64 j, guint64 *ret_serial)
{
    __extension__ typedef unsigned __int128 Wide;
    guint64 n = plan->options->n_reports;
    *ret_serial = (guint64)((Wide)j * n / plan->n_records);
    return (guint64)((Wide)(j + 1) * n / plan->n_records) != *ret_serial;
}

static void append_day(GString *out, gint32 day)
{
    g_autoptr(GString) text = g_string_new(NULL);
    generate_date_numbers(text, day, false, false, '-', true);
    csv_append(out, text->str);
}

static void append_person(GString *out, const Plan *plan, const GeneratePerson *person,
                          guint records, const char *lists)
{
    const GenerateWorld *world = plan->world;
    g_autoptr(GString) cell = g_string_new(NULL);
    csv_append(out, "person");
    g_string_printf(cell, "P%06" G_GUINT64_FORMAT, person->number + 1);
    csv_append(out, cell->str);
    for (int latin = 0; latin < 2; latin++) {
        g_string_truncate(cell, 0);
        generate_name_proper(cell, world, &person->given, latin);
        g_string_append_c(cell, ' ');
        generate_name_proper(cell, world, &person->family, latin);
        csv_append(out, cell->str);
    }
    g_string_truncate(cell, 0);
    generate_name_proper(cell, world, &person->father, false);
    csv_append(out, cell->str);
    int year, month, day;
    edtf_day_to_gregorian(person->birth_day, &year, &month, &day);
    csv_append_integer(out, year);
    csv_append(out, person->female ? "female" : "male");
    csv_append(out, world->places[person->place].iso);
    g_string_truncate(cell, 0);
    g_autoptr(GString) days = g_string_new(NULL);
    for (gsize a = 0; a < person->n_acts; a++) {
        g_string_append_printf(cell, "%s%s", a > 0 ? ";" : "",
                               generate_act_kind(person->acts[a].kind));
        if (a > 0)
            g_string_append_c(days, ';');
        generate_date_numbers(days, person->acts[a].day, false, false, '-', true);
    }
    csv_append(out, cell->str);
    csv_append(out, days->str);
    append_day(out, person->acts[person->n_acts - 1].day);
    csv_append_integer(out, records);
    csv_append(out, lists);
    csv_append_end(out);
}

static gsize month_of(const Plan *plan, gint32 day)
{
    int year, month, of_month;
    edtf_day_to_gregorian(day, &year, &month, &of_month);
    return (gsize)(year * 12 + month - 1 - plan->first_month);
}

/* One person's records and row of the truth; *j is the number of the person's first record. */
static void write_person(const Plan *plan, Block *block, const GeneratePerson *person, guint64 *j)
{
    guint readable = 0;
    bool listed[GENERATE_N_SOURCES] = {false}, single = plan->options->single;
    gsize before = 0, before_length = 0; /* the last record, in its source's text */
    int before_source = -1;
    for (gsize r = 0; r < person->n_records; r++, ++*j) {
        GenerateTask task = {plan->world, plan->course, person, plan->options->seed, r, 0};
        if (!is_kept(plan, *j, &task.serial))
            continue;
        const GenerateRecord *record = &person->records[r];
        GString *out = block->texts[single ? GENERATE_SINGLE : record->source];
        gsize from = out->len;
        bool again = !single && record->kind == RECORD_REPEATED && r > 0 &&
                     before_source == record->source && !person->records[r - 1].broken;
        if (again) {
            g_autofree char *copy = g_strndup(out->str + before, before_length);
            g_string_append(out, copy);
        } else {
            generate_record_write(out, &task, single);
        }
        bool broken = record->broken && !single && !again;
        before = from;
        before_length = out->len - from;
        before_source = broken ? -1 : record->source;
        block->sums.reports[record->source]++;
        block->sums.broken += broken;
        block->sums.repeated += again;
        if (!broken) {
            listed[record->source] = true;
            readable++;
        }
    }
    char lists[GENERATE_N_SOURCES + 1];
    gsize n = 0;
    for (gsize s = 0; s < GENERATE_N_SOURCES; s++)
        if (listed[s])
            lists[n++] = "ABCDE"[s];
    lists[n] = '\0';
    block->sums.persons++;
    block->sums.reported += readable > 0;
    block->sums.acts += person->n_acts;
    for (gsize a = 0; a < person->n_acts; a++)
        block->months[month_of(plan, person->acts[a].day) * N_ACTS + person->acts[a].kind]++;
    append_person(block->texts[GENERATE_TRUTH], plan, person, readable, lists);
}

static void write_task(gsize task, guint worker, void *context)
{
    Work *work = context;
    const Plan *plan = work->plan;
    Block *block = &work->blocks[task];
    guint64 first = (work->first_block + task) * BLOCK, end = MIN(plan->n_persons, first + BLOCK);
    guint64 j = plan->records_before[work->first_block + task];
    for (guint64 i = first; i < end; i++) {
        GeneratePerson person;
        generate_person_make(plan->world, plan->course, plan->options->seed, i, &person);
        write_person(plan, block, &person, &j);
    }
}

/* ---- the truth's last rows ---- */

static void append_row(GString *out, const char *row, const char *id, const char *name,
                       const char *provinces, const char *act, const char *date, const char *last,
                       guint64 count)
{
    const char *const cells[] = {row, id, name, "", "", "", "", provinces, act, date, last};
    for (gsize i = 0; i < G_N_ELEMENTS(cells); i++)
        csv_append(out, cells[i]);
    csv_append_integer(out, (gint64)count);
    csv_append(out, "");
    csv_append_end(out);
}

static void append_months(GString *out, const Plan *plan, const guint64 *months)
{
    for (gsize m = 0; m < plan->n_months; m++)
        for (gsize a = 0; a < N_ACTS; a++) {
            if (months[m * N_ACTS + a] == 0)
                continue;
            int month = plan->first_month + (int)m;
            char date[24];
            g_snprintf(date, sizeof date, "%04d-%02d", month / 12, month % 12 + 1);
            append_row(out, "month", "", "", "", generate_act_kind((GenerateAct)a), date, "",
                       months[m * N_ACTS + a]);
        }
}

static void append_crises(GString *out, const Plan *plan)
{
    for (gsize c = 0; c < GENERATE_N_CRISES; c++) {
        const GenerateCrisis *crisis = &plan->course->crises[c];
        g_autoptr(GString) provinces = g_string_new(NULL), first = g_string_new(NULL),
                           last = g_string_new(NULL);
        for (gsize p = 0; p < plan->world->n_provinces; p++)
            if (crisis->provinces >> p & 1)
                g_string_append_printf(provinces, "%s%s", provinces->len > 0 ? ";" : "",
                                       plan->world->provinces[p].iso);
        generate_date_numbers(first, crisis->first_day, false, false, '-', true);
        generate_date_numbers(last, generate_crisis_last_day(plan->course, c), false, false, '-',
                              true);
        char id[16], name[64];
        g_snprintf(id, sizeof id, "crisis-%u", (unsigned)c + 1);
        g_snprintf(name, sizeof name, "Invented crisis %u", (unsigned)c + 1);
        append_row(out, "crisis", id, name, provinces->str, "", first->str, last->str,
                   crisis->factor);
    }
}

static bool finish_truth(const Plan *plan, const guint64 *months, const GenerateSummary *sums,
                         GenerateSink sink, void *context, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    append_months(out, plan, months);
    append_crises(out, plan);
    for (gsize s = 0; s < GENERATE_N_SOURCES; s++) {
        char id[2] = {"ABCDE"[s], '\0'};
        append_row(out, "source", id, generate_source_name((GenerateText)s), "", "", "", "",
                   sums->reports[s]);
    }
    append_row(out, "total", "persons", "", "", "", "", "", sums->persons);
    append_row(out, "total", "reported", "", "", "", "", "", sums->reported);
    append_row(out, "total", "acts", "", "", "", "", "", sums->acts);
    append_row(out, "total", "broken", "", "", "", "", "", sums->broken);
    append_row(out, "total", "repeated", "", "", "", "", "", sums->repeated);
    return sink(context, GENERATE_TRUTH, out->str, out->len, error);
}

/* ---- the whole ---- */

static bool begin_texts(const Plan *plan, GenerateSink sink, void *context, GError **error)
{
    for (int t = 0; t <= GENERATE_SINGLE; t++) {
        bool source = t < GENERATE_N_SOURCES, single = t == GENERATE_SINGLE;
        if ((source && plan->options->single) || (single && !plan->options->single))
            continue;
        const char *heading = generate_heading((GenerateText)t);
        if (!sink(context, (GenerateText)t, heading, strlen(heading), error))
            return false;
    }
    return true;
}

static bool write_run(const Plan *plan, Block *blocks, guint64 first, gsize n, guint64 *months,
                      GenerateSummary *sums, GenerateSink sink, void *context, GError **error)
{
    Work work = {plan, first, blocks};
    workers_run(n, plan->options->threads, write_task, &work);
    for (gsize b = 0; b < n; b++) {
        Block *block = &blocks[b];
        for (int t = 0; t <= GENERATE_SINGLE; t++) {
            GString *text = block->texts[t];
            if (text->len > 0 && !sink(context, (GenerateText)t, text->str, text->len, error))
                return false;
            g_string_truncate(text, 0);
        }
        for (gsize m = 0; m < plan->n_months * N_ACTS; m++)
            months[m] += block->months[m];
        memset(block->months, 0, plan->n_months * N_ACTS * sizeof *block->months);
        for (gsize s = 0; s < GENERATE_N_SOURCES; s++)
            sums->reports[s] += block->sums.reports[s];
        sums->broken += block->sums.broken;
        sums->repeated += block->sums.repeated;
        sums->persons += block->sums.persons;
        sums->reported += block->sums.reported;
        sums->acts += block->sums.acts;
        block->sums = (GenerateSummary){0};
    }
    return true;
}

static bool write_all(const Plan *plan, GenerateSink sink, void *context, GenerateSummary *sums,
                      GError **error)
{
    Block blocks[RUN];
    for (gsize b = 0; b < RUN; b++) {
        for (int t = 0; t <= GENERATE_SINGLE; t++)
            blocks[b].texts[t] = g_string_new(NULL);
        blocks[b].sums = (GenerateSummary){0};
        blocks[b].months = g_new0(guint32, plan->n_months * N_ACTS);
    }
    g_autofree guint64 *months = g_new0(guint64, plan->n_months * N_ACTS);
    bool ok = begin_texts(plan, sink, context, error);
    for (guint64 first = 0; ok && first < n_blocks(plan); first += RUN)
        ok = write_run(plan, blocks, first, MIN(RUN, n_blocks(plan) - first), months, sums, sink,
                       context, error);
    ok = ok && finish_truth(plan, months, sums, sink, context, error);
    for (gsize b = 0; b < RUN; b++) {
        for (int t = 0; t <= GENERATE_SINGLE; t++)
            g_string_free(blocks[b].texts[t], TRUE);
        g_free(blocks[b].months);
    }
    return ok;
}

static bool check(const GenerateOptions *options, GError **error)
{
    const char *wrong = NULL;
    if (options->n_reports < 1 || options->n_reports > 100000000)
        wrong = _("The number of reports must be between 1 and 100 million.");
    else if (options->last_day - options->first_day < 59)
        wrong = _("The reports must cover 60 days or more.");
    else if (options->first_day < -50000 || options->last_day > 50000)
        wrong = _("The days must lie between 1834 and 2106.");
    if (wrong != NULL)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, wrong);
    return wrong == NULL;
}

bool generate_reports(const GenerateOptions *options, GenerateSink sink, void *context,
                      GenerateSummary *ret_summary, GError **error)
{
    GenerateOptions own = *options;
    if (own.first_day == 0 && own.last_day == 0) {
        own.first_day = edtf_day_from_gregorian(2019, 1, 1);
        own.last_day = edtf_day_from_gregorian(2026, 3, 31);
    }
    if (!check(&own, error))
        return false;
    Plan plan = {.options = &own, .world = generate_world_peek(error)};
    if (plan.world == NULL)
        return false;
    g_autoptr(GenerateCourse) course = generate_course_new(plan.world, &own);
    plan.course = course;
    int year, month, day;
    edtf_day_to_gregorian(own.first_day, &year, &month, &day);
    plan.first_month = year * 12 + month - 1;
    plan.n_months = month_of(&plan, own.last_day) + 1;
    find_persons(&plan);
    GenerateSummary sums = {0};
    bool ok = write_all(&plan, sink, context, &sums, error);
    g_free(plan.records_before);
    if (ok && ret_summary != NULL)
        *ret_summary = sums;
    return ok;
}

const char *generate_file_name(GenerateText text)
{
    static const char *const NAMES[GENERATE_N_TEXTS + 1] = {
        "reports/a-list-synthetic.csv",
        "reports/b-list-synthetic.csv",
        "reports/c-list-synthetic.csv",
        "reports/d-feed-synthetic.jsonl",
        "reports/e-messages-synthetic.txt",
        "truth.csv",
        "single-synthetic.csv",
    };
    return NAMES[text];
}
