/* cli/signal_commands.h: the sub-commands of `zenhar signal`. argv[0] is the sub-command. */
#pragma once
#include "cli/cli.h"
#include "cli/signal_table.h"

int signal_command_surge(CliContext *context, int argc, char **argv);
int signal_command_scan(CliContext *context, int argc, char **argv);
int signal_command_nowcast(CliContext *context, int argc, char **argv);
int signal_command_spread(CliContext *context, int argc, char **argv);
int signal_command_growth(CliContext *context, int argc, char **argv);
int signal_command_crises(CliContext *context, int argc, char **argv);
int signal_command_series(CliContext *context, int argc, char **argv);
int signal_command_alarms(CliContext *context, int argc, char **argv);
int signal_command_cases(CliContext *context, int argc, char **argv);
int signal_command_notices(CliContext *context, int argc, char **argv);
int signal_command_acknowledge(CliContext *context, int argc, char **argv);
int signal_command_dismiss(CliContext *context, int argc, char **argv);
int signal_command_reopen(CliContext *context, int argc, char **argv);

/** A day or the first day of a month or year; false with error set. */
bool signal_parse_day(const char *text, Calendar calendar, gint32 *ret_day, GError **error);
/** --calendar: NULL is Gregorian. */
bool signal_parse_calendar(const char *text, Calendar *ret_calendar, GError **error);
/** "2025-06-13". Transfers. */
char *signal_format_day(gint32 day);
/** Writes text to --out or standard output. */
bool signal_write(const char *path, const GString *text, GError **error);
/** A whole CSV file. NULL with error set. */
CsvTable *signal_load_csv(const char *path, GError **error);
/** Column that must be there; -1 with error set. */
gssize signal_need_column(const CsvTable *table, const char *path, const char *name,
                          GError **error);
/** Unit of a table's intervals, translated plural: "weeks". */
const char *signal_unit_name(const SignalTable *table);
/** Appends the unit, place and kind of a series that has them, and their heads. */
void signal_append_series(GString *out, const SignalTableSeries *series);
void signal_append_series_head(GString *out, const SignalTableSeries *series);
