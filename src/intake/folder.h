/* intake/folder.h: a watched folder: files that somebody or something puts there become reports.
 *
 * A file is read once it is whole: nothing about it has changed for `settle` seconds (by the file
 * system's own clock of changes, which copying with the old date does not set back), nobody has it
 * open for writing, and its name is not that of a file on its way (.part, .tmp, .crdownload, …).
 * Hidden files, links and cases are left alone; folders within are looked through.
 *
 * None is read twice: what was read is moved to another folder, or its place, size and dates are
 * remembered in the case. Either happens after the reading is on the disk, so that a kill in
 * between costs a second look, which finds the file known (intake/import.h) and adds nothing. */
#pragma once
#include "intake/import.h"

enum { INTAKE_FOLDER_SETTLE = 10 /**< seconds, the default */ };

typedef struct {
    const char *path;
    const char *moved; /**< folder for what was read; NULL: left where it is, remembered */
    guint settle;      /**< seconds; G_MAXUINT: none; 0: INTAKE_FOLDER_SETTLE */
    IntakeOptions options;
    bool (*stop)(void *context); /**< asked between files; NULL */
    void *stop_context;
} IntakeFolder;

typedef struct {
    guint read;        /**< files read now, known ones too */
    guint known;       /**< files remembered, not touched */
    guint waiting;     /**< files not whole yet */
    GPtrArray *failed; /**< sentences: files that could not be read as a whole; owned; NULL none */
    IntakeSummary came;
} IntakeFolderSummary;
void intake_folder_summary_clear(IntakeFolderSummary *summary);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IntakeFolderSummary, intake_folder_summary_clear)

/** One look through the folder, in order of name. Adds to *summary. A file at fault is told in
 *  `failed`, looked at again when it changes, and holds up nobody. False with error set: the
 *  folder is not there, or the case cannot be written. */
bool intake_folder_read(Store *store, const IntakeFolder *folder, IntakeFolderSummary *summary,
                        GError **error);
