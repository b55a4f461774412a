/* store/person.h: persons, acts and places.
 *
 * A person's identity is sealed; the public code ("ZH-4K7Q") stands for it everywhere else. */
#pragma once
#include "store/entity.h"

typedef struct {
    gint64 id;
    char *code;           /**< public pseudonym, unique; made by add when NULL */
    char *kind;           /**< victim, perpetrator, witness, other */
    char *name;           /**< SEALED; in its own script */
    char *name_latin;     /**< SEALED */
    char *father;         /**< SEALED */
    char *contact;        /**< SEALED; phone, mail */
    char *note;           /**< SEALED */
    char *birth_date;     /**< SEALED; EDTF */
    gint32 birth_year;    /**< Gregorian; 0 unknown */
    char *gender;         /**< female, male, other */
    char *group;          /**< community, profession */
    char *status;         /**< detained, released, killed, executed, disappeared, … */
    char *consent;        /**< uses consented to, by commas: "un,publication"; NULL none */
    bool public_identity; /**< name already public by the family's or the person's wish */
    gint64 merged_into;   /**< the person this one turned out to be; 0 */
    bool synthetic;
    gint64 created;
} StorePerson;
STORE_ENTITY(StorePerson, store_person)
StorePerson *store_person_find(Store *store, const char *code, GError **error);

typedef struct {
    gint64 id;
    char *kind;       /**< as StoreStatement.act_kind */
    gint64 victim_id; /**< person; 0 when only a count is known */
    char *perpetrator;
    char *event_date; /**< EDTF, Gregorian */
    gint32 first_day, last_day;
    gint64 place_id;
    gint32 count_min, count_max; /**< victims; new gives 1, 1 */
    char *title;
    char *status;     /**< reported, corroborated, confirmed, refuted */
    gint32 n_reports; /**< how many reports speak of it */
    gint32 n_sources;
    char *method; /**< how statements were joined to it */
    bool synthetic;
    gint64 created;
} StoreAct;
STORE_ENTITY(StoreAct, store_act)
STORE_ENTITY_BY(StoreAct, store_act, victim)

typedef struct {
    gint64 id;
    char *iso;  /**< ISO 3166-1 or -2 ("IR-23"); NULL for others */
    char *kind; /**< country, province, county, city, prison, court */
    char *name_fa;
    char *name_en;
    char *variants;              /**< other spellings, one a line */
    double latitude, longitude;  /**< degrees, WGS 84 */
    gint64 parent_id;            /**< the place it lies in */
    char *valid_from, *valid_to; /**< EDTF: names and borders change */
    gint64 population;           /**< 0 unknown */
    char *source;
} StorePlace;
STORE_ENTITY(StorePlace, store_place)
STORE_ENTITY_BY(StorePlace, store_place, parent)
StorePlace *store_place_find(Store *store, const char *iso, GError **error);
