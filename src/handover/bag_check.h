/* handover/bag_check.h: everything of a bag checked before anything of it is believed.
 *
 * The bag as RFC 8493 has it: bagit.txt, both manifests and their tagmanifests, completeness either
 * way, Payload-Oxum, names that lead nowhere else, no links, nothing twice. Then what Zenhar put
 * into it: the log's root recomputed from every entry, heads and signatures; each record the one of
 * its newest entry, none missing that the log says is there; each proof; each original by its
 * digest. Every fault is a sentence that names the file. Memory: about 200 bytes a file or record,
 * and the log's 40 bytes an entry. */
#pragma once
#include "evidence/foreign.h"
#include "handover/bag.h"
#include "handover/bag_source.h"

enum { BAG_FAULTS_MOST = 50 }; /* told; the others are counted */

typedef struct {
    char *name;
    guint64 size;
    guint8 sha256[32], sha512[64];
    bool payload, listed; /**< listed: in a manifest, or a tagmanifest */
    bool matched;         /**< an original that a record speaks of */
} BagFile;

/** A record in the bag, as its line says. */
typedef struct {
    StoreKind kind;
    gint64 id, position;
    guint8 hash[32];
    bool open;         /**< its canonical form is there, and is of that hash and says the same */
    guint8 sha256[32]; /**< of an original: the file's */
    gint64 bytes;
    char *name, *media_type; /**< of an original; NULL none */
} BagRecord;

typedef struct {
    GPtrArray *faults; /**< sentences; empty: all of it fits */
    guint64 n_faults;
    GHashTable *files; /**< name → BagFile */
    guint64 payload_files, payload_bytes;
    GArray *records; /**< BagRecord */
    guint64 n_open, n_proofs;
    char *tag, *degree; /**< of the case; NULL unknown */
    EvidenceForeign log;
    guint8 manifest_key[32]; /**< SHA-256 of manifest-sha256.txt: which bag it is */
    /* for the files of bag_*.c alone */
    MerkleHash root; /**< newest in heads.jsonl, once a proof asked for it */
    bool has_root;
    GHashTable *texts; /**< name → GString: tag files and what describes the case */
} BagChecked;
void bag_checked_free(BagChecked *checked);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BagChecked, bag_checked_free)

/** Reads it once. NULL with error set when it cannot be read to its end. */
BagChecked *bag_check(const BagFrom *from, GError **error);

/** What one fault says; all together go into one error by bag_fault_error. */
void bag_fault(BagChecked *checked, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** INTEGRITY with the first fault and how many there are; false when there is one. */
bool bag_fault_error(const BagChecked *checked, GError **error);

/** A file's bytes on their way, hashed. Fits CsvSource. */
typedef struct BagTee BagTee;
BagTee *bag_tee_new(CsvSource read, void *file);
gssize bag_tee_read(void *tee, void *buffer, gsize size, GError **error);
/** Reads what is left; then the file's hashes and length. Frees the tee in any case. */
bool bag_tee_end(BagTee *tee, BagFile *ret, GError **error);

/* bag_manifest.c */
void bag_check_tags(BagChecked *checked);
/* bag_records.c */
/** Lines of data/records/ and data/proofs/, read as they pass. */
bool bag_read_records(BagChecked *checked, const char *name, BagTee *tee, GError **error);
bool bag_read_proofs(BagChecked *checked, const char *name, BagTee *tee, GError **error);
void bag_check_log(BagChecked *checked);
void bag_check_records(BagChecked *checked);
/** Reads the log once its texts are there; false: it is not whole. */
bool bag_read_log(const GString *about, const GString *heads, const GString *entries,
                  EvidenceForeign *ret, char **ret_tag, char **ret_degree);
