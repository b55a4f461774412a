/* Bags: read back whole, judged by others' programs, and every way in which one can be wrong. */
#include "bags.h"

#include "evidence/original.h"
#include "handover/bag_name.h"

/* ---- names ---- */

static void test_names(void)
{
    static const struct {
        const char *name, *encoded;
    } CODED[] = {/* RFC 8493, section 2.1.3 */
                 {"data/plain", "data/plain"}, {"data/a\rb", "data/a%0Db"},
                 {"data/a\nb", "data/a%0Ab"},  {"data/100%", "data/100%25"},
                 {"data/%0A", "data/%250A"},   {"data/نام", "data/نام"}};
    static const char *const BAD[] = {"",     "/etc/passwd", "../x",     "data/../../x",
                                      "~/x",  "data//x",     "data/./x", "C:/x",
                                      "a\\b", "data/\x01",   "\xff",     "data/"};
    static const struct {
        const char *name, *safe;
    } SAFE[] = {{"list.csv", "list.csv"}, {"../up", "_.._up"},
                {".hidden", "_.hidden"},  {NULL, "_"},
                {"a/b:c*?", "a_b_c__"},   {"dots...", "dots"},
                {"a\nb", "a_b"},          {"فهرست ۱.csv", "فهرست ۱.csv"}};
    for (gsize i = 0; i < G_N_ELEMENTS(CODED); i++) {
        g_autofree char *encoded = bag_name_encode(CODED[i].name);
        g_autofree char *back = bag_name_decode(encoded);
        g_assert_cmpstr(encoded, ==, CODED[i].encoded);
        g_assert_cmpstr(back, ==, CODED[i].name);
        g_assert_null(bag_name_fault(CODED[i].name));
    }
    g_autofree char *lower = bag_name_decode("a%0ab%5c");
    g_assert_cmpstr(lower, ==, "a\nb%5c"); /* either case; nothing else is a code */
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++)
        g_assert_nonnull(bag_name_fault(BAD[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(SAFE); i++) {
        g_autofree char *safe = bag_name_safe(SAFE[i].name);
        g_assert_cmpstr(safe, ==, SAFE[i].safe);
        g_autofree char *path = g_strconcat("data/", safe, NULL);
        g_assert_null(bag_name_fault(path));
    }
}

/* ---- envelopes ---- */

typedef struct {
    const char *bytes;
    gsize length, at, step;
} Bytes;

static gssize give(void *context, void *buffer, gsize size, GError **error)
{
    Bytes *from = context;
    gsize n = MIN(size, from->length - from->at);
    n = from->step > 0 ? MIN(n, from->step) : n;
    memcpy(buffer, from->bytes + from->at, n);
    from->at += n;
    return (gssize)n;
}

typedef struct {
    EnvelopeKey public_key;
    guint8 secret[32];
} Pair;

static Pair new_pair(void)
{
    Pair pair;
    crypto_box_keypair(pair.public_key.bytes, pair.secret);
    return pair;
}

static GString *seal(const Pair *pairs, gsize n, const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    EnvelopeKey keys[4];
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < n; i++)
        keys[i] = pairs[i].public_key;
    g_autoptr(EnvelopeWriter) writer = envelope_writer_new(keys, n, bag_to_string, out, &error);
    g_assert_no_error(error);
    for (gsize at = 0; at < length; at += 7001)
        g_assert_true(envelope_write(writer, text + at, MIN((gsize)7001, length - at), &error));
    g_assert_true(envelope_writer_end(writer, &error));
    return out;
}

/* The opened text; NULL with error set. */
static GString *unseal(const Pair *pair, const char *bytes, gsize length, gsize step,
                       GError **error)
{
    Bytes from = {bytes, length, 0, step};
    char buffer[5003];
    gssize n;
    g_autoptr(EnvelopeReader) reader =
        envelope_reader_new("F", give, &from, pair->public_key.bytes, pair->secret, error);
    g_autoptr(GString) out = g_string_new(NULL);
    if (reader == NULL)
        return NULL;
    while ((n = envelope_read(reader, buffer, sizeof buffer, error)) > 0)
        g_string_append_len(out, buffer, n);
    return n == 0 ? g_steal_pointer(&out) : NULL;
}

static void test_envelope(void)
{
    static const gsize SIZES[] = {0, 1, 65535, 65536, 65537, 131072, 200000};
    const Pair pairs[] = {new_pair(), new_pair(), new_pair()};
    for (gsize i = 0; i < G_N_ELEMENTS(SIZES); i++) {
        g_autofree char *text = g_malloc(SIZES[i] + 1);
        randombytes_buf(text, SIZES[i]);
        g_autoptr(GString) sealed = seal(pairs, 2, text, SIZES[i]);
        for (gsize k = 0; k < 2; k++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(GString) opened =
                unseal(&pairs[k], sealed->str, sealed->len, k * 4099, &error);
            g_assert_no_error(error);
            g_assert_cmpuint(opened->len, ==, SIZES[i]);
            g_assert_true(memcmp(opened->str, text, SIZES[i]) == 0);
        }
        g_autoptr(GError) error = NULL;
        g_assert_null(unseal(&pairs[2], sealed->str, sealed->len, 0, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED);
        g_clear_error(&error);
        g_string_append_c(sealed, 'x');
        g_assert_null(unseal(&pairs[0], sealed->str, sealed->len, 0, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    }
}

static void test_envelope_cut(void)
{
    const Pair pairs[] = {new_pair(), new_pair()};
    g_autofree char *text = g_strnfill(70000, 't');
    g_autoptr(GString) sealed = seal(pairs, 2, text, 70000);
    for (gsize length = 0; length < sealed->len;
         length += length < 300 || length > sealed->len - 30 ? 1 : 997) {
        g_autoptr(GError) error = NULL;
        g_assert_null(unseal(&pairs[1], sealed->str, length, 0, &error));
        g_assert_nonnull(strstr(error->message, "F"));
    }
    /* Every bit of the head, and some of the rest: nothing opens, also what is another's place. */
    for (gsize bit = 0; bit < sealed->len * 8; bit += bit < 8 * 260 ? 1 : 4001) {
        g_autoptr(GError) error = NULL;
        sealed->str[bit / 8] ^= (char)(1 << bit % 8);
        g_assert_null(unseal(&pairs[1], sealed->str, sealed->len, 0, &error));
        sealed->str[bit / 8] ^= (char)(1 << bit % 8);
    }
}

static void test_key_text(void)
{
    const Pair pair = new_pair();
    EnvelopeKey back;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = envelope_key_text(&pair.public_key);
    g_assert_true(envelope_key_read("K", text, &back, &error));
    g_assert_cmpmem(back.bytes, 32, pair.public_key.bytes, 32);
    g_autofree char *mail = g_strconcat("Here it is:\n", text, "Yours\n", NULL);
    g_assert_true(envelope_key_read("K", mail, &back, &error));
    for (gsize i = 0; i < strlen(text) - 1; i++) { /* one digit written wrongly */
        const char old = text[i];
        text[i] = old == '7' ? '8' : '7';
        g_assert_false(envelope_key_read("K", text, &back, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
        g_clear_error(&error);
        text[i] = old;
    }
}

/* ---- archives ---- */

static void test_tar(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *deep = g_strnfill(140, 'd');
    g_autofree char *long_name = g_strdup_printf("top/%s/%s", deep, deep);
    const char *names[] = {"top/a", "top/empty", long_name, "top/نام"};
    const char *texts[] = {"hello", "", "deep", "fa"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const gsize n = strlen(texts[i]);
        tar_append_head(out, names[i], n, NOW);
        g_string_append(out, texts[i]);
        for (gsize k = tar_padding(n); k > 0; k--)
            g_string_append_c(out, '\0');
    }
    tar_append_end(out);
    Bytes from = {out->str, out->len, 0, 100};
    g_autoptr(GError) error = NULL;
    g_autoptr(TarReader) reader = tar_reader_new("T", give, &from);
    TarEntry entry;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        char text[16] = "";
        g_assert_true(tar_reader_next(reader, &entry, &error));
        g_assert_cmpstr(entry.name, ==, names[i]);
        g_assert_cmpint(entry.type, ==, TAR_FILE);
        if (i % 2 == 0) /* else it is skipped */
            g_assert_cmpint(tar_reader_read(reader, text, sizeof text, &error), ==,
                            (gssize)strlen(texts[i]));
    }
    g_assert_false(tar_reader_next(reader, &entry, &error));
    g_assert_no_error(error);
    /* What another program says of it. */
    g_free(write_bytes(folder, "t.tar", out));
    shell(folder, "tar -xf t.tar && test \"$(cat top/a)\" = hello && test -e top/نام && "
                  "test \"$(cat top/d*/d*)\" = deep && test ! -s top/empty");
}

static void test_tar_of_others(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = generated_case(folder, "a.zenhar", 12, 1);
    g_free(folder_bag(store, OUTLET_WHOLE, folder, "bag"));
    static const char *const WAYS[] = {"tar --format=ustar -cf x.tar bag",
                                       "tar --format=gnu -cf x.tar bag",
                                       "tar --format=posix -cf x.tar ./bag"};
    for (gsize i = 0; i < G_N_ELEMENTS(WAYS); i++) {
        shell(folder, WAYS[i]);
        g_autofree char *path = g_build_filename(folder, "x.tar", NULL);
        const BagFrom from = {path, NULL, NULL};
        g_autofree char *faults = faults_of(&from);
        g_assert_cmpstr(faults, ==, "");
    }
    shell(folder, "ln -s /etc/passwd bag/data/link && tar -cf y.tar bag");
    g_autofree char *linked = g_build_filename(folder, "y.tar", NULL);
    const BagFrom from = {linked, NULL, NULL};
    g_autofree char *faults = faults_of(&from);
    g_assert_nonnull(strstr(faults, "data/link is a link"));
}

/* ---- read back ---- */

static GBytes *of_report(Store *store, const StoreReport *report)
{
    g_autoptr(GError) error = NULL;
    GBytes *bytes =
        evidence_original_load(store, report->original_id, (guint64)report->original_offset,
                               (guint64)report->original_length, &error);
    g_assert_no_error(error);
    return bytes;
}

/* Each report leads to the same bytes of an original of the same digest. */
static void assert_same_origins(Store *store, Store *copy)
{
    g_autoptr(GError) error = NULL;
    const gint64 n = store_report_count(store, &error);
    for (gint64 id = 1; id <= n; id++) {
        g_autoptr(StoreReport) one = store_report_load(store, id, &error);
        g_autoptr(StoreReport) other = store_report_load(copy, id, &error);
        g_autoptr(GBytes) a = of_report(store, one);
        g_autoptr(GBytes) b = of_report(copy, other);
        g_assert_true(g_bytes_equal(a, b));
        g_autoptr(StoreOriginal) first = store_original_load(store, one->original_id, &error);
        g_autoptr(StoreOriginal) second = store_original_load(copy, other->original_id, &error);
        g_assert_cmpmem(first->sha256, 32, second->sha256, 32);
        g_assert_cmpstr(first->name, ==, second->name);
    }
}

static void take_back(Store *store, const BagFrom *from, const char *folder, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) copy = new_case(folder, name);
    g_autoptr(BagChecked) checked = bag_check(from, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(checked->n_faults, ==, 0);
    g_assert_cmpuint(checked->n_open, ==, checked->records->len);
    g_assert_cmpuint(checked->n_proofs, ==, checked->records->len);
    BagTaken taken;
    bag_take(copy, from, checked, &taken, &error);
    g_assert_no_error(error);
    g_assert_false(taken.again);
    g_assert_cmpint(taken.originals, ==, store_original_count(store, &error));
    assert_same(store, copy);
    assert_same_origins(store, copy);
    g_assert_cmpint(store_consent_count(copy, &error), ==, store_consent_count(store, &error));
    g_assert_true(evidence_verify(copy, NULL, &error));
    gint64 kept = 0;
    g_assert_true(bag_check_kept(copy, &kept, &error));
    g_assert_cmpint(kept, ==, 1);
    const gint64 before = entries(copy);
    g_assert_true(bag_take(copy, from, checked, &taken, &error));
    g_assert_true(taken.again);
    g_assert_cmpint(entries(copy), ==, before);
}

static void test_back(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store =
        generated_case(folder, "a.zenhar", g_getenv("ZENHAR_SOAK") != NULL ? 150 : 50, 2);
    g_assert_cmpint(
        consent_give(store, 1, "send", "yes", TODAY, "the family", "in writing", &error), >, 0);
    g_autofree char *bag = folder_bag(store, OUTLET_WHOLE, folder, "bag");
    shell(bag,
          "sha256sum -c --quiet manifest-sha256.txt && sha512sum -c --quiet manifest-sha512.txt "
          "&& sha256sum -c --quiet tagmanifest-sha256.txt && "
          "sha512sum -c --quiet tagmanifest-sha512.txt"); /* others' judgement */
    take_back(store, &(BagFrom){bag, NULL, NULL}, folder, "folder.zenhar");
    g_autoptr(GString) tar = tar_bag(store, OUTLET_WHOLE);
    g_autofree char *archive = write_bytes(folder, "bag.tar", tar);
    take_back(store, &(BagFrom){archive, NULL, NULL}, folder, "tar.zenhar");
    const Pair mine = new_pair();
    g_autoptr(GString) sealed = sealed_bag(store, OUTLET_WHOLE, &mine.public_key, 1);
    g_autofree char *file = write_bytes(folder, "bag.sealed", sealed);
    take_back(store, &(BagFrom){file, &mine.public_key, mine.secret}, folder, "sealed.zenhar");
    g_assert_null(g_strstr_len(sealed->str, (gssize)sealed->len, "bagit"));
    g_autofree char *without = faults_of(&(BagFrom){file, NULL, NULL});
    g_assert_nonnull(strstr(without, "--key"));
}

/* Redacted: no name in any file; the log holds all the same; what comes of it fits. */
static void test_redacted(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    import(
        store, "Zarrin's list.csv",
        "id,date,city,act,name,father,phone,text\n"
        "1,2025-06-01,Tehran,arrest,Zarrin Qobadi,Nowruz,09121234567,Zarrin Qobadi: 09121234567\n"
        "2,2025-06-02,Shiraz,arrest,Sohrab Dehqan,,,Sohrab Dehqan was taken\n");
    join_with(store, 1);
    g_autofree char *bag = folder_bag(store, OUTLET_REDACTED, folder, "bag");
    shell(bag, "! grep -rliE 'zarrin|qobadi|nowruz|9121234567|sohrab|dehqan' . && "
               "test ! -e data/originals");
    g_autofree char *faults = faults_of(&(BagFrom){bag, NULL, NULL});
    g_assert_cmpstr(faults, ==, "");
    g_autoptr(BagChecked) checked = bag_check(&(BagFrom){bag, NULL, NULL}, &error);
    g_assert_cmpuint(checked->n_open, <, checked->records->len);
    g_assert_cmpstr(checked->degree, ==, "redacted");
    g_autoptr(Store) copy = new_case(folder, "b.zenhar");
    BagTaken taken;
    bag_take(copy, &(BagFrom){bag, NULL, NULL}, checked, &taken, &error);
    g_assert_no_error(error);
    g_assert_cmpint(taken.taken.added[STORE_KIND_REPORT], ==, 2);
    g_assert_true(evidence_verify(copy, NULL, &error));
    /* A later bag of the same case adds what is new alone. */
    import(store, "more.csv", "id,date,city,act,name\n3,2025-06-03,Yazd,arrest,Third One\n");
    g_autofree char *later = folder_bag(store, OUTLET_REDACTED, folder, "later");
    g_autoptr(BagChecked) second = bag_check(&(BagFrom){later, NULL, NULL}, &error);
    bag_take(copy, &(BagFrom){later, NULL, NULL}, second, &taken, &error);
    g_assert_no_error(error);
    g_assert_cmpint(taken.taken.added[STORE_KIND_REPORT], ==, 1);
    g_assert_cmpint(taken.taken.added[STORE_KIND_STATEMENT], ==, 1);
}

/* ---- what is wrong with a bag ---- */

/* After the ideas of github.com/LibraryOfCongress/bagit-conformance-suite; `redo`: somebody who
 * knows how makes all manifests anew, and only the log tells. */
static const struct Wrong {
    const char *claim, *script, *words;
    bool redo;
} WRONGS[] = {
    {"no_bagit_txt", "rm bagit.txt", "bagit.txt is missing", false},
    {"bom_in_bagit_txt", "printf '\\357\\273\\277' >x; cat bagit.txt >>x; mv x bagit.txt",
     "bagit.txt is not", false},
    {"whitespace_in_bagit_txt", "sed -i 's/: 1.0/:  1.0/' bagit.txt", "bagit.txt is not", false},
    {"no_encoding", "sed -i 2d bagit.txt", "bagit.txt is not", false},
    {"other_version", "sed -i 's/1.0/2.7/' bagit.txt", "bagit.txt is not", false},
    {"no_baginfo", "rm bag-info.txt", "bag-info.txt is missing", false},
    {"corrupt_data", "printf x >>data/README.txt", "data/README.txt was changed", false},
    {"corrupt_tag", "sed -i 's/archive/archivist/' bag-info.txt", "bag-info.txt was changed",
     false},
    {"file_gone", "rm data/custody/custody.txt", "data/custody/custody.txt is missing", false},
    {"file_renamed", "mv data/README.txt data/readme.txt", "data/readme.txt is in the bag", false},
    {"extra_payload", "echo x >data/extra", "data/extra is in the bag, and manifest-sha256.txt",
     false},
    {"extra_tag", "echo x >extra.txt", "extra.txt is in the bag, and tagmanifest-sha256.txt",
     false},
    {"one_manifest_lists_less", "sed -i '/README/d' manifest-sha512.txt",
     "data/README.txt is in the bag, and manifest-sha512.txt", false},
    {"no_second_manifest", "rm manifest-sha512.txt", "manifest-sha512.txt is missing", false},
    {"listed_twice", "grep README manifest-sha256.txt >x; cat x >>manifest-sha256.txt; rm x",
     "manifest-sha256.txt names data/README.txt twice", false},
    {"listed_twice_otherwise",
     "grep README manifest-sha256.txt | tr 0-8 1-9 >x; cat x >>manifest-sha256.txt; rm x",
     "manifest-sha256.txt names data/README.txt twice", false},
    {"path_with_dots", "sed -i 's|data/README.txt|data/../../x|' manifest-sha256.txt",
     "which is not followed", false},
    {"absolute_path", "sed -i 's|data/README.txt|/etc/passwd|' manifest-sha256.txt",
     "“/etc/passwd”, which is not followed", false},
    {"home_path", "sed -i 's|data/README.txt|~/x|' manifest-sha256.txt", "which is not followed",
     false},
    {"mixed_case", "sed -i '1s/[a-f]/\\U&/' manifest-sha256.txt", "manifest-sha256.txt, line",
     false},
    {"no_digest", "sed -i '1s/^.//' manifest-sha256.txt", "manifest-sha256.txt, line 1", false},
    {"fetch", "echo 'https://example.org/x 3 data/x' >fetch.txt", "fetch.txt", false},
    {"weak_manifest", "md5sum data/README.txt >manifest-md5.txt", "manifest-md5.txt: digests",
     false},
    {"symbolic_link", "ln -s /etc/passwd data/link", "data/link is a link", false},
    {"linked_folder", "ln -s /etc data/etc", "data/etc is a link", false},
    {"a_pipe", "mkfifo data/pipe", "data/pipe is a link or a device", false},
    {"other_oxum", "sed -i 's/^Payload-Oxum: ./Payload-Oxum: 9/' bag-info.txt", "Payload-Oxum says",
     true},
    {"no_oxum", "sed -i '/Payload-Oxum/d' bag-info.txt", "Payload-Oxum does not", true},
    {"record_gone", "sed -i 2d data/records/06-report-0001.jsonl", "is missing from data/records",
     true},
    {"record_twice", "sed -i 2p data/records/06-report-0001.jsonl", "or it stands there twice",
     true},
    {"field_changed",
     "sed -i '1s/\"kind\":\"province\"/\"kind\":\"city\"/' data/records/01-place-0001.jsonl",
     "data/records/01-place-0001.jsonl, line 1: its fields do not say", true},
    {"field_added",
     "sed -i '1s/\"fields\":{/&\"valid_from\":\"1900\",/' data/records/01-place-0001.jsonl",
     "data/records/01-place-0001.jsonl, line 1: its fields do not say", true},
    {"canonical_changed",
     "sed -i '1s/\"record\":\"01../\"record\":\"0108/' data/records/01-place-0001.jsonl",
     "data/records/01-place-0001.jsonl, line 1: its canonical form", true},
    {"hash_changed",
     "sed -i '1s/\"hash\":\"..../\"hash\":\"0000/;1s/,\"record\":\"[0-9a-f]*\"//' "
     "data/records/01-place-0001.jsonl",
     "PL1 in data/records is not the one", true},
    {"no_json", "sed -i '1s/{/(/' data/records/02-source-0001.jsonl",
     "data/records/02-source-0001.jsonl, line 1", true},
    {"entry_gone", "head -c -40 data/log/entries.bin >x; mv x data/log/entries.bin", "data/log",
     true},
    {"entry_changed",
     "printf 'four' | dd of=data/log/entries.bin bs=1 seek=50 conv=notrunc status=none",
     "data/log: the log does not hold", true},
    {"head_gone", "sed -i '$d' data/log/heads.jsonl", "do not belong together", true},
    {"signature_changed",
     "sed -i '1s/\"signature\":\"..../\"signature\":\"0000/' data/log/heads.jsonl",
     "data/log: the log does not hold", true},
    {"other_key", "sed -i 's/\"public_key\": \"..../\"public_key\": \"0000/' data/case.json",
     "data/log: the log does not hold", true},
    {"no_log", "rm -r data/log", "data/log/heads.jsonl is missing", true},
    {"proof_changed",
     "sed -i '2s/\"path\":\\[\"..../\"path\":[\"0000/' data/proofs/proofs-0001.jsonl",
     "data/proofs/proofs-0001.jsonl, line 2", true},
    {"original_changed", "for f in data/originals/O1/*; do printf x >>\"$f\"; done",
     "is not the original O1", true},
    {"original_gone", "rm -r data/originals/O1", "The file of original O1 is missing", true},
    {"original_too_many", "mkdir data/originals/O99; echo x >data/originals/O99/x",
     "data/originals/O99/x is the file of no original", true},
};

static const char REDO[] =
    "find data -type f | sort >../list; for a in sha256 sha512; do xargs -d '\\n' ${a}sum <../list "
    ">manifest-$a.txt; done; "
    "if grep -q Payload-Oxum bag-info.txt && ! grep -q 'Oxum: 9' bag-info.txt; then "
    "sed -i \"s/^Payload-Oxum: .*/Payload-Oxum: $(cat data/log/* data/case.json >/dev/null 2>&1; "
    "xargs -d '\\n' cat <../list | wc -c).$(wc -l <../list)/\" bag-info.txt; fi; "
    "for a in sha256 sha512; do ${a}sum bag-info.txt bagit.txt manifest-*.txt >tagmanifest-$a.txt; "
    "done";

static char *wrong_parent; /* with a bag, made once */
static Store *wrong_target;

static void test_wrong(gconstpointer data)
{
    const struct Wrong *wrong = data;
    g_autofree char *copy = g_build_filename(wrong_parent, "copy", NULL);
    g_autofree char *script = g_strdup_printf("rm -rf copy; cp -r bag copy; cd copy; %s; %s",
                                              wrong->script, wrong->redo ? REDO : ":");
    shell(wrong_parent, script);
    g_autoptr(GError) error = NULL;
    const BagFrom from = {copy, NULL, NULL};
    g_autoptr(BagChecked) checked = bag_check(&from, &error);
    g_assert_no_error(error);
    bool told = false;
    for (guint i = 0; i < checked->faults->len; i++) {
        const char *fault = checked->faults->pdata[i];
        g_test_message("%.200s", fault);
        told |= strstr(fault, wrong->words) != NULL;
        if (wrong->redo) /* the manifests themselves fit: the log tells */
            g_assert_null(strstr(fault, "was changed"));
    }
    g_assert_true(told);
    BagTaken taken;
    StoreLogHead head;
    g_assert_false(bag_take(wrong_target, &from, checked, &taken, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    g_assert_false(evidence_head(wrong_target, &head, NULL)); /* nothing was written */
}

/* The files that are read are those that were checked. */
static void test_changed_between(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = generated_case(folder, "a.zenhar", 12, 1);
    g_autofree char *bag = folder_bag(store, OUTLET_WHOLE, folder, "bag");
    const BagFrom from = {bag, NULL, NULL};
    static const char *const CHANGES[] = {
        "printf x >>data/README.txt", "echo x >data/new",
        "sed -i '1s/Tehran/Tehren/' data/records/01-place-0001.jsonl"};
    for (gsize i = 0; i < G_N_ELEMENTS(CHANGES); i++) {
        g_autofree char *name = g_strdup_printf("c%d.zenhar", (int)i);
        g_autoptr(Store) copy = new_case(folder, name);
        g_autoptr(BagChecked) checked = bag_check(&from, &error);
        g_assert_no_error(error);
        BagTaken taken;
        StoreLogHead head;
        shell(folder, "cp -r bag kept");
        shell(bag, CHANGES[i]);
        g_assert_false(bag_take(copy, &from, checked, &taken, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
        g_assert_false(evidence_head(copy, &head, NULL));
        g_clear_error(&error);
        shell(folder, "rm -r bag && mv kept bag");
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (sodium_init() < 0)
        return 1;
    g_test_add_func("/handover/bag/names_in_manifests", test_names);
    g_test_add_func("/handover/bag/an_envelope_opens_for_its_keys_alone", test_envelope);
    g_test_add_func("/handover/bag/an_envelope_that_was_cut_or_changed_does_not_open",
                    test_envelope_cut);
    g_test_add_func("/handover/bag/a_key_copied_wrongly_is_seen", test_key_text);
    g_test_add_func("/handover/bag/archives_read_back_and_by_tar", test_tar);
    g_test_add_func("/handover/bag/archives_that_tar_made_are_read", test_tar_of_others);
    g_test_add_func("/handover/bag/folder_archive_and_sealed_bag_read_back", test_back);
    g_test_add_func("/handover/bag/a_redacted_bag_names_nobody_and_holds", test_redacted);
    g_test_add_func("/handover/bag/what_changes_between_check_and_reading", test_changed_between);
    wrong_parent = test_folder_new();
    Store *store = generated_case(wrong_parent, "a.zenhar", 12, 1);
    g_free(folder_bag(store, OUTLET_WHOLE, wrong_parent, "bag"));
    store_close(store);
    wrong_target = new_case(wrong_parent, "target.zenhar");
    for (gsize i = 0; i < G_N_ELEMENTS(WRONGS); i++) {
        g_autofree char *name = g_strconcat("/handover/bag/wrong/", WRONGS[i].claim, NULL);
        g_test_add_data_func(name, &WRONGS[i], test_wrong);
    }
    const int status = g_test_run();
    store_close(wrong_target);
    g_free(wrong_parent);
    return status;
}
