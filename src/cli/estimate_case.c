#include "cli/estimate_case.h"

#include "assess/assess.h"
#include "base/csv.h"
#include "cli/case.h"

int estimate_print_case(CliContext *context)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(GPtrArray) all = store != NULL ? store_estimate_list(store, NULL, &error) : NULL;
    if (all == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out =
        g_string_new("id,title,method,observed,estimate,low,high,says,wrong_if\n");
    for (guint i = 0; i < all->len; i++) {
        const StoreEstimate *estimate = g_ptr_array_index(all, i);
        char id[STORE_ID_MAX];
        g_autofree char *title = assess_estimate_title(estimate, i18n_language());
        g_autofree char *says = assess_estimate_sentence(estimate, i18n_language());
        g_autofree char *weakness = assess_estimate_weakness(estimate, i18n_language());
        csv_append(out, store_id_format(STORE_KIND_ESTIMATE, estimate->id, id));
        csv_append(out, title);
        csv_append(out, estimate->method);
        csv_append_double(out, estimate->observed);
        csv_append_double(out, estimate->estimate);
        csv_append_double(out, estimate->low);
        csv_append_double(out, estimate->high);
        csv_append(out, says);
        csv_append(out, weakness);
        csv_append_end(out);
    }
    if (all->len == 0)
        cli_say(context, _("There is no estimate in this case yet. Make them: zenhar assess run."));
    CliOutput *output = cli_output_open(NULL, &error);
    if (output == NULL)
        return cli_fail(context, error);
    cli_output_write(output, out->str, out->len);
    return cli_output_close(output, &error) ? CLI_DONE : cli_fail(context, error);
}
