#!/bin/sh
# tests/cli/t_appeal.sh: `zenhar appeal` as a user meets it: the clock, office-holders, a letter in each
# language, and every wrong word. TAP.
. "$(dirname "$0")/lib.sh"

echo "a passphrase of the test" >pw
z init --country IR c.zenhar >out 2>err && cheap c.zenhar pw || exit 1
ZENHAR_CASE=c.zenhar
export ZENHAR_CASE

nothing_yet() {
    ends 3 z appeal letter --to SG --lang en && says "zenhar appeal load" &&
        ends 0 z appeal clock && says "No clock runs"
}
claim an_empty_case_says_what_to_do nothing_yet

loaded() {
    ends 0 z appeal load --facts iran-2025 && says "28 votes and 3 asks" &&
        before=$(z verify 2>/dev/null) && ends 0 z appeal load --facts iran-2025 &&
        [ "$(z verify 2>/dev/null)" = "$before" ]
}
claim facts_are_loaded_and_twice_adds_nothing loaded

clock() { # the Security Council after 201 days, the Human Rights Council after 209
    ends 0 z appeal clock --on 2026-01-23 && says "No public answer found from 5 of 5 addressees" &&
        grep -q '^AK2,b,.*,2026-01-15,201,' out && grep -q '^AK2,b,.*,2026-01-23,209,' out &&
        cp out first && ends 0 z appeal clock --on 1404-11-03 && cmp first out &&
        ends 0 z appeal clock --on 2026-01-14 && ! grep -q 2026-01-15 out
}
claim the_clock_shows_201_and_209_days clock

offices() {
    ends 0 z appeal recipients --letter AP1 && says "Not in office that day: 2" &&
        grep -q 'George Okoth-Obbo.*,out_of_office,RC[0-9]*,Mô Bleeker,' out &&
        grep -q 'Linda Thomas-Greenfield.*,out_of_office,RC[0-9]*,Dorothy Shea,' out &&
        grep -q 'Volker Türk.*,left_out,' out
}
claim office_holders_of_the_day_of_the_letter offices

tables() {
    ends 0 z appeal votes --body HRC && grep -q 'S-35/1,.*,25,6,16,0,adopted' out &&
        grep -q '28/21,.*,20,,,,adopted' out && ends 0 z appeal votes VT18 &&
        [ "$(grep -c 'in favour' out)" -eq 25 ] && [ "$(wc -l <out)" -eq 48 ] &&
        ends 0 z appeal members --body SC --year 2026 && [ "$(wc -l <out)" -eq 16 ] &&
        ends 0 z appeal asks --lang fa && grep -q 'پایش' out
}
claim votes_members_and_asks_are_tables tables

letters() {
    ends 0 z appeal letter --to SG --date 2025-06-28 --lang fa --sender "سازمان|نشانی" && says "پیش‌نویس" &&
        ends 0 z appeal letter --to sr-iran --date 2025-06-28 --lang en && says "a draft" &&
        ends 0 z appeal show AP2 && grep -q '۷ تیر ۱۴۰۴ (۲۸ ژوئن ۲۰۲۵)' out && grep -q '^سازمان$' out &&
        ends 0 z appeal show AP3 && grep -q '^DRAFT' out && grep -q '^Dear Ms. Sato,' out &&
        ends 0 z appeal show AP3 --json && grep -q '"salutation": "Dear Ms. Sato,"' out &&
        ends 0 z trace AP3 && grep -q 'SHA-256' out
}
claim a_letter_in_each_language letters

edited() { # out to a file, changed, in again; the text before is there word for word
    ends 0 z appeal edit --letter AP3 && cp out before.txt && sed 's/^Subject: .*/Subject: Another subject/' before.txt >after.txt &&
        echo "A last paragraph." >>after.txt && ends 0 z appeal edit --letter AP3 --reason "a test" before.txt && says "nothing was written" &&
        ends 0 z appeal edit --letter AP3 --reason "a test" after.txt && says "the one before is kept" &&
        ends 0 z appeal show AP3 && grep -q 'Another subject' out && grep -q '^A last paragraph\.' out &&
        ends 0 z appeal versions --letter AP3 && grep -q '^1,20.*Z,,a test,O[0-9]*$' out &&
        ends 0 z appeal edit --letter AP3 --version 1 && cmp out before.txt &&
        ends 3 z appeal edit --letter AP3 --version 2 && says "no version" &&
        ends 2 z appeal edit --letter AP3 after.txt && says "why" &&
        echo "Subjet: x" | ends 3 z appeal edit --letter AP3 --reason x - && says "Line 1" &&
        ends 3 z appeal edit --letter AP1 --reason x after.txt && says "no draft" && ends 0 z verify
}
claim a_drafts_text_is_a_file_and_back edited

wrong() {
    ends 2 z appeal && ends 2 z appeal fly && says "sub-command" && ends 2 z appeal letter &&
        ends 2 z appeal letter --to SG --date 2025-13-01 && says "no month 13" &&
        ends 2 z appeal clock --on 2025 && says "a single day" && ends 2 z appeal show &&
        ends 2 z appeal show R1 && ends 3 z appeal show AP99 && says "no appeal AP99" &&
        ends 3 z appeal letter --to FOO && says "no office of that code" &&
        ends 3 z appeal letter --to RC3 --date 2025-06-28 --lang en && says "Mô Bleeker did" &&
        ends 3 z appeal letter --to RC999 && ends 3 z appeal votes --body XX &&
        ends 2 z appeal votes AP1 && ends 3 z appeal load --facts nowhere && says "no bundled case"
}
claim wrong_words_get_a_sentence_and_a_status wrong

asks() {
    ends 0 z appeal ask --template a --rests VT1 --by 2026-12-01 --of "HC FFMI" &&
        grep -q '^AK4,d,HC FFMI,2026-12-01,VT1,' out &&
        ends 3 z appeal ask --text x --rests VT1 --of HC && says "no basis" &&
        ends 3 z appeal ask --text x --basis y --rests VT1 --of XX && says "no office or body" &&
        ends 3 z appeal ask --text x --basis y --rests VT1 && says "nobody who could do it" &&
        ends 3 z appeal ask --text x --basis y --of HC && says "rests on nothing" &&
        ends 3 z appeal ask --text x --basis y --of HC --rests FG999 &&
        ends 0 z appeal asks && [ "$(wc -l <out)" -eq 5 ]
}
claim an_ask_says_what_of_whom_on_what_basis_by_when asks

agenda() {
    ends 0 z appeal agenda && [ "$(wc -l <out)" -eq 10 ] && says "Held against the past" &&
        cp out first && ends 0 z appeal agenda && cmp first out &&
        ends 0 z appeal agenda --road hrc-special && [ "$(wc -l <out)" -eq 48 ] &&
        [ "$(grep -c ',yes,0' out)" -eq 21 ] && ends 0 z appeal agenda --check &&
        [ "$(wc -l <out)" -eq 5 ] && ends 2 z appeal agenda --road moon &&
        printf 'state,vote\nFrance,against\nFrance,against\n' >said.csv &&
        ends 3 z appeal agenda --positions said.csv && says "line 3: “France” stands there twice"
}
claim roads_with_probabilities_that_come_again agenda

any_letter() {
    printf '28 June 2025\nGeorge Okoth-Obbo\nDear all,\nthe Security Council\n' >letter.txt
    ends 1 z appeal check letter.txt && ends 1 env -u ZENHAR_CASE "$zenhar" appeal check letter.txt &&
        grep -q '^out_of_office,SA-R2P,.*,Mô Bleeker,' out && grep -q '^left_out,SC,' out &&
        ends 0 env -u ZENHAR_CASE "$zenhar" appeal check --on 2024-01-15 letter.txt &&
        ends 1 z appeal check AP1 && ends 3 z appeal check nowhere.txt && ends 2 z appeal check
}
claim a_letter_of_anybody_is_checked any_letter

echo "1..$n"
