#include "cli/watch_door.h"

#include "web/hook.h"

struct WatchDoors {
    const WatchConfig *config;
    GPtrArray *hooks;
};

static void hook_stop(gpointer hook)
{
    web_hook_stop(hook);
}

WatchDoors *watch_doors_open(Store *store, const WatchConfig *config, GError **error)
{
    g_autoptr(WatchDoors) doors = g_new0(WatchDoors, 1);
    doors->config = config;
    doors->hooks = g_ptr_array_new_with_free_func(hook_stop);
    for (guint i = 0; i < config->gateways->len; i++) {
        const WatchGateway *gateway = g_ptr_array_index(config->gateways, i);
        const WebHookStart start = {.name = gateway->name,
                                    .folder = store_folder(store),
                                    .keys = store_keys(store),
                                    .address = gateway->address,
                                    .port = gateway->port,
                                    .secret = gateway->secret,
                                    .hmac = gateway->hmac,
                                    .header = gateway->header,
                                    .time_header = gateway->time_header,
                                    .per_minute = gateway->per_minute,
                                    .behind_tls = gateway->behind_tls,
                                    .tls_certificate = gateway->certificate,
                                    .tls_key = gateway->key,
                                    .options = gateway->options};
        WebHook *hook = web_hook_start(&start, error);
        if (hook == NULL)
            return NULL;
        g_ptr_array_add(doors->hooks, hook);
    }
    return g_steal_pointer(&doors);
}

void watch_doors_say(const WatchDoors *doors, CliContext *context)
{
    for (guint i = 0; i < doors->hooks->len; i++) {
        const WatchGateway *gateway = g_ptr_array_index(doors->config->gateways, i);
        cli_say(context, _("The gateway “%s” may post its messages to %s://%s:%u/sms."),
                gateway->name, gateway->certificate != NULL ? "https" : "http", gateway->address,
                (guint)gateway->port);
    }
}

void watch_doors_free(WatchDoors *doors)
{
    if (doors == NULL)
        return;
    g_clear_pointer(&doors->hooks, g_ptr_array_unref);
    g_free(doors);
}
