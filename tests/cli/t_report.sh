#!/bin/sh
# tests/cli/t_report.sh: what a case is shown as, written as files; what is new since a day. TAP.
. "$(dirname "$0")/lib.sh"
echo pw >pw
echo 1..9
ZENHAR_CASE=c.zenhar
export ZENHAR_CASE
awk 'BEGIN {
    print "date,place,kind,text,source"
    for (i = 0; i < 60; i++)
        printf "2025-06-%02d,تهران,arrest,Report %d,Test source\n", 13 + i % 12, i
}' >first.csv
sed 's/Report/Later report/' first.csv >second.csv
z init --country ir >/dev/null 2>&1 && cheap c.zenhar pw
z import first.csv >/dev/null 2>err && z assess run >/dev/null 2>>err
check a_case_is_made $?
brief() {
    ends 0 z report --out o --kind brief --lang fa && [ "$(ls o)" = "$(printf 'brief-fa.html\nbrief-fa.pdf')" ] && grep -q 'dir="rtl"' o/brief-fa.html
}
claim the_situation_on_one_page brief
situation() {
    ends 0 z report --out s --kind situation && [ "$(ls s | wc -l)" -eq 8 ] && xmllint --noout s/situation-fa.atom s/situation-en.atom s/situation-en.html
}
claim the_situation_in_every_form situation
nothing() { ends 3 z report --out a --kind alert && says "nothing to warn of" && [ -z "$(ls a 2>/dev/null)" ]; }
claim nothing_to_warn_of_writes_nothing nothing
kind() { ends 2 z report --out o --kind poem && says "situation, brief, alert, charts or all"; }
claim a_kind_that_is_none kind
since() { # what was there before the second import is not told; what came with it is
    [ "$(z list report 2>err | tail -n +2 | wc -l)" -eq 60 ] && sleep 1 && now=$(date -u +%Y-%m-%dT%H:%M:%SZ) && z import second.csv >/dev/null 2>err &&
        ends 0 z report --since "$now" && head -1 out | grep -q '^kind,id,time,what' && [ "$(grep -c '^report,R' out)" -eq 60 ] &&
        ! grep -q '^report,R[1-9],' out && ! grep -q ',R60,' out && grep -q '^report,R61,' out && says "60"
}
claim what_is_new_since_a_time_and_only_that since
all_of_it() { ends 0 z report --since 2025-01-01 && [ "$(grep -c '^report,R' out)" -eq 120 ] && grep -q '^assessment,AS1,' out; }
claim since_long_ago_is_all all_of_it
none() { ends 0 z report --since 2199-01-01 && [ "$(wc -l <out)" -eq 1 ]; }
claim since_tomorrow_is_nothing none
words() { ends 0 z report --since 2025-01-01 && ! grep -q 'Report 1' out && ends 3 z report --since soon; }
claim no_words_of_reports_are_told words
