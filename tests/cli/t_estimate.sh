#!/bin/sh
# tests/cli/t_estimate.sh: `zenhar estimate` and `zenhar assess forecast` as a user runs them. TAP.
. "$(dirname "$0")/lib.sh"

cat > lists.csv <<'CSV'
EXH,ABA,OSCE,HRW,count
1,0,0,0,1131
0,1,0,0,845
1,1,0,0,177
0,0,1,0,936
1,0,1,0,228
0,1,1,0,217
1,1,1,0,181
0,0,0,1,306
1,0,0,1,106
0,1,0,1,31
1,1,0,1,18
0,0,1,1,123
1,0,1,1,42
0,1,1,1,32
1,1,1,1,27
CSV

# Rcapture 1.4-4: [12,13,14,23,34] 14341.66.
"$zenhar" estimate lists.csv --method loglinear > out.json 2> words
check "the best log-linear model is Rcapture's" $?
grep -q '"estimate": 14341.66380042' out.json && grep -q '"model": "\[12,13,14,23,34\]"' out.json
check "its total is Rcapture's" $?
grep -q '14,342' words
check "a sentence gives the number" $?
grep -q '۱۴٬۳۴۲' out.json
check "a Persian sentence gives the number" $?

"$zenhar" estimate lists.csv --burnin 0 --samples 20 --thin 1 > out.json 2> words
[ $? -eq 1 ] && grep -q '"converged": false' out.json
check "short chains are told and end with status 1" $?

"$zenhar" estimate lists.csv --samples 100 --thin 2 --burnin 500 --seed 5 -q > one.json 2>&1
ZENHAR_THREADS=1 "$zenhar" estimate lists.csv --samples 100 --thin 2 --burnin 500 --seed 5 -q > two.json 2>&1
cmp -s one.json two.json
check "the same seed gives the same bytes on any number of threads" $?

"$zenhar" estimate lists.csv --method mt --models > models.csv 2> words && [ "$(wc -l < models.csv)" -eq 13 ]
check "--models lists the closed-population models" $?

printf 'label,estimate,lower,upper,source\nKosovo 1999,10356,9002,12122,Ball and others 2002\n' > published.csv
"$zenhar" estimate lists.csv --method mt --published published.csv --leave-one-out -q > out.json &&
    grep -q '"lower": 9002' out.json && grep -q '"without": "HRW"' out.json
check "a published figure and the lists left out stand beside ours" $?

mkdir charts && "$zenhar" estimate lists.csv --method mt --published published.csv --leave-one-out \
    --charts charts -q > out.json &&
    [ "$(ls charts | tr '\n' ' ')" = "overlaps-en.svg overlaps-fa.svg sensitivity-en.svg sensitivity-fa.svg total-en.svg total-fa.svg " ] &&
    grep -q 'EXH, and no other list: 1,131' charts/overlaps-en.svg && grep -q '۱٬۱۳۱' charts/overlaps-fa.svg &&
    grep -q 'Kosovo 1999: 10,356 (9,002–12,122)' charts/sensitivity-en.svg
check "overlaps, distribution and sensitivity are drawn in both languages, with the published figure" $?

sed 's/count$/count,year/; s/\([0-9]\)$/\1,1999/' lists.csv | sed '1s/,1999$//' > years.csv
"$zenhar" estimate years.csv --by year --method mt -q > out.json && grep -q '"group": "1999"' out.json
check "--by gives a group each" $?
(cat years.csv; tail -n +2 lists.csv | sed 's/$/,2000/') > two.csv
"$zenhar" estimate two.csv --by year --method mt > out.json 2> words && grep -q '"sum"' out.json &&
    grep -q 'The 2 groups together: 14,7' words
check "and the sum of all" $?

(cat lists.csv | sed '1s/$/,draw/; 2,$s/$/,1/'; tail -n +2 lists.csv | sed 's/$/,2/') > draws.csv
"$zenhar" estimate draws.csv --draws draw --method mt -q > out.json && grep -q '"draws": 2' out.json
check "--draws pools plausible matchings" $?

printf 'A,count\n1,5\n' > one.csv
"$zenhar" estimate one.csv > /dev/null 2> words
[ $? -eq 3 ] && grep -q 'at least two lists' words
check "one list is refused with a sentence" $?
"$zenhar" estimate lists.csv --method guess > /dev/null 2> words
[ $? -eq 2 ] && grep -q 'lcmcr, loglinear' words
check "an unknown method names the known ones" $?
"$zenhar" estimate missing.csv > /dev/null 2> words
[ $? -eq 3 ]
check "a missing file ends with status 3" $?

# A case: sources are lists, persons as linked.
printf 'words for a test' > pass
"$zenhar" init --case t.zenhar --passphrase-file pass -q > /dev/null 2>&1 && cheap t.zenhar pass
in_case() { "$zenhar" "$@" --case t.zenhar --passphrase-file pass; }
"$zenhar" generate 900 --seed 3 --out made -q > /dev/null 2>&1
in_case import --synthetic made/reports -q > /dev/null 2>&1
in_case link -q > /dev/null 2>&1
in_case estimate --method loglinear --draws 5 --leave-one-out -q > out.json 2> words
[ $? -le 1 ] && grep -q '"draws": 5' out.json && grep -q '"linkage_drawn": true' out.json && grep -q '"share_of_variance"' out.json
check "an estimate of a case goes over plausible linkages" $?
in_case estimate --method loglinear --draws 5 -q > one.json 2>&1
ZENHAR_THREADS=1 in_case estimate --method loglinear --draws 5 -q > two.json 2>&1
cmp -s one.json two.json
check "the same case and seed give the same bytes on any number of threads" $?
in_case estimate --method chao --by year,kind --draws 2 > out.json 2> words
[ $? -le 1 ] && grep -q '"kind": "arrest"' out.json && grep -q '"fa": "بازداشت' out.json && grep -q 'groups together' words
check "a case is split by year and kind, and added up" $?
in_case estimate --by town > /dev/null 2> words
[ $? -eq 2 ] && grep -q 'solar-year' words
check "a way to split that is not there names those that are" $?
in_case estimate --method mt --draws many > /dev/null 2> words
[ $? -eq 2 ] && grep -q 'from 0 to 1000' words
check "--draws of a case is a number" $?
in_case estimate --method mt --lists Nobody > /dev/null 2> words
[ $? -eq 2 ] && grep -q 'the largest that do' words
check "a source that is not there names the largest that are" $?

# A made forecast: risk grows with x.
awk 'BEGIN { srand(4); print "unit,year,x,z,y";
    for (year = 2000; year < 2020; year++) for (unit = 0; unit < 30; unit++) {
        x = (unit * 7 + year * 3) % 11; y = (x > 8 || (x > 6 && unit % 3 == 0));
        z = (unit == 3 && year == 2010 ? "NA" : unit % 2);
        printf("u%d,%d,%d,%s,%d\n", unit, year, x, z, y) } }' > panel.csv
forecast() { "$zenhar" assess forecast --train panel.csv --unit unit --time year --outcome y \
    --predictors x,z "$@"; }
forecast --through 2017 --predict 2019 --lambda 0.01 > risk.csv 2> words && [ "$(wc -l < risk.csv)" -eq 31 ]
check "every unit of the year is forecast" $?
grep -q '1 rows left out' words
check "an incomplete row is left out and counted" $?
forecast --through 2017 --predict 2019 --lambda 0.01 --impute mean > /dev/null 2> words && grep -q '1 missing' words
check "or imputed when asked, and said" $?
forecast --through 2017 --predict 2019 --cv 5 --seed 2 > one.csv 2>/dev/null &&
    ZENHAR_THREADS=1 forecast --through 2017 --predict 2019 --cv 5 --seed 2 > two.csv 2>/dev/null && cmp -s one.csv two.csv
check "cross-validation does not depend on threads" $?
printf 'last_train_year,predict_from,lambda_min\n2010,2012,0.01\n2011,2013,0.01\n' > origins.csv
forecast --rolling origins.csv --onset y --scores scores.json > roll.csv 2> words &&
    [ "$(wc -l < roll.csv)" -eq 61 ] && grep -q '"recall_top30"' scores.json && grep -q 'AUC' words
check "a rolling origin is scored out of sample" $?
forecast --through 2017 --predict 2019 > /dev/null 2> words
[ $? -eq 2 ] && grep -q -- '--lambda' words
check "a penalty must be chosen" $?
forecast --through 1990 --predict 2019 --lambda 0.01 > /dev/null 2> words
[ $? -eq 3 ] && grep -q 'both outcomes' words
check "no training rows are refused with a sentence" $?
into_a_pipe() { # what is no file is written into, not replaced: as root, -o /dev/null took the device away
    mkfifo pipe && { timeout 20 cat pipe >piped & } && "$zenhar" estimate lists.csv --method mt -o pipe >out 2>err && wait &&
        "$zenhar" estimate lists.csv --method mt -o plain >out 2>err && cmp piped plain && [ -p pipe ]
}
claim "a pipe is written into and stays a pipe" into_a_pipe
echo "1..$n"
