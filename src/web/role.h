/* web/role.h: who may do what in the web application.
 *
 *   administrator  everything, accounts and the audit trail
 *   documenter     reports: add, correct, mend; review; sealed fields and originals
 *   analyst        alarms and ratings; no sealed field, no original
 *   advocate       asks, letters; sealed fields and originals
 *   reader         reads what is redacted
 *
 * A role cannot be given what the server's own keys do not hold (store_keys_hold): a server that
 * was opened with an analyst's passphrase shows no sealed field to anybody. */
#pragma once
#include <stdbool.h>

typedef enum {
    WEB_ADMINISTRATOR = 1 << 0,
    WEB_DOCUMENTER = 1 << 1,
    WEB_ANALYST = 1 << 2,
    WEB_ADVOCATE = 1 << 3,
    WEB_READER = 1 << 4,
} WebRole;

enum {
    WEB_N_ROLES = 5,
    WEB_EVERYBODY = (1 << WEB_N_ROLES) - 1,
    WEB_SEES_SEALED = WEB_ADMINISTRATOR | WEB_DOCUMENTER | WEB_ADVOCATE,
    WEB_KEEPS_REPORTS = WEB_ADMINISTRATOR | WEB_DOCUMENTER,
    WEB_ANALYSES = WEB_ADMINISTRATOR | WEB_ANALYST,
    WEB_WRITES_LETTERS = WEB_ADMINISTRATOR | WEB_ADVOCATE,
};

/** The role of that word ("documenter"); false when it is none. */
bool web_role_parse(const char *word, WebRole *ret_role);
/** Its word. Static. */
const char *web_role_word(WebRole role);
/** In the thread's language. Static. */
const char *web_role_title(WebRole role);
