#!/bin/sh
# zenhar appeal measures: the catalogue, steps of states with their evidence, the matrix. TAP.
. "$(dirname "$0")/lib.sh"
echo pw >pw
echo 1..13
ZENHAR_CASE=c.zenhar
export ZENHAR_CASE
z init >/dev/null 2>&1 && cheap c.zenhar pw
z appeal load --facts iran-2025 >/dev/null 2>&1
step() { z appeal measure --source "A made source, 2025" "$@"; }

catalogue() {
    z appeal measures >all 2>err && [ "$(wc -l <all)" -gt 60 ] && head -n 1 all | grep -q '^id,code,category,title,who,legal_basis,needs,confirmed' &&
        z appeal measures --category legal >legal 2>err && ! grep -q ',diplomatic,' legal && grep -q ',LEG-01,legal,' legal
}
claim the_catalogue_says_who_on_what_basis_and_what_it_needs catalogue
unchecked() { z appeal measures 2>err >all; grep -q ',no,' all && says "nobody has checked"; }
claim what_nobody_checked_is_said unchecked
steps() {
    step --state France --measure DIP-01 --status asked --on 2025-06-28 &&
        step --state fr --measure DIP-01 --status promised --on 2025-07-10 &&
        step --state Slovenia --measure DIP-01 --status taken --on 1404-10-20 &&
        step --state Brazil --measure LEG-03 --status refused --on 2025-08-01 &&
        z appeal measures --steps >steps.csv && [ "$(wc -l <steps.csv)" -eq 5 ] && grep -q '2026-01-10,Slovenia,DIP-01' steps.csv
} >out 2>err
steps
check steps_are_written_down_in_either_calendar $?
last() { # the last step counts, on the day asked for
    z appeal measures 2>err | grep ',DIP-01,' | grep -q ',,France,,Slovenia,' &&
        z appeal measures --on 2025-06-30 2>err | grep ',DIP-01,' | grep -q ',France,,,,'
}
claim the_last_step_up_to_a_day_counts last
claim a_state_that_is_none ends 3 step --state Atlantis --measure DIP-01 --status asked --on 2025-06-28
unknown_measure() { ends 3 step --state France --measure DIP-99 --status asked --on 2025-06-28 && says "whose code is “DIP-99”"; }
claim a_measure_that_is_none unknown_measure
claim a_status_that_is_none ends 2 step --state France --measure DIP-01 --status perhaps --on 2025-06-28
claim without_a_day ends 2 step --state France --measure DIP-01 --status asked
nothing_shows_it() { ends 3 z appeal measure --state France --measure DIP-01 --status asked --on 2025-06-28 && says "Nothing shows it"; }
claim without_anything_that_shows_it nothing_shows_it
rests() {
    z appeal measure --state Ghana --measure PRO-01 --status taken --on 2026-01-01 --rests VT1 >id 2>err && z trace "$(cat id)" >traced 2>err &&
        grep -q VT1 traced
}
claim a_step_rests_on_records rests
nothing_written() { [ "$(z appeal measures --steps 2>err | wc -l)" -eq 6 ]; }
claim what_was_refused_left_nothing nothing_written
charts() {
    z appeal measures --lang fa --chart fa.svg >/dev/null 2>err && z appeal measures --chart en.svg >/dev/null 2>err &&
        grep -q 'فرانسه' fa.svg && grep -q 'direction="rtl"' fa.svg && grep -q 'France' en.svg && grep -q 'entry not confirmed' en.svg &&
        xmllint --noout fa.svg en.svg && ends 2 z appeal measures --chart x.bmp
}
claim the_matrix_is_drawn_in_both_languages charts
claim the_case_verifies ends 0 z verify
