/* appeal/compose.h: one letter being drafted; private to src/appeal. */
#pragma once
#include "appeal/appeal.h"
#include "appeal/letter.h"
#include "base/csv.h"
#include "store/assessment.h"
#include "store/body.h"

typedef struct {
    StoreKind kind;
    gint64 id;
    char *what; /* in a few words, for the annex */
} Cited;

typedef struct {
    Store *store;
    const AppealOptions *options;
    gint32 day;
    bool synthetic;
    char *country; /* "the Islamic Republic of Iran", in the letter's language */
    LetterDraft *draft;
    GPtrArray *cited;    /* Cited, each record once */
    GHashTable *persian; /* English word of a record → Persian; borrowed from words */
    CsvTable *words;
    CsvTable *history;  /* crisis, text_en, text_fa */
    CsvTable *requests; /* office, ask, measure, text_en, text_fa */
    const StoreRecipient *recipient;
    const StoreBody *office;
    gint64 assessment_id; /* drawn on; 0 none */
} Compose;

/* compose.c */
/** "[^3]": a note that names a record, which the letter then rests on. what: for the annex. */
const char *compose_cite(Compose *compose, StoreKind kind, gint64 id, const char *source,
                         const char *verified, const char *what);
/** Whether the letter is in Persian. */
bool compose_persian(const Compose *compose);
/** English or Persian; the English where there is no Persian. */
const char *compose_choose(const Compose *compose, const char *english, const char *persian);
/** A record's own English remark in the letter's language. */
const char *compose_word(const Compose *compose, const char *english);
/** A day in words: both calendars in Persian, the Gregorian in English. Transfers. */
char *compose_day(const Compose *compose, gint32 day);
/** Row of a table whose column says so, or -1. */
gssize compose_row(const CsvTable *table, const char *column, const char *value);

/* compose_record.c: figures as reported, and the history of earlier crises */
bool compose_reported(Compose *compose, GError **error);
/* compose_findings.c: what is held to be so, with standards of proof and grades */
bool compose_findings(Compose *compose, GError **error);
/* compose_analysis.c: alarms, estimates, risk factors; what United Nations bodies have done */
bool compose_analysis(Compose *compose, GError **error);
bool compose_bodies(Compose *compose, GError **error);
