/* evidence/bundle_private.h: what the files of a bundle share: names, limits, files read from a
 * folder that a stranger gave. */
#pragma once
#include "evidence/bundle.h"
#include "evidence/private.h"
#include "evidence/proof_json.h"
#include <jansson.h>

#define BUNDLE_FORMAT    "zenhar bundle 1"
#define BUNDLE_FILE      "bundle.json"
#define BUNDLE_RECORDS   "records.jsonl"
#define BUNDLE_LOG       "log.bin"
#define BUNDLE_README    "README.txt"
#define BUNDLE_MANIFEST  "manifest-sha256.txt"
#define BUNDLE_SIGNATURE "manifest.sig"

enum {
    BUNDLE_JSON_MOST = 256 << 20, /* bytes of bundle.json, of the manifest */
    BUNDLE_LINE_MOST = 96 << 20,  /* bytes of one line: a text of 16 MiB as hex and as JSON */
    BUNDLE_SMALL_MOST = 1 << 20,  /* bytes of a head, note, time stamp */
    BUNDLE_NAME_MOST = 200,       /* bytes of a name in the manifest */
};

/* ---- files of the folder ---- */

typedef struct {
    int folder;         /* open, -1 not */
    char *path;         /* as it was given, for sentences */
    GHashTable *hashes; /* name → MerkleHash, of files hashed once */
} BundleFiles;
bool bundle_files_open(BundleFiles *files, const char *path, GError **error);
void bundle_files_close(BundleFiles *files);

/* One name or folder/name, of letters, digits, "._-", neither part beginning with a dot. */
bool bundle_name_fits(const char *name);
/* The fd of a regular file, no link on the way; -1 with INTEGRITY (missing, no file) or IO. */
int bundle_file_open(BundleFiles *files, const char *name, GError **error);
/* All of it; INTEGRITY when it is larger than `most`. */
GBytes *bundle_file_load(BundleFiles *files, const char *name, gsize most, GError **error);
bool bundle_file_hash(BundleFiles *files, const char *name, MerkleHash *ret_hash, gint64 *ret_bytes,
                      GError **error);
/* Calls for each file below; false stops. INTEGRITY names a link, a device, a folder within a
 * folder. */
typedef bool (*BundleVisit)(void *context, const char *name, GError **error);
bool bundle_files_walk(BundleFiles *files, BundleVisit visit, void *context, GError **error);

/* ---- JSON of a stranger ---- */

/* False with nothing set when it is not there or not such. */
bool bundle_get_hex(const json_t *object, const char *name, guint8 *ret_bytes, gsize n);
bool bundle_get_integer(const json_t *object, const char *name, gint64 *ret_value);
const char *bundle_get_text(const json_t *object, const char *name);
/* An array of hashes of 32 bytes; false when it is none or has more than `most`. */
bool bundle_get_path(const json_t *object, const char *name, MerkleHash *ret_path, gsize most,
                     gsize *ret_n);
/* The members of evidence_head_json; `time` must say what time_seconds says. */
bool bundle_get_head(const json_t *object, StoreLogHead *ret_head);

/* ---- what a check goes through ---- */

typedef struct {
    BundleFiles files;
    const EvidenceBundleCheck *options;
    EvidenceBundleReport *report;
    json_t *bundle;
    guint8 case_id[STORE_CASE_ID_BYTES];
    StoreLogHead head;
    GArray *heads; /* StoreLogHead, older ones */
    int log;       /* log.bin; -1 none */
    gint64 listed_originals;
} BundleCheck;
/* bundle_records.c: records.jsonl, line by line. */
bool bundle_check_records(BundleCheck *check, GError **error);
/* bundle_said.c: time stamps and cosignatures. */
bool bundle_check_said(BundleCheck *check, GError **error);
/* The head of that number, older or not; NULL none. Borrowed. */
const StoreLogHead *bundle_check_head(const BundleCheck *check, gint64 number);
