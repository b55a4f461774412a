#!/bin/sh
# tests/cli/t_key.sh: a case's key split into shares, copied, given back, revoked. TAP.
. "$(dirname "$0")/lib.sh"
echo "the owner's passphrase" >pw
echo "words after the flood" >pwn
echo "Bita's words" >pwb
key() { "$zenhar" key "$@" --case c.zenhar; }
owner() { "$zenhar" key "$@" --case c.zenhar --passphrase-file pw; }
z init c.zenhar >/dev/null 2>&1 && cheap c.zenhar pw

split() {
    case_state c.zenhar >before && ends 0 owner split --shares 3 --threshold 2 --out s --pdf && says "any 2 of them" && case_state c.zenhar | cmp -s - before &&
        [ "$(ls s | paste -sd' ')" = "share-1-of-3.en.pdf share-1-of-3.fa.pdf share-1-of-3.txt share-2-of-3.en.pdf share-2-of-3.fa.pdf share-2-of-3.txt share-3-of-3.en.pdf share-3-of-3.fa.pdf share-3-of-3.txt" ] &&
        [ "$(stat -c %a s s/share-1-of-3.txt s/share-1-of-3.fa.pdf | paste -sd' ')" = "700 600 600" ] && ends 0 key list &&
        [ "$(sed -n 2p out | cut -d, -f2-4)" = "administrator,2,3" ] && grep -q 'آن را از روی کاغذ\|سهم' s/share-1-of-3.txt
}
claim a_page_a_share_and_the_case_is_not_rewritten split
drawn() {
    command -v pdftotext >/dev/null || return 0
    for language in en fa; do
        pdftotext -layout s/share-1-of-3.$language.pdf page.txt
        [ "$(pdfinfo s/share-1-of-3.$language.pdf | sed -n 's/^Pages: *//p')" = 1 ] || return 1
        tr -d ' \n-' <page.txt >joined
        sed -n '/^BEGIN/,/^END/p' s/share-1-of-3.txt | sed '1d;$d' | while read -r row; do
            grep -qF "$(echo "$row" | tr -d -- -)" joined || echo "lost in $language: a row"
        done | grep . && return 1
    done
    return 0
}
claim each_page_is_drawn_with_its_letters drawn
copied() {
    sed -n '/^BEGIN/,/^END/p' s/share-3-of-3.txt | sed '1d;$d' | tr 'A-Z0' 'a-zo' | tr -d '\n-' >copy.txt && ends 0 key check copy.txt s/share-1-of-3.txt && says "Share 3 of 3" &&
        sed 's/^BEGIN.*/&\n/; t; ' s/share-2-of-3.txt | awk '/^END/{in_it=0} in_it && NF && ++row == 4 {$0 = (substr($0, 1, 1) == "7" ? "8" : "7") substr($0, 2)} /^BEGIN/{in_it=1} {print}' >typo.txt &&
        ends 3 key check typo.txt && says "typo.txt: Share 1: row 4 is mistyped"
}
claim a_copy_by_hand_is_checked_and_a_typo_found_in_its_row copied
refused() {
    case_keys c.zenhar >kept && ends 2 key recover --owner --new-passphrase-file pwn s/share-1-of-3.txt && says "2 shares are needed, 1 were given" &&
        ends 2 key recover --owner --new-passphrase-file pwn s/share-1-of-3.txt s/share-1-of-3.txt && says "given twice" &&
        ends 2 key recover s/share-1-of-3.txt s/share-2-of-3.txt && says "name NAME, or --owner" &&
        ends 3 key recover --owner --new-passphrase-file pwn typo.txt copy.txt && ends 2 owner split --shares 3 --threshold 4 && ends 2 owner split --shares 3 --threshold 2 --out s && says "s cannot be made" &&
        "$zenhar" init d.zenhar --passphrase-file pw >/dev/null 2>&1 && ends 0 "$zenhar" key split --shares 2 --threshold 2 --case d.zenhar --passphrase-file pw && mv out theirs.txt &&
        ends 2 key recover --owner --new-passphrase-file pwn theirs.txt && says "of another case" && case_keys c.zenhar | cmp -s kept - && ls s/share-1-of-3.txt >/dev/null
}
claim what_does_not_go_together_is_said_and_nothing_written refused
letters() { # the letters of a share as an argument are neither taken nor repeated
    row=$(sed -n '/^BEGIN/{n;p}' s/share-1-of-3.txt) && ends 3 key check "$row" && says "never given on the command line" && ! grep -qF "$row" err out &&
        ends 2 key "$row" && ! grep -qF "$row" err out
}
claim letters_on_the_command_line_are_not_taken letters
recovered() {
    echo "forgotten" >pwf && z passphrase --case c.zenhar --new-passphrase-file pwf >/dev/null 2>&1 && cat s/share-2-of-3.txt | ends 0 key recover --name Bita --new-passphrase-file pwb copy.txt - &&
        says "Bita has a passphrase now, as administrator" && ends 0 "$zenhar" verify --case c.zenhar --passphrase-file pwb &&
        ends 0 key recover --owner --new-passphrase-file pw s/share-1-of-3.txt s/share-2-of-3.txt && ends 0 z verify --case c.zenhar && ends 3 "$zenhar" verify --case c.zenhar --passphrase-file pwf
}
claim two_shares_of_three_open_the_case_again recovered
several() { # printed: all pages in one file, between them a form feed
    ends 0 owner split --shares 3 --threshold 3 --role analyst && mv out all.txt && [ "$(tr -cd '\f' <all.txt | wc -c)" = 2 ] && ends 0 key check all.txt && [ "$(grep -c "as it was given" err)" = 3 ] &&
        ends 0 key recover --name Anna --new-passphrase-file pwn all.txt && says "as analyst" && echo "title" >r.csv &&
        ends 3 "$zenhar" import r.csv --case c.zenhar --passphrase-file pwn && says "reading only"
}
claim shares_of_a_role_give_its_keys_alone several
revoked() {
    split=$(key list 2>/dev/null | sed -n 's/,administrator,.*//p') && ends 0 owner revoke "$split" && ends 2 key recover --owner --new-passphrase-file pwn s/share-1-of-3.txt s/share-2-of-3.txt && says "revoked" &&
        ends 3 owner revoke "$split" && ends 0 z verify --case c.zenhar
}
claim a_revoked_split_opens_nothing revoked
persian() {
    ends 2 key recover --lang fa --owner --new-passphrase-file pwn all.txt s/share-1-of-3.txt && grep -q 'سهم' err
}
claim it_is_said_in_persian_too persian
echo "1..$n"
