#!/bin/sh
# tests/cli/t_text.sh: `zenhar text` as a user runs it: each filter, its switches, what it refuses; and that
# its memory does not grow with the input. TAP.
. "$(dirname "$0")/lib.sh"
text() { "$zenhar" text "$@"; }
zwnj=$(printf '\342\200\214')

puts_back() { # puts_back TEXT EXPECTED OPTIONS...
    given=$1 wanted=$2
    shift 2
    got=$(printf '%s\n' "$given" | text normalize "$@") || return 1
    [ "$got" = "$wanted" ] && return 0
    echo "got: $got"
    return 1
}
claim arabic_letters_and_digits puts_back 'كتاب يك ٢٠٢٥' 'کتاب یک ۲۰۲۵'
claim digits_by_choice puts_back '۱۴۰۴ ١٤٠٤ 1404' '1404 1404 1404' --digits ascii
claim diacritics_by_choice puts_back 'مُحَمَّد' 'محمد' --diacritics
claim a_space_becomes_a_half_space puts_back 'او می رود و نمی آید' "او می${zwnj}رود و نمی${zwnj}آید"
claim a_lost_half_space_returns puts_back 'سازمانهای حقوق بشر' "سازمان${zwnj}های حقوق بشر"
claim a_rule_switched_off puts_back 'او می رود' 'او می رود' --without join
claim letters_switched_off puts_back 'كتاب' 'كتاب' --without letters
claim compounds_are_a_habit puts_back 'بین المللی می رود' "بین المللی می${zwnj}رود" --convention inflection

reasons() {
    printf 'كتاب می رود' | text normalize --changes >out &&
        grep -q '"start":0,"end":2,"rule":"letters","before":"ك","after":"ک","confidence":' out &&
        grep -q '"start":13,"end":14,"rule":"join"' out
}
claim each_change_says_where_by_which_rule_and_how_sure reasons

both_calendars() {
    printf 'در تابستان ۱۳۶۷ و 28 June 2025 و early 1360s (1980)' | text dates >out &&
        grep -q '"edtf":"1988-06-22/1988-09-22","written":"1367-22","calendar":"solar-hijri","precision":"season"' out &&
        grep -q '"edtf":"2025-06-28"' out && [ "$(grep -c '"contradicted":true' out)" -eq 2 ]
}
claim dates_in_both_calendars_and_their_contradiction both_calendars
relative() {
    printf 'دیروز' | text dates --today 1404-04-08 | grep -q '"edtf":"2025-06-28"' &&
        printf 'دیروز' | text dates | grep -q '"edtf":""'
}
claim yesterday_needs_a_day relative

one_key() {
    printf 'محمدرضا\nMohammad-Reza\nMohamad Reza\nMuhammed Riza\n' | text names >out &&
        [ "$(sed 's/.*"key":"\([^"]*\)".*/\1/' out | sort -u | wc -l)" -eq 1 ]
}
claim four_spellings_of_a_name_are_one_key one_key

other_script() {
    printf 'محمدرضا کریمی\nNasrin Hosseini\nXyzzy Karimi\n' | text names >out &&
        grep -q '"latin":"Mohammad-Reza Karimi"' out && grep -q '"persian":"نسرین حسینی"' out &&
        [ "$(grep -c '"persian"\|"latin"' out)" -eq 2 ]
}
claim a_dictionary_gives_the_other_script_and_makes_nothing_up other_script

sealed() {
    printf 'From: ADLIRAN\nابلاغیه شماره 1404123456 کد ملی 0499370899 تلفن 09123456789' >m
    text summons m >out && ! grep -q '0499370899\|9123456789' out &&
        grep -q '"sealed":\["phone","national_id"\]' out &&
        text summons --show-sealed m | grep -q '"national_id":{"value":"0499370899"'
}
claim phone_and_national_number_are_sealed sealed
check_digit() {
    printf 'کد ملی 0499370898' | text summons >out && grep -q '"national_id_wrong":true' out
}
claim a_wrong_check_digit_is_told check_digit
phishing() {
    printf 'شکوائیه علیه شما ثبت شد، جهت حضور https://sana.adliran.ir.example/a' | text summons >out &&
        grep -q '"kind":"phishing"' out && grep -q '"is_summons":true' out
}
claim a_strange_link_is_flagged_and_still_a_summons phishing

places() {
    printf 'در گلستان، تهران، سه نفر بازداشت شدند.\nاستان گلستان\nAlborz' | text extract >out &&
        grep -q '"kind":"act".*"province":"IR-23"' out &&
        grep -q '"text":"گلستان","value":"IR-27"' out &&
        grep -q '"text":"Alborz","value":"","detail":"IR-30 IR-26"' out
}
claim an_open_name_lists_its_provinces_and_context_decides places

claim no_such_rule_is_wrong_usage ends 2 "$zenhar" text normalize --without nothing
claim no_such_convention_is_wrong_usage ends 2 "$zenhar" text normalize --convention none
claim no_such_filter_is_wrong_usage ends 2 "$zenhar" text sing
claim a_missing_file_cannot_go_on ends 3 "$zenhar" text dates nowhere.txt
in_persian() {
    "$zenhar" --help --lang fa | grep -q 'شیوهٔ کاربرد' && "$zenhar" text --help --lang fa | grep -q 'ورودی استاندارد' &&
        "$zenhar" report --help --lang fa | grep -q 'پرونده' && "$zenhar" report --help | grep -q 'Writes from what'
}
claim help_answers_in_persian_wherever_lang_stands in_persian

# The peak of memory on 1 MB and on 40 MB through a pipe: within 8 MB of each other.
peak() { # peak MB FILTER
    python3 -c '
import os, resource, subprocess, sys
line = "در ۷ تیر ۱۴۰۴ دست کم ۱۲ نفر در سنندج بازداشت شدند و خبری از سازمانهای حقوق بشر نیست.\n\n".encode()
child = subprocess.Popen([sys.argv[1], "text", sys.argv[3]], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
for _ in range(int(sys.argv[2]) * 1000000 // (len(line) * 1000) + 1):
    child.stdin.write(line * 1000)
child.stdin.close()
if child.wait() != 0:
    sys.exit(1)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$zenhar" "$1" "$2"
}
steady() {
    small=$(peak 12 "$1") && large=$(peak 40 "$1") || return 1
    echo "$1: $small KB on 12 MB, $large KB on 40 MB"
    [ "$large" -lt $((small + 8192)) ]
}
sanitized=$(nm -D "$zenhar" 2>/dev/null | grep -c __asan_init)
for filter in normalize dates summons extract; do
    if [ "$sanitized" -gt 0 ]; then skip "memory_does_not_grow_with_the_input_$filter" "a sanitizer keeps freed memory"
    else claim "memory_does_not_grow_with_the_input_$filter" steady "$filter"; fi
done
echo "1..$n"
