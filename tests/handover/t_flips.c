/* One flipped bit anywhere in a bag, as a folder, an archive, a sealed file: found, and the file
 * named. ZENHAR_SOAK: 10,000 trials. ZENHAR_SEED and ZENHAR_TRIALS choose others. */
#include "bags.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHORT_TRIALS = 150, SOAK_TRIALS = 10000 };

static gint64 size_of(const char *path)
{
    struct stat facts;
    g_assert_cmpint(stat(path, &facts), ==, 0);
    return facts.st_size;
}

static void flip(const char *path, gint64 bit)
{
    guint8 byte = 0;
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    g_assert_true(fd >= 0 && pread(fd, &byte, 1, bit / 8) == 1);
    byte ^= (guint8)(1u << (bit % 8));
    g_assert_cmpint(pwrite(fd, &byte, 1, bit / 8), ==, 1);
    close(fd);
}

static void names_below(const char *folder, const char *prefix, GPtrArray *names)
{
    g_autofree char *path = g_build_filename(folder, prefix, NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *below =
            prefix[0] != '\0' ? g_build_filename(prefix, name, NULL) : g_strdup(name);
        g_autofree char *whole = g_build_filename(folder, below, NULL);
        if (g_file_test(whole, G_FILE_TEST_IS_DIR))
            names_below(folder, below, names);
        else if (size_of(whole) > 0)
            g_ptr_array_add(names, g_steal_pointer(&below));
    }
}

typedef struct {
    const char *folder; /* the bag as one */
    GPtrArray *names;   /* its files */
    const char *tar, *sealed;
    EnvelopeKey public_key;
    guint8 secret[32];
} Sample;

/* A file, its bit, how the bag is read, and what must be named. */
static bool trial(const Sample *sample, GRand *random, guint32 number)
{
    const int form = g_rand_int_range(random, 0, 4); /* half of them in a folder's files */
    const char *name =
        sample->names->pdata[g_rand_int_range(random, 0, (gint32)sample->names->len)];
    g_autofree char *inside = g_build_filename(sample->folder, name, NULL);
    const char *path = form < 2 ? inside : form == 2 ? sample->tar : sample->sealed;
    const BagFrom from = {form < 2 ? sample->folder : path, form == 3 ? &sample->public_key : NULL,
                          form == 3 ? sample->secret : NULL};
    const gint64 bit = (gint64)(g_rand_double(random) * (double)(size_of(path) * 8));
    flip(path, bit);
    g_autofree char *faults = faults_of(&from);
    flip(path, bit);
    bool named = strstr(faults, form < 2 ? name : form == 2 ? "bag.tar" : "bag.sealed") != NULL;
    for (guint i = 0; form == 2 && !named && i < sample->names->len; i++)
        named = strstr(faults, sample->names->pdata[i]) != NULL; /* within the archive */
    if (!named)
        g_test_message("trial %u: byte %" G_GINT64_FORMAT " bit %d of %s: %s", number, bit / 8,
                       (int)(bit % 8), path, faults[0] != '\0' ? faults : "not found");
    return named;
}

static void test_flips(void)
{
    const guint32 n =
        number_of("ZENHAR_TRIALS", g_getenv("ZENHAR_SOAK") != NULL ? SOAK_TRIALS : SHORT_TRIALS);
    g_autoptr(GRand) random = g_rand_new_with_seed(number_of("ZENHAR_SEED", 20261127));
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *parent = test_folder_new();
    g_autoptr(Store) store = generated_case(parent, "a.zenhar", 6, 1);
    g_autofree char *folder = folder_bag(store, OUTLET_WHOLE, parent, "bag");
    Sample sample = {.folder = folder, .names = names};
    crypto_box_keypair(sample.public_key.bytes, sample.secret);
    g_autoptr(GString) tar = tar_bag(store, OUTLET_WHOLE);
    g_autoptr(GString) sealed = sealed_bag(store, OUTLET_WHOLE, &sample.public_key, 1);
    g_autofree char *archive = write_bytes(parent, "bag.tar", tar);
    g_autofree char *file = write_bytes(parent, "bag.sealed", sealed);
    sample.tar = archive;
    sample.sealed = file;
    names_below(folder, "", names);
    guint missed = 0;
    for (guint32 i = 0; i < n; i++)
        missed += !trial(&sample, random, i);
    g_test_message("%u flipped bits in a bag: %u missed", n, missed);
    g_assert_cmpuint(missed, ==, 0);
    g_autofree char *none = faults_of(&(BagFrom){folder, NULL, NULL});
    g_assert_cmpstr(none, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (sodium_init() < 0)
        return 1;
    g_test_add_func("/handover/flips/one_flipped_bit_of_a_bag_is_found_and_named", test_flips);
    return g_test_run();
}
