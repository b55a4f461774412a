/* library/options.c: settings as a text, the sentence of the last failure, the language. */
#include "library/private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static GPrivate last_error = G_PRIVATE_INIT(g_free);

const char *zenhar_version(void)
{
    return ZENHAR_VERSION;
}

const char *zenhar_error(void)
{
    const char *sentence = g_private_get(&last_error);
    return sentence != NULL ? sentence : "";
}

int library_fail(const GError *error)
{
    g_private_replace(&last_error, g_strdup(error->message));
    return zenhar_error_exit_status(error) == 2 ? ZENHAR_USAGE : ZENHAR_FAILED;
}

int library_done(void)
{
    g_private_replace(&last_error, NULL);
    return ZENHAR_DONE;
}

int zenhar_language(const char *tag)
{
    I18nLanguage language;
    if (tag == NULL || !i18n_parse_language(tag, &language)) {
        g_autoptr(GError) error =
            g_error_new(ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("The language '%s' is not known: fa or en."), tag != NULL ? tag : "");
        return library_fail(error);
    }
    i18n_set_language(language);
    return library_done();
}

void zenhar_free(void *memory)
{
    free(memory); /* GLib's allocator is malloc's */
}

char **options_split(const char *options)
{
    g_auto(GStrv) pieces = g_strsplit_set(options != NULL ? options : "", " \t\n", -1);
    GStrvBuilder *words = g_strv_builder_new();
    for (gsize i = 0; pieces[i] != NULL; i++)
        if (pieces[i][0] != '\0')
            g_strv_builder_add(words, pieces[i]);
    char **split = g_strv_builder_end(words);
    g_strv_builder_unref(words);
    return split;
}

static bool refuse(const char *word, const Option *option, GError **error)
{
    if (option->type == OPTION_CHOICE) {
        g_autofree char *all = g_strjoinv(", ", (char **)option->choices);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The option '%s' is not understood; there are: %s."), word, all);
    } else {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
            option->type == OPTION_REAL ? _("The option '%s' is not understood: it wants a number.")
            : option->type == OPTION_FLAG
                ? _("The option '%s' is not understood: it wants 0 or 1.")
                : _("The option '%s' is not understood: it wants a whole number, 0 or more."),
            word);
    }
    return false;
}

static bool set(const Option *option, const char *value, const char *word, GError **error)
{
    guint64 whole = 0;
    char *end = NULL;
    double real;
    switch (option->type) {
    case OPTION_WHOLE:
    case OPTION_WHOLE64:
    case OPTION_FLAG:
        if (!g_ascii_string_to_unsigned(value, 10, 0,
                                        option->type == OPTION_WHOLE  ? G_MAXINT
                                        : option->type == OPTION_FLAG ? 1
                                                                      : G_MAXINT64,
                                        &whole, NULL))
            return refuse(word, option, error);
        if (option->type == OPTION_WHOLE)
            *(guint *)option->to = (guint)whole;
        else if (option->type == OPTION_WHOLE64)
            *(guint64 *)option->to = whole;
        else
            *(bool *)option->to = whole == 1;
        return true;
    case OPTION_REAL:
        real = g_ascii_strtod(value, &end);
        if (end == value || *end != '\0' || !isfinite(real))
            return refuse(word, option, error);
        *(double *)option->to = real;
        return true;
    case OPTION_CHOICE:
        for (int i = 0; option->choices[i] != NULL; i++)
            if (g_ascii_strcasecmp(option->choices[i], value) == 0) {
                *(int *)option->to = i;
                return true;
            }
        return refuse(word, option, error);
    case OPTION_TEXT:
        *(const char **)option->to = value;
        return true;
    }
    return false;
}

bool options_read(char **words, const Option *known, gsize n_known, GError **error)
{
    for (gsize i = 0; words[i] != NULL; i++) {
        const char *equals = strchr(words[i], '=');
        gsize length = equals != NULL ? (gsize)(equals - words[i]) : 0;
        gsize k = 0;
        while (k < n_known &&
               (strlen(known[k].name) != length || strncmp(known[k].name, words[i], length) != 0))
            k++;
        if (equals == NULL || k == n_known) {
            g_autoptr(GString) names = g_string_new(NULL);
            for (gsize n = 0; n < n_known; n++)
                g_string_append_printf(names, "%s%s", n > 0 ? ", " : "", known[n].name);
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("The option '%s' is not known. Write name=value; there are: %s."),
                        words[i], names->str);
            return false;
        }
        if (!set(&known[k], equals + 1, words[i], error))
            return false;
        if (known[k].ret_given != NULL)
            *known[k].ret_given = true;
    }
    return true;
}
