/* assess/trigger_rules.c: a file of rules; one line is one sentence.
 *
 *   line := "rule" NAME | ("when" | "and" | "or" | "followed by") conditions | "quiet" span
 *         | conditions                      a rule of its own, named by its words
 *   conditions := condition {("and" | "or") condition} */
#include "assess/trigger_private.h"

#include <string.h>

static void rule_free(gpointer data)
{
    TriggerRule *rule = data;
    g_free(rule->name);
    g_ptr_array_unref(rule->any);
    trigger_condition_free(rule->outcome);
    g_free(rule);
}

void trigger_rules_free(TriggerRules *rules)
{
    if (rules == NULL)
        return;
    g_free(rules->name);
    g_free(rules->text);
    g_ptr_array_unref(rules->rules);
    g_free(rules);
}

/* Conditions joined by and, or; into the rule. fresh: they begin another way to hold. */
static bool read_conditions(TriggerReader *reader, bool fresh)
{
    GPtrArray *any = reader->rule->any;
    while (true) {
        if (fresh || any->len == 0)
            g_ptr_array_add(any, g_ptr_array_new_with_free_func(trigger_condition_free));
        TriggerCondition *condition = trigger_read_condition(reader);
        if (condition == NULL)
            return false;
        g_ptr_array_add(g_ptr_array_index(any, any->len - 1), condition);
        if (trigger_peek(reader) == NULL)
            return true;
        fresh = trigger_next_is(reader, WORD_OR);
        reader->at++;
    }
}

/* ---- lines ---- */

static void begin_rule(TriggerReader *reader, const char *name)
{
    TriggerRule *rule = reader->rule = g_new0(TriggerRule, 1);
    rule->name = g_strstrip(g_strdup(name));
    rule->line = reader->line;
    rule->quiet = TRIGGER_QUIET;
    rule->any = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_ptr_array_add(reader->rules->rules, rule);
}

static bool starts_with(const char *line, const char *const *words, const char **ret_rest)
{
    for (; *words != NULL; words++) {
        gsize n = strlen(*words);
        if (strncmp(line, *words, n) == 0 &&
            (line[n] == ' ' || line[n] == ':' || line[n] == '\0')) {
            *ret_rest = line + n + (line[n] == ':');
            return true;
        }
    }
    return false;
}

static bool read_words(TriggerReader *reader, const char *rest)
{
    g_autofree char *copy = g_strdup(rest);
    g_clear_pointer(&reader->words, g_array_unref);
    reader->words = trigger_split_words(copy);
    reader->at = 0;
    return true;
}

static bool need_rule(TriggerReader *reader)
{
    return reader->rule != NULL || trigger_bad(reader, _("a rule begins with “rule: its name”."));
}

static bool read_outcome(TriggerReader *reader, const char *rest)
{
    read_words(reader, rest);
    if (!need_rule(reader))
        return false;
    if (reader->rule->outcome != NULL)
        return trigger_bad(reader, _("a rule has one “followed by”."));
    reader->rule->outcome = trigger_read_condition(reader);
    if (reader->rule->outcome == NULL)
        return false;
    if (trigger_peek(reader) != NULL)
        return trigger_bad(reader, _("“followed by” takes one condition."));
    return reader->rule->outcome->subject != TRIGGER_FACTOR ||
           trigger_bad(reader,
                       _("“followed by” counts something in days; a level is no such thing."));
}

static bool read_line(TriggerReader *reader, const char *raw)
{
    static const char *const RULE[] = {"rule", "قاعده", NULL},
                             *const WHEN[] = {"when", "if", "هرگاه", "اگر", NULL},
                             *const AND[] = {"and", "و", NULL}, *const OR[] = {"or", "یا", NULL},
                             *const FOLLOWED[] = {"followed by", "پیامد", NULL},
                             *const QUIET[] = {"quiet", "سکوت", NULL};
    g_autofree char *plain = trigger_plain_line(raw);
    const char *line = g_strstrip(plain), *rest;
    if (line[0] == '\0')
        return true;
    if (starts_with(line, RULE, &rest)) {
        /* the name as it was written, not in plain letters */
        const char *colon = strchr(raw, ':'), *space = strchr(g_strchug((char *)raw), ' ');
        const char *name = colon != NULL ? colon + 1 : space != NULL ? space + 1 : "";
        begin_rule(reader, name);
        return reader->rule->name[0] != '\0' || trigger_bad(reader, _("the rule has no name."));
    }
    if (starts_with(line, QUIET, &rest)) {
        read_words(reader, rest);
        return need_rule(reader) && trigger_read_span(reader, &reader->rule->quiet) &&
               (trigger_peek(reader) == NULL ||
                trigger_bad(reader, _("“%s” is not understood here."), trigger_peek(reader)->text));
    }
    if (starts_with(line, FOLLOWED, &rest))
        return read_outcome(reader, rest);
    bool or = starts_with(line, OR, &rest);
    if (or || starts_with(line, WHEN, &rest) || starts_with(line, AND, &rest)) {
        read_words(reader, rest);
        return need_rule(reader) && read_conditions(reader, or);
    }
    begin_rule(reader, raw);
    read_words(reader, line);
    return read_conditions(reader, true);
}

TriggerRules *trigger_rules_parse(const char *text, const char *name, GError **error)
{
    g_autoptr(TriggerRules) rules = g_new0(TriggerRules, 1);
    rules->name = g_strdup(name);
    rules->text = g_strdup(text);
    rules->rules = g_ptr_array_new_with_free_func(rule_free);
    TriggerReader reader = {.rules = rules, .error = error};
    if (!g_utf8_validate(text, -1, NULL)) {
        reader.line = 1;
        trigger_bad(&reader, _("the file is no UTF-8 text."));
        return NULL;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool good = true;
    for (gsize i = 0; good && lines[i] != NULL; i++) {
        reader.line = i + 1;
        good = read_line(&reader, lines[i]);
    }
    g_clear_pointer(&reader.words, g_array_unref);
    for (guint i = 0; good && i < rules->rules->len; i++) {
        const TriggerRule *rule = g_ptr_array_index(rules->rules, i);
        reader.line = rule->line;
        if (rule->any->len == 0)
            good = trigger_bad(&reader, _("the rule “%s” says nothing after when."), rule->name);
        for (guint k = 0; good && k < i; k++)
            if (strcmp(((TriggerRule *)g_ptr_array_index(rules->rules, k))->name, rule->name) == 0)
                good = trigger_bad(&reader, _("there are two rules “%s”."), rule->name);
    }
    if (good && rules->rules->len == 0) {
        reader.line = 1;
        good = trigger_bad(&reader, _("there is no rule in it."));
    }
    return good ? g_steal_pointer(&rules) : NULL;
}

TriggerRules *trigger_rules_load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) why = NULL;
    if (!g_file_get_contents(path, &text, &length, &why)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The rules cannot be read: %s."),
                    why->message);
        return NULL;
    }
    if (strlen(text) != length) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s is no text."), path);
        return NULL;
    }
    return trigger_rules_parse(text, path, error);
}

gsize trigger_rules_count(const TriggerRules *rules)
{
    return rules->rules->len;
}

const char *trigger_rule_name(const TriggerRules *rules, gsize i)
{
    return ((const TriggerRule *)g_ptr_array_index(rules->rules, i))->name;
}

/* ---- kept in the case ---- */

bool trigger_rules_keep(Store *store, const char *text, GError **error)
{
    g_autoptr(TriggerRules) rules = trigger_rules_parse(text, _("the rules"), error);
    return rules != NULL && store_setting_set(store, "triggers", text, error);
}

TriggerRules *trigger_rules_of_case(Store *store, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *text = store_setting_get(store, "triggers", &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    if (text == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("The case has no rules yet. Keep some: zenhar assess triggers keep FILE."));
        return NULL;
    }
    return trigger_rules_parse(text, _("the case's rules"), error);
}
