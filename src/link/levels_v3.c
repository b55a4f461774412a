/* levels.c once more, built for x86-64-v3 (see meson.build). */
#define LINK_LEVELS link_levels_v3
#include "link/levels.c"
