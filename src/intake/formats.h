/* intake/formats.h: which format a file has, and which reader a format.
 *
 * Formats of records (tables, JSON Lines, plain text) are streams and are read by reader*.c; all
 * others are taken apart by a reader of intake/parts.h, and intake/inside.c makes of each part a
 * report, a file of its own, or a line in the quarantine. */
#pragma once
#include "intake/import.h"
#include "intake/parts.h"

/** "csv", "jsonl", "telegram" …: the names of --format. Static. */
const char *intake_format_name(IntakeFormat format);
/** By its name; AUTO for "auto" and NULL; INTAKE_N_FORMATS when there is none of that name. */
IntakeFormat intake_format_parse(const char *name);
/** What it is, for people, in the thread's language ("a Telegram export"). Static. */
const char *intake_format_title(IntakeFormat format);
/** What is tried with such a file, step by step, for people, in the thread's language. Static. */
const char *intake_format_tried(IntakeFormat format);
/** All names but "auto", parted by commas. Transfers. */
char *intake_format_names(void);

/** What takes such a file apart; NULL for formats of records. */
IntakePartsReader intake_format_reader(IntakeFormat format);
/** Rows with a heading, read by the CSV reader. */
bool intake_format_is_table(IntakeFormat format);

/** What a file is, by its first bytes and its name (may be NULL): bytes that begin no text decide,
 *  then the name's ending, then what the text says. Never AUTO. */
IntakeFormat intake_format_guess(const char *name, const char *head, gsize length);
/** What kind of file these first bytes begin that nothing here reads ("MP4", "RAR" …); NULL:
 *  none. Static. */
const char *intake_format_binary(const char *head, gsize length);
