/* intake/spool.h: linking a list that fits no machine's memory: in parts, by any number of workers.
 *
 * The work is cut into stages, a stage into units; what goes in and what comes out are files of one
 * folder, so a unit may be done by any process on any machine that sees the folder, by two at once,
 * or anew after one was killed: its file appears whole (written beside, then renamed) or not at
 * all, and always with the same meaning. Stages follow each other, units of a stage stand in no
 * order. The answer is link_run's to the last bit (link/part.h says why), whatever the size of the
 * parts and however many workers.
 *
 *   stage     units      from                     to
 *   count     chunks     records                  how many have each value, sound and word
 *   merge     hashes     those counts             added up; values of one record alone are dropped
 *   choose    1          8,192 records            blocking rules; figures of the whole list
 *   spread    chunks     records                  each record into the parts of its blocks
 *   tally     rule·part  a part's keys            pairs of the rule
 *   learn     lessons    blocks that teach        levels of agreement, counted
 *   model     1          lessons                  the model
 *   score     rule·part  a part's records         pairs, and how many weigh what
 *   settle    1          those weights            the prior
 *   gather    chunks     pairs                    in order, with the settled weight
 *   join      1          pairs above threshold    records that hang together
 *   regroup   chunks     records of such groups   into the parts of their groups
 *   cluster   parts      a part's records         clusters
 *
 * Memory: a unit holds one chunk or one part (about 0.8 KiB a record); `join` and whoever reads the
 * clusters hold 4 bytes for each record of the list. Disk: each record is written once a rule.
 * Whatever holds a record's text, or counts of texts, is sealed (XChaCha20-Poly1305) under the key
 * of the run; pairs of numbers are not. docs/scale.md has figures. */
#pragma once
#include "link/link.h"
#include <glib.h>

enum { INTAKE_SPOOL_KEY_BYTES = 32 };

typedef struct {
    guint8 key[INTAKE_SPOOL_KEY_BYTES]; /**< all zeros: a new one is drawn */
    bool between, one_to_one;
    double threshold, keep;
    guint64 seed;
    guint chunk_records; /**< records held at once; 0: 200,000 */
    guint parts;         /**< of each rule; 0: so many that a part is about a chunk */
} IntakeSpoolOptions;
/** threshold 0.5, keep 0.01, seed 1, nothing else. */
IntakeSpoolOptions intake_spool_options_default(void);

typedef struct IntakeSpool IntakeSpool;

/** Begins a run in a folder that is not there yet. The columns and the config of a table: any one
 *  that has all columns (config with or without rules; its columns alone are kept). NULL with error
 *  set. Transfers. */
IntakeSpool *intake_spool_new(const char *folder, const LinkTable *table, const LinkConfig *config,
                              const IntakeSpoolOptions *options, GError **error);
/** The next record: a text a column, as for link_table_add; label: what names it for whoever asked
 *  (sealed as well). */
bool intake_spool_add(IntakeSpool *spool, unsigned source, const char *const *fields,
                      const char *label, GError **error);
/** All records are there: the plan is written, stages can run. n_unread: what could not be read and
 *  is not among them; kept for whoever takes the run up. */
bool intake_spool_close(IntakeSpool *spool, guint64 n_unread, GError **error);
guint64 intake_spool_n_unread(const IntakeSpool *spool);

/** A run that somebody closed, with its key. NULL with error set. Transfers. */
IntakeSpool *intake_spool_open(const char *folder, const guint8 key[INTAKE_SPOOL_KEY_BYTES],
                               GError **error);
const guint8 *intake_spool_key(const IntakeSpool *spool); /**< borrowed */

/** A key for runs that can be taken up when their process died: BLAKE2b-256 of the bytes of the
 *  files (and of their names without folder, which stand in the answer), of the config file (NULL:
 *  none), of the id columns asked for (NULL), of the options but their key, and of the version of
 *  zenhar. Whoever has the files in plain makes the key; without them nobody does (a list so short
 *  that its bytes can be guessed has no such protection). Reads the files once: they must be
 *  regular ones. */
bool intake_spool_key_of(char *const *paths, gsize n_paths, const char *config, const char *id,
                         const IntakeSpoolOptions *options, guint8 ret_key[INTAKE_SPOOL_KEY_BYTES],
                         GError **error);
/** The run with this key that a process left in the folder: stages go on with what is not done.
 *  NULL without error: none is there (one whose records had not all come in is removed), so begin
 *  one; NULL with error: the folder holds something else (IO), or is at work (BUSY). Transfers. */
IntakeSpool *intake_spool_take_up(const char *folder, const guint8 key[INTAKE_SPOOL_KEY_BYTES],
                                  GError **error);
void intake_spool_free(IntakeSpool *spool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeSpool, intake_spool_free)

/* ---- Units: for whoever hands them out -------------------------------------- */

guint intake_spool_n_stages(void);
const char *intake_spool_stage_name(guint stage); /**< static, untranslated */
/** Units of a stage, once the stages before it are done; -1 with error set. */
gint64 intake_spool_n_units(IntakeSpool *spool, guint stage, GError **error);
/** About how many units there are in all: rules are not known before they are chosen. */
guint64 intake_spool_guess_units(const IntakeSpool *spool);
bool intake_spool_unit_done(const IntakeSpool *spool, guint stage, gint64 unit);
/** Does one unit, now, in this process. What is done already is left as it is. */
bool intake_spool_unit(IntakeSpool *spool, guint stage, gint64 unit, GError **error);

/** Hears of each process as it begins a unit. */
typedef void IntakeSpoolBegun(void *context, GPid pid, guint stage, gint64 unit);
/** Does all stages with so many processes of this machine (one a unit). A unit whose process dies
 *  is done again, three times at most. progress as in LinkOptions, over all units. */
bool intake_spool_run(IntakeSpool *spool, guint workers, IntakeSpoolBegun *begun,
                      bool (*progress)(void *context, guint64 done, guint64 total), void *context,
                      GError **error);

/* ---- The answer, when all stages are done ------------------------------------ */

typedef struct {
    LinkModel model;
    guint64 n_records, n_compared, n_pairs, n_clusters, n_bridges;
    guint64 bytes; /**< of the folder */
} IntakeSpoolSummary;
/** Clusters by record, named by their smallest; *ret_clusters: n_records of them, g_free. */
bool intake_spool_clusters(IntakeSpool *spool, guint32 **ret_clusters, IntakeSpoolSummary *ret,
                           GError **error);
/** The config with the rules that were used, and their pairs. Borrowed. */
const LinkConfig *intake_spool_config(const IntakeSpool *spool);
/** Each record's label, in order. */
bool intake_spool_each_label(IntakeSpool *spool,
                             void (*visit)(void *context, guint64 record, const char *label),
                             void *context, GError **error);
/** Each pair kept, by left, then right; with what the rarity of its values adds to each field. */
bool intake_spool_each_pair(IntakeSpool *spool,
                            void (*visit)(void *context, const LinkPair *pair,
                                          const float *rarities),
                            void *context, GError **error);
/** Removes the folder and all in it. */
bool intake_spool_remove(IntakeSpool *spool, GError **error);
