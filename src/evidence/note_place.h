/* evidence/note_place.h: where what is noted of a case lies: its newest head (newest.h) and how its
 * last verification ended (last_verify.h).
 *
 * In a folder beside the database. A case on a server has no such place that its server could not
 * take back with the database; its notes lie with each user who works on it, in
 * $XDG_STATE_HOME/zenhar/ADDRESS/ (~/.local/state), ADDRESS being a hash of the case's address
 * without the user's name. So every machine remembers by itself how far the log was. */
#pragma once
#include <glib.h>

/** Of a note's file; `place` is the case's folder or address. Transfers. */
char *evidence_note_path(const char *place, const char *name);
/** Makes the folder that a note needs, for the user alone; says nothing where it cannot be. */
void evidence_note_prepare(const char *place);
