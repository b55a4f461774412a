/* Any bytes in the place of one file of a bundle (tests/fuzz/bundle): a sentence, and never "it
 * fits" unless they are the file's own. The first byte says which file. Likewise each reader by
 * itself. */
#include "base/folder.h"
#include "evidence/bundle.h"
#include "evidence/checkpoint.h"
#include "evidence/fields.h"
#include "evidence/timestamp.h"
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define SAMPLE "tests/fuzz/bundle"
static const char *const NAMES[] = {
    "bundle.json", "records.jsonl", "manifest-sha256.txt", "manifest.sig",       "log.bin",
    "heads/3.bin", "heads/8.sig",   "notes/5-1.note",      "timestamps/3-1.tsr", "originals/O1.csv",
};
static const char *const OTHERS[] = {"README.txt", "heads/3.sig", "heads/5.bin", "heads/5.sig",
                                     "heads/8.bin"};
static char *folder;
static char *wholes[G_N_ELEMENTS(NAMES)];
static gsize lengths[G_N_ELEMENTS(NAMES)];
static guint8 key[STORE_PUBLIC_KEY_BYTES];

static void put(const char *name, const void *bytes, gsize length)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *above = g_path_get_dirname(path);
    FILE *file = g_mkdir_with_parents(above, 0700) == 0 ? fopen(path, "wb") : NULL;
    g_assert_nonnull(file);
    g_assert_cmpuint(length > 0 ? fwrite(bytes, 1, length, file) : 0, ==, length);
    fclose(file);
}

static char *sample(const char *name, gsize *ret_length)
{
    g_autofree char *path = g_build_filename(SAMPLE, name, NULL);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, ret_length, NULL));
    return text;
}

static void leave(void)
{
    g_autoptr(GFile) file = g_file_new_for_path(folder);
    folder_remove(file, NULL);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const bool fast = g_file_test("/dev/shm", G_FILE_TEST_IS_DIR);
    folder = fast ? g_mkdtemp(g_strdup("/dev/shm/fuzz-bundle-XXXXXX"))
                  : g_dir_make_tmp("fuzz-bundle-XXXXXX", NULL);
    g_assert_nonnull(folder);
    atexit(leave);
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        wholes[i] = sample(NAMES[i], &lengths[i]);
        put(NAMES[i], wholes[i], lengths[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(OTHERS); i++) {
        gsize n = 0;
        g_autofree char *bytes = sample(OTHERS[i], &n);
        put(OTHERS[i], bytes, n);
    }
    g_assert_true(sodium_init() >= 0);
    g_assert_true(evidence_public_key_read(SAMPLE "/bundle.json", key, NULL));
    return 0;
}

static void try_readers(const uint8_t *data, size_t size)
{
    g_auto(EvidenceCheckpoint) note = {0};
    g_auto(EvidenceWitness) witness = {0};
    g_auto(EvidenceTimestamp) stamp = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    guint8 hash[32];
    if (!evidence_checkpoint_read((const char *)data, size, &note, &error))
        g_assert_nonnull(error);
    evidence_witness_read(text, &witness, NULL);
    evidence_timestamp_asked(bytes, hash);
    if (evidence_timestamp_stamped(bytes, hash))
        evidence_timestamp_check(bytes, hash, NULL, &stamp, NULL);
    json_decref(evidence_fields_json(data, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const gsize which = data[0] % G_N_ELEMENTS(NAMES);
    const EvidenceBundleCheck check = {.public_key = key};
    EvidenceBundleReport report;
    g_autoptr(GError) error = NULL;
    data++;
    size--;
    put(NAMES[which], data, size);
    const bool fits = evidence_bundle_check(folder, &check, &report, &error);
    const bool same = size == lengths[which] && memcmp(data, wholes[which], size) == 0;
    g_assert_true(fits == same);
    g_assert_true(fits || (error != NULL && g_utf8_validate(error->message, -1, NULL)));
    put(NAMES[which], wholes[which], lengths[which]);
    try_readers(data, size);
    return 0;
}
