/* library/text.c: Persian texts and names made uniform. */
#include "text/names.h"
#include "text/normalize.h"

#include "base/data.h"
#include "library/private.h"
#include "text/lexicon.h"
#include <string.h>

/* Made by the first who asks, kept as long as the process. NULL with error set. */
static const TextLexicon *lexicon(GError **error)
{
    static GMutex lock;
    static TextLexicon *kept;
    g_mutex_lock(&lock);
    if (kept == NULL) {
        g_autoptr(GBytes) forms = data_load("persian/forms.csv", error);
        gsize length = 0;
        const char *csv = forms != NULL ? g_bytes_get_data(forms, &length) : NULL;
        if (csv != NULL)
            kept = text_lexicon_new(csv, length, error);
    }
    const TextLexicon *made = kept;
    g_mutex_unlock(&lock);
    return made;
}

int zenhar_normalize(const char *text, const char *options, char **result)
{
    static const char *const DIGITS[] = {"unify", "keep", "persian", "ascii", NULL};
    static const char *const CONVENTIONS[] = {"academy", "inflection", NULL};
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = options_split(options);
    TextOptions o = text_options_default();
    int digits = o.digits, convention = o.convention;
    const Option known[] = {
        {"digits", OPTION_CHOICE, &digits, DIGITS, NULL},
        {"convention", OPTION_CHOICE, &convention, CONVENTIONS, NULL},
    };
    if (!options_read(words, known, G_N_ELEMENTS(known), &error))
        return library_fail(error);
    if (!g_utf8_validate(text, -1, NULL)) {
        g_set_error(&error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("The text is not UTF-8."));
        return library_fail(error);
    }
    o.digits = (TextDigits)digits;
    o.convention = (TextConvention)convention;
    o.list_changes = false;
    o.lexicon = lexicon(&error);
    g_auto(TextNormal) normal = {0};
    if (o.lexicon == NULL || !text_normalize(text, strlen(text), &o, &normal, &error))
        return library_fail(error);
    *result = g_strdup(normal.text);
    return library_done();
}

int zenhar_name_key(const char *name, char **result)
{
    char *key = text_name_key_sorted(name);
    if (key == NULL) {
        g_autoptr(GError) error =
            g_error_new(ZENHAR_ERROR, ZENHAR_ERROR_MEMORY, _("Not enough memory."));
        return library_fail(error);
    }
    *result = key;
    return library_done();
}
