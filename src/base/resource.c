#include "base/resource.h"

#include "data.gresource.h"

GResource *resource_peek(void)
{
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        zenhar_register_resource();
        g_once_init_leave(&ready, 1);
    }
    return zenhar_get_resource();
}
