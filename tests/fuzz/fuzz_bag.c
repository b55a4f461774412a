/* Any bytes as a bag's archive, as an envelope, as one of a bag's files: faults, or one sentence.
 */
#include "handover/bag_check.h"
#include "handover/bag_name.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *data;
    size_t left;
} Bytes;

static gssize give(void *context, void *buffer, gsize size, GError **error)
{
    Bytes *from = context;
    const gsize n = MIN(size, from->left);
    if (n > 0)
        memcpy(buffer, from->data, n);
    from->data += n;
    from->left -= n;
    return (gssize)n;
}

static void check_archive(const void *bytes, gsize size)
{
    const int fd = memfd_create("bag", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    g_assert_true(fd >= 0 && write(fd, bytes, size) == (gssize)size);
    g_autoptr(GError) error = NULL;
    const BagFrom from = {path, NULL, NULL};
    g_autoptr(BagChecked) checked = bag_check(&from, &error);
    g_assert_true((checked == NULL) == (error != NULL));
    g_assert_true(error == NULL || error->domain == ZENHAR_ERROR);
    for (guint i = 0; checked != NULL && i < checked->faults->len; i++)
        g_assert_true(g_utf8_validate(checked->faults->pdata[i], -1, NULL));
    close(fd);
}

static void open_envelope(const uint8_t *data, size_t size)
{
    static guint8 public_key[32], secret_key[32], seed[32];
    Bytes from = {data, size};
    char buffer[1000];
    crypto_box_seed_keypair(public_key, secret_key, seed);
    g_autoptr(GError) error = NULL;
    g_autoptr(EnvelopeReader) reader =
        envelope_reader_new("F", give, &from, public_key, secret_key, &error);
    while (reader != NULL && envelope_read(reader, buffer, sizeof buffer, &error) > 0)
        ;
    EnvelopeKey key;
    g_autofree char *text = g_strndup((const char *)data, size);
    envelope_key_read("K", text, &key, NULL);
    g_autofree char *safe = bag_name_safe(text);
    g_autofree char *inside = g_strconcat("data/", safe, NULL);
    g_assert_null(bag_name_fault(inside));
    g_autofree char *encoded = bag_name_encode(text);
    g_autofree char *back = bag_name_decode(encoded);
    g_assert_cmpstr(back, ==, text);
}

static void append(GString *tar, const char *name, const void *bytes, gsize size)
{
    g_autofree char *path = g_strconcat("bag/", name, NULL);
    tar_append_head(tar, path, size, 0);
    g_string_append_len(tar, bytes, (gssize)size);
    for (gsize n = tar_padding(size); n > 0; n--)
        g_string_append_c(tar, '\0');
}

/* One file of a bag as the bytes have it, with others before it. */
static void check_file(const uint8_t *data, size_t size)
{
    static const char *const FILES[] = {
        "manifest-sha256.txt", "bag-info.txt",         "bagit.txt",
        "data/case.json",      "data/log/heads.jsonl", "data/log/entries.bin",
        "data/proofs/a.jsonl", "data/records/a.jsonl"};
    static const char HEADS[] = "{}\n", ENTRIES[80] = "";
    g_autoptr(GString) tar = g_string_new(NULL);
    const char *name = FILES[data[0] % G_N_ELEMENTS(FILES)];
    if (strncmp(name, "data/log", 8) != 0) {
        append(tar, "data/log/heads.jsonl", HEADS, strlen(HEADS));
        append(tar, "data/log/entries.bin", ENTRIES, sizeof ENTRIES);
    }
    append(tar, name, data + 1, size - 1);
    tar_append_end(tar);
    check_archive(tar->str, tar->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (sodium_init() < 0 || size < 2)
        return 0;
    if (data[0] == 'a')
        check_archive(data + 1, size - 1);
    else if (data[0] == 'e')
        open_envelope(data + 1, size - 1);
    else
        check_file(data + 1, size - 1);
    return 0;
}
