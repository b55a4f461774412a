/* cli/text_names.h: a dictionary of name words in both scripts (data/persian/names.csv, from open
 * data; its README names the source), and the common ones of names_synthetic.csv besides. */
#pragma once
#include <glib.h>

typedef struct TextNames TextNames;

/** The bundled dictionary. NULL with error set. Transfers. */
TextNames *text_names_load(GError **error);
void text_names_free(TextNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextNames, text_names_free)

/** A name in the other script by its words' commonest spellings («محمدرضا کریمی» →
 *  "Mohammad-Reza Karimi"); *ret_latin: which script that is. NULL when a word is not in the
 *  dictionary: nothing is made up. Transfers. */
char *text_names_other_script(const TextNames *names, const char *name, gboolean *ret_latin);
