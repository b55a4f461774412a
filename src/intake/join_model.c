/* The model of a case, kept as a setting for the next run. */
#include "intake/join_private.h"

#include "store/user.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *levels_of(const double values[LINK_MAX_LEVELS])
{
    json_t *list = json_array();
    for (unsigned level = 0; level < LINK_MAX_LEVELS; level++)
        json_array_append_new(list, json_real(values[level]));
    return list;
}

char *join_model_format(const JoinModel *model)
{
    json_t *object = json_object(), *m = json_array(), *u = json_array();
    json_object_set_new(object, "columns", json_string(model->columns));
    json_object_set_new(object, "records", json_integer((json_int_t)model->records));
    json_object_set_new(object, "answers", json_integer((json_int_t)model->answers));
    json_object_set_new(object, "threshold", json_real(model->threshold));
    json_object_set_new(object, "prior", json_real(model->model.prior));
    for (unsigned f = 0; f < model->model.n_fields; f++) {
        json_array_append_new(m, levels_of(model->model.m[f]));
        json_array_append_new(u, levels_of(model->model.u[f]));
    }
    json_object_set_new(object, "m", m);
    json_object_set_new(object, "u", u);
    char *dump = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS), *text = g_strdup(dump);
    free(dump);
    json_decref(object);
    return text;
}

static bool read_levels(const json_t *lists, unsigned f, double values[LINK_MAX_LEVELS])
{
    const json_t *list = json_array_get(lists, f);
    for (unsigned level = 0; level < LINK_MAX_LEVELS; level++) {
        const json_t *value = json_array_get(list, level);
        if (!json_is_number(value))
            return false;
        values[level] = json_number_value(value);
        if (!(values[level] >= 0 && values[level] <= 1))
            return false;
    }
    return true;
}

bool join_model_parse(const char *text, JoinModel *ret_model)
{
    json_t *object = json_loads(text, 0, NULL);
    const json_t *m = json_object_get(object, "m"), *u = json_object_get(object, "u");
    const char *columns = json_string_value(json_object_get(object, "columns"));
    LinkModel model = {.n_fields = (unsigned)json_array_size(m),
                       .prior = json_number_value(json_object_get(object, "prior"))};
    bool ok = columns != NULL && model.n_fields > 0 && model.n_fields <= INTAKE_REVIEW_FIELDS &&
              model.prior > 0 && model.prior < 1;
    for (unsigned f = 0; ok && f < model.n_fields; f++)
        ok = read_levels(m, f, model.m[f]) && read_levels(u, f, model.u[f]);
    if (ok) {
        double threshold = json_number_value(json_object_get(object, "threshold"));
        *ret_model = (JoinModel){
            .model = model,
            .columns = g_strdup(columns),
            .records = json_integer_value(json_object_get(object, "records")),
            .answers = json_integer_value(json_object_get(object, "answers")),
            .threshold = threshold > 0 && threshold < 1 ? threshold : 0.5,
        };
    }
    json_decref(object);
    return ok;
}

bool join_model_load(Store *store, JoinModel *ret_model, bool *ret_found, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *text = store_setting_get(store, JOIN_MODEL_SETTING, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    *ret_found = text != NULL && join_model_parse(text, ret_model);
    return true;
}

void join_model_clear(JoinModel *model)
{
    g_clear_pointer(&model->columns, g_free);
}
