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
