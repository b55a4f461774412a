#!/bin/sh
# tests/cli/t_assess.sh: the bundled public facts, assessed as a user does it. TAP.
. "$(dirname "$0")/lib.sh"
root=${G_TEST_SRCDIR:?}
echo 'words for a test' > pass
export ZENHAR_CASE="$folder/i.zenhar"
LANG=C.UTF-8
export LANG
z() { command=$1; shift; "$zenhar" "$command" --passphrase-file pass "$@"; }
sub() { command=$1; second=$2; shift 2; "$zenhar" "$command" "$second" --passphrase-file pass "$@"; }

z init --country IR "$ZENHAR_CASE" 2> words && cheap "$ZENHAR_CASE" pass || cat words
sub assess show > out 2> words
test $? -eq 3 && grep -q 'zenhar assess run' words
check "without an assessment the way to one is told" $?
z import "$root/cases/iran-2025/reports.csv" 2> words && z quarantine list 2>&1 | grep -q 'Nothing waits'
check "each bundled report can be read" $?
sub assess run --facts iran-2025 --today 2026-06-20 2> words && grep -q 'AS1' words
check "the bundled case is assessed" $?
sub assess run --facts iran-2025 --today 2026-06-20 2> words && grep -q 'Nothing has changed' words
check "again, nothing is written" $?
sub assess show > out 2> words && test "$(wc -l < out)" -eq 15 && grep -q '^RF3,.*,-1,not rated,' out
check "fourteen factors are shown, those without evidence not rated" $?
grep '^RF7,' out | grep -q 'AL[0-9]' && grep '^RF7,' out | grep -q 'FG[0-9]'
check "a factor names the alarms and figures it rests on" $?
LANGUAGE=fa LC_ALL=fa_IR.UTF-8 LANG=fa_IR.UTF-8 sub assess show 2> words | grep -q 'اعدام بیش از سال‌های پیش'
check "the reasons are told in Persian" $?
sub assess indicators > out 2> words && test "$(wc -l < out)" -eq 142 && grep -q '^7.8,RF7,.*,yes,' out
check "141 indicators are listed with their source" $?
sub signal alarms > out 2> words && grep -q 'farrington-flexible' out && grep -q 'is no proof of a death' out
check "alarms say their method and what would make them wrong" $?
sub signal series > out 2> words && grep -q '^SE1,' out && sub signal series SE1 2> words | grep -q '^2026-01-03,'
check "a series can be read week by week" $?
z estimate > out 2> words && grep -q 'cannot tell' out
check "an estimate may say that the data cannot tell" $?
z trace AS1 --all > out 2> words && grep -q 'executions-per-year.csv' out && grep -q 'memorial-deaths-by-day.csv' out
check "the assessment walks back to the sealed files" $?
z verify > out 2> words
check "the log fits" $?
sub assess run --today someday 2> words
test $? -eq 2
check "a day that is none is wrong usage" $?
sub assess run --facts nowhere-1900 2> words
test $? -eq 3
check "a case that is not bundled cannot go on" $?
ZENHAR_CASE="$folder/s.zenhar"
z init "$ZENHAR_CASE" 2> words && cheap "$ZENHAR_CASE" pass && "$zenhar" generate 600 --out made 2> words && z import --synthetic made/reports 2> words
sub assess run --today 2026-04-30 2> words && z list series > out 2> words && grep -q '^SE1,' out
check "a case of reports alone has its series" $?
z trace SE1 > out 2> words && grep -q 'original O.*synthetic.*SHA-256' out
check "a series counted from reports walks back to the files they came in" $?
# Two sources tell one or two arrests a week for three years; a third begins after 122 weeks, with ten a week.
awk 'function days(n,   y, m, d, e) { # civil date of day n since 1970
    n += 719468; e = int(n / 146097); n -= e * 146097
    y = int((n - int(n / 1460) + int(n / 36524) - int(n / 146096)) / 365)
    d = n - (365 * y + int(y / 4) - int(y / 100)); m = int((5 * d + 2) / 153)
    d = d - int((153 * m + 2) / 5) + 1; y += e * 400; m = m < 10 ? m + 3 : m - 9
    return sprintf("%04d-%02d-%02d", y + (m <= 2), m, d) }
BEGIN {
    print "date,kind,place,source,text"
    for (w = 0; w < 148; w++) for (s = 1; s <= 3; s++) for (k = 0; k < (s < 3 ? 1 + (w * w + s) % 2 : w < 122 ? 0 : 10); k++)
        print days(19539 + 7 * w + (3 * k + s) % 7) ",arrest,Tehran," substr("ABC", s, 1) ",arrest of a person number " w "-" s "-" k
}' > late.csv
ZENHAR_CASE="$folder/l.zenhar"
z init "$ZENHAR_CASE" 2> words && cheap "$ZENHAR_CASE" pass && z import late.csv --synthetic 2> words
sub assess run --today 2026-05-04 2> words && sub signal alarms > out 2> words && test "$(wc -l < out)" -eq 1
check "a source that begins half-way raises no surge" $?
sub signal notices > out 2> words && grep -q '^new-source,.*New source: C tells since' out &&
    LANGUAGE=fa LC_ALL=fa_IR.UTF-8 LANG=fa_IR.UTF-8 sub signal notices 2> words | grep -q 'منبع تازه: C'
check "and is named for what it is, in both languages" $?
echo "1..$n"
