/* A run whose process died is taken up: its key is made of what its answer rests on, so that who
 * has the files and asks for the same opens what the folder holds, and nobody else does. */
#include "intake/spool_private.h"

#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PURPOSE "zenhar link in parts 1, zenhar " ZENHAR_VERSION
#define MARK    "run"

/* ---- Key ------------------------------------------------------------------------------ */

static void take_text(crypto_generichash_state *state, const char *text)
{
    const guint64 n = text != NULL ? strlen(text) + 1 : 0; /* "" is not NULL */
    crypto_generichash_update(state, (const guint8 *)&n, sizeof n);
    if (n > 0)
        crypto_generichash_update(state, (const guint8 *)text, n);
}

static bool take_file(crypto_generichash_state *state, const char *path, GError **error)
{
    enum { AT_ONCE = 1 << 18 };
    g_autofree guint8 *bytes = g_malloc(AT_ONCE);
    guint64 n = 0;
    gssize got = -1;
    int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    while (fd >= 0 && ((got = read(fd, bytes, AT_ONCE)) > 0 || (got < 0 && errno == EINTR)))
        if (got > 0) {
            crypto_generichash_update(state, bytes, (gsize)got);
            n += (guint64)got;
        }
    const int code = errno;
    if (fd >= 0)
        close(fd);
    if (got < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), path,
                    i18n_errno(code));
        return false;
    }
    crypto_generichash_update(state, (const guint8 *)&n, sizeof n);
    return true;
}

bool intake_spool_key_of(char *const *paths, gsize n_paths, const char *config, const char *id,
                         const IntakeSpoolOptions *options, guint8 ret_key[INTAKE_SPOOL_KEY_BYTES],
                         GError **error)
{
    crypto_generichash_state state;
    if (sodium_init() < 0)
        g_error("libsodium does not start");
    crypto_generichash_init(&state, NULL, 0, INTAKE_SPOOL_KEY_BYTES);
    g_autofree char *asked =
        g_strdup_printf("%a %a %d %d %" G_GUINT64_FORMAT " %u %u %" G_GSIZE_FORMAT,
                        options->threshold, options->keep, options->between, options->one_to_one,
                        options->seed, options->chunk_records, options->parts, n_paths);
    take_text(&state, PURPOSE);
    take_text(&state, asked);
    take_text(&state, id);
    take_text(&state, config != NULL ? "config" : NULL);
    bool ok = config == NULL || take_file(&state, config, error);
    for (gsize p = 0; ok && p < n_paths; p++) {
        g_autofree char *name = g_path_get_basename(paths[p]); /* stands in the answer */
        take_text(&state, name);
        ok = take_file(&state, paths[p], error);
    }
    if (ok)
        crypto_generichash_final(&state, ret_key, INTAKE_SPOOL_KEY_BYTES);
    sodium_memzero(&state, sizeof state);
    return ok;
}

/* ---- Who drives ----------------------------------------------------------------------- */

/* The lock of a process: its children do not hold it, and it goes with the process. */
bool spool_hold(IntakeSpool *spool, GError **error)
{
    g_autofree char *path = g_build_filename(spool->folder, "lock", NULL);
    int fd = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fd >= 0 && fcntl(fd, F_SETLK, &lock) == 0) {
        spool->lock = fd + 1;
        return true;
    }
    const int code = errno;
    if (fd >= 0)
        close(fd);
    if (code == EACCES || code == EAGAIN)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY,
                    _("Another process is driving the run in %s; wait for it, or name another "
                      "folder."),
                    spool->folder);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                    i18n_errno(code));
    return false;
}

bool spool_mark(IntakeSpool *spool, GError **error)
{
    return spool_save(spool, MARK, PURPOSE, sizeof PURPOSE, error);
}

static bool is_marked(IntakeSpool *spool)
{
    char mark[sizeof PURPOSE];
    return spool_load(spool, MARK, mark, sizeof mark, NULL);
}

IntakeSpool *intake_spool_take_up(const char *folder, const guint8 key[INTAKE_SPOOL_KEY_BYTES],
                                  GError **error)
{
    g_autoptr(IntakeSpool) old = g_new0(IntakeSpool, 1);
    if (!g_file_test(folder, G_FILE_TEST_EXISTS))
        return NULL;
    old->folder = g_strdup(folder);
    memcpy(old->key, key, sizeof old->key);
    if (!is_marked(old)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The folder %s is there and holds no run that can go on: the files, the "
                      "config, the threshold or another option changed since, or zenhar did, or it "
                      "is no folder of a run. Name a folder that is not there yet, or delete it."),
                    folder);
        return NULL;
    }
    if (!spool_hold(old, error))
        return NULL;
    if (!spool_exists(old, "plan", -1)) { /* records were still coming in: from the start */
        intake_spool_remove(old, error);
        return NULL;
    }
    IntakeSpool *spool = intake_spool_open(folder, key, error);
    if (spool != NULL) {
        spool->lock = old->lock;
        old->lock = 0;
    }
    return spool;
}
