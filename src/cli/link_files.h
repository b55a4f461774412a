/* cli/link_files.h: records into the link engine, pairs and clusters out of it. */
#pragma once
#include "cli/cli.h"
#include "link/link.h"

/** All input files as one table, the columns joined by name, with what names each record. */
typedef struct {
    LinkTable *table;
    char **sources; /**< n_sources names: the files', without folder and ending */
    unsigned n_sources;
    gssize id_column;    /**< -1: rows are numbered within their file */
    gssize truth_column; /**< -1 without */
    guint64 *row;        /**< by record: its number within its file, from 1 */
    gsize n_bad;         /**< lines that could not be read */
    gsize n_repeated_ids;
} LinkFiles;

/** Reads files; id and truth name columns or are NULL (the id is then looked for by name). `say`
 * hears of each bad line and of repeated ids. NULL with error set. Transfers. */
LinkFiles *link_files_read(char **paths, unsigned n_paths, const char *id, const char *truth,
                           void (*say)(void *context, const char *sentence), void *context,
                           GError **error);
/** Some records at a time: for lists that are not held whole. Columns, the id and places are as the
 *  first records say. */
typedef struct LinkStream LinkStream;
LinkStream *link_stream_new(char **paths, unsigned n_paths, const char *id, const char *truth,
                            void (*say)(void *context, const char *sentence), void *context,
                            GError **error);
/** The next records, at most `most`; none at the end. n_bad: so far; ids that repeat are not looked
 *  for. NULL with error set. Transfers. */
LinkFiles *link_stream_next(LinkStream *stream, gsize most, GError **error);
void link_stream_free(LinkStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinkStream, link_stream_free)
void link_files_free(LinkFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinkFiles, link_files_free)

/** The config that this file says, or (NULL) as the columns say. beginning: as for
 *  link_config_decide_by. NULL with error set. Transfers. */
LinkConfig *link_files_config(const LinkFiles *files, const char *path, bool beginning,
                              GError **error);
/** The config to a file, or where path is NULL to standard output, or to standard error when that
 * is taken. */
bool link_files_write_config(CliContext *context, const LinkTable *table, const LinkConfig *config,
                             const char *path, bool taken, GError **error);

/** Appends "source,record_id" to a CSV line. */
void link_files_append_record(const LinkFiles *files, gsize record, GString *line);

bool link_files_write_clusters(const LinkFiles *files, const LinkResult *result, const char *path,
                               GError **error);
/** Pairs at or above the threshold; with the weight of each field. */
bool link_files_write_pairs(const LinkFiles *files, const LinkPrepared *prepared,
                            const LinkConfig *config, const LinkResult *result, double threshold,
                            const char *path, GError **error);

/** The first line of a file of pairs; what stands behind the two records in each line. */
void link_files_pairs_head(const LinkConfig *config, GString *text);
void link_files_append_weights(const LinkPair *pair, const double *bits, unsigned n_fields,
                               GString *text);

/** How well the clusters meet the truth. */
typedef struct {
    double precision, recall, f1, blocking_recall;
    guint64 true_pairs, found_pairs, right_pairs;
    guint32 *entities; /**< by record: its true entity; G_MAXUINT32 unknown. Owned */
} LinkScore;

/** pattern: a regular expression whose first group is the entity in the truth column; NULL: the
 * whole value, or for ids like rec-12-org and rec-12-dup-0 (when all are like this) what stands
 * before -org or -dup. */
bool link_files_score(const LinkFiles *files, const LinkPrepared *prepared,
                      const LinkResult *result, bool between, const char *pattern,
                      LinkScore *ret_score, GError **error);
