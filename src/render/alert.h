/* render/alert.h: what an alert says, for CAP, PDF, HTML, Atom and JSON alike; private to
 * src/render. Sentences are in the thread's language. */
#pragma once
#include "render/picture.h"

typedef struct {
    Store *store;
    const Picture *picture;
    const char *urgency, *severity, *certainty; /**< words of CAP 1.2; static */
} Alert;

/** DATA: there is nothing to warn of. */
bool alert_begin(Alert *alert, Store *store, const Picture *picture, GError **error);
/** The newest alarm that stands; NULL. Borrowed. */
const StoreAlarm *alert_newest(const Alert *alert);
/** Level of the highest risk factor; -1 none is rated. */
gint32 alert_strongest_factor(const Alert *alert);
/** Draft, Actual or Exercise. Static. */
const char *alert_status(const Picture *picture);
/** Of the message sent at that time (seconds). Transfers. */
char *alert_identifier(const Alert *alert, gint64 sent);
/** The case's id as the message names it. Transfers. */
char *alert_case_hex(const Alert *alert);
/** Transfer: one line; lines with record ids; what was asked. */
char *alert_headline(const Alert *alert);
char *alert_description(const Alert *alert);
char *alert_instruction(const Alert *alert);

typedef struct {
    char *name, *code; /**< ISO 3166; NULL */
} AlertArea;
void alert_area_free(gpointer area);
/** Places of the alarms told; a series of the whole country speaks for the country. AlertArea. */
GPtrArray *alert_areas(const Alert *alert, GError **error);
