/* The module's side, see paper.h. Words and errors are the program's own: the functions below
 * stand in for those of `base`, which is not linked here a second time. */
#include "intake/paper.h"

#include "base/i18n.h"

static const PaperProgram *program;

const char *i18n_get(const char *msgid)
{
    return program->get(msgid);
}

char *i18n_integer(gint64 n)
{
    return program->integer(n);
}

char *i18n_digits(const char *text)
{
    return program->digits(text);
}

GQuark zenhar_error_quark(void)
{
    return program->error_quark();
}

__attribute__((visibility("default"))) const PaperModule *
zenhar_paper_open(const PaperProgram *from);

const PaperModule *zenhar_paper_open(const PaperProgram *from)
{
    static const PaperModule MODULE = {ZENHAR_VERSION, intake_paper_read_pdf,
                                       intake_paper_read_image};
    program = from;
    return &MODULE;
}
