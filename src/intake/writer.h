/* intake/writer.h: sources and places of a batch get their rows; for intake/. */
#pragma once
#include "intake/record.h"
#include "store/intake.h"

/** What a run looked up before. */
typedef struct {
    Store *store;
    const IntakeGazetteer *gazetteer;
    GHashTable *sources; /* name → id, boxed */
    gint64 *places;      /* id of each province; 0 not looked up */
} IntakeNames;

void intake_names_init(IntakeNames *names, Store *store, const IntakeGazetteer *gazetteer);
void intake_names_clear(IntakeNames *names);
/** After a rollback: what was made in it is gone again. */
void intake_names_forget(IntakeNames *names);

/** Fills the ids that a batch's items could not know: source, place, run, original. Makes sources
 *  and places that are not there yet. */
bool intake_names_fill(IntakeNames *names, IntakeBatch *batch, const StoreImport *run,
                       const IntakeOptions *options, GError **error);
