#include "hook.h"

static void change_free(gpointer data)
{
    HookChange *change = data;
    g_bytes_unref(change->bytes);
    g_free(change);
}

static gint64 hook_position(void *context, Store *store, GError **error)
{
    const HookLog *log = context;
    return log->committed->len + log->changes->len;
}

static bool hook_changed(void *context, Store *store, const StoreChange *change, GError **error)
{
    HookLog *log = context;
    if (log->changes->len + log->committed->len == log->fail_at) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "the log was told to fail");
        return false;
    }
    HookChange *kept = g_new0(HookChange, 1);
    *kept = (HookChange){.kind = change->kind,
                         .operation = change->operation,
                         .id = change->id,
                         .bytes = g_bytes_new(change->bytes, change->length)};
    g_ptr_array_add(log->changes, kept);
    return true;
}

static gsize hook_mark(void *context)
{
    return ((HookLog *)context)->changes->len;
}

static void hook_rewind(void *context, gsize mark)
{
    g_ptr_array_set_size(((HookLog *)context)->changes, (gint)mark);
}

static void hook_ended(void *context, bool committed)
{
    HookLog *log = context;
    while (committed && log->changes->len > 0)
        g_ptr_array_add(log->committed, g_ptr_array_steal_index(log->changes, 0));
    g_assert_cmpuint(log->changes->len, ==, 0); /* a rollback rewound all */
    if (committed)
        log->commits++;
    else
        log->rollbacks++;
}

static void hook_free(void *context)
{
    HookLog *log = context;
    g_ptr_array_unref(log->changes);
    g_ptr_array_unref(log->committed);
    g_free(log);
}

HookLog *hook_set(Store *store)
{
    static const StoreHook HOOK = {.position = hook_position,
                                   .changed = hook_changed,
                                   .mark = hook_mark,
                                   .rewind = hook_rewind,
                                   .ended = hook_ended,
                                   .free = hook_free};
    HookLog *log = g_new0(HookLog, 1);
    log->changes = g_ptr_array_new_with_free_func(change_free);
    log->committed = g_ptr_array_new_with_free_func(change_free);
    log->fail_at = G_MAXSIZE;
    store_set_hook(store, &HOOK, log);
    return log;
}
