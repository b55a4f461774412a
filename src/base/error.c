#include "base/error.h"

G_DEFINE_QUARK(zenhar - error - quark, zenhar_error)

int zenhar_error_exit_status(const GError *error)
{
    if (error != NULL && error->domain == ZENHAR_ERROR) {
        if (error->code == ZENHAR_ERROR_USAGE)
            return 2;
        if (error->code == ZENHAR_ERROR_INTEGRITY)
            return 1;
    }
    if (error != NULL && error->domain == G_OPTION_ERROR)
        return 2;
    return 3;
}

bool zenhar_error_input(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, sentence);
    return false;
}
