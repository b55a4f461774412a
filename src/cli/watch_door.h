/* cli/watch_door.h: the doors for gateways of short messages that a watch keeps open. */
#pragma once
#include "cli/cli.h"
#include "store/store.h"
#include "watch/config.h"

typedef struct WatchDoors WatchDoors;

/** All of the configuration; NULL with error set when one cannot be opened. */
WatchDoors *watch_doors_open(Store *store, const WatchConfig *config, GError **error);
/** Where they are, on standard error. */
void watch_doors_say(const WatchDoors *doors, CliContext *context);
void watch_doors_free(WatchDoors *doors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WatchDoors, watch_doors_free)
