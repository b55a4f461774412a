/* ThreadSanitizer does not see what GLib's locks order: the library is not compiled with it, and
 * its locks are futexes. Loaded before it (tools/run_threads.py), these tell. Nothing else changes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glib.h>
#undef g_once_init_enter
#undef g_once_init_leave

/* Of the runtime; absent in a program that is not compiled with it (cp, sh), which a test may
 * start. */
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

static void take(void *address)
{
    if (__tsan_acquire != NULL)
        __tsan_acquire(address);
}

static void give(void *address)
{
    if (__tsan_release != NULL)
        __tsan_release(address);
}

/* The function of that name in the library behind this one. */
#define NEXT(name)                                                                                 \
    static __typeof__(name) *next;                                                                 \
    if (next == NULL)                                                                              \
    next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define TAKES(name, type)                                                                          \
    void name(type *lock)                                                                          \
    {                                                                                              \
        NEXT(name);                                                                                \
        next(lock);                                                                                \
        take(lock);                                                                                \
    }
#define GIVES(name, type)                                                                          \
    void name(type *lock)                                                                          \
    {                                                                                              \
        NEXT(name);                                                                                \
        give(lock);                                                                                \
        next(lock);                                                                                \
    }
#define TRIES(name, type)                                                                          \
    gboolean name(type *lock)                                                                      \
    {                                                                                              \
        NEXT(name);                                                                                \
        const gboolean taken = next(lock);                                                         \
        if (taken)                                                                                 \
            take(lock);                                                                            \
        return taken;                                                                              \
    }

TAKES(g_mutex_lock, GMutex)
GIVES(g_mutex_unlock, GMutex)
TRIES(g_mutex_trylock, GMutex)
TAKES(g_rec_mutex_lock, GRecMutex)
GIVES(g_rec_mutex_unlock, GRecMutex)
TRIES(g_rec_mutex_trylock, GRecMutex)
TAKES(g_rw_lock_writer_lock, GRWLock)
GIVES(g_rw_lock_writer_unlock, GRWLock)
TAKES(g_rw_lock_reader_lock, GRWLock)
GIVES(g_rw_lock_reader_unlock, GRWLock)

void g_cond_wait(GCond *cond, GMutex *lock)
{
    NEXT(g_cond_wait);
    give(lock);
    next(cond, lock);
    take(lock);
}

gboolean g_cond_wait_until(GCond *cond, GMutex *lock, gint64 end)
{
    NEXT(g_cond_wait_until);
    give(lock);
    const gboolean signalled = next(cond, lock, end);
    take(lock);
    return signalled;
}

gboolean g_once_init_enter(volatile void *location)
{
    NEXT(g_once_init_enter);
    const gboolean first = next(location);
    if (!first)
        take((void *)location);
    return first;
}

void g_once_init_leave(volatile void *location, gsize result)
{
    NEXT(g_once_init_leave);
    give((void *)location);
    next(location, result);
}

typedef struct {
    GOnce *once;
    GThreadFunc run;
    gpointer data;
} Once;

static gpointer run_once(gpointer data)
{
    const Once *call = data;
    gpointer result = call->run(call->data);
    give(call->once);
    return result;
}

gpointer g_once_impl(GOnce *once, GThreadFunc run, gpointer data)
{
    NEXT(g_once_impl);
    Once call = {once, run, data};
    gpointer result = next(once, run_once, &call);
    take(once);
    return result;
}

void g_async_queue_push(GAsyncQueue *queue, gpointer data)
{
    NEXT(g_async_queue_push);
    give(queue);
    next(queue, data);
}

#define POPS(name, parameters, ...)                                                                \
    gpointer name parameters                                                                       \
    {                                                                                              \
        NEXT(name);                                                                                \
        gpointer data = next(__VA_ARGS__);                                                         \
        if (data != NULL)                                                                          \
            take(queue);                                                                           \
        return data;                                                                               \
    }
POPS(g_async_queue_pop, (GAsyncQueue * queue), queue)
POPS(g_async_queue_try_pop, (GAsyncQueue * queue), queue)
POPS(g_async_queue_timeout_pop, (GAsyncQueue * queue, guint64 wait), queue, wait)

/* What the last reference's holder frees, the others were done with. */
void g_bytes_unref(GBytes *bytes)
{
    NEXT(g_bytes_unref);
    if (bytes != NULL) {
        give(bytes);
        take(bytes);
    }
    next(bytes);
}
