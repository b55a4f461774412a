/* library/private.h: what the faces of the library share. */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include "library/zenhar.h"

typedef enum {
    OPTION_WHOLE,   /**< guint */
    OPTION_WHOLE64, /**< guint64 */
    OPTION_REAL,    /**< double, finite */
    OPTION_FLAG,    /**< bool: 0 or 1 */
    OPTION_CHOICE,  /**< int: index into choices */
    OPTION_TEXT,    /**< const char *, borrowed from the caller's split text */
} OptionType;

typedef struct {
    const char *name;
    OptionType type;
    void *to;                   /**< left alone when the option is not given */
    const char *const *choices; /**< NULL-ended, of OPTION_CHOICE */
    bool *ret_given;            /**< may be NULL */
} Option;

/** "name=value name=value": splits it. Transfers (g_strfreev). */
char **options_split(const char *options);
/** Sets what is given; false with a sentence that names the word at fault and what there is. */
bool options_read(char **words, const Option *known, gsize n_known, GError **error);

/** Keeps the sentence for zenhar_error() and gives the status it stands for. */
int library_fail(const GError *error);
/** Forgets the last sentence. Gives ZENHAR_DONE. */
int library_done(void);
