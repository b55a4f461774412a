/* tests/faults/disk.h: a disk that loses power, fills up, cannot read, writes half.
 *
 * The linker's --wrap puts these between the program's own objects (SQLite's among them) and the
 * system calls, so that the database, its write-ahead log and the sealed originals meet one disk.
 * A VFS of SQLite would see the database alone. For a child process that ends in the crash:
 *
 *   - bytes written to a file are on the disk once that file was synced;
 *   - a new name, a rename and a removal are on the disk once their folder was synced;
 *   - of all else a crash keeps any part: by sectors of 512 bytes, dropped, kept, or zero where the
 *     file had grown. The shared memory (-shm) is gone. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef enum {
    DISK_KILLED,     /* the process ends at once; the system and its cache go on */
    DISK_POWER_LOSS, /* what was not synced is lost, in part or whole */
    DISK_FULL,       /* ENOSPC for a while */
    DISK_READ_ERROR, /* EIO from reads for a while */
    DISK_SYNC_ERROR, /* EIO from syncs for a while */
    DISK_SHORT,      /* writes do half of what was asked, then ENOSPC */
    DISK_N_FAULTS,
} DiskFault;

/** From now on, for files below `folder` (all that is there now is on the disk). The fault comes at
 *  operation `at` (from 1) and lasts `length` operations; the first two end the process. */
void disk_begin(const char *folder, DiskFault fault, guint at, guint length, guint32 seed);
/** Power is lost now, whatever the fault was: never returns. */
G_NORETURN void disk_lose_power(void);
/** Operations so far. */
guint disk_operations(void);
