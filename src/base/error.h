/* base/error.h: the one error domain of Zenhar.
 *
 * Errors travel as GError values that carry one human sentence: what, where
 * (file, line, column, record), what to do. The lower function says what, each
 * caller may add where, once (g_prefix_error); only the faces show it. */
#pragma once
#include <glib.h>
#include <stdbool.h>

#define ZENHAR_ERROR (zenhar_error_quark())
GQuark zenhar_error_quark(void);

/** What kind of thing went wrong; each has one exit status (error_exit_status). */
typedef enum {
    ZENHAR_ERROR_USAGE,       /**< the words of the call are off: exit 2 */
    ZENHAR_ERROR_INPUT,       /**< input that cannot be read as what it should be: exit 3 */
    ZENHAR_ERROR_NOT_FOUND,   /**< no such file, record or id: exit 3 */
    ZENHAR_ERROR_IO,          /**< disk full, read-only, unreadable: exit 3 */
    ZENHAR_ERROR_PASSPHRASE,  /**< the passphrase does not open this case: exit 3 */
    ZENHAR_ERROR_NOT_A_CASE,  /**< the path is no case: exit 3 */
    ZENHAR_ERROR_NEWER,       /**< made by a newer version: exit 3 */
    ZENHAR_ERROR_BUSY,        /**< another process is writing: exit 3 */
    ZENHAR_ERROR_DENIED,      /**< the user's role may not: exit 3 */
    ZENHAR_ERROR_INTEGRITY,   /**< a hash, proof or signature does not fit: exit 1 */
    ZENHAR_ERROR_MEMORY,      /**< an engine could not get memory: exit 3 */
    ZENHAR_ERROR_LIMIT,       /**< above a limit of base/limits.h: exit 3 */
    ZENHAR_ERROR_INTERRUPTED, /**< stopped by the user at a safe point: exit 3 */
    ZENHAR_ERROR_DATA,        /**< too little or contradictory data for a method: exit 3 */
} ZenharErrorCode;

/** The exit status (1, 2 or 3) that fits an error. */
int zenhar_error_exit_status(const GError *error);

/** Sets ZENHAR_ERROR_INPUT or _USAGE by a format of printf; false, to be returned. */
bool zenhar_error_input(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
bool zenhar_error_usage(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
