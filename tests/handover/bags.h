/* tests/handover/bags.h: bags made and checked in a line. */
#pragma once
#include "cases.h"
#include "handover/bag_take.h"
#include "handover/tar.h"

#include <sodium.h>

static inline bool bag_to_string(void *context, const char *bytes, gsize length, GError **error)
{
    g_string_append_len(context, bytes, (gssize)length);
    return true;
}

static inline void fill_bag(Store *store, OutletDegree degree, BagWriter *writer)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Outlet) outlet = outlet_of(store, degree, OUTLET_SEND);
    RecordsDone done;
    const BagOptions options = {.contact_name = "An archive", .n_recipients = 1};
    bag_make(outlet, writer, &options, &done, &error);
    g_assert_no_error(error);
    g_assert_cmpint(done.total, >, 0);
}

static inline char *folder_bag(Store *store, OutletDegree degree, const char *parent,
                               const char *name)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(parent, name, NULL);
    g_autoptr(BagWriter) writer = bag_writer_folder(path, &error);
    g_assert_no_error(error);
    fill_bag(store, degree, writer);
    return path;
}

static inline GString *tar_bag(Store *store, OutletDegree degree)
{
    GString *out = g_string_new(NULL);
    g_autoptr(BagWriter) writer = bag_writer_tar("a-bag", NOW, bag_to_string, out);
    fill_bag(store, degree, writer);
    return out;
}

static inline GString *sealed_bag(Store *store, OutletDegree degree, const EnvelopeKey *keys,
                                  gsize n_keys)
{
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);
    g_autoptr(EnvelopeWriter) envelope =
        envelope_writer_new(keys, n_keys, bag_to_string, out, &error);
    g_assert_no_error(error);
    g_autoptr(BagWriter) writer = bag_writer_tar("a-bag", NOW, envelope_write, envelope);
    fill_bag(store, degree, writer);
    g_assert_true(envelope_writer_end(envelope, &error));
    return out;
}

static inline char *write_bytes(const char *folder, const char *name, const GString *bytes)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(folder, name, NULL);
    g_file_set_contents(path, bytes->str, (gssize)bytes->len, &error);
    g_assert_no_error(error);
    return path;
}

/* All faults, one a line; "" none; or the error that ended the reading. Transfers. */
static inline char *faults_of(const BagFrom *from)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BagChecked) checked = bag_check(from, &error);
    GString *out = g_string_new(NULL);
    if (checked == NULL)
        g_string_append_printf(out, "%s\n", error->message);
    for (guint i = 0; checked != NULL && i < checked->faults->len; i++)
        g_string_append_printf(out, "%s\n", (char *)checked->faults->pdata[i]);
    return g_string_free(out, FALSE);
}

static inline void shell(const char *folder, const char *script)
{
    g_autoptr(GError) error = NULL;
    const char *words[] = {"sh", "-ec", script, NULL};
    int status = 0;
    g_autofree char *err = NULL;
    g_spawn_sync(folder, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &err, &status,
                 &error);
    g_assert_no_error(error);
    if (status != 0)
        g_error("%s: %s", script, err);
}
