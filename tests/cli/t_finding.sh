#!/bin/sh
# tests/cli/t_finding.sh: grades of sources and reports, findings with their standard of proof; what is
# graded E5 is kept and changes no figure. TAP.
. "$(dirname "$0")/lib.sh"
echo pw >pw
echo 1..20
ZENHAR_CASE=c.zenhar
export ZENHAR_CASE
# Two independent reports of one arrest, one that cites the first, one that copies it word for word, and
# a page that reports three hundred arrests a week.
cat >reports.csv <<'CSV'
date,place,kind,name,father,text,source,according to,count
2025-06-20,تهران,arrest,Sohrab Testnam,Rostam,"Sohrab Testnam was arrested at his home in Tehran on Friday evening; his family was told nothing of where he is held",First group,,
2025-06-20,تهران,arrest,Sohrab Testnam,Rostam,"A neighbour saw four men without uniforms lead a student away; relatives later confirmed his name to us by telephone",Second group,,
2025-06-20,تهران,arrest,Sohrab Testnam,Rostam,"An arrest in Tehran, as the First group writes",Third page,First group,
2025-06-20,تهران,arrest,Sohrab Testnam,Rostam,"Sohrab Testnam was arrested at his home in Tehran on Friday evening; his family was told nothing of where he is held",Fourth page,,
CSV
awk 'BEGIN {
    print "date,place,kind,text,source,count"
    for (i = 0; i < 80; i++)
        printf "2025-%02d-%02d,تهران,arrest,Page says %d,Loud page,300\n", 1 + i / 14, 1 + i % 14 * 2, i
}' >loud.csv
awk 'BEGIN {
    print "date,place,kind,text,source,count"
    for (i = 0; i < 80; i++)
        printf "2025-%02d-%02d,تهران,arrest,Counted %d,Quiet group,2\n", 1 + i / 14, 1 + i % 14 * 2, i
}' >quiet.csv
z init --country ir >/dev/null 2>&1 && cheap c.zenhar pw
z import reports.csv >/dev/null 2>err && z import quiet.csv >/dev/null 2>>err
check reports_come_in $?
figures() { # what the case counts: all that an assessment draws from statements
    case_copy c.zenhar probe && ZENHAR_CASE=probe z assess run >/dev/null 2>err &&
        ZENHAR_CASE=probe z signal series SE1 >counted 2>>err
    status=$?
    [ -s counted ] && sha256sum <counted
    case_drop probe
    return $status
}
before=$(figures)
z import loud.csv >/dev/null 2>err
loud=$(figures)
[ -n "$before" ] && [ "$before" != "$loud" ]
check the_page_changes_figures_at_first $?
source_id() { z list source 2>err | grep ",$1," | cut -d, -f1; }
page=$(source_id 'Loud page')
graded() { ends 0 z grade --why "counts proved false in May" "$page" e5 && says "80 reports" && says "change no figure"; }
claim a_page_is_graded_with_all_it_brought graded
after=$(figures)
[ "$before" = "$after" ]
check graded_e5_it_changes_no_figure $?
kept() { [ "$(z list report --text 2>err | grep -c 'Page says')" -eq 80 ] && z search 'Page says' 2>err | grep -q 'Page says'; }
claim and_is_kept_all_the_same kept
later() {
    sed 's/Page says/Page says again/' loud.csv >more.csv && z import more.csv >/dev/null 2>err &&
        [ "$(figures)" = "$before" ] && [ "$(z list report --text 2>err | grep -c 'Page says again')" -eq 80 ]
}
claim so_does_what_it_brings_later later
back() { z grade --why "they mended their counts" "$page" C3 2>err && [ "$(figures)" != "$before" ] && z grade --why "no" "$page" E5 2>err; }
claim a_grade_can_be_taken_back back
audited() { z list audit 2>err | grep -q 'grade.*E5.*counts proved false in May'; }
claim why_is_in_the_audit_trail audited
claim verified ends 0 z verify
why() { ends 2 z grade "$page" E5 && says "Say why"; }
claim without_why_nothing_is_graded why
no_grade() { ends 2 z grade --why x R1 G7 && says "is no grade"; }
claim a_grade_that_is_none no_grade
z link >/dev/null 2>err
link() { z list act 2>err | grep -c arrest; }
find_() { z appeal finding --text "A student was arrested without a warrant and his family was not told where he is held." --standard grounds "$@"; }
alone() { ends 3 find_ --grade B1 --rests R1 && says "second independent source" && says "First group"; }
claim confirmed_by_one_source_is_refused alone
citing() { ends 3 find_ --grade B1 --rests R1,R3 && says "cite one another"; }
claim a_source_that_cites_the_other_is_no_second citing
copying() { ends 3 find_ --grade B1 --rests "R1 R4" && says "second independent source"; }
claim nor_is_one_that_copies_it copying
two() { ends 0 find_ --grade B1 --rests R1,R2,R3,R4 --text-fa "دانشجویی بی حکم بازداشت شد و به خانواده‌اش نگفتند کجاست." && grep -q '^FN[0-9]*,grounds,B1,2,"First group; Second group",R1 R2 R3 R4,' out; }
claim two_independent_sources_confirm two
loud_only() { id=$(z list report --text 2>err | grep 'Page says 3,' | cut -d, -f1) && ends 3 find_ --grade B2 --rests "$id" && says "E5"; }
claim a_finding_does_not_rest_on_e5 loud_only
names() { ends 3 z appeal finding --text "Sohrab  Testnam was arrested." --standard grounds --grade B2 --rests R1 && says "names a person"; }
claim a_finding_names_nobody names
demand() { ends 3 z appeal finding --text "The regime must be overthrown." --standard grounds --grade B2 --rests R1; }
claim a_finding_demands_nothing demand
standard() { ends 2 z appeal finding --text "Arrests." --grade B2 --rests R1 && says "standard of proof"; }
claim a_finding_names_its_standard standard
letter() { # two of its sources turn out to be false: the letter cannot be sealed with it
    z appeal load --facts iran-2025 >/dev/null 2>&1 && ends 0 z appeal letter --to SG --date 2025-07-20 --lang en && id=$(cut -d, -f1 out | grep -o 'AP[0-9]*' | head -1) &&
        z appeal show "$id" >letter.txt 2>err && grep -q 'reasonable grounds to believe' letter.txt && grep -q 'confirmed by other sources' letter.txt &&
        z grade --why "made up" "$(source_id 'Second group')" E5 2>err && ends 1 z appeal findings && grep -q 'second independent source' out &&
        ends 3 z appeal seal --letter "$id" && says "no longer holds"
}
claim a_letter_carries_it_and_is_not_sealed_once_it_fails letter
