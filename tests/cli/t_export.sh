#!/bin/sh
# zenhar export as a user would: formats, redaction told, refusals, and back by zenhar import.
. "$(dirname "$0")/lib.sh"

echo "a passphrase for tests" >pw
export ZENHAR_CASE=a.zenhar
cat >in.csv <<'END'
id,date,city,act,name,father,phone,text,title
a1,2025-06-01,Tehran,arrest,Zarrinkafsh Qobadi,Nowruzali,09121234567,"Zarrinkafsh Qobadi was taken, call 09121234567.",Arrest
a2,2025-06-02,Shiraz,arrest,Sohrab Dehqanpur,,,Sohrab Dehqanpur was taken from home.,Arrest of Dehqanpur
END
z init a.zenhar >/dev/null 2>&1 && cheap a.zenhar pw && z import in.csv >/dev/null 2>&1 && z link >/dev/null 2>&1 || echo "Bail out! no case"

redacted() {
    ends 0 z export --format jsonl --out a.jsonl && says 'Redacted: ' && says 'statement.victim_name 2' &&
        ! grep -iE 'Zarrin|Qobadi|Nowruzali|9121234567|Dehqan|Sohrab' a.jsonl &&
        tail -n 1 a.jsonl | grep -q '"statement.victim_name":2'
}
claim an_export_is_redacted_by_default_and_says_so redacted

folder() { ends 0 z export --format csv --out tables && [ -s tables/report.csv ] && [ -s tables/zenhar-export.json ]; }
claim tables_of_all_kinds_go_to_a_folder folder

wrong() { ends 2 z export --format csv && says '--out' && ends 2 z export --format xml && ends 2 z export && ends 2 z export --format jsonl --what cats && says 'statements' &&
    ends 2 z export --format jsonl --with-identities && says '--reason' &&
    ends 2 z export --format jsonl --with-identities --reason x --use holiday && says 'government'; }
claim wrong_words_are_told wrong

consented() {
    person=$(z list person | sed -n 2p | cut -d, -f1)
    z appeal consent --person "$person" --use send --answer yes &&
        z appeal consent --person "$person" --use name --answer full &&
        ends 0 z export --format jsonl --with-identities --reason "for the registry" &&
        grep -q 'Zarrinkafsh Qobadi' out && ! grep -qE '9121234567|Dehqan' out
}
claim with_consent_the_name_goes_the_telephone_does_not consented

back() {
    z init b.zenhar >/dev/null 2>&1
    ends 0 z import --case b.zenhar a.jsonl tables && says 'taken in: 0' &&
        z export --case b.zenhar --format csv --what reports >b.csv 2>/dev/null &&
        [ "$(wc -l <b.csv)" -eq "$(wc -l <tables/report.csv)" ]
}
claim zenhar_import_reads_both_back_and_knows_what_it_has back

role() {
    printf 'an analyst for tests' >own
    "$zenhar" passphrase --help | grep -q -- '--add' || return 1
    "$zenhar" passphrase --case a.zenhar --passphrase-file pw --add Nika --role analyst --new-passphrase-file own >out 2>err &&
        ends 3 "$zenhar" export --format jsonl --with-identities --reason x --passphrase-file own && says 'may not see names' &&
        ends 0 "$zenhar" export --format jsonl --passphrase-file own && says 'cannot be looked for' && ! grep -q 'was taken' out
}
claim a_role_without_names_gets_none_and_no_texts role
echo "1..$n"
