/* COMMAND: appeal
 * SUMMARY: asks, letters, who holds which office, the clock
 *
 * zenhar appeal load --case FOLDER [--facts NAME]
 *   bring in bodies, members, measures, offices with their terms, the asks; with
 *   --facts iran-2025 also votes, sessions, the open letter of 28 June 2025 and
 *   what bodies have done since. Running it again adds nothing.
 *
 * zenhar appeal letter --case FOLDER --to OFFICE|RC5|all [--date DAY] [--lang fa|en]
 *                      [--sender TEXT]
 *   draft a letter from what the case holds: asks, each reporter's own figures,
 *   alarms, the risk picture, votes. Every figure has a note with its source and
 *   record. OFFICE is SG, SA-R2P, HC, SR-IRAN … (zenhar appeal recipients): its
 *   holder on that day. Nothing is signed or sent. --sender is the letterhead;
 *   a bar (|) begins a new line.
 * zenhar appeal show --case FOLDER [--json] AP2
 *   a letter as text, or with its parts, notes and annex as JSON.
 *
 * zenhar appeal edit --case FOLDER --letter AP2 [--version N] >FILE
 * zenhar appeal edit --case FOLDER --letter AP2 --reason WHY FILE
 *   the text of a draft as a file, and taken over from one; what stood there is kept as
 *   a version. Notes come from records: a call ([^3]) may be moved or taken out. Not of a
 *   sealed letter.
 * zenhar appeal versions --case FOLDER --letter AP2
 *   the texts it has had: until when, changed by whom, why.
 * zenhar appeal check [--on DAY] LETTER|AP2
 *   a letter in plain text (- is standard input), or one of the case: which of its
 *   addressees did not hold their office that day and who did, which members of the
 *   bodies it asks were not written to, which offices with a mandate it leaves out.
 *   The day is the letter's own unless --on gives one. Needs no case. Ends with 1
 *   when an addressee was not in office.
 * zenhar appeal agenda --case FOLDER [--on DAY] [--road CODE] [--positions FILE]
 *                      [--check] [--seed N]
 *   each road (meeting, agenda over an objection, resolution, referral, Arria
 *   formula, special session, Third Committee, Article 99): what it needs, who has
 *   been for, against, silent, how many are missing, and from past votes a
 *   probability with its 90 per cent interval. --road lists the states of one; --positions
 *   is a CSV state,vote of what members have said; --check each past vote predicted
 *   from the others.
 * zenhar appeal lint [--as case|appeal] LETTER|AP2
 *   sentence by sentence what a case file may not carry: political demand, insult,
 *   press-only sourcing, a sentence stronger than its proof; or, with --as appeal,
 *   what no letter may. Ends with 1 when there is something to say.
 * zenhar appeal consent --case FOLDER --person P3 --use send|government|summary|name
 *                       --answer yes|no|full|initials [--on DAY] [--by WHO] [--how WORDS]
 * zenhar appeal consent --case FOLDER --person P3 --use USE --withdraw [--on DAY]
 *   four consents, each for itself, dated, revocable; none is implied.
 * zenhar appeal answer --case FOLDER [--person P3] FIELD=WORDS ...
 *   answers that forms ask, given once for all of them; without --person about who
 *   submits.
 * zenhar appeal submit --case FOLDER --person P3 --to SP|WGAD|WGEID|SR-EJE|FFMI [--on DAY]
 *                      [--lang en] [--out DIR] [--send] [--summary]
 *   a case file in the mechanism's own fields, each missing one named; identity as
 *   far as consents go. --out writes a PDF, --send seals it as sent when nothing is
 *   missing, --summary prints what may be published. A closed door is said so, with
 *   the open road instead. Ends with 1 when it cannot be sent.
 * zenhar appeal seal --case FOLDER --letter AP2 [--strict]
 *   check every figure of a draft against the case once more, fix its text by SHA-256
 *   and keep it as an original. --strict refuses while a note rests on a row that
 *   nobody has checked; else it is told how many do.
 * zenhar appeal sign --case FOLDER --letter AP2 --show
 * zenhar appeal sign --case FOLDER --letter AP2 --invite (--name NAME [--name-fa NAME] |
 *                    --unnamed) [--days 14] [--mail ADDRESS --link URL --settings FILE]
 * zenhar appeal sign --case FOLDER --token SECRET
 * zenhar appeal sign --case FOLDER --letter AP2 --key FILE --signature FILE (--name NAME |
 *                    --unnamed)
 * zenhar appeal sign --case FOLDER --withdraw SG3
 *   sign on: by a one-time link, or by an Ed25519 or OpenPGP signature over the line
 *   that --show prints (below the text itself). --unnamed counts without a name.
 *   --mail sends the link, with the letter, by the server of the settings; URL is where
 *   `zenhar serve` is reached, whose page shows the text and takes the signature.
 * zenhar appeal send --case FOLDER --settings FILE [--letter AP2] [--again]
 * zenhar appeal send --case FOLDER --dry-run [--letter AP2]
 *   send sealed letters by mail, each once: as text and PDF, encrypted where the
 *   office's OpenPGP key is known. The mail is kept as an original before it goes.
 *   What the server puts off is tried again by a later run; what it refuses, and what
 *   nobody knows (the program ended while it was handed over), is told; --again sends
 *   such ones too. --dry-run shows what would go to whom. Ends with 1 when something
 *   did not go.
 * zenhar appeal print --case FOLDER --out FILE.pdf [--letter AP2] [--again]
 *   sealed letters to offices without a mail address (with --letter that one,
 *   whatever it has) in one PDF to print on both sides; the PDF is kept as an
 *   original, the deliveries stand as printed.
 * zenhar appeal publish --case FOLDER --out DIR [--letters AP2,AP3] [--clock AP1] [--on DAY]
 *   write what everybody may see into a folder of its own, for zenhar serve --public
 *   or any web server: what was asked and who has answered (of the oldest letter sent,
 *   or of --clock), in both languages, as pages, feeds and data; with --letters those
 *   letters whole, each sealed, with who signed by name. Nothing else of the case
 *   stands in it. Running it again replaces what it wrote before.
 * zenhar appeal receipt --case FOLDER --delivery DL3 --on DAY [FILE]
 *   a printed letter was posted or handed over; its receipt, a scan or picture, is kept
 *   as an original. The clock runs from then on.
 * zenhar appeal mailbox --case FOLDER --settings FILE
 *   read what came back: replies and reports of mails that did not arrive, matched to
 *   their letters and kept as originals. Other mail in the box is not fetched.
 * zenhar appeal deliveries --case FOLDER [--letter AP2]
 *   what was sent to whom, when, and what became of it.
 * zenhar appeal response --case FOLDER RS3 --says acknowledged|supports|refuses|acts|none
 *   what a reply says, as you read it; the clock goes by it.
 * zenhar appeal response --case FOLDER --of DL3|AK2 --says supports --on DAY --source TEXT
 *                        (--text TEXT | --text-fa TEXT) [--asks AK1,AK2]
 *   write down what an addressee said where everybody can read it (DL3), or what a body
 *   did on an ask (AK2), which is no answer of an addressee.
 * zenhar appeal key --case FOLDER RC1 FILE.asc
 *   the OpenPGP key of an office; letters to it go encrypted from then on.
 *   The settings: [send] with server=smtps://mail.example.org:465, from=, from-name=,
 *   user=, password= or password-file=, per-minute=6, ca-file=, proxy=; [mailbox] with
 *   server=imaps://mail.example.org/INBOX and the like. Readable by its owner only.
 * zenhar appeal signatories --case FOLDER --letter AP2
 *   who signed, in order of name; a changed text voids signatures and says so.
 * zenhar appeal recipients --case FOLDER [--on DAY] [--letter AP1]
 *   who held which office on a day; of a letter: who it named, and which offices
 *   with a mandate it left out.
 * zenhar appeal clock --case FOLDER [--on DAY] [--letter AP1]
 *   days since the letter, the steps that bodies took, who has answered.
 * zenhar appeal answers --case FOLDER [--on DAY] [--letter AP1] [--format csv|json|atom|html]
 *   each addressee: answered, or no public answer found; as a table, or as a public
 *   page or feed with the steps of bodies.
 * zenhar appeal deadlines --case FOLDER [--on DAY] [--within DAYS]
 *   what falls due: asks, replies of governments (60 days), sessions, votes, ends of
 *   mandates, changes of office.
 * zenhar appeal remind --case FOLDER --letter AP1 [--to RC1] [--on DAY] [--lang fa|en]
 *   draft a reminder to an addressee who has not answered, or to whoever holds the
 *   office now.
 * zenhar appeal asks --case FOLDER
 * zenhar appeal ask --case FOLDER --rests IDS [--template a] [--of CODES] [--text TEXT]
 *                   [--basis TEXT] [--by DAY] [--title TEXT] [--measure CODE] [--code c]
 *                   [--title-fa TEXT] [--text-fa TEXT] [--basis-fa TEXT]
 *   write down an ask: what, of which offices, on what basis, by when, resting on
 *   which records (FG12,AL3). --template lends what is not given: a monitoring and
 *   reporting, b onto an agenda, c measures by states.
 * zenhar appeal finding --case FOLDER --text TEXT [--text-fa TEXT] --standard STANDARD
 *                       --grade B2 --rests IDS [--from DAY] [--to DAY] [--note TEXT]
 *   write down what is held to be so: by which standard of proof (suspicion, grounds,
 *   balance, convincing, beyond-doubt), graded by source (A to F) and information (1 to
 *   6), resting on which records. Grade 1 needs a second independent source: reports
 *   that cite one another, or tell one story, count once. Letters carry findings.
 * zenhar appeal findings --case FOLDER
 *   the findings, each with who says so, and whether it still holds. Ends with 1 when
 *   one does not.
 * zenhar appeal measures --case FOLDER [--category diplomatic|legal|economic|protective]
 *                        [--on DAY] [--steps] [--chart FILE.svg|.pdf|.png]
 *   the catalogue of measures: who can take each, on what basis, what it needs, and
 *   which states were asked, promised, refused or took it. --steps lists each step;
 *   --chart draws states by measures.
 * zenhar appeal measure --case FOLDER --state NAME --measure CODE
 *                       --status asked|promised|refused|taken --on DAY
 *                       [--source TEXT] [--rests IDS] [--letter AP2] [--text TEXT]
 *                       [--text-fa TEXT]
 *   write down such a step, with what shows it.
 * zenhar appeal votes --case FOLDER [--body HRC] [VT18]
 *   votes; of one vote, how each state voted.
 * zenhar appeal members --case FOLDER [--body SC] [--year 2026]
 *
 * A DAY is 2025-06-28, or 1404-04-07 in the Solar Hijri calendar. Tables are CSV.
 *
 * Example: zenhar appeal clock --case june.zenhar --on 2026-01-23
 */
#include "commands.h"

#include "base/edtf.h"
#include "cli/appeal_sub.h"
#include <string.h>

/* clang-format off: one a line, so that branches add theirs without conflict */
static const struct {
    const char *name;
    CliFunc *run;
} SUB_COMMANDS[] = {
    {"agenda", appeal_agenda},
    {"answer", appeal_answer},
    {"answers", appeal_answers},
    {"ask", appeal_ask},
    {"asks", appeal_asks},
    {"check", appeal_check},
    {"clock", appeal_clock_table},
    {"consent", appeal_consent},
    {"deadlines", appeal_deadlines_table},
    {"deliveries", appeal_deliveries},
    {"edit", appeal_edit_command},
    {"finding", appeal_finding},
    {"findings", appeal_findings},
    {"key", appeal_key},
    {"letter", appeal_letter},
    {"lint", appeal_lint},
    {"mailbox", appeal_mailbox_command},
    {"load", appeal_load},
    {"measure", appeal_measure},
    {"measures", appeal_measures},
    {"members", appeal_members},
    {"print", appeal_print_command},
    {"publish", appeal_publish},
    {"receipt", appeal_receipt_command},
    {"recipients", appeal_recipients},
    {"remind", appeal_remind_command},
    {"response", appeal_response},
    {"seal", appeal_seal_command},
    {"send", appeal_send},
    {"show", appeal_show},
    {"sign", appeal_sign},
    {"signatories", appeal_signatories_table},
    {"submit", appeal_submit},
    {"versions", appeal_versions_table},
    {"votes", appeal_votes},
};
/* clang-format on */

bool appeal_read_day(const char *option, const char *word, gint32 *ret_day, GError **error)
{
    if (word == NULL)
        return true;
    Edtf edtf;
    gint32 first, last;
    bool solar = word[0] == '1' && (word[1] == '3' || word[1] == '4');
    g_autoptr(GError) problem = NULL;
    if (!edtf_parse(word, solar ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN, &edtf, &problem)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, "%s: %s", option, problem->message);
        return false;
    }
    edtf_bounds(&edtf, &first, &last);
    if (first != last) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s wants a single day, such as 2025-06-28 or 1404-04-07."), option);
        return false;
    }
    *ret_day = first;
    return true;
}

char *appeal_day_text(gint32 day)
{
    int year, month, date;
    if (day == 0)
        return g_strdup("");
    edtf_day_to_gregorian(day, &year, &month, &date);
    return g_strdup_printf("%04d-%02d-%02d", year, month, date);
}

bool appeal_print(const GString *text, GError **error)
{
    CliOutput *output = cli_output_open(NULL, error);
    if (output == NULL)
        return false;
    cli_output_write(output, text->str, text->len);
    return cli_output_close(output, error);
}

int cmd_appeal(CliContext *context, int argc, char **argv)
{
    for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS(SUB_COMMANDS); i++)
        if (strcmp(argv[1], SUB_COMMANDS[i].name) == 0)
            return SUB_COMMANDS[i].run(context, argc - 1, argv + 1);
    int status = CLI_DONE;
    if (!cli_parse(context, NULL, &argc, &argv, &status))
        return status;
    g_autoptr(GString) names = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(SUB_COMMANDS); i++)
        g_string_append_printf(names, "%s%s", i == 0 ? "" : ", ", SUB_COMMANDS[i].name);
    return cli_usage(context, _("Name a sub-command: %s."), names->str);
}
