/* The tables of persons, acts and places; the public code of a person. */
#include "store/person.h"
#include "store/private.h"

#include <sodium.h>
#include <string.h>

enum { CODE_LETTERS = 4, CODE_LETTERS_MANY = 6, FEW = 20000 };

/* Letters and digits that are not mistaken for one another, no vowels: no words come out. */
static const char CODE_ALPHABET[] = "23456789BCDFGHJKLMNPQRSTVWXZ";

/* The code tells nothing of the person: it comes from the record's number alone, so that the
 * same input gives the same codes. */
static char *code_make(gint64 id, guint64 attempt, gsize n_letters)
{
    guint8 hash[32];
    const guint64 input[2] = {GUINT64_TO_LE((guint64)id), GUINT64_TO_LE(attempt)};
    crypto_generichash(hash, sizeof hash, (const guint8 *)input, sizeof input,
                       (const guint8 *)"zenhar person code", 18);
    char *code = g_malloc0(3 + n_letters + 1);
    memcpy(code, "ZH-", 3);
    for (gsize i = 0; i < n_letters; i++) {
        guint16 two = 0;
        memcpy(&two, hash + 2 * i, sizeof two);
        code[3 + i] = CODE_ALPHABET[GUINT16_FROM_LE(two) % (sizeof CODE_ALPHABET - 1)];
    }
    return code;
}

static bool person_prepare(Store *store, void *record, GError **error)
{
    StorePerson *person = record;
    if (person->code != NULL)
        return true;
    if (person->id == 0 && !store_entity_next_id(store, STORE_KIND_PERSON, &person->id, error))
        return false;
    for (guint64 attempt = 0;; attempt++) {
        g_autofree char *code =
            code_make(person->id, attempt, person->id < FEW ? CODE_LETTERS : CODE_LETTERS_MANY);
        const StoreBind bind = {.type = 't', .p = code, .n = strlen(code)};
        gint64 taken = 0;
        if (!store_query_int(store, "SELECT count(*) FROM person WHERE code = ?1", &bind, 1, &taken,
                             NULL, error))
            return false;
        if (taken == 0) {
            person->code = g_steal_pointer(&code);
            return true;
        }
    }
}

static const StoreField store_person_fields[] = {
    FIELD(StorePerson, code, .constraint = "NOT NULL UNIQUE"),
    FIELD(StorePerson, kind),
    FIELD_OF(StorePerson, name, FIELD_SEALED),
    FIELD_OF(StorePerson, name_latin, FIELD_SEALED),
    FIELD_OF(StorePerson, father, FIELD_SEALED),
    FIELD_OF(StorePerson, contact, FIELD_SEALED),
    FIELD_OF(StorePerson, note, FIELD_SEALED),
    FIELD_OF(StorePerson, birth_date, FIELD_SEALED),
    FIELD(StorePerson, birth_year),
    FIELD(StorePerson, gender),
    FIELD(StorePerson, group),
    FIELD(StorePerson, status),
    FIELD(StorePerson, consent),
    FIELD(StorePerson, public_identity),
    FIELD_TO(StorePerson, merged_into, STORE_KIND_PERSON),
    FIELD(StorePerson, synthetic),
    FIELD_OF(StorePerson, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StorePerson, store_person, STORE_KIND_PERSON, .prepare = person_prepare)
STORE_ENTITY_FIND_DEFINE(StorePerson, store_person, code)

static const StoreField store_act_fields[] = {
    FIELD(StoreAct, kind),
    FIELD_TO(StoreAct, victim_id, STORE_KIND_PERSON),
    FIELD(StoreAct, perpetrator),
    FIELD(StoreAct, event_date),
    FIELD(StoreAct, first_day, .initial = G_MININT32),
    FIELD(StoreAct, last_day, .initial = G_MAXINT32),
    FIELD_TO(StoreAct, place_id, STORE_KIND_PLACE),
    FIELD(StoreAct, count_min, .initial = 1),
    FIELD(StoreAct, count_max, .initial = 1),
    FIELD(StoreAct, title),
    FIELD(StoreAct, status),
    FIELD(StoreAct, n_reports),
    FIELD(StoreAct, n_sources),
    FIELD(StoreAct, method),
    FIELD(StoreAct, synthetic),
    FIELD_OF(StoreAct, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreAct, store_act, STORE_KIND_ACT)
STORE_ENTITY_BY_DEFINE(StoreAct, store_act, victim)

static const StoreField store_place_fields[] = {
    FIELD(StorePlace, iso, .constraint = "UNIQUE"),
    FIELD(StorePlace, kind),
    FIELD(StorePlace, name_fa),
    FIELD(StorePlace, name_en),
    FIELD(StorePlace, variants),
    FIELD(StorePlace, latitude),
    FIELD(StorePlace, longitude),
    FIELD_TO(StorePlace, parent_id, STORE_KIND_PLACE),
    FIELD(StorePlace, valid_from),
    FIELD(StorePlace, valid_to),
    FIELD(StorePlace, population),
    FIELD(StorePlace, source),
};
STORE_ENTITY_DEFINE(StorePlace, store_place, STORE_KIND_PLACE)
STORE_ENTITY_BY_DEFINE(StorePlace, store_place, parent)
STORE_ENTITY_FIND_DEFINE(StorePlace, store_place, iso)
