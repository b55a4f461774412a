/* Any bytes: the spans of what was found lie in the text and hold what they say. */
#include "text/persons.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    const char *text = (const char *)data;
    g_auto(TextPersons) persons = {0};
    if (!text_persons_find(text, size, &persons, NULL))
        return 0;
    for (gsize i = 0; i < persons.n; i++) {
        const TextPerson *p = &persons.persons[i];
        if (p->start >= p->end || p->end > size || (p->female && p->male))
            abort();
        if (strlen(p->name) <= p->end - p->start &&
            memcmp(text + p->start, p->name, strlen(p->name)) != 0)
            abort();
        if (p->father != NULL && (p->father_start >= p->father_end || p->father_end > size))
            abort();
    }
    return 0;
}
