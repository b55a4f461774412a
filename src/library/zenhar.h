/* zenhar.h: Zenhar's engines as a library: surges, multiple systems estimation, linkage, Persian.
 *
 * For R, Python and whoever can call C. The interface is plain C: numbers, arrays, NUL-terminated
 * UTF-8. Every function that can fail gives ZENHAR_DONE or why not, and zenhar_error() then has one
 * sentence (in the thread's language): what, where, what to do. On failure outputs are untouched.
 *
 * `options` are a text of "name=value" with spaces between ("method=ears-c1 alpha=0.01"), NULL or
 * "" for the defaults; the names are those of the command line without the dashes (`man zenhar`).
 * An unknown name is refused, and the sentence lists the known ones.
 *
 * Symbols stay: what is here keeps its name, arguments and meaning while the library's major
 * number (libzenhar.so.N) stays. Nothing is read from or written to files. Safe from several
 * threads, one object of ZenharLink in one thread at a time.
 *
 *     cc analysis.c $(pkg-config --cflags --libs zenhar)
 */
#ifndef ZENHAR_H
#define ZENHAR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ZENHAR_API
#define ZENHAR_API __attribute__((visibility("default")))
#endif

/** What a call came to; the values are the command line's exit statuses. */
enum {
    ZENHAR_DONE = 0,
    ZENHAR_DOUBTFUL = 1, /**< there is an answer, and it says itself that it cannot be relied on */
    ZENHAR_USAGE = 2,    /**< an option that is unknown or out of its range */
    ZENHAR_FAILED = 3,   /**< data no method can use, or no memory */
};

/** "0.1.0". Static. */
ZENHAR_API const char *zenhar_version(void);
/** The sentence of this thread's last failure; "" when there was none. Valid until the next call.
 */
ZENHAR_API const char *zenhar_error(void);
/** Language of sentences in this thread: "en" (at first) or "fa". */
ZENHAR_API int zenhar_language(const char *tag);
/** Gives back what a function handed out. NULL is fine. */
ZENHAR_API void zenhar_free(void *memory);

/* ---- Surges: is a week's count higher than the past explains? ---- */

/** Judges a series, each interval by those before it (`zenhar signal surge`).
 *
 *  options: method (farrington-flexible, farrington, ears-c1, ears-c2, ears-c3, cusum, glr-poisson,
 *  glr-nb, bayes, rki, adaptive), freq, years-back, half-window, periods, exclude-recent,
 *  weights-threshold, trend-p, threshold-method, alpha …
 *  @param counts  n whole numbers, 0 or more, oldest first
 *  @param first   1-based position of the first interval judged; 0: the first with enough history
 *  @param last    1-based, inclusive; 0: n
 *  @param expected, upper, score, p_value  n values each, or NULL: NaN where there is none
 *  @param alarm   n values of 0 or 1, or NULL
 *  Farrington flexible gives the numbers of R's `surveillance` 1.20.3 to 1e-6. */
ZENHAR_API int zenhar_surge(const double *counts, size_t n, const char *options, size_t first,
                            size_t last, double *expected, double *upper, double *score,
                            double *p_value, int *alarm);

/** False discovery rate (Benjamini and Hochberg 1995): a q-value for each of n p-values; NaN in,
 *  NaN out, and not counted. */
ZENHAR_API int zenhar_fdr(const double *p_values, size_t n, double *q_values);

/* ---- How many are on no list? ---- */

enum { ZENHAR_QUANTILES = 5 };

/** Multiple systems estimation (`zenhar estimate`).
 *
 *  options: method (lcmcr, loglinear, sparse, dga, chao, mt, mb, mth …), k, a-alpha, b-alpha,
 * burnin, samples, thin, chains, seed, order, threads …
 *  @param n_lists    2 to 16
 *  @param patterns   n_patterns masks: bit j is set where the persons are on list j
 *  @param counts     n_patterns: how many persons show each pattern; a pattern may come again
 *  @param estimate   out: the total, observed and unseen
 *  @param quantiles  out: 2.5, 25, 50, 75, 97.5 % of the total; infinity where there is no upper
 * end
 *  @param json       out, NULL if not wanted: all of the answer, with its method, diagnostics and
 *                    plain sentences in English and Persian; zenhar_free() it
 *  ZENHAR_DOUBTFUL: the outputs are set, but a sampler has not converged or the like; the JSON says
 *  which. Equal options and seed give equal bytes on any number of threads. */
ZENHAR_API int zenhar_estimate(unsigned n_lists, size_t n_patterns, const uint32_t *patterns,
                               const uint64_t *counts, const char *options, double *estimate,
                               double quantiles[ZENHAR_QUANTILES], char **json);

/* ---- One person counted once ---- */

/** Records to be linked, and after zenhar_link_run their pairs and clusters. */
typedef struct ZenharLink ZenharLink;

/** columns: n_columns names; what is compared and how is decided by names and contents.
 *  NULL on failure. Free with zenhar_link_free. */
ZENHAR_API ZenharLink *zenhar_link_new(size_t n_columns, const char *const *columns);
ZENHAR_API void zenhar_link_free(ZenharLink *link);
/** Adds a record of a source (0 … 255); fields: n_columns texts, NULL or "" where missing. */
ZENHAR_API int zenhar_link_add(ZenharLink *link, unsigned source, const char *const *fields);
/** Learns a model and links (`zenhar link`). Once for each ZenharLink.
 *  options: threshold=0.5, keep=0.01, seed=1, threads=0, between=0 (1: only records of different
 *  sources are compared), one-to-one=0.
 *  config: what to compare, as zenhar_link_config gives it, perhaps edited; NULL: decided here. */
ZENHAR_API int zenhar_link_run(ZenharLink *link, const char *config, const char *options);
/** What was compared and how, as a text that can be edited and given back. Borrowed; "" before. */
ZENHAR_API const char *zenhar_link_config(const ZenharLink *link);
ZENHAR_API size_t zenhar_link_n_records(const ZenharLink *link);
/** Pairs kept: those at or above `keep`. */
ZENHAR_API size_t zenhar_link_n_pairs(const ZenharLink *link);
/** Fills what is not NULL: zenhar_link_n_pairs values each, records counted from 0 in the order
 *  they were added, weights in bits. */
ZENHAR_API void zenhar_link_pairs(const ZenharLink *link, uint32_t *left, uint32_t *right,
                                  double *weight, double *probability);
/** For each record the smallest record of its cluster. */
ZENHAR_API void zenhar_link_clusters(const ZenharLink *link, uint32_t *clusters);

/* ---- Persian ---- */

/** Makes a text uniform: letters, digits, half-spaces (`zenhar text normalize`). *result is the
 *  caller's (zenhar_free).
 *  options: digits (unify, keep, persian, ascii), convention (academy, inflection). */
ZENHAR_API int zenhar_normalize(const char *text, const char *options, char **result);
/** The key under which spellings of a person's name meet, in Persian and Latin letters; "" where
 *  there is no name in it. *result is the caller's (zenhar_free). */
ZENHAR_API int zenhar_name_key(const char *name, char **result);

#ifdef __cplusplus
}
#endif
#endif
