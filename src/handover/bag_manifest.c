/* handover/bag_manifest.c: a bag's own claims against its files: bagit.txt, bag-info.txt,
 * manifests, tagmanifests (RFC 8493, sections 2.1 to 2.2 and 3). */
#include "handover/bag_check.h"

#include "base/i18n.h"
#include "handover/bag_name.h"
#include <sodium.h>
#include <string.h>

static const struct {
    const char *algorithm;
    gsize bytes;
} ALGORITHMS[] = {{"sha256", 32}, {"sha512", 64}};

static const GString *text_of(BagChecked *checked, const char *name)
{
    return g_hash_table_lookup(checked->texts, name);
}

static const guint8 *hash_of(const BagFile *file, gsize algorithm)
{
    return algorithm == 0 ? file->sha256 : file->sha512;
}

/* ---- one manifest ---- */

typedef struct {
    BagChecked *checked;
    const char *name; /* of the manifest */
    gsize algorithm;
    bool payload;
    guint broken;       /* lines */
    bool small, large;  /* letters of hex met so far */
    GHashTable *listed; /* names */
} Manifest;

/* Letters of one case throughout: a flipped bit that makes an "a" an "A" is seen. */
static bool one_case(Manifest *manifest, const char *hex, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        manifest->small |= g_ascii_islower(hex[i]);
        manifest->large |= g_ascii_isupper(hex[i]);
    }
    return !(manifest->small && manifest->large);
}

static void check_listed(Manifest *manifest, const char *name, const guint8 *hash)
{
    BagChecked *checked = manifest->checked;
    BagFile *file = g_hash_table_lookup(checked->files, name);
    const char *fault = bag_name_fault(name);
    if (fault != NULL)
        bag_fault(checked, _("%s names “%.200s”, which is not followed: %s."), manifest->name, name,
                  fault);
    else if (g_str_has_prefix(name, "data/") != manifest->payload)
        bag_fault(checked, _("%s names %s, which does not belong there."), manifest->name, name);
    else if (!g_hash_table_add(manifest->listed, g_strdup(name)))
        bag_fault(checked, _("%s names %s twice."), manifest->name, name);
    else if (file == NULL)
        bag_fault(checked, _("%s is missing from the bag: %s names it."), name, manifest->name);
    else if (memcmp(hash_of(file, manifest->algorithm), hash,
                    ALGORITHMS[manifest->algorithm].bytes) != 0)
        bag_fault(checked, _("%s was changed: its digest is not the one of %s."), name,
                  manifest->name);
    else
        file->listed = true;
}

static void check_line(Manifest *manifest, const char *line, gsize number)
{
    const gsize bytes = ALGORITHMS[manifest->algorithm].bytes, digits = 2 * bytes;
    guint8 hash[64];
    gsize n = 0;
    const char *end = NULL;
    const bool hex = strlen(line) > digits + 1 &&
                     sodium_hex2bin(hash, bytes, line, digits, NULL, &n, &end) == 0 && n == bytes &&
                     one_case(manifest, line, digits);
    const gsize blank = hex ? strspn(line + digits, " \t") : 0;
    if (blank == 0) {
        if (manifest->broken++ < 5)
            bag_fault(manifest->checked, _("%s, line %lu: this is no digest with a name."),
                      manifest->name, (unsigned long)number);
        return;
    }
    const char *at = line + digits + blank;
    at += *at == '*'; /* as md5sum and its kin mark binary files */
    at += g_str_has_prefix(at, "./") ? 2 : 0;
    g_autofree char *name = bag_name_decode(at);
    check_listed(manifest, name, hash);
}

static void check_complete(Manifest *manifest)
{
    GHashTableIter iter;
    gpointer name, value;
    g_hash_table_iter_init(&iter, manifest->checked->files);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        const BagFile *file = value;
        const bool self = g_str_has_prefix(name, "tagmanifest-");
        if (file->payload == manifest->payload && !self &&
            !g_hash_table_contains(manifest->listed, name))
            bag_fault(manifest->checked, _("%s is in the bag, and %s does not name it."),
                      (char *)name, manifest->name);
    }
}

static void check_manifest(BagChecked *checked, gsize algorithm, bool payload)
{
    g_autofree char *name =
        g_strdup_printf("%smanifest-%s.txt", payload ? "" : "tag", ALGORITHMS[algorithm].algorithm);
    const GString *text = text_of(checked, name);
    if (text == NULL) {
        bag_fault(checked, _("%s is missing from the bag."), name);
        return;
    }
    if (!g_utf8_validate(text->str, (gssize)text->len, NULL) ||
        (text->len > 0 && text->str[text->len - 1] != '\n')) {
        bag_fault(checked, _("%s is cut short, or no text."), name);
        return;
    }
    g_autoptr(GHashTable) listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Manifest manifest = {.checked = checked,
                         .name = name,
                         .algorithm = algorithm,
                         .payload = payload,
                         .listed = listed};
    gsize number = 0;
    for (const char *at = text->str; *at != '\0';) {
        const gsize n = strcspn(at, "\n");
        g_autofree char *line = g_strndup(at, n > 0 && at[n - 1] == '\r' ? n - 1 : n);
        check_line(&manifest, line, ++number);
        at += n + (at[n] == '\n');
    }
    check_complete(&manifest);
}

/* ---- bagit.txt, bag-info.txt ---- */

static void check_bagit(BagChecked *checked)
{
    const GString *text = text_of(checked, "bagit.txt");
    if (text == NULL)
        bag_fault(checked, _("%s is missing from the bag."), "bagit.txt");
    else if (!g_regex_match_simple("\\ABagIt-Version: (1\\.0|0\\.97)\\r?\\n"
                                   "Tag-File-Character-Encoding: UTF-8(\\r?\\n)?\\z",
                                   text->str, 0, 0) ||
             strlen(text->str) != text->len)
        bag_fault(checked,
                  _("%s is not that of a bag of version 1.0 or 0.97 whose texts are UTF-8."),
                  "bagit.txt");
    if (text_of(checked, "fetch.txt") != NULL)
        bag_fault(
            checked,
            _("%s: files that are to be fetched from elsewhere are not: ask for a whole bag."),
            "fetch.txt");
}

static void check_oxum(BagChecked *checked)
{
    const GString *text = text_of(checked, "bag-info.txt");
    if (text == NULL) {
        bag_fault(checked, _("%s is missing from the bag."), "bag-info.txt");
        return;
    }
    g_autofree char *oxum = g_strdup_printf("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT,
                                            checked->payload_bytes, checked->payload_files);
    g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);
    guint found = 0;
    for (char **line = lines; *line != NULL; line++) {
        if (g_ascii_strncasecmp(*line, "Payload-Oxum:", 13) != 0)
            continue;
        found++;
        if (strcmp(g_strstrip(*line + 13), oxum) != 0)
            bag_fault(checked,
                      _("%s: Payload-Oxum says %.60s, and the bag holds %s (bytes, files)."),
                      "bag-info.txt", g_strstrip(*line + 13), oxum);
    }
    if (found != 1)
        bag_fault(checked, _("%s: Payload-Oxum does not stand there once."), "bag-info.txt");
}

/* Manifests of digests that are not reckoned here prove nothing and may not be there unseen. */
static void check_others(BagChecked *checked)
{
    GHashTableIter iter;
    gpointer name, value;
    g_hash_table_iter_init(&iter, checked->files);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        BagFile *file = value;
        const char *digest = g_str_has_prefix(name, "manifest-")      ? (char *)name + 9
                             : g_str_has_prefix(name, "tagmanifest-") ? (char *)name + 12
                                                                      : NULL;
        if (digest != NULL && strcmp(digest, "sha256.txt") != 0 &&
            strcmp(digest, "sha512.txt") != 0)
            bag_fault(checked, _("%s: digests of that kind are not checked here."), (char *)name);
        if (digest == NULL || g_str_has_prefix(name, "manifest-"))
            continue;
        file->listed = true; /* nothing lists a tagmanifest */
    }
}

void bag_check_tags(BagChecked *checked)
{
    check_bagit(checked);
    for (gsize i = 0; i < G_N_ELEMENTS(ALGORITHMS); i++) {
        check_manifest(checked, i, true);
        check_manifest(checked, i, false);
    }
    check_oxum(checked);
    check_others(checked);
    const BagFile *manifest = g_hash_table_lookup(checked->files, "manifest-sha256.txt");
    if (manifest != NULL)
        memcpy(checked->manifest_key, manifest->sha256, sizeof checked->manifest_key);
}
