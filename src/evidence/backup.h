/* evidence/backup.h: a copy of a case that is a case itself, made while others write.
 *
 *     TARGET/
 *       copying          while the first copy is unfinished: the case id, in hex
 *       part/case.db     the database on its way
 *       originals/…      as in the case; each beside, then renamed
 *       case.db case.json put in place last, by renames
 *
 * A backup that was made before is brought up to date: originals that it has stay, the database is
 * copied anew unless its newest head is the same. At any moment TARGET opens as it was before or as
 * it is after. What was cut off goes on where it stood. */
#pragma once
#include "evidence/evidence.h"

typedef struct {
    gint64 originals, copied, taken_away; /**< files */
    gint64 missing; /**< originals whose file the case itself has not; verification names one */
    gint64 bytes;   /**< copied, with the database */
    bool database;  /**< copied; false: it was the same already */
    bool verified;  /**< report holds what was gone through */
    gint64 schema;  /**< of the case copied */
    EvidenceReport report;
    bool has_head;
    StoreLogHead head; /**< newest of the copy */
} EvidenceBackup;

typedef struct {
    bool anew;      /**< copies what is there already, too */
    bool unchecked; /**< leaves the verification out */
    bool damaged;   /**< restore: puts in place what does not fit, too */
} EvidenceBackupOptions;

/** Brings `target` (no folder, an empty one, one that was cut off, or a backup of this case) to the
 *  state of the case, opened by store_open_as_it_is. Errors: USAGE (something else is there; the
 *  backup has entries that the case has not), IO (among them: not enough room, told before
 *  anything is written), BUSY (another backup runs), INTERRUPTED, INTEGRITY (the copy does not
 *  verify; *ret is filled and the copy is in place). */
bool evidence_backup(Store *store, const char *target, const EvidenceBackupOptions *options,
                     EvidenceBackup *ret, GError **error);
/** Makes a case in `folder` (none, empty, or one that was cut off) of a backup, brings it to this
 *  program's schema and verifies it; with INTEGRITY it is no case afterwards (case.json is away)
 *  unless options->damaged. The other errors as above. */
bool evidence_restore(const char *backup, StoreKeys *keys, const char *folder,
                      const EvidenceBackupOptions *options, EvidenceBackup *ret, GError **error);
