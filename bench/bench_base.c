/* CSV megabytes a second, JSON Lines and EDTF readings a second. User time of one thread, the
 * best of three; Markdown on standard output. */
#include "base/csv.h"
#include "base/edtf.h"
#include "base/jsonl.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static double user_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
}

/* Reports as documenters write them, about 220 bytes each. */
static GString *reports(gsize bytes, const char *quote)
{
    GString *csv = g_string_sized_new(bytes + 1024);
    g_string_append(csv, "date,place,kind,name,source,count,text\n");
    for (guint i = 0; csv->len < bytes; i++)
        g_string_append_printf(csv,
                               "2025-%02u-%02u,تهران,arrest,Person %u,source-%u,%u,"
                               "%sبه گزارش یک منبع، در این روز شماری از شهروندان بازداشت شدند و از "
                               "محل نگهداری آنان خبری نیست. Report number %u of this list.%s\n",
                               1 + i % 12, 1 + i % 28, i, i % 9, i % 40, quote, i, quote);
    return csv;
}

static GString *plain(gsize bytes)
{
    GString *csv = g_string_sized_new(bytes + 1024);
    g_string_append(csv, "date,place,kind,name,source,count,text\n");
    for (guint i = 0; csv->len < bytes; i++)
        g_string_append_printf(
            csv,
            "2025-%02u-%02u,Tehran,arrest,Person %u,source-%u,%u,"
            "According to one source an unknown number of citizens were arrested on this day; "
            "where they are held is not known. Report number %u of this list.\n",
            1 + i % 12, 1 + i % 28, i, i % 9, i % 40, i);
    return csv;
}

static void csv_row(const char *what, const void *bytes, gsize length)
{
    double best = 1e9;
    gsize records = 0;
    for (int round = 0; round < 3; round++) {
        double begun = user_seconds();
        records = 0;
        g_autoptr(CsvReader) reader = csv_reader_new_bytes("bench", bytes, length, NULL);
        gsize fields = 0;
        while (csv_reader_next(reader, NULL) == CSV_RECORD) {
            records++;
            fields += csv_reader_n_fields(reader);
        }
        best = MIN(best, user_seconds() - begun);
        if (fields != records * 7)
            g_error("%s: %zu records have %zu fields", what, records, fields);
    }
    printf("| %s | %.0f MB/s | %.2f million records/s |\n", what, (double)length / best / 1e6,
           (double)records / best / 1e6);
}

static void jsonl_row(void)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    guint n = 100000;
    for (guint i = 0; i < n; i++)
        g_string_append_printf(lines,
                               "{\"date\":\"2025-06-%02u\",\"place\":\"تهران\",\"kind\":\"arrest\","
                               "\"count\":%u,\"text\":\"به گزارش یک منبع، شماری بازداشت شدند.\"}\n",
                               1 + i % 28, i % 40);
    double best = 1e9;
    for (int round = 0; round < 3; round++) {
        double begun = user_seconds();
        g_autoptr(JsonlReader) reader = jsonl_reader_new_bytes("bench", lines->str, lines->len);
        json_t *object;
        guint seen = 0;
        while (jsonl_reader_next(reader, &object, NULL) == CSV_RECORD)
            seen++;
        if (seen != n)
            g_error("JSON Lines: %u of %u", seen, n);
        best = MIN(best, user_seconds() - begun);
    }
    printf("| JSON Lines | %.0f MB/s | %.2f million records/s |\n", (double)lines->len / best / 1e6,
           n / best / 1e6);
}

static void edtf_row(const char *what, Calendar calendar, const char *const *texts, gsize n)
{
    double best = 1e9;
    gsize rounds = 1000000 / n;
    for (int round = 0; round < 3; round++) {
        double begun = user_seconds();
        gint64 sum = 0;
        for (gsize i = 0; i < rounds; i++)
            for (gsize k = 0; k < n; k++) {
                Edtf edtf;
                gint32 first, last;
                if (!edtf_parse(texts[k], calendar, &edtf, NULL))
                    g_error("%s is refused", texts[k]);
                edtf_bounds(&edtf, &first, &last);
                sum += first;
            }
        if (sum == 0)
            g_error("no day was read");
        best = MIN(best, user_seconds() - begun);
    }
    printf("| %s, read and bounded | | %.1f million/s |\n", what,
           (double)(rounds * n) / best / 1e6);
}

int main(void)
{
    enum { SIZE = 32 << 20 };
    printf("| ground | speed | |\n|---|---|---|\n");
    g_autoptr(GString) ascii = plain(SIZE);
    g_autoptr(GString) persian = reports(SIZE, "");
    g_autoptr(GString) quoted = reports(SIZE, "\"");
    csv_row("CSV, English", ascii->str, ascii->len);
    csv_row("CSV, mostly Persian", persian->str, persian->len);
    csv_row("CSV, mostly Persian, texts quoted", quoted->str, quoted->len);
    gsize written;
    g_autofree char *utf16 =
        g_convert(persian->str, (gssize)persian->len, "UTF-16", "UTF-8", NULL, &written, NULL);
    csv_row("CSV, mostly Persian, from UTF-16", utf16, written);
    jsonl_row();
    static const char *const GREGORIAN[] = {"2025-06-28",
                                            "2025-06",
                                            "2025",
                                            "1988-07-28~",
                                            "2025-06-28/2025-07-03",
                                            "2025-06-28T10:15:00+03:30"};
    static const char *const SOLAR[] = {"1404-04-07", "1404-04", "1367-22", "136X"};
    edtf_row("EDTF, Gregorian", CALENDAR_GREGORIAN, GREGORIAN, G_N_ELEMENTS(GREGORIAN));
    edtf_row("EDTF, Solar Hijri", CALENDAR_SOLAR_HIJRI, SOLAR, G_N_ELEMENTS(SOLAR));
    return 0;
}
