#include "handover/bag_check.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "handover/bag_name.h"
#include <openssl/evp.h>
#include <string.h>

enum { TEXT_MOST = 1 << 30, FILES_MOST = 20000000 };

/* ---- faults ---- */

void bag_fault(BagChecked *checked, const char *format, ...)
{
    checked->n_faults++;
    if (checked->faults->len >= BAG_FAULTS_MOST)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    g_ptr_array_add(checked->faults, g_utf8_make_valid(sentence, -1)); /* names of any bytes, cut */
    va_end(arguments);
}

bool bag_fault_error(const BagChecked *checked, GError **error)
{
    if (checked->n_faults == 0)
        return true;
    const char *first = checked->faults->pdata[0];
    g_autofree char *more = i18n_integer((gint64)checked->n_faults - 1);
    if (checked->n_faults == 1)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY, first);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY, _("%s Further faults: %s."), first,
                    more);
    return false;
}

/* ---- a file's bytes ---- */

struct BagTee {
    CsvSource read;
    void *file;
    EVP_MD_CTX *sha256, *sha512;
    guint64 size;
};

BagTee *bag_tee_new(CsvSource read, void *file)
{
    BagTee *tee = g_new0(BagTee, 1);
    *tee = (BagTee){read, file, EVP_MD_CTX_new(), EVP_MD_CTX_new(), 0};
    EVP_DigestInit_ex(tee->sha256, EVP_sha256(), NULL);
    EVP_DigestInit_ex(tee->sha512, EVP_sha512(), NULL);
    return tee;
}

gssize bag_tee_read(void *context, void *buffer, gsize size, GError **error)
{
    BagTee *tee = context;
    const gssize n = tee->read(tee->file, buffer, size, error);
    if (n > 0) {
        EVP_DigestUpdate(tee->sha256, buffer, (gsize)n);
        EVP_DigestUpdate(tee->sha512, buffer, (gsize)n);
        tee->size += (guint64)n;
    }
    return n;
}

bool bag_tee_end(BagTee *tee, BagFile *ret, GError **error)
{
    char buffer[16384];
    gssize n;
    while ((n = bag_tee_read(tee, buffer, sizeof buffer, error)) > 0)
        ;
    EVP_DigestFinal_ex(tee->sha256, ret->sha256, NULL);
    EVP_DigestFinal_ex(tee->sha512, ret->sha512, NULL);
    ret->size = tee->size;
    EVP_MD_CTX_free(tee->sha256);
    EVP_MD_CTX_free(tee->sha512);
    g_free(tee);
    return n == 0;
}

/* ---- one file ---- */

static void file_free(gpointer data)
{
    BagFile *file = data;
    g_free(file->name);
    g_free(file);
}

static void record_clear(gpointer data)
{
    BagRecord *record = data;
    g_free(record->name);
    g_free(record->media_type);
}

static void text_free(gpointer text)
{
    g_string_free(text, TRUE);
}

void bag_checked_free(BagChecked *checked)
{
    if (checked == NULL)
        return;
    g_ptr_array_unref(checked->faults);
    g_hash_table_unref(checked->files);
    g_hash_table_unref(checked->texts);
    g_array_unref(checked->records);
    g_free(checked->tag);
    g_free(checked->degree);
    evidence_foreign_clear(&checked->log);
    g_free(checked);
}

static bool keep_text(BagChecked *checked, const char *name, BagTee *tee, GError **error)
{
    GString *text = g_string_new(NULL);
    char buffer[16384];
    gssize n;
    g_hash_table_insert(checked->texts, g_strdup(name), text);
    while ((n = bag_tee_read(tee, buffer, sizeof buffer, error)) > 0) {
        if (text->len + (gsize)n > TEXT_MOST) {
            bag_fault(checked, _("%s is too long to be read."), name);
            return true;
        }
        g_string_append_len(text, buffer, n);
    }
    return n == 0;
}

/* Tag files, and what describes the case, are kept; records and proofs are read as they pass. */
static bool read_file(BagChecked *checked, const char *name, BagTee *tee, GError **error)
{
    if (strchr(name, '/') == NULL || strcmp(name, "data/case.json") == 0 ||
        g_str_has_prefix(name, "data/log/"))
        return keep_text(checked, name, tee, error);
    if (g_str_has_prefix(name, "data/records/"))
        return bag_read_records(checked, name, tee, error);
    if (g_str_has_prefix(name, "data/proofs/"))
        return bag_read_proofs(checked, name, tee, error);
    return true;
}

static bool fits_here(BagChecked *checked, const TarEntry *entry)
{
    const char *fault = bag_name_fault(entry->name);
    g_autofree char *shown = g_utf8_make_valid(entry->name, -1);
    if (fault != NULL)
        bag_fault(checked, _("“%.200s” is not followed: %s."), shown, fault);
    else if (entry->type == TAR_LINK || entry->type == TAR_OTHER)
        bag_fault(checked, _("%s is a link or a device: a bag holds files."), shown);
    else if (entry->type == TAR_FILE && g_hash_table_contains(checked->files, entry->name))
        bag_fault(checked, _("%s stands twice in the bag."), shown);
    else
        return entry->type == TAR_FILE;
    return false;
}

static bool visit(void *context, const TarEntry *entry, CsvSource read, void *file, GError **error)
{
    BagChecked *checked = context;
    if (progress_stopped(_("Stopped before the bag was checked. Nothing was taken in."), error))
        return false;
    if (!fits_here(checked, entry))
        return true;
    if (g_hash_table_size(checked->files) >= FILES_MOST) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT, "%s",
                    _("The bag holds more files than can be checked."));
        return false;
    }
    BagTee *tee = bag_tee_new(read, file);
    BagFile *found = g_new0(BagFile, 1);
    found->name = g_strdup(entry->name);
    found->payload = g_str_has_prefix(entry->name, "data/");
    g_hash_table_insert(checked->files, found->name, found);
    const bool done = read_file(checked, entry->name, tee, error);
    if (!bag_tee_end(tee, found, done ? error : NULL) || !done)
        return false;
    checked->payload_files += found->payload;
    checked->payload_bytes += found->payload ? found->size : 0;
    return true;
}

BagChecked *bag_check(const BagFrom *from, GError **error)
{
    g_autoptr(BagChecked) checked = g_new0(BagChecked, 1);
    checked->faults = g_ptr_array_new_with_free_func(g_free);
    checked->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, file_free);
    checked->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, text_free);
    checked->records = g_array_new(FALSE, FALSE, sizeof(BagRecord));
    g_array_set_clear_func(checked->records, record_clear);
    if (!bag_walk(from, visit, checked, error))
        return NULL;
    bag_check_tags(checked);
    bag_check_log(checked);
    bag_check_records(checked);
    return g_steal_pointer(&checked);
}
