/* store/db_pq.h: libpq, opened when it is needed. */
#pragma once
#include <glib.h>
#include <libpq-fe.h>
#include <stdbool.h>

/* clang-format off */
#define DB_PQ_FUNCTIONS(X)                                                                         \
    X(PQconnectdbParams)                                                                           \
    X(PQfinish)                                                                                    \
    X(PQreset) X(PQstatus) X(PQtransactionStatus) X(PQerrorMessage) X(PQserverVersion)             \
        X(PQparameterStatus) X(PQsslInUse) X(PQexec) X(PQexecParams) X(PQprepare)                  \
            X(PQexecPrepared) X(PQresultStatus) X(PQresultErrorField) X(PQclear) X(PQntuples)      \
                X(PQnfields) X(PQftype) X(PQgetisnull) X(PQgetvalue) X(PQgetlength) X(PQcmdTuples) \
                    X(PQputCopyData) X(PQputCopyEnd) X(PQgetResult) X(PQconninfoParse)             \
                        X(PQconninfoFree) X(PQfreemem) X(PQsetNoticeProcessor)
/* clang-format on */

typedef struct {
#define DB_PQ_MEMBER(name) __typeof__(&name) name;
    DB_PQ_FUNCTIONS(DB_PQ_MEMBER)
#undef DB_PQ_MEMBER
} DbPq;

/* Once for the process; NULL with a sentence where libpq is not installed. */
const DbPq *db_pq(GError **error);
