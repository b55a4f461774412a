#include "base/resource.h"

#include "data.gresource.h"

/* Made within the once: GLib makes it at its first use, and a second thread that comes meanwhile
 * would get NULL (g_static_resource_get_resource, 2.74). */
GResource *resource_peek(void)
{
    static gsize resource;
    if (g_once_init_enter(&resource)) {
        zenhar_register_resource();
        g_once_init_leave(&resource, (gsize)zenhar_get_resource());
    }
    return (GResource *)resource;
}
