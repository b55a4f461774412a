/* intake/import_private.h: one original of an import, and what is inside it; for import.c and
 * inside.c alone. */
#pragma once
#include "intake/formats.h"
#include "intake/writer.h"

/** What one file given by the user has brought so far, with all that is inside it. */
typedef struct {
    guint depth; /**< 0: the file itself */
    guint64 files, bytes;
} IntakeTree;

/** One original being read. All borrowed. */
typedef struct {
    Store *store;
    StoreImport *run;
    IntakeFormat format;
    const IntakeOptions *asked;   /**< as the user gave them */
    const IntakeOptions *options; /**< with the source filled in */
    IntakeTree *tree;
    IntakeSummary *summary;
} IntakeRun;

/** Reads a sealed original and what is inside it. `name` is what sentences call it. */
bool intake_import_original(Store *store, gint64 original_id, const char *name,
                            const IntakeOptions *asked, IntakeTree *tree, IntakeSummary *summary,
                            GError **error);

/** Writes a batch with its position, in one transaction. */
bool intake_import_write(IntakeNames *names, IntakeBatch *batch, const IntakeRun *run,
                         GError **error);

/** The whole original is one record that waits in the quarantine, with its reason. */
bool intake_import_keep(const IntakeRun *run, const char *reason, GError **error);

/** Reads an original by parts. *ret_as_text: it was not of its format, no part was found, and it
 *  is text: read it as text. */
bool intake_inside_read(const IntakeRun *run, bool *ret_as_text, GError **error);
