#!/bin/sh
# tests/cli/t_import.sh: `zenhar import` and `zenhar quarantine` as a user runs them. TAP.
. "$(dirname "$0")/lib.sh"
echo 'a passphrase for a test' > pass
ZENHAR_CASE=$folder/test.zenhar
export ZENHAR_CASE
run() { "$zenhar" "$@" --passphrase-file pass > out 2> words; }
run init test.zenhar && cheap test.zenhar pass || { cat words; exit 1; }

# ---- a table ----
cat > list.csv <<'CSV'
شناسه,تاریخ,نام,شهر,نوع رویداد,شرح,موبایل,رنگ
1,۱۴۰۴/۰۴/۰۷,لیلا آزمون,شیراز,بازداشت,"لیلا آزمون، بازداشت شد. تلفن ۰۹۱۲۳۴۵۶۷۸۹",09123456789,سبز
2,2025-13-28,امید آزمون,تهران,بازداشت,,,
3,28 June 2025,امید آزمون,ناکجاآباد,احضار,,,
CSV
run import list.csv --source "A list" --reliability B --credibility 2
[ $? -eq 1 ] && grep -q 'Records read: 3. Reports added: 2; already in the case: 0; in quarantine: 1' words
check "what cannot be read does not hold up the rest, and the status says so" $?
grep -q 'رنگ' words && grep -q -- '--mapping' words
check "a column that means nothing is named" $?
grep -q 'place is in no list.*: 1' words
check "a place that is in no list is told" $?
run quarantine && grep -q '^id,state,file,line,column,tries,reason,tried$' out && grep -q 'as a table: decoded as UTF-8' out
check "each unread record says what was tried" $?
run quarantine show Q1 && grep -q 'Tried (times: 1): as a table' words
check "so does a record that is looked at" $?
run show R1
grep -q '2025' out && ! grep -q '09123456789\|۰۹۱۲۳۴۵۶۷۸۹' out && grep -q '•••' out
check "a report is shown without the number that was in it" $?
run search بازداشت && [ -s out ]
check "a report is found by its words" $?
run trace R1 && grep -q 'list.csv' out words
check "a report leads to its original" $?
run import list.csv --source "A list" --reliability B --credibility 2
[ $? -eq 0 ] && grep -q 'nothing was added' words
check "the same file twice adds nothing and says so" $?
run import list.csv --source "A list" --lang fa
grep -q 'چیزی افزوده نشد' words
check "it is said in Persian too" $?

# ---- the quarantine ----
run quarantine
[ $? -eq 0 ] && grep -q '^Q1,waiting,list.csv,3,تاریخ,1,' out && grep -q '2025-13-28' out
check "the quarantine lists line, column and reason" $?
run quarantine --json && grep -q '"id":"Q1"' out && grep -q '"line":3' out
check "and as JSON Lines" $?
run quarantine show 1 && grep -q '^2,2025-13-28,امید آزمون' out && grep -q 'line 3' words
check "one is shown as it came" $?
run list audit && grep -q 'quarantine show' out
check "and the look is in the audit entries" $?
run quarantine replay
[ $? -eq 1 ] && grep -q 'tried again: 1; now reports: 0' words
check "replaying what is still broken says so" $?
run quarantine mend Q1 --text '2,2025-12-28,امید آزمون,تهران,بازداشت,,,'
[ $? -eq 0 ] && grep -q 'Q1 is now report R3' words
check "a mended record becomes a report" $?
run quarantine && [ ! -s out ] && run quarantine list --all && grep -q '^Q1,mended' out
check "it waits no longer and is still listed with --all" $?
run quarantine mend Q1 --text 'another text'
[ $? -eq 0 ] && grep -q 'was mended before and is report R' words
check "a record that was mended is not changed, and that is said" $?
run quarantine mend 1
[ $? -eq 2 ] && run quarantine frobnicate
[ $? -eq 2 ] && run quarantine show hello
[ $? -eq 2 ]
check "wrong usage ends with status 2" $?
printf 'تاریخ,نوع رویداد\n۳۱ مهر ۱۴۰۴,بازداشت\n' > month.csv
run import month.csv --lang fa
[ $? -eq 1 ] && run quarantine --lang fa && grep -q 'تاریخی نیست' out
check "the reason is in the language of whoever imports" $?
run quarantine drop 2
run quarantine show 99
[ $? -eq 3 ]
check "a number that is not there ends with status 3" $?

# ---- messages ----
cat > messages.txt <<'TXT'
From: ADLIRAN
Date: 2025-07-02
ابلاغیه: شما به شعبه 3 بازپرسی دادسرای عمومی و انقلاب شیراز احضار شده‌اید. شماره پرونده 140468920001234567 تاریخ حضور 1404/04/20 کد ملی 0013542419
---
You are summoned to branch 3 of the Revolutionary Court in Shiraz on 10 July 2025.
---
تم استدعاؤك إلى محكمة الثورة في الأهواز يوم 10 يوليو 2025
---
Sayın Ahmet, 10 Temmuz 2025 tarihinde mahkemeye çağrıldınız, lütfen hazır olun
TXT
run import messages.txt --json
[ $? -eq 0 ] && grep -q '"added":4' out && grep -q '"summonses":2' out && grep -q '"without_act":2' out
check "messages are reports, in whatever language" $?
grep -q 'Arabic (1)' words && grep -q 'Turkish (1)' words
check "it is said which could not be read for acts" $?
for id in R4 R5 R6 R7; do run show $id; cat out; done > shown
! grep -q '140468920001234567\|0013542419' shown && grep -q 'not_recognised' shown
check "numbers of persons and cases are not shown, what was not recognised is" $?

# ---- JSON, standard input, folders, options ----
printf '{"date":"2025-06-01","place":"Karaj","act":"arrest","n":3}\n{"date":\n' | run import - --source feed
[ $? -eq 1 ] && grep -q 'Records read: 2. Reports added: 1' words
check "standard input is read" $?
run quarantine && grep -q 'line 2, column' out
check "a broken JSON line is told with line and column" $?
mkdir -p in/deep
printf '[{"date":"2025-06-02","act":"arrest","place":"Karaj"}]' > in/one.json
printf 'date,act,text\n2025-06-03,arrest,"never closed\n2025-06-04,arrest,x\n' > in/deep/two.csv
printf 'a,b\n1,2\n' > in/deep/three.csv
printf 'date\tact\n2025-06-05\tarrest\n' | iconv -t UTF-16 > in/four.tsv
printf 'تاريخ,نوع\n2025-06-06,بازداشت\n' | iconv -t CP1256 > in/five.csv
run import in --json
[ $? -eq 1 ] && grep -q '"added":4' out && grep -q '"quarantined":1' out && grep -q 'three.csv' words
check "a folder is read whole; a table that says nothing does not hold it up" $?
run quarantine && grep -q 'two.csv.*line 2: a quotation mark is opened and never closed' out
check "an unclosed quotation mark is told with its line" $?
printf 'column,field\na,title\nb,ignore\n' > map.csv
run import in/deep/three.csv --mapping map.csv && grep -q 'Reports added: 1' words
check "a mapping says what columns mean" $?
printf 'column,field\na,nonsense\n' > bad.csv
run import in/deep/three.csv --mapping bad.csv
[ $? -eq 3 ] && grep -q 'nonsense' words
check "a mapping that is wrong is refused with the field" $?
run import --fields && grep -q 'تاریخ رویداد' out && grep -q '^event_date' out
check "--fields lists the columns in both languages" $?

# ---- what cannot be ----
run verify && cp out before
run import missing.csv list.csv
[ $? -eq 3 ] && grep -q 'missing.csv' words
check "a missing file is told before anything is touched" $?
run import list.csv --reliability G
[ $? -eq 2 ] && run import list.csv --credibility 9
[ $? -eq 2 ] && run import list.csv --format papyrus
[ $? -eq 2 ] && run import
[ $? -eq 2 ]
check "wrong options end with status 2" $?
"$zenhar" import list.csv --case nowhere.zenhar --passphrase-file pass 2> words
[ $? -eq 3 ] && grep -q 'nowhere' words
check "no case there: status 3 and a sentence" $?
echo wrong > wrong
"$zenhar" import list.csv --passphrase-file wrong > out 2> words
[ $? -eq 3 ] && [ -s words ]
check "a wrong passphrase: status 3" $?
run verify && cmp -s out before
check "and the case is unchanged" $?

# ---- the module that reads PDFs and pictures is not there ----
mkdir alone && cp "$program" alone/zenhar
cat > one.pdf <<'PDF'
%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R
 /Resources<</Font<</F <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>> endobj
4 0 obj <</Length 61>> stream
BT /F 12 Tf 20 100 Td (Two persons were summoned in June.) Tj ET
endstream endobj
trailer <</Root 1 0 R>>
PDF
env -u ZENHAR_MODULES alone/zenhar import one.pdf --case "$(at "$ZENHAR_CASE")" --passphrase-file pass > out 2> words
[ $? -eq 3 ] && grep -q 'zenhar-paper.so is missing' words
check "without its module a PDF is not read, and the sentence names what is missing" $?
run import one.pdf && grep -q 'Reports added: 1' words
check "and is read once the module is there" $?

# ---- a kill in the middle, from outside ----
"$zenhar" generate 6000 --out made -q > /dev/null 2>&1
run init big.zenhar --case "$folder/big.zenhar" || run init big.zenhar
kills=0
for wait in 0.3 0.45 0.6 0.8 1; do
    "$zenhar" import made/reports --case big.zenhar --passphrase-file pass > /dev/null 2>&1 &
    pid=$!
    sleep $wait
    kill -9 $pid 2> /dev/null && kills=$((kills + 1))
    wait $pid 2> /dev/null
done
"$zenhar" import made/reports --case big.zenhar --passphrase-file pass > out 2> words
run init clean.zenhar --case "$folder/clean.zenhar" || run init clean.zenhar
"$zenhar" import made/reports --case clean.zenhar --passphrase-file pass > out 2> words
"$zenhar" verify --case big.zenhar --passphrase-file pass > out 2> words
check "after kills ($kills) and one run to the end everything fits" $?
count() { "$zenhar" list report --case "$1" --passphrase-file pass --limit 1000000 2> /dev/null | wc -l; }
[ "$(count big.zenhar)" -eq "$(count clean.zenhar)" ] && [ "$(count big.zenhar)" -gt 5000 ]
check "with exactly the reports that an import without a kill gives" $?
echo "1..$n"
