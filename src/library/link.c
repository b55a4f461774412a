/* library/link.c: linkage of records held by the caller. */
#include "link/link.h"

#include "library/private.h"

struct ZenharLink {
    LinkTable *table;
    LinkConfig *config;
    LinkResult *result;
    char *text; /* the config as a text */
};

ZenharLink *zenhar_link_new(size_t n_columns, const char *const *columns)
{
    g_autoptr(GError) error = NULL;
    if (n_columns == 0) {
        g_set_error(&error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("Records need a column at least."));
        library_fail(error);
        return NULL;
    }
    ZenharLink *link = g_new0(ZenharLink, 1);
    link->table = link_table_new(n_columns, columns);
    library_done();
    return link;
}

void zenhar_link_free(ZenharLink *link)
{
    if (link == NULL)
        return;
    link_result_free(link->result);
    link_config_free(link->config);
    link_table_free(link->table);
    g_free(link->text);
    g_free(link);
}

int zenhar_link_add(ZenharLink *link, unsigned source, const char *const *fields)
{
    g_autoptr(GError) error = NULL;
    if (link->text != NULL || source > 255) {
        g_set_error(&error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, "%s",
                    source > 255 ? _("There are at most 256 sources, 0 to 255.")
                                 : _("These records are linked already; begin with new ones."));
        return library_fail(error);
    }
    return link_table_add(link->table, source, fields, &error) ? library_done()
                                                               : library_fail(error);
}

int zenhar_link_run(ZenharLink *link, const char *config, const char *options)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = options_split(options);
    LinkOptions o = link_options_default();
    bool between = false;
    const Option known[] = {
        {"threshold", OPTION_REAL, &o.threshold, NULL, NULL},
        {"keep", OPTION_REAL, &o.keep, NULL, NULL},
        {"seed", OPTION_WHOLE64, &o.seed, NULL, NULL},
        {"threads", OPTION_WHOLE, &o.threads, NULL, NULL},
        {"between", OPTION_FLAG, &between, NULL, NULL},
        {"one-to-one", OPTION_FLAG, &o.one_to_one, NULL, NULL},
    };
    if (!options_read(words, known, G_N_ELEMENTS(known), &error))
        return library_fail(error);
    if (link->text != NULL || !(o.threshold > 0 && o.threshold <= 1) ||
        !(o.keep > 0 && o.keep <= 1)) {
        g_set_error(&error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, "%s",
                    link->text != NULL ? _("These records are linked already; begin with new ones.")
                                       : _("threshold and keep must be above 0 and at most 1."));
        return library_fail(error);
    }
    g_autoptr(LinkConfig) made = config != NULL ? link_config_parse(config, link->table, &error)
                                                : link_config_decide(link->table, NULL, &error);
    g_autoptr(LinkPrepared) prepared =
        made != NULL ? link_prepare(link->table, made, between, o.threads, &error) : NULL;
    LinkResult *result = prepared != NULL ? link_run(prepared, &o, &error) : NULL;
    if (result == NULL)
        return library_fail(error);
    link->result = result;
    link->text = link_config_format(made, link->table);
    g_clear_pointer(&prepared, link_prepared_free); /* borrows the config */
    link->config = g_steal_pointer(&made);
    return library_done();
}

const char *zenhar_link_config(const ZenharLink *link)
{
    return link->text != NULL ? link->text : "";
}

size_t zenhar_link_n_records(const ZenharLink *link)
{
    return link_table_n_records(link->table);
}

size_t zenhar_link_n_pairs(const ZenharLink *link)
{
    return link->result != NULL ? link->result->n_pairs : 0;
}

void zenhar_link_pairs(const ZenharLink *link, uint32_t *left, uint32_t *right, double *weight,
                       double *probability)
{
    for (size_t i = 0; i < zenhar_link_n_pairs(link); i++) {
        const LinkPair *pair = &link->result->pairs[i];
        if (left != NULL)
            left[i] = pair->left;
        if (right != NULL)
            right[i] = pair->right;
        if (weight != NULL)
            weight[i] = pair->weight_bits;
        if (probability != NULL)
            probability[i] = pair->probability;
    }
}

void zenhar_link_clusters(const ZenharLink *link, uint32_t *clusters)
{
    for (size_t i = 0; i < zenhar_link_n_records(link); i++)
        clusters[i] = link->result != NULL ? link->result->clusters[i] : (uint32_t)i;
}
