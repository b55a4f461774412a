/* appeal/lint.h: two voices: what an appeal may say and a case file may not.
 *
 * A mechanism that receives a case refuses what is politically motivated, insulting or drawn from
 * the press alone, and a finding may not be worded more strongly than its standard of proof allows.
 * Sentence by sentence, by the patterns of data/r2p/lint.csv: a word there is a question put to the
 * writer, not a verdict; "unless" names words that answer it. */
#pragma once
#include "base/i18n.h"
#include <glib.h>
#include <stdbool.h>

typedef enum {
    LINT_CASE,   /**< a submission to a mechanism: all rules */
    LINT_APPEAL, /**< an open letter: nothing but what no letter may carry */
} LintVoice;

typedef struct {
    guint sentence;   /**< from 1 */
    guint line;       /**< of the text, from 1 */
    char *text;       /**< the sentence */
    char *rule;       /**< political, insult, press_only, too_strong, violence */
    const char *says; /**< the rule in the thread's language; static */
    char *pattern;    /**< what was found */
    char *source;     /**< of the rule */
    bool confirmed;
} LintFinding;
void lint_finding_free(LintFinding *finding);

/** One finding a sentence and rule, in order. GPtrArray of LintFinding. Errors: those of the table.
 *  Cost: sentences times patterns. Transfers. */
GPtrArray *lint_text(const char *text, LintVoice voice, GError **error);
/** "case" or "appeal"; false when it is neither. */
bool lint_voice_parse(const char *word, LintVoice *ret_voice);
