#include "intake/summary.h"

#include "base/i18n.h"
#include <jansson.h>
#include <stdarg.h>
#include <string.h>

/* A sentence on a line of its own. */
static void say(GString *words, const char *sentence)
{
    if (words->len > 0)
        g_string_append_c(words, '\n');
    g_string_append(words, sentence);
}

/* A sentence with up to four numbers in the reader's digits. */
static void say_numbers(GString *words, const char *format, guint64 a, guint64 b, guint64 c,
                        guint64 d)
{
    g_autofree char *w = i18n_integer((gint64)a);
    g_autofree char *x = i18n_integer((gint64)b);
    g_autofree char *y = i18n_integer((gint64)c);
    g_autofree char *z = i18n_integer((gint64)d);
    const char *numbers[] = {w, x, y, z};
    GString *sentence = g_string_new(NULL);
    gsize next = 0;
    for (const char *at = format; *at != '\0'; at++)
        if (at[0] == '{' && at[1] == '}' && next < G_N_ELEMENTS(numbers)) {
            g_string_append(sentence, numbers[next++]);
            at++;
        } else {
            g_string_append_c(sentence, *at);
        }
    say(words, sentence->str);
    g_string_free(sentence, TRUE);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of a set, in order. Borrowed texts. */
static GPtrArray *names_of(GHashTable *set)
{
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name;
    if (set != NULL) {
        g_hash_table_iter_init(&iter, set);
        while (g_hash_table_iter_next(&iter, &name, NULL))
            g_ptr_array_add(names, name);
    }
    g_ptr_array_sort(names, by_text);
    return names;
}

static void say_list(GString *words, const char *format, const GPtrArray *names)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(list, "%s%s", i > 0 ? _(", ") : "",
                               (const char *)g_ptr_array_index(names, i));
    GString *sentence = g_string_new(format);
    g_string_replace(sentence, "{}", list->str, 1);
    say(words, sentence->str);
    g_string_free(sentence, TRUE);
}

static void describe_texts(const IntakeReadings *readings, GString *words)
{
    if (readings->texts == 0)
        return;
    say_numbers(
        words,
        _("Texts read for what they say: {}. Summonses: {}; fraud in a court's name, by its "
          "looks: {}; no act recognised, and kept as a report all the same: {}."),
        readings->texts, readings->summonses, readings->suspicious, readings->silent);
    g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; intake_language_code(i) != NULL; i++) {
        const char *code = intake_language_code(i);
        if (readings->languages[i] == 0 || strcmp(code, "fa") == 0 || strcmp(code, "en") == 0)
            continue;
        g_autofree char *n = i18n_integer((gint64)readings->languages[i]);
        g_ptr_array_add(others, g_strdup_printf("%s (%s)", intake_language_title(code), n));
    }
    if (others->len > 0)
        say_list(words,
                 _("Texts in a language in which acts are not looked for: {}. They are kept as "
                   "reports; let somebody who reads it look at them."),
                 others);
}

static void describe_left_out(const IntakeSummary *s, GString *words)
{
    g_autoptr(GPtrArray) names = names_of(s->left_out);
    for (guint i = 0; i < names->len; i++) {
        const char *what = g_ptr_array_index(names, i);
        g_autofree char *n =
            i18n_integer((gint64)GPOINTER_TO_SIZE(g_hash_table_lookup(s->left_out, what)));
        g_autofree char *sentence = g_strdup_printf(_("Not reports: %s: %s."), what, n);
        say(words, sentence);
    }
}

char *intake_summary_describe(const IntakeSummary *s)
{
    GString *words = g_string_new(NULL);
    if (s->files > 0 && s->files == s->known_files)
        say(words, s->files == 1
                       ? _("This was imported before, whole: it is in the case already, and "
                           "nothing was added.")
                       : _("All of this was imported before: it is in the case already, and "
                           "nothing was added."));
    if (s->resumed_at > 0)
        say_numbers(words,
                    _("An earlier run was broken off; this one went on after its last record, "
                      "number {}."),
                    s->resumed_at, 0, 0, 0);
    if (s->files > s->known_files)
        say_numbers(
            words,
            _("Records read: {}. Reports added: {}; already in the case: {}; in quarantine: "
              "{}."),
            s->records, s->added, s->duplicates, s->quarantined);
    if (s->known_files > 0 && s->known_files < s->files)
        say_numbers(words, _("Files imported before, which added nothing: {} of {}."),
                    s->known_files, s->files, 0, 0);
    if (s->inside > 0)
        say_numbers(words, _("Files found inside files, kept and read each by itself: {}."),
                    s->inside, 0, 0, 0);
    describe_left_out(s, words);
    if (s->unresolved_places > 0)
        say_numbers(words,
                    _("Reports whose place is in no list, or in several provinces, and is kept as "
                      "written: {}."),
                    s->unresolved_places, 0, 0, 0);
    describe_texts(&s->readings, words);
    g_autoptr(GPtrArray) unknown = names_of(s->unknown_columns);
    if (unknown->len > 0)
        say_list(words,
                 _("Columns that are kept but mean nothing to Zenhar: {}. Say what they are with "
                   "--mapping (`zenhar import --fields` lists the fields)."),
                 unknown);
    if (s->quarantined > 0)
        say(words, _("`zenhar quarantine` shows what could not be read and why, and mends it."));
    for (guint i = 0; s->failed != NULL && i < s->failed->len; i++)
        say(words, g_ptr_array_index(s->failed, i));
    return g_string_free(words, FALSE);
}

static void set_number(json_t *object, const char *key, guint64 number)
{
    json_object_set_new(object, key, json_integer((json_int_t)number));
}

char *intake_summary_json(const IntakeSummary *s)
{
    json_t *object = json_object();
    set_number(object, "files", s->files);
    set_number(object, "known_files", s->known_files);
    set_number(object, "records", s->records);
    set_number(object, "added", s->added);
    set_number(object, "duplicates", s->duplicates);
    set_number(object, "quarantined", s->quarantined);
    set_number(object, "unresolved_places", s->unresolved_places);
    set_number(object, "resumed_at", s->resumed_at);
    set_number(object, "inside", s->inside);
    json_t *left_out = json_object();
    g_autoptr(GPtrArray) whats = names_of(s->left_out);
    for (guint i = 0; i < whats->len; i++)
        set_number(left_out, g_ptr_array_index(whats, i),
                   GPOINTER_TO_SIZE(g_hash_table_lookup(s->left_out, g_ptr_array_index(whats, i))));
    json_object_set_new(object, "left_out", left_out);
    set_number(object, "texts", s->readings.texts);
    set_number(object, "summonses", s->readings.summonses);
    set_number(object, "suspicious", s->readings.suspicious);
    set_number(object, "without_act", s->readings.silent);
    json_t *languages = json_object();
    for (gsize i = 0; intake_language_code(i) != NULL; i++)
        if (s->readings.languages[i] > 0)
            set_number(languages, intake_language_code(i), s->readings.languages[i]);
    if (s->readings.language_unknown > 0)
        set_number(languages, "unknown", s->readings.language_unknown);
    json_object_set_new(object, "languages", languages);
    json_t *unknown = json_array(), *failed = json_array();
    g_autoptr(GPtrArray) names = names_of(s->unknown_columns);
    for (guint i = 0; i < names->len; i++)
        json_array_append_new(unknown, json_string(g_ptr_array_index(names, i)));
    for (guint i = 0; s->failed != NULL && i < s->failed->len; i++)
        json_array_append_new(failed, json_string(g_ptr_array_index(s->failed, i)));
    json_object_set_new(object, "unknown_columns", unknown);
    json_object_set_new(object, "failed", failed);
    char *dump = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    char *copy = g_strdup(dump);
    free(dump);
    return copy;
}
