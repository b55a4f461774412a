#!/bin/sh
# tests/cli/t_print.sh: letters that go by post: one batch to print, kept as evidence; receipts. TAP.
. "$(dirname "$0")/lib.sh"
echo pw >pw
echo 1..8
ZENHAR_CASE=c.zenhar
export ZENHAR_CASE
z init --country ir >/dev/null 2>&1 && cheap c.zenhar pw
z appeal load >/dev/null 2>&1
for letter in "SG fa" "SG en"; do z appeal letter --to "${letter% *}" --lang "${letter#* }" >/dev/null 2>err || break; done
check letters_are_drafted $?
status_of() { z appeal deliveries 2>err | grep ",$1," | cut -d, -f5; }
id_of() { z appeal deliveries 2>err | grep ",$1," | cut -d, -f1; }
first=$(z list appeal 2>err | tail -n +2 | head -1 | cut -d, -f1) second=$(z list appeal 2>err | grep '^AP' | sed -n 2p | cut -d, -f1)
draft() { ends 0 z appeal print --letter "$first" --out x.pdf && says "A draft" && [ ! -e x.pdf ] && [ "$(status_of "$first")" = prepared ]; }
claim a_draft_is_not_printed draft
batch() {
    z appeal seal --letter "$first" >/dev/null 2>err && z appeal seal --letter "$second" >/dev/null 2>>err &&
        ends 0 z appeal print --letter "$first" --out one.pdf && ends 0 z appeal print --letter "$second" --out two.pdf &&
        [ "$(status_of "$first")" = printed ] && qpdf --check one.pdf >/dev/null && qpdf --check two.pdf >/dev/null
}
claim sealed_letters_are_printed batch
both() { # each begins on a front side, keeps its own page numbers and its own language
    ends 0 z appeal print --again --out all.pdf && says "Printed: 2" &&
        a=$(pdfinfo one.pdf | sed -n 's/^Pages: *//p') b=$(pdfinfo two.pdf | sed -n 's/^Pages: *//p') all=$(pdfinfo all.pdf | sed -n 's/^Pages: *//p') &&
        [ "$all" -eq $((a + a % 2 + b)) ] && qpdf --check all.pdf >/dev/null && pdftotext -f $((all - b + 1)) -l $((all - b + 1)) all.pdf - | grep -q "Page 1 of $b"
}
claim a_batch_keeps_each_letter_apart both
kept() { hash=$(sha256sum two.pdf | cut -d' ' -f1) && z list original 2>err | grep -q "$hash" && ends 0 z verify; }
claim what_was_printed_is_kept_by_its_hash kept
early() { ends 2 z appeal receipt --delivery "$(id_of "$first")" --on 2025-06-30 && says "posted on that day or later"; }
claim not_posted_before_it_was_written early
posted() {
    echo "receipt of the post office" >receipt.txt && ends 0 z appeal receipt --delivery "$(id_of "$first")" --on "$(date -u +%F)" receipt.txt &&
        [ "$(status_of "$first")" = sent ] && z trace "$(id_of "$first")" >traced 2>err && grep -q "$(sha256sum receipt.txt | cut -c1-16)" traced
}
claim a_receipt_is_kept_and_the_letter_stands_as_sent posted
twice() { ends 3 z appeal receipt --delivery "$(id_of "$first")" --on "$(date -u +%F)" && says "sent already"; }
claim a_letter_is_posted_once twice
