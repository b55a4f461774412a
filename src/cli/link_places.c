/* Places in the files of `zenhar link`: the engine knows no gazetteer, so it is given names. */
#include "cli/link_places.h"

#include "base/i18n.h"
#include "intake/gazetteer.h"

#include <string.h>

enum { SAMPLE = 300 }; /* records whose place is looked up to tell what the column is */

static bool says_place(const char *name)
{
    static const char *const WORDS[] = {"city",   "town",  "place", "location", "province",
                                        "county", "ostan", "shahr", "شهر",      "استان",
                                        "محل",    "مکان",  "ولایت"};
    g_autofree char *lower = g_utf8_strdown(name, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
        if (strstr(lower, WORDS[i]) != NULL)
            return true;
    return false;
}

/* Of a province alone its number twice stands for the town: near no other province's. */
static bool place_of(void *context, const char *text, char town[LINK_PLACE_MAX],
                     char region[LINK_PLACE_MAX])
{
    const TextGazetteer *gazetteer = context;
    TextPlaceMatch match;
    if (!text_gazetteer_resolve(gazetteer, text, (gssize)strlen(text), G_MAXINT32, &match) ||
        match.iso_today[0] == '\0')
        return false;
    g_strlcpy(region, match.iso_today, LINK_PLACE_MAX);
    if (match.kind == TEXT_PLACE_PROVINCE)
        g_snprintf(town, LINK_PLACE_MAX, "%s%s", match.iso_today + 3, match.iso_today + 3);
    else
        g_strlcpy(town, match.name_en[0] != '\0' ? match.name_en : text, LINK_PLACE_MAX);
    return true;
}

static bool are_places(const LinkTable *table, gsize column, void *gazetteer)
{
    gsize n = link_table_n_records(table), step = n / SAMPLE + 1, given = 0, known = 0;
    for (gsize r = 0; r < n; r += step) {
        char town[LINK_PLACE_MAX], region[LINK_PLACE_MAX];
        const char *text = link_table_text(table, r, column);
        given += *text != '\0';
        known += *text != '\0' && place_of(gazetteer, text, town, region);
    }
    return known > 0 && known * 2 >= given;
}

bool link_places_add(LinkTable *table, bool *places, bool look, GError **error)
{
    gsize n = link_table_n_columns(table);
    for (gsize c = 0; c < n; c++) {
        if (look ? !says_place(link_table_column(table, c)) : !places[c])
            continue;
        const IntakeGazetteer *gazetteer = intake_gazetteer_peek(error);
        if (gazetteer == NULL)
            return false;
        void *text = (void *)(gintptr)(gconstpointer)intake_gazetteer_text(gazetteer);
        if (look && !(places[c] = are_places(table, c, text)))
            continue;
        if (!link_table_add_place(table, c, place_of, text, error))
            return false;
    }
    return true;
}
