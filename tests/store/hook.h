/* tests/store/hook.h: a change hook that writes down what it is told, and can be made to fail. */
#pragma once
#include "store/store.h"

typedef struct {
    StoreKind kind;
    StoreOperation operation;
    gint64 id;
    GBytes *bytes;
} HookChange;

typedef struct {
    GPtrArray *changes;   /* HookChange, those of the transaction at hand */
    GPtrArray *committed; /* HookChange, those of committed transactions */
    guint commits, rollbacks;
    gsize fail_at; /* the change with this index fails; G_MAXSIZE never */
} HookLog;

/** Sets it on the store, which owns it. Borrowed until the store is closed. */
HookLog *hook_set(Store *store);
