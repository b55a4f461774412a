/* assess/rules_private.h: how a rule says what it found; for rules.c and rules_counts.c. */
#pragma once
#include "assess/private.h"

AssessFinding *rule_finding_new(const char *indicator, const char *rule);
/* Evidence, once each. */
void rule_see(AssessFinding *finding, StoreKind kind, gint64 id);
/* A finding without a level or evidence is none. */
void rule_conclude(AssessRun *run, AssessFinding *finding);
void rule_number(AssessFinding *finding, const char *name, gint64 n);
void rule_add_name(AssessFinding *finding, const char *list, const char *name);
void rule_name_crisis(AssessFinding *finding, const StoreCrisis *crisis);
/* rules_counts.c */
bool assess_rules_counts(AssessRun *run, GError **error);
