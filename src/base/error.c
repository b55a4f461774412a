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

static void set(GError **error, ZenharErrorCode code, const char *format, va_list arguments)
{
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    g_set_error_literal(error, ZENHAR_ERROR, code, sentence);
}

bool zenhar_error_input(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set(error, ZENHAR_ERROR_INPUT, format, arguments);
    va_end(arguments);
    return false;
}

bool zenhar_error_usage(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set(error, ZENHAR_ERROR_USAGE, format, arguments);
    va_end(arguments);
    return false;
}
