#!/bin/sh
# tests/cli/t_judgement.sh: analysts, triggers and the ledger, as a user meets them. TAP.
root=${G_TEST_SRCDIR:?}
. "$(dirname "$0")/lib.sh"
echo 'words for a test' > pass
export ZENHAR_CASE="$folder/i.zenhar"
LANG=C.UTF-8
export LANG
z() { command=$1; shift; "$zenhar" "$command" --passphrase-file pass "$@"; }
a() { second=$1; shift; "$zenhar" assess "$second" --passphrase-file pass "$@"; }

(unset ZENHAR_CASE; "$zenhar" assess indicators > out 2> words)
test "$(wc -l < out)" -eq 142 && grep -q '^7.8,RF7,.*,yes,' out && grep -q '^5.1,RF5,.*,no,' out &&
    grep -q '37 of 141' words
check "without a case the framework is listed, and what is not confirmed in it" $?
mkdir -p data/r2p && sed '/^RF5,.*,5\.1,/s/,memory,/,yes,/' "$root/data/r2p/framework.csv" > data/r2p/framework.csv
(unset ZENHAR_CASE; ZENHAR_DATA="$folder/data" "$zenhar" assess indicators > out 2> words)
grep -q '38 of 141' words
check "a corrected table takes the bundled one's place" $?

z init --country IR "$ZENHAR_CASE" 2> words && cheap "$ZENHAR_CASE" pass || cat words
z import "$root/cases/iran-2025/reports.csv" 2> words
a run --facts iran-2025 --today 2026-06-20 2> words
a proposals > out 2> words && grep -q '^7.6,.*,2,present,open,' out && grep -q '^3.1\|^2.2,.*,open,' out
check "proposals wait for a judgement" $?
a rate 5.1 present --analyst A --confidence grounds --reason so 2> words
test $? -eq 2 && grep -q 'no evidence' words
check "nothing is rated present without evidence" $?
a accept 7.6 --analyst A --confidence grounds 2> words && grep -q 'JD1: A accepted' words
check "a proposal is accepted in a person's name" $?
a rate 7.6 weak --analyst B --confidence suspicion --reason 'one source behind both' --evidence R80 2> words
a agreement > out 2> words && grep -q '^7.6,A,2,present,grounds,1-2' out && grep -q '^7.6,B,1,some signs,suspicion,1-2' out
check "analysts who differ stand side by side" $?
a judgements > out 2> words && test "$(grep -c ',yes,' out)" -ge 2
check "each decision is listed" $?
a final --author A --reason 'all was read' 2> words
test $? -eq 2 && grep -q 'Nobody has judged' words
check "it is not made final over proposals that nobody judged" $?
z report --out first --kind alert 2> words && grep -q '<status>Draft</status>' first/alert.xml
check "until then an alert is a draft" $?
a final --author A --reason 'read by two' --leave-open 2> words && grep -q 'AS1 is final' words
z report --out second --kind alert 2> words && grep -q '<status>Actual</status>' second/alert.xml
check "a final assessment's alert is no draft" $?
a withdraw 7.6 --analyst B --reason 'saw the second source' 2> words
a changes > out 2> words && grep -q 'B withdrew the rating' out && grep -q 'AS2, since AS1' words
check "what changed is told with who and why" $?
a report -o en.pdf --heat-map heat.svg 2> words && a report -o fa.pdf --lang fa 2> words &&
    grep -q '<svg' heat.svg && test -s fa.pdf && pdftotext en.pdf - 2> words | grep -q 'What would change'
check "the assessment is written to be read" $?

printf 'rule: shutdown\n when internet shutdowns in 30 days >= 1\n followed by killings in 30 days >= 1\n' > rules
a triggers keep rules 2> words && a triggers show > out 2> words && grep -q 'internet shutdowns in 30 days ≥ 1' out
check "rules are kept and told back" $?
a triggers dry-run --to 2026-06-20 > out 2> words && grep -q '^shutdown,' out && grep -q 'any day' words
check "a dry-run tells how often and what follows any day" $?
a triggers check --today 2026-06-20 > out 2> words && grep -q '^shutdown,' out
check "rules are checked on a day" $?
printf 'when unicorns in 7 days >= 1\n' > bad
a triggers show --rules bad 2> words
test $? -eq 3 && grep -q 'bad, line 1' words
check "a rule that is not understood names its line" $?

printf 'country,risk_in_2021_22\nAland/Oland,0.2\nBland,0.1\nCland,0.05\n' > edition.csv
printf 'country,start_year\nOland,2021\nDland,1999\n' > events.csv
a ledger load edition.csv 2> words && a ledger outcomes events.csv --through 2023 2> words
a ledger ranks > out 2> words && grep -q ',Aland/Oland,1,3,0.2' out
check "a published forecast gives the rank before the event" $?
a ledger score > out 2> words && grep -q ',auc,1,' out && grep -q ',brier,0.21' out
check "it is scored once the outcome is known" $?
sed -i s/0.05/0.06/ edition.csv
a ledger load edition.csv 2> words
test $? -eq 2 && grep -q 'is not changed' words
check "what was published is not changed" $?
a ledger score --metric msle > out 2> words
test $? -eq 2 && grep -q 'no score' words
check "an unknown score is an error" $?
a ledger list > out 2> words && grep -q '^PN[0-9]*,assessment,' out && grep -q '^PN[0-9]*,alarm,' out && ! grep -q ',no,' out
check "assessments and alarms stand in the ledger, their hashes fit" $?
z verify > out 2> words
check "the log fits" $?
printf 'y,s1,s2\n3,2,4\n,1,1\n' > counts.csv
"$zenhar" assess scores counts.csv --outcome y --samples s > out 2> words && grep -q '^crps,0.5,' out && grep -q '1 rows' words
check "counts are scored, rows without an outcome counted" $?
echo "1..$n"
