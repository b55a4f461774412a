/* intake/sandbox.h: readers of untrusted files, each shut into a process of its own.
 *
 *   case's process ──memfd with the bytes──▶ keeper ──fork──▶ watcher ──fork──▶ reader
 *         ▲                                                      │ memory, end     │ parts
 *         └──────────────────── pipe of records ◀────────────────┴─────────────────┘
 *
 * The keeper is this same program started anew, once: it holds no key, no database and no
 * thread, so that it may fork for each file at about a millisecond. The reader has its memory,
 * computing time and open files limited, writes nothing but its pipe, opens nothing (or, where a
 * library needs fonts and language data, only reads below the system's data folders), and every
 * system call that is not on a short list is refused: no network, no new program, no other
 * process. What comes out of the pipe is trusted no more than the file: sizes, counts and UTF-8
 * are checked again on this side.
 *
 * A reader that crashes, loops or eats memory costs one part with a `problem`; the parts told
 * before it stay told, and the import goes on. */
#pragma once
#include "intake/parts.h"

/** Limits of one file's reader; 0 takes the default in brackets. */
typedef struct {
    guint
        seconds_a_part; /**< of computing between one part and the next [60; PDF, pictures: 240] */
    guint seconds;      /**< of computing in all [1800; PDF, pictures: 7200] */
    guint silence_seconds; /**< without any part, by the clock on the wall [600] */
    guint64 memory_bytes;  /**< resident, above what the program itself takes [1 GiB] */
    bool needs_files;      /**< may read fonts and language data below /usr/share, /usr/lib … */
} IntakeSandboxLimits;

/** Runs `reader` shut in and hands its parts to `found` here, in their order. Same contract as the
 *  reader's own; beyond it: a reader that breaks off is one more part with a problem, and true.
 *  False also when the machine cannot shut a reader in (the sentence says what is missing).
 *  `reader` must be a function of this program (not of a library loaded later) that uses no state
 *  but its arguments. Thread-safe; `found` may run another reader. */
bool intake_sandboxed(IntakePartsReader reader, const char *name, const void *bytes, gsize length,
                      IntakePartFound found, void *context, GError **error);

/** Likewise with limits of one's own. `limits` may be NULL. */
bool intake_sandboxed_within(const IntakeSandboxLimits *limits, IntakePartsReader reader,
                             const char *name, const void *bytes, gsize length,
                             IntakePartFound found, void *context, GError **error);
