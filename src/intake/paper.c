/* The program's side of zenhar-paper.so, see paper.h. */
#include "intake/paper.h"

#include "base/i18n.h"

#include <dlfcn.h>
#include <string.h>

static const PaperProgram PROGRAM = {i18n_get, i18n_integer, i18n_digits, zenhar_error_quark};

/* Set once; `why` is for people who mend it: the loader's words, or what is wrong. */
static const PaperModule *module;
static char *why;

/* Never closed: libraries below it register what cannot be taken back. */
static const PaperModule *open_file(const char *folder, const char *file)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    PaperOpen open = handle != NULL ? (PaperOpen)dlsym(handle, PAPER_ENTRY) : NULL;
    const PaperModule *found = open != NULL ? open(&PROGRAM) : NULL;
    if (found != NULL && strcmp(found->version, ZENHAR_VERSION) == 0)
        return found;
    if (why == NULL) {
        const char *words = handle == NULL ? dlerror() : NULL;
        why = words != NULL ? g_strdup(words) : g_strdup_printf("%s: ≠ %s", path, ZENHAR_VERSION);
    }
    return NULL;
}

bool intake_paper_open(void)
{
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
        g_autofree char *beside = program != NULL ? g_path_get_dirname(program) : NULL;
        const char *const folders[] = {g_getenv("ZENHAR_MODULES"), beside, PAPER_FOLDER};
        for (gsize i = 0; i < G_N_ELEMENTS(folders) && module == NULL; i++)
            if (folders[i] != NULL && g_path_is_absolute(folders[i]))
                module = open_file(folders[i], PAPER_MODULE);
        g_once_init_leave(&ready, 1);
    }
    return module != NULL;
}

bool intake_paper_is(IntakePartsReader reader)
{
    return reader == intake_read_pdf || reader == intake_read_image;
}

static bool fail(GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                _("PDFs and pictures cannot be read on this machine: the program's module %s is "
                  "missing or cannot be opened (%s). Put it beside the program, or install the "
                  "program anew, and import the file again."),
                PAPER_MODULE, why != NULL ? why : PAPER_FOLDER);
    return false;
}

bool intake_read_pdf(const char *name, const void *bytes, gsize length, IntakePartFound found,
                     void *context, GError **error)
{
    g_assert(found != NULL && (bytes != NULL || length == 0));
    if (!intake_paper_open())
        return fail(error);
    return module->read_pdf(name, bytes, length, found, context, error);
}

bool intake_read_image(const char *name, const void *bytes, gsize length, IntakePartFound found,
                       void *context, GError **error)
{
    g_assert(found != NULL && (bytes != NULL || length == 0));
    if (!intake_paper_open())
        return fail(error);
    return module->read_image(name, bytes, length, found, context, error);
}
