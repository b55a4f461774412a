/* store/user.h: users of the web application, the audit trail, settings of the case. */
#pragma once
#include "store/entity.h"

typedef struct {
    gint64 id;
    char *name;          /**< to log in; unique */
    char *role;          /**< administrator, documenter, analyst, advocate, reader */
    char *password_hash; /**< crypto_pwhash_str (Argon2id) */
    char *totp_secret;   /**< SEALED; base32 */
    char *language;      /**< fa, en */
    bool disabled;
    gint64 created;
} StoreUser;
STORE_ENTITY(StoreUser, store_user)
StoreUser *store_user_find(Store *store, const char *name, GError **error);

/** Add only: the log would show anything else. */
typedef struct {
    gint64 id;
    gint64 time;        /**< seconds; set by add when 0 */
    gint64 user_id;     /**< 0: no account, see actor */
    char *action;       /**< unseal, look, export, login, … */
    gint32 target_kind; /**< StoreKind */
    gint64 target_id;
    char *field;
    char *reason;
    char *actor; /**< who it was where user_id is 0: "link:NAME", "link:" for a nameless login link;
                    NULL: the command line, or an entry from before schema 8. Set by add from
                    store_act_as */
} StoreAudit;
STORE_ENTITY(StoreAudit, store_audit)
/** In whose name this connection writes audit entries that no account stands for; NULL: nobody's.
 *  Copies. */
void store_act_as(Store *store, const char *actor);
/** One entry of what was looked at, in a call. user_id may be 0. */
bool store_audit_look(Store *store, gint64 user_id, StoreKind kind, gint64 id, const char *field,
                      const char *reason, GError **error);

/** Named values: "title", "title_fa", "country", "label" ("synthetic"), "framework", … */
typedef struct {
    gint64 id;
    char *name;
    char *value;
} StoreSetting;
STORE_ENTITY(StoreSetting, store_setting)
/** NULL without error when it is not set. Transfers. */
char *store_setting_get(Store *store, const char *name, GError **error);
/** value NULL removes. */
bool store_setting_set(Store *store, const char *name, const char *value, GError **error);
