/* store/find_private.h: the question behind a list of reports, for what else is asked of it. */
#pragma once
#include "store/private.h"
#include "store/query_web.h"

enum { FIND_BINDS_MAX = 16 };

typedef struct {
    GString *with, *from, *where; /* report is r */
    char *match;                  /* NULL: no words */
    const char *number; /* the column of the report's number, in order of which it is read */
    StoreBind binds[FIND_BINDS_MAX];
    gsize n;
    bool deep; /* thousands of rows will be read, not a page of them */
} Find;
#define FIND_NEW                                                                                   \
    {                                                                                              \
        .with = g_string_new(NULL), .from = g_string_new(NULL), .where = g_string_new(NULL)        \
    }

void store_find_clear(Find *find);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Find, store_find_clear)
/* False: the words hold none that can be looked for, and nothing is found. */
bool store_find_begin(Store *store, Find *find, const StoreWebFind *wanted);
/* The number of the parameter that now stands for the value. */
int store_find_int(Find *find, gint64 value);
