/* The config as text that a person can read, edit and give back: groups of
 * key = value lines (GLib's key file), a group a field, then a group a rule. */
#include "link/table.h"

#include "base/i18n.h"

#include <string.h>

static const char *const KINDS[LINK_N_KINDS] = {
    "given-name", "surname", "full-name", "string", "text", "code",
    "category",   "number",  "date",      "email",  "set",  "place",
};
static const char *const PARTS[] = {"whole", "sound", "head", "tail"};

const char *link_kind_name(LinkKind kind)
{
    return KINDS[kind];
}

const char *link_part_name(LinkPart part)
{
    return PARTS[part];
}

const char *link_level_name(LinkKind kind, unsigned level)
{
    static const char *const LETTERED[] = {"missing", "different",  "similar", "initial only",
                                           "close",   "same sound", "swapped", "equal"};
    static const char *const STRING[] = {"missing", "different",  "similar", "part of the other",
                                         "close",   "same sound", NULL,      "equal"};
    static const char *const WORDED[] = {
        "missing",    "different",  "some words", "similar letters",
        "most words", "same words", NULL,         "equal"};
    static const char *const CODE[] = {
        "missing", "different", "two typing errors", "part of the other", "one typing error", NULL,
        NULL,      "equal"};
    static const char *const CATEGORY[] = {"missing",          "different", NULL, NULL,
                                           "one typing error", NULL,        NULL, "equal"};
    static const char *const NUMBER[] = {"missing",    "different", "within 10 %", NULL,
                                         "within 2 %", NULL,        NULL,          "equal"};
    static const char *const DATE[] = {"missing",        "different",
                                       "same year",      "compatible, less precise",
                                       "one digit off",  "day and month swapped",
                                       "other calendar", "equal"};
    static const char *const EMAIL[] = {"missing",    "different", "similar user", NULL,
                                        "close user", "same user", NULL,           "equal"};
    static const char *const PLACE[] = {"missing", "different", "same region", "same district",
                                        "close",   NULL,        NULL,          "equal"};
    static const char *const *const NAMES[LINK_N_KINDS] = {
        [LINK_GIVEN] = LETTERED,    [LINK_SURNAME] = LETTERED, [LINK_NAME] = WORDED,
        [LINK_STRING] = STRING,     [LINK_TEXT] = WORDED,      [LINK_CODE] = CODE,
        [LINK_CATEGORY] = CATEGORY, [LINK_NUMBER] = NUMBER,    [LINK_DATE] = DATE,
        [LINK_EMAIL] = EMAIL,       [LINK_SET] = WORDED,       [LINK_PLACE] = PLACE,
    };
    return level < LINK_MAX_LEVELS && kind < LINK_N_KINDS ? NAMES[kind][level] : NULL;
}

void link_config_free(LinkConfig *config)
{
    if (config == NULL)
        return;
    for (unsigned f = 0; f < config->n_fields; f++)
        g_free(config->fields[f].name);
    for (size_t c = 0; c < config->n_columns; c++)
        g_free(config->ignored[c]);
    g_free(config->ignored);
    g_free(config);
}

char *link_config_format_keys(const LinkConfig *config, const LinkRule *rule)
{
    GString *out = g_string_new(NULL);
    for (unsigned k = 0; k < rule->n_keys; k++) {
        LinkPart part = rule->keys[k].part;
        g_string_append_printf(out, "%s%s%s;", config->fields[rule->keys[k].field].name,
                               part == LINK_WHOLE ? "" : ":",
                               part == LINK_WHOLE ? "" : PARTS[part]);
    }
    return g_string_free(out, FALSE);
}

char *link_config_format(const LinkConfig *config, const LinkTable *table)
{
    GString *out = g_string_new("# How zenhar link compares. Edit and give back with --config.\n"
                                "# compare: given-name surname full-name string text code category "
                                "number date email set place\n"
                                "# rare: yes lets rare values weigh more. columns: place finest "
                                "first; date may be year;month;day.\n");
    for (size_t c = 0; c < config->n_columns; c++)
        if (config->ignored[c] != NULL)
            g_string_append_printf(out, "# not compared: %s (%s)\n", table->names[c],
                                   config->ignored[c]);
    for (unsigned f = 0; f < config->n_fields; f++) {
        const LinkField *field = &config->fields[f];
        g_string_append_printf(out, "\n[field %s]\ncolumns=", field->name);
        for (unsigned p = 0; p < field->n_parts; p++)
            g_string_append_printf(out, "%s;", table->names[field->parts[p]]);
        g_string_append_printf(out, "\ncompare=%s\nrare=%s\n", KINDS[field->kind],
                               field->term_frequency ? "yes" : "no");
        if (field->partner >= 0)
            g_string_append_printf(out, "swapped-with=%s\n", config->fields[field->partner].name);
    }
    if (config->n_rules > 0)
        g_string_append(
            out,
            "\n# Two records are compared when one rule's keys are all equal. A key: field, or\n"
            "# field:sound field:head field:tail. No key at all: every pair.\n");
    for (unsigned r = 0; r < config->n_rules; r++) {
        const LinkRule *rule = &config->rules[r];
        g_string_append_printf(
            out,
            "\n[rule %u]\n# %" G_GUINT64_FORMAT " pairs, largest block %u records\nkeys=", r + 1,
            rule->pairs, rule->largest);
        g_autofree char *keys = link_config_format_keys(config, rule);
        g_string_append_printf(out, "%s\n", keys);
    }
    return g_string_free(out, FALSE);
}

static bool fail(GError **error, const char *group, const char *format, const char *what)
{
    g_autofree char *told = g_strdup_printf(format, what); /* format is one of our own messages */
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("Config, group [%s]: %s"), group, told);
    return false;
}

static int find_field(const LinkConfig *config, const char *name)
{
    for (unsigned f = 0; f < config->n_fields; f++)
        if (strcmp(config->fields[f].name, name) == 0)
            return (int)f;
    return -1;
}

static bool parse_field(GKeyFile *file, const char *group, const LinkTable *table,
                        LinkConfig *config, GError **error)
{
    if (config->n_fields == LINK_MAX_FIELDS)
        return fail(error, group, _("more fields than can be compared (%s)."), "21");
    LinkField field = {.partner = -1};
    gsize n = 0;
    g_auto(GStrv) columns = g_key_file_get_string_list(file, group, "columns", &n, NULL);
    g_autofree char *kind = g_key_file_get_string(file, group, "compare", NULL);
    g_autofree char *rare = g_key_file_get_string(file, group, "rare", NULL);
    if (n < 1 || n > LINK_MAX_PARTS)
        return fail(error, group, _("'%s' must name one to three columns."), "columns");
    for (gsize i = 0; i < n; i++) {
        size_t c = 0;
        while (c < table->n_columns && strcmp(table->names[c], g_strstrip(columns[i])) != 0)
            c++;
        if (c == table->n_columns)
            return fail(error, group, _("the input has no column '%s'."), columns[i]);
        field.parts[field.n_parts++] = c;
    }
    field.kind = LINK_N_KINDS;
    for (unsigned k = 0; kind != NULL && k < LINK_N_KINDS; k++)
        if (strcmp(KINDS[k], kind) == 0)
            field.kind = (LinkKind)k;
    if (field.kind == LINK_N_KINDS)
        return fail(error, group,
                    _("compare '%s' is not known; see the list at the head of a printed config."),
                    kind != NULL ? kind : "");
    if (n > 1 && field.kind != LINK_DATE && field.kind != LINK_PLACE)
        return fail(error, group, _("only dates and places have several columns, not '%s'."), kind);
    field.term_frequency = rare == NULL || strcmp(rare, "yes") == 0;
    field.name = g_strdup(group + strlen("field "));
    if (find_field(config, field.name) >= 0) {
        g_free(field.name);
        return fail(error, group, _("there are two fields of this name%s."), "");
    }
    config->fields[config->n_fields++] = field;
    return true;
}

static bool parse_partner(GKeyFile *file, const char *group, LinkConfig *config, GError **error)
{
    g_autofree char *with = g_key_file_get_string(file, group, "swapped-with", NULL);
    if (with == NULL)
        return true;
    int self = find_field(config, group + strlen("field ")), other = find_field(config, with);
    if (other < 0 || other == self ||
        (config->fields[self].kind != LINK_GIVEN && config->fields[self].kind != LINK_SURNAME) ||
        (config->fields[other].kind != LINK_GIVEN && config->fields[other].kind != LINK_SURNAME) ||
        (config->fields[other].partner >= 0 && config->fields[other].partner != self))
        return fail(error, group,
                    _("swapped-with must name the other of a given name and a surname, not '%s'."),
                    with);
    config->fields[self].partner = other;
    config->fields[other].partner = self;
    return true;
}

static bool parse_rule(GKeyFile *file, const char *group, LinkConfig *config, GError **error)
{
    if (config->n_rules == LINK_MAX_RULES)
        return fail(error, group, _("more than %s rules."), "32");
    LinkRule rule = {0};
    gsize n = 0;
    g_auto(GStrv) keys = g_key_file_get_string_list(file, group, "keys", &n, NULL);
    if (n > LINK_MAX_RULE_KEYS)
        return fail(error, group, _("a rule has at most %s keys."), "3");
    for (gsize k = 0; k < n; k++) {
        char *name = g_strstrip(keys[k]), *colon = strrchr(name, ':');
        LinkPart part = LINK_WHOLE;
        if (find_field(config, name) < 0 && colon != NULL) {
            *colon = '\0';
            unsigned p = 0;
            while (p < G_N_ELEMENTS(PARTS) && strcmp(PARTS[p], colon + 1) != 0)
                p++;
            if (p == G_N_ELEMENTS(PARTS))
                return fail(error, group,
                            _("a key's part is whole, sound, head or tail, not '%s'."), colon + 1);
            part = (LinkPart)p;
        }
        int field = find_field(config, name);
        if (field < 0)
            return fail(error, group, _("there is no field '%s'."), name);
        rule.keys[rule.n_keys].field = (unsigned)field;
        rule.keys[rule.n_keys++].part = part;
    }
    config->rules[config->n_rules++] = rule;
    return true;
}

LinkConfig *link_config_parse(const char *text, const LinkTable *table, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) cause = NULL;
    if (!g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, &cause)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("The config cannot be read: %s"),
                    cause->message);
        return NULL;
    }
    g_autoptr(LinkConfig) config = g_new0(LinkConfig, 1);
    config->n_columns = table->n_columns;
    config->ignored = g_new0(char *, table->n_columns + 1);
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (char **group = groups; *group != NULL; group++) {
        if (g_str_has_prefix(*group, "field ")) {
            if (!parse_field(file, *group, table, config, error))
                return NULL;
        } else if (!g_str_has_prefix(*group, "rule ")) {
            fail(error, *group, _("a group is [field NAME] or [rule NUMBER]%s."), "");
            return NULL;
        }
    }
    for (char **group = groups; *group != NULL; group++) {
        bool ok = g_str_has_prefix(*group, "field ") ? parse_partner(file, *group, config, error)
                                                     : parse_rule(file, *group, config, error);
        if (!ok)
            return NULL;
    }
    for (unsigned f = 0; f < config->n_fields; f++) {
        int partner = config->fields[f].partner;
        if (partner >= 0 && config->fields[partner].partner != (int)f)
            config->fields[f].partner = -1;
    }
    if (config->n_fields == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                            _("The config has no [field NAME] group."));
        return NULL;
    }
    return g_steal_pointer(&config);
}
