/* evidence/newest.h: the newest signed head, noted beside the database after each commit.
 *
 * SQLite ends a write-ahead log at the first frame that does not fit, silently: bits flipped in one
 * that a crash left take the commits behind them away, and what is left verifies. So does an older
 * copy of the database put in its place. The note is a head with its signature (192 bytes, a file
 * of its own), written once its commit is on the disk; a log that does not reach it, or says
 * something else there, is told. It is no proof against whoever can write to the folder: they take
 * the note away too (a root noted elsewhere holds against them). In bulk nothing is noted until it
 * is synced.
 *
 * Of a case on a server the note lies with each user who works on it (note_place.h), and looking at
 * the log notes it, too: a database brought back from an older backup, or a log that was cut there,
 * is told by every machine that saw more of it. */
#pragma once
#include "evidence/evidence.h"

#define EVIDENCE_NEWEST_FILE "newest-head"
/** A note that did not fit when the log went on; kept until somebody takes it away. */
#define EVIDENCE_NEWEST_LOST_FILE "newest-head.lost"

/** Does the log reach the head that was noted, and is it the same there? True where nothing was
 *  noted, or what is noted is not readable (its signature tells). INTEGRITY: a sentence that says
 *  what is missing. A few lines of the database and one signature. On a server the newest head is
 *  noted then. */
bool evidence_newest_check(Store *store, GError **error);
/** A note that does not fit is laid aside, before the first commit of a connection. */
void evidence_newest_lay_aside(Store *store);
/** Notes it; *fd (-1 at first; the caller's to close) stays open. Says nothing where the folder
 *  cannot be written. */
void evidence_newest_note(Store *store, int *fd, const StoreLogHead *head);
