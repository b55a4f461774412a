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
    char *actor; /**< who it was where no account stands for it: "link:NAME", "link:" for a nameless
                    login link; "token:TK3" a program, beside the account that made its token. NULL:
                    the account, or the command line, or an entry from before schema 8. Set by add
                    from store_act_as */
} StoreAudit;
STORE_ENTITY(StoreAudit, store_audit)
/** Who writes this connection's audit entries when it is no account by itself (a link's holder, a
 *  program); NULL: nobody else. Copies. */
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
