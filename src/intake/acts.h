/* intake/acts.h: the kinds of acts a report can speak of, and the words people use for them.
 *
 * Kinds are those of StoreStatement.act_kind; the words follow HURIDOCS Micro-thesaurus 4
 * (types of acts) as far as the field uses them, in Persian and English. */
#pragma once
#include <glib.h>

/** The kind a word or phrase names ("بازداشت", "Arrested", "arrest"), or NULL. Static. */
const char *intake_act_find(const char *words);
/** A kind's name for people, in the thread's language ("arrest", «بازداشت»); the kind itself
 *  when it is not one of ours. Static. */
const char *intake_act_title(const char *kind);
/** Kind number i (from 0), or NULL beyond the last. Static. */
const char *intake_act_kind(gsize i);
