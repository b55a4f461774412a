/* COMMAND: signal
 * SUMMARY: surges, spread, delays, and what follows a crisis
 *
 * zenhar signal surge SERIES.csv [options]       ("-": standard input)
 *
 * SERIES.csv is `date,count` or `index,count`; or `date,place,kind,count`, where an
 * interval without a row counts 0; or one column a series beside `date` or `index`.
 * Days, weeks and months are told by the dates; --calendar solar-hijri reads Solar
 * Hijri dates. The result is CSV on standard output.
 *
 * surge: is the count higher than the past explains?
 *   columns index|date,count,expected,upper,score,pvalue,alarm,reason; for many
 *   series unit or place,kind before them and qvalue (false discovery rate) after.
 *   --method NAME            farrington-flexible (default), farrington, ears-c1,
 *                            ears-c2, ears-c3, cusum, glr-nb, glr-poisson, bayes, rki,
 *                            adaptive (ours: all the history, from two years on)
 *   --range A:B              positions from 1, or dates; either end may be left out
 *   --freq N                 intervals a year (by the dates; else 52)
 *   --alpha P                one-sided false alarm probability of an interval
 *   --alarms                 alarms only, the surest first
 *   --fill-gaps              intervals without a row count 0
 *   --by-position            a year is --freq positions, whatever the dates say
 *   --start DATE             weekly dates for a file by index
 *   --chart FILE             the first series with bound and alarms: .svg, .pdf or .png
 *   --threads N, -o, --out FILE
 * farrington-flexible, farrington:
 *   --years-back 5 --half-window 3 --periods 1 --exclude-recent (half-window)
 *   --no-reweight --weights-threshold 2.58 --no-trend --trend-p 0.05
 *   --threshold-method delta|nbPlugin|muan --power 2/3|1/2|none
 *   --limit-cases 5 --limit-weeks 4
 *   --population FILE        flexible: people behind the counts, in the layout of SERIES
 *                            with `population` for `count`; one series serves all
 * ears: --baseline 7 --min-sigma 0      cusum: --cusum-k 1.04 --cusum-h 2.26
 *   --transform standard|rossi|anscombe|anscombe2nd|pearsonNegBin|none --reset
 * glr: --glr-limit 5 --dispersion 0.2 --mean M --return cases|value
 * bayes, rki: --years-back --half-window --current-year --no-current-year
 *
 * zenhar signal scan CASES.csv --places PLACES.csv [options]
 * zenhar signal scan --prm FILE.prm
 *   clusters in space and time (Kulldorff). CASES: date, place, count (1 when missing);
 *   PLACES: place, latitude, longitude, population. --prm reads SaTScan's parameter file
 *   and the .cas, .geo and .pop files that it names; these are read alone, too.
 *   --model permutation|poisson --kind prospective|retrospective|spatial
 *   --population FILE        place,date,population: people at dates, for poisson
 *   --interval daily --from DATE --to DATE
 *   --max-radius KM --max-share 0.5 --min-window 1 --max-window 7 --min-cases 2
 *   --replications 999 --seed 1 --max-p 0.998
 *
 * zenhar signal nowcast EVENTS.csv [options]
 *   counts corrected for reporting delay. EVENTS: event, report; one row an event.
 *   --now DATE --from DATE --to DATE --interval daily --max-delay 15 --level 0.95
 *   --draws 2000 --seed 1
 *
 * zenhar signal growth SERIES.csv [--range A:B] [--level 0.95] [--seed 1]
 *   growth rate, doubling time and onset of each series, with intervals.
 *
 * zenhar signal spread SERIES.csv [--range A:B]
 *   places reached over time.
 *
 * zenhar signal crises SERIES.csv --crises CRISES.csv [options]
 *   rate ratios in windows after crises (columns date, name) against what trend and
 *   season explain; self-controlled case series; placement test.
 *   --windows 0-3,4-7,8-12 --around 26 --no-trend --no-season --level 0.95
 *
 * zenhar signal series --case FOLDER [SE3]
 * zenhar signal alarms --case FOLDER [--untold]
 *   what the last assessment of a case made (zenhar assess run), as CSV; alarms the
 *   surest first, each with its false discovery rate among all kinds and places.
 * zenhar signal cases AL3
 *   the reports behind an alarm: what is counted adds up to its count; what was
 *   withdrawn since, told again or copied says so. Status 1 when it does not add up.
 * zenhar signal notices
 *   what was no surge: old events entered at once, one story in several reports,
 *   a source that began half-way; series whose history is too short.
 * zenhar signal acknowledge AL3 --reason TEXT [--user NAME]
 * zenhar signal dismiss AL3 --reason TEXT
 * zenhar signal reopen AL3 [--reason TEXT]
 *   answers an alarm; it stays answered until its count is half as high again.
 *
 * All of them: --calendar gregorian|solar-hijri, -o, --out FILE.
 * Exit status: 0 done, 2 wrong usage, 3 cannot go on.
 */
#include "cli/signal_commands.h"
#include "commands.h"

#include <string.h>

int cmd_signal(CliContext *context, int argc, char **argv)
{
    static const struct {
        const char *name;
        CliFunc *run;
    } COMMANDS[] = {
        {"surge", signal_command_surge},
        {"scan", signal_command_scan},
        {"nowcast", signal_command_nowcast},
        {"spread", signal_command_spread},
        {"growth", signal_command_growth},
        {"crises", signal_command_crises},
        {"series", signal_command_series},
        {"alarms", signal_command_alarms},
        {"cases", signal_command_cases},
        {"notices", signal_command_notices},
        {"acknowledge", signal_command_acknowledge},
        {"dismiss", signal_command_dismiss},
        {"reopen", signal_command_reopen},
    };
    for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS(COMMANDS); i++)
        if (strcmp(argv[1], COMMANDS[i].name) == 0)
            return COMMANDS[i].run(context, argc - 1, argv + 1);
    int status = CLI_DONE;
    if (!cli_parse(context, NULL, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is no sub-command of signal."), argv[1]);
    return cli_usage(context, _("Say what to do: for example `zenhar signal surge FILE`."));
}
