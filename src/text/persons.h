/* text/persons.h: who a message names, by the words that stand around names.
 *
 * No list of names: a name is what follows a title (جناب آقای, Mr), a word of kinship of the
 * writer (برادرم, my sister), «به نام», "named", a label (نام:), or what stands before «فرزند»,
 * "son of"; it ends at a sign or at a word that no name holds. The father's name and the year of
 * birth are taken from beside it. Names without such a word are not found: a name that is no
 * name would be worse. Pure; safe from any thread. Time grows with the text. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *name;        /**< as written, two words or more, titles left out */
    char *father;      /**< as written; NULL none */
    int birth_year;    /**< as written, in its own calendar (1250–1500 is Solar Hijri); 0 none */
    bool female, male; /**< what a title or kinship says */
    gsize start, end;  /**< bytes of the name */
    gsize father_start, father_end; /**< 0, 0 without */
} TextPerson;

typedef struct {
    TextPerson *persons; /**< in order of start; each name once */
    gsize n;
} TextPersons;

/** False with error (MEMORY, LIMIT). */
bool text_persons_find(const char *text, gsize length, TextPersons *ret_persons, GError **error);
void text_persons_clear(TextPersons *persons);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TextPersons, text_persons_clear)
