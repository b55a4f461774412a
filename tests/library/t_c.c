/* tests/library/t_c.c: zenhar.h from C that knows nothing else of Zenhar. */
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <zenhar.h>

static int n_claims;
static void claim(bool holds, const char *what)
{
    printf("%sok %d - %s\n", holds ? "" : "not ", ++n_claims, what);
    if (!holds)
        printf("# last sentence: %s\n", zenhar_error());
}

enum { WEEKS = 321 };
static double counts[WEEKS];

static void make_series(void)
{
    for (int i = 0; i < WEEKS; i++)
        counts[i] = 3 + i % 4 + i / 26 % 2;
    counts[WEEKS - 1] = 19;
}

static void surges(void)
{
    double upper[WEEKS], p[WEEKS];
    int alarm[WEEKS];
    int status = zenhar_surge(counts, WEEKS, "method=farrington-flexible alpha=0.01", 0, 0, NULL,
                              upper, NULL, p, alarm);
    claim(status == ZENHAR_DONE && alarm[WEEKS - 1] == 1 && upper[WEEKS - 1] < 19 &&
              p[WEEKS - 1] < 0.01,
          "a surge rings");
    claim(isnan(upper[0]) && alarm[0] == 0, "what is not judged has no number");
    upper[0] = 7;
    claim(zenhar_surge(counts, 20, NULL, 0, 0, NULL, upper, NULL, NULL, NULL) == ZENHAR_FAILED &&
              strstr(zenhar_error(), "too short") != NULL && upper[0] == 7,
          "a short history is a sentence and leaves the outputs alone");
    claim(zenhar_surge(counts, WEEKS, "alfa=0.1", 0, 0, NULL, NULL, NULL, NULL, NULL) ==
                  ZENHAR_USAGE &&
              strstr(zenhar_error(), "alpha") != NULL,
          "an unknown option is told with those there are");
    claim(zenhar_surge(counts, WEEKS, "alpha=much", 0, 0, NULL, NULL, NULL, NULL, NULL) ==
              ZENHAR_USAGE,
          "a number that is none");
    claim(zenhar_surge(counts, WEEKS, "alpha=7", 0, 0, NULL, NULL, NULL, NULL, NULL) != ZENHAR_DONE,
          "an option out of its range");
    claim(zenhar_surge(counts, WEEKS, "", 400, 500, NULL, NULL, NULL, NULL, NULL) == ZENHAR_USAGE,
          "positions beyond the series");
    counts[5] = -1;
    claim(zenhar_surge(counts, WEEKS, "", 0, 0, NULL, NULL, NULL, NULL, NULL) == ZENHAR_FAILED,
          "a negative count");
    counts[5] = 3;
    claim(zenhar_language("fa") == ZENHAR_DONE &&
              zenhar_surge(counts, 20, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL) == ZENHAR_FAILED &&
              strstr(zenhar_error(), "پیشینه") != NULL && zenhar_language("en") == ZENHAR_DONE,
          "in Persian too");
    claim(zenhar_language("xx") == ZENHAR_USAGE && strstr(zenhar_error(), "fa or en") != NULL,
          "a language that is not there");
    const double p_values[] = {0.01, 0.04, NAN, 0.03};
    double q[4];
    claim(zenhar_fdr(p_values, 4, q) == ZENHAR_DONE && fabs(q[0] - 0.03) < 1e-12 &&
              fabs(q[1] - 0.04) < 1e-12 && isnan(q[2]) && fabs(q[3] - 0.04) < 1e-12,
          "false discovery rate");
}

static void estimates(void)
{
    /* Two independent lists: 60 and 40 persons, 20 on both: Lincoln and Petersen say 120. */
    const uint32_t two[] = {1, 2, 3};
    const uint64_t persons[] = {40, 20, 20};
    double total = 0, quantiles[ZENHAR_QUANTILES];
    char *json = NULL;
    int status = zenhar_estimate(2, 3, two, persons, "method=mt", &total, quantiles, &json);
    claim(status <= ZENHAR_DOUBTFUL && fabs(total - 120) < 1 && quantiles[0] < 120 &&
              quantiles[4] > 120,
          "two lists: Lincoln and Petersen");
    claim(json != NULL && strstr(json, "\"observed\": 80") != NULL, "the answer as JSON");
    zenhar_free(json);
    claim(zenhar_estimate(2, 3, two, persons, "method=magic", &total, quantiles, NULL) ==
              ZENHAR_USAGE,
          "a method that is not there");
    claim(zenhar_estimate(1, 3, two, persons, NULL, &total, quantiles, NULL) == ZENHAR_FAILED,
          "one list is none");
    claim(zenhar_estimate(2, 1, (const uint32_t[]){4}, persons, NULL, &total, quantiles, NULL) ==
              ZENHAR_FAILED,
          "a pattern beyond the lists");
}

static void *one_chain(void *context)
{
    static const uint32_t patterns[] = {1, 2, 3, 4, 5, 6, 7};
    static const uint64_t persons[] = {130, 95, 31, 78, 26, 19, 9};
    double total;
    zenhar_estimate(3, 7, patterns, persons, "samples=200 burnin=200 thin=2 seed=5 threads=1",
                    &total, context, NULL);
    return NULL;
}

static void threads(void)
{
    double answers[4][ZENHAR_QUANTILES] = {{0}};
    pthread_t workers[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&workers[i], NULL, one_chain, answers[i]);
    bool same = true;
    for (int i = 0; i < 4; i++) {
        pthread_join(workers[i], NULL);
        same = same && memcmp(answers[i], answers[0], sizeof answers[0]) == 0;
    }
    claim(same && answers[0][2] > 388, "four threads at once, the same bytes");
}

static void links(void)
{
    static const char *const GIVEN[][2] = {
        {"Ali", "علی"},  {"Maryam", "مریم"},  {"Hasan", "حسن"},  {"Sara", "سارا"},
        {"Reza", "رضا"}, {"Nasrin", "نسرین"}, {"Kaveh", "کاوه"}, {"Shirin", "شیرین"}};
    static const char *const FAMILY[][2] = {
        {"Rezaei", "رضایی"},   {"Karimi", "کریمی"}, {"Moradi", "مرادی"},  {"Ahmadi", "احمدی"},
        {"Sohrabi", "سهرابی"}, {"Jafari", "جعفری"}, {"Bahrami", "بهرامی"}};
    enum { PERSONS = 56, TWICE = 20 };
    const char *const columns[] = {"given name", "surname", "birth date"};
    ZenharLink *link = zenhar_link_new(3, columns);
    int status = ZENHAR_DONE;
    for (int i = 0; i < PERSONS + TWICE && status == ZENHAR_DONE;
         i++) { /* the first 20 again, in Persian */
        int person = i % PERSONS, script = i >= PERSONS;
        char birth[16];
        snprintf(birth, sizeof birth, "%d-%02d-%02d", 1950 + person, 1 + person % 12,
                 1 + person * 5 % 28);
        const char *const row[] = {GIVEN[person % 8][script], FAMILY[person % 7][script],
                                   person == PERSONS - 1 ? NULL : birth};
        status = zenhar_link_add(link, (unsigned)script, row);
    }
    claim(status == ZENHAR_DONE && zenhar_link_n_records(link) == PERSONS + TWICE,
          "records are taken");
    uint32_t clusters[PERSONS + TWICE];
    claim(zenhar_link_run(link, NULL, "threshold=0.5 seed=3") == ZENHAR_DONE &&
              strstr(zenhar_link_config(link), "surname") != NULL,
          "linked, and the config told");
    zenhar_link_clusters(link, clusters);
    bool right = true;
    for (uint32_t i = 0; i < PERSONS + TWICE; i++)
        right = right && clusters[i] == i % PERSONS;
    claim(right, "one person across scripts, nobody else");
    claim(zenhar_link_n_pairs(link) >= TWICE, "pairs are kept");
    claim(zenhar_link_add(link, 0, columns) == ZENHAR_USAGE, "no record after the linking");
    zenhar_link_free(link);
    claim(zenhar_link_new(0, NULL) == NULL && zenhar_error()[0] != '\0', "no column, no records");
    link = zenhar_link_new(3, columns);
    claim(zenhar_link_run(link, "[nonsense", NULL) != ZENHAR_DONE && zenhar_error()[0] != '\0',
          "a config that is none");
    zenhar_link_free(link);
}

static void persian(void)
{
    char *text = NULL;
    claim(zenhar_normalize("گزارشهای سازمانهای حقوق بشر می گویند", NULL, &text) == ZENHAR_DONE &&
              strcmp(text, "گزارش\u200cهای سازمان\u200cهای حقوق بشر می\u200cگویند") == 0,
          "half-spaces are put back");
    zenhar_free(text);
    claim(zenhar_normalize("\xff\xfe", NULL, &text) == ZENHAR_FAILED, "bytes that are no text");
    char *one = NULL, *other = NULL;
    claim(zenhar_name_key("محمدرضا علیزاده", &one) == ZENHAR_DONE &&
              zenhar_name_key("Alizadeh, Mohammad-Reza", &other) == ZENHAR_DONE &&
              strcmp(one, other) == 0,
          "a name's key across scripts");
    zenhar_free(one);
    zenhar_free(other);
}

int main(void)
{
    claim(zenhar_version()[0] != '\0' && zenhar_error()[0] == '\0',
          "a version, and no failure yet");
    make_series();
    surges();
    estimates();
    threads();
    links();
    persian();
    printf("1..%d\n", n_claims);
    return 0;
}
