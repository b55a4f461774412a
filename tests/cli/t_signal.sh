#!/bin/sh
# tests/cli/t_signal.sh: `zenhar signal` on series that nobody would wish for. No number that is none ever
# leaves; whatever cannot be answered is a sentence. TAP.
. "$(dirname "$0")/lib.sh"

# Series by position: what a sensible person would not send, from a generator with a seed of its own.
awk 'function draw() { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648 }
BEGIN {
    seed = 28
    for (f = 1; f <= 12; f++) {
        name = "odd" f ".csv"
        print "index,count" > name
        weeks = f % 4 == 0 ? 30 : 340
        for (i = 1; i <= weeks; i++) {
            count = int(draw() * draw() * 400)
            if (f == 1) count = 0
            if (f == 2) count = (i == 170)
            if (f == 3) count = 7
            if (f == 5) count = 2000000000
            if (f == 6) count = i > 300 ? 1000000 : 0
            if (f == 7) count = i % 52 == 1 ? 5000 : 0
            if (f == 9) count = int(draw() * 2)
            if (f == 10) count = i * i
            if (f == 11) count = i == 340 ? 2000000000 : int(draw() * 3)
            print i "," count > name
        }
        close(name)
    }
}'

# Every cell of every answer is a date, a word or a finite number; an answer with no row is a sentence.
clean() { # clean FILES...: no nan, no inf, whatever the letters' case
    ! grep -n -i -E '(^|[,:" -])(nan|inf|infinity)([,}" ]|$)' "$@"
}
for method in farrington-flexible farrington ears-c1 ears-c2 ears-c3 cusum glr-nb glr-poisson bayes rki adaptive; do
    bad=0
    answered=0
    : > words
    for f in 1 2 3 4 5 6 7 8 9 10 11 12; do
        "$zenhar" signal surge odd$f.csv --method $method > out 2> err
        status=$?
        # Done with as many rows as were asked for, or refused with a whole sentence and no row.
        case $status in
            0) answered=$((answered + 1)); rows=$(wc -l < out) ;;
            2|3) rows=2; grep -q '\.$' err || bad=1 ;;
            *) rows=2; bad=1 ;;
        esac
        [ $f -ne 1 ] || awk -F, 'NR > 1 && $7 != 0 { exit 1 }' out || { bad=1; echo "zeros ring" >> words; }
        { [ "$rows" -gt 1 ] && clean out; } >> words 2>&1 || { bad=1; echo "odd$f.csv: status $status" >> words; cat err >> words; }
    done
    [ $answered -ge 6 ] || { bad=1; echo "only $answered of 12 were answered" >> words; }
    check "${method}_answers_odd_series_in_numbers" $bad
done
bad=0
: > words
for f in 1 2 3 4 5 6 7 8 9 10 11 12; do
    "$zenhar" signal growth odd$f.csv > out 2> err
    status=$?
    case $status in 0) ;; 2|3) grep -q '\.$' err || bad=1 ;; *) bad=1 ;; esac
    clean out >> words || { bad=1; echo "odd$f.csv: status $status" >> words; cat err >> words; }
done
check growth_answers_odd_series_in_numbers $bad

# 600 series, more than a batch of rows: the same bytes on one thread and on three.
awk 'BEGIN { seed = 5
    printf "index"; for (s = 1; s <= 600; s++) printf ",u%d", s; print ""
    for (t = 1; t <= 212; t++) { printf "%d", t
        for (s = 1; s <= 600; s++) { seed = (seed * 1103515245 + 12345) % 2147483648; printf ",%d", seed / 2147483648 * (s % 9) }
        print "" } }' > many.csv
for threads in 1 3; do
    "$zenhar" signal surge many.csv --years-back 3 --range 211:212 --threads $threads > many$threads
done
[ "$(wc -l < many1)" -eq 1201 ] && cmp many1 many3 > words 2>&1
check many_series_are_the_same_bytes_on_any_number_of_threads $?

# SaTScan's own files, made up; the figures are those of SaTScan 10.3.2 on them: places, time, expected, statistic.
awk 'function draw() { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648 }
BEGIN {
    seed = 7
    for (p = 1; p <= 12; p++) {
        printf "p%d %.4f %.4f\n", p, 30 + 4 * draw(), 48 + 6 * draw() > "made.geo"
        for (y = 2000; y <= 2008; y += 4)
            for (s = 1; s <= 2; s++)
                print "p" p, y, int(2000 + 9000 * draw()) + 100 * (y - 2000), s > "made.pop"
        for (y = 2000; y <= 2008; y++)
            for (s = 1; s <= 2; s++) {
                n = int(draw() * 6) + s - 1
                if (p <= 3 && y >= 2006) n += 4
                if (p == 9 && y == 2003) n += 9
                if (n > 0) print "p" p, n, y, s > "made.cas"
            }
    }
}'
cat > made.prm <<'P'
[Input]
;made up for the tests
CaseFile=made.cas
PrecisionCaseTimes=1
StartDate=2000/1/1
EndDate=2008/12/31
PopulationFile=made.pop
CoordinatesFile=made.geo
CoordinatesType=1
[Analysis]
AnalysisType=3
ModelType=0
ScanAreas=1
TimeAggregationUnits=1
TimeAggregationLength=1
[Spatial Window]
MaxSpatialSizeInPopulationAtRisk=50
[Temporal Window]
MaxTemporalSizeInterpretation=0
MaxTemporalSize=50
[Inference]
MonteCarloReps=999
[Output]
ResultsFile=made.txt
P
cat > made.prm <<'END'
[Input]
;made up for the tests
CaseFile=made.cas
PrecisionCaseTimes=1
StartDate=2000/1/1
EndDate=2008/12/31
PopulationFile=made.pop
CoordinatesFile=made.geo
CoordinatesType=1
[Analysis]
AnalysisType=3
ModelType=0
ScanAreas=1
TimeAggregationUnits=1
TimeAggregationLength=1
[Spatial Window]
MaxSpatialSizeInPopulationAtRisk=50
[Temporal Window]
MaxTemporalSizeInterpretation=0
MaxTemporalSize=50
[Inference]
MonteCarloReps=999
[Output]
ResultsFile=made.txt
END
awk '{ print $1, $2, $3 }' made.cas > plain.cas
as_satscan() { # as_satscan NAME ANALYSIS MODEL CASES; the figures stand on standard input
    sed "s/^AnalysisType=.*/AnalysisType=$2/; s/^ModelType=.*/ModelType=$3/; s/^CaseFile=.*/CaseFile=$4/" made.prm > now.prm
    cat > wanted
    "$zenhar" signal scan --prm now.prm > out 2> err && awk -F, 'NR > 1 { gsub(/"/, "")
        printf "%s %s %s %.2f %.6f\n", $3, $5, $6, $8, $10 }' out > words && diff wanted words > changes
    status=$?
    cat changes >> words
    check "$1" $status
}
as_satscan retrospective_poisson_by_groups_as_satscan 3 0 made.cas <<'END'
p3 2006-01-01 2008-12-31 14.41 20.125813
p9 2003-01-01 2003-12-31 6.54 11.399514
p12 2000-01-01 2002-12-31 10.15 9.761139
p2 2000-01-01 2000-12-31 2.90 5.304823
p6 2003-01-01 2004-12-31 8.08 3.058320
END
as_satscan prospective_poisson_as_satscan 4 0 made.cas <<'END'
p3 2006-01-01 2008-12-31 14.41 20.125813
p2 2006-01-01 2008-12-31 29.39 2.132830
END
as_satscan places_alone_as_satscan 1 0 made.cas <<'END'
p6; p3 2000-01-01 2008-12-31 97.94 6.606204
p9 2000-01-01 2008-12-31 52.34 1.780323
p12 2000-01-01 2008-12-31 51.15 1.614126
p2 2000-01-01 2008-12-31 67.29 0.739080
END
as_satscan retrospective_permutation_as_satscan 3 2 plain.cas <<'END'
p9 2003-01-01 2003-12-31 7.20 9.933066
p6; p3; p1; p2 2006-01-01 2008-12-31 110.85 6.056730
p5; p12; p10; p4; p7; p8 2001-01-01 2002-12-31 60.76 1.940675
END
sed 's/^ModelType=.*/ModelType=1/' made.prm > now.prm
ends 2 "$zenhar" signal scan --prm now.prm > words && says 'ModelType=1' >> words
check what_the_scan_does_not_do_is_said $?
as_satscan retrospective_permutation_within_groups_as_satscan 3 2 made.cas <<'END'
p9 2003-01-01 2003-12-31 7.14 10.051995
p6; p3; p1; p2 2006-01-01 2008-12-31 110.83 6.065421
p5; p12; p10; p4; p7; p8 2001-01-01 2002-12-31 60.47 2.021393
END
(echo place,latitude,longitude; awk '{ print $1 "," $2 "," $3 }' made.geo) > places.csv
(echo place,date,population; awk '{ print $1 "," $2 "-07-01," $3 }' made.pop) > people.csv
(echo place,date,count; awk '{ print $1 "," $3 "-07-01," $2 }' made.cas) > cases.csv
awk '{ print $1, $2, $3 }' made.pop > plain.pop
sed 's/made.pop/plain.pop/' made.prm > now.prm && sed -i 's/made.cas/plain.cas/; s/^AnalysisType=.*/AnalysisType=1/' now.prm
"$zenhar" signal scan --prm now.prm > out1 && "$zenhar" signal scan cases.csv --places places.csv --population people.csv \
    --model poisson --kind spatial --interval monthly --from 2000-01-01 --to 2008-12-31 > out2
for f in out1 out2; do awk -F, 'NR > 1 { gsub(/"/, ""); printf "%s %.6f %.6f %s\n", $3, $8, $10, $11 }' $f > $f.short; done
[ "$(wc -l < out1)" -gt 2 ] && diff out1.short out2.short > words
check csv_and_satscan_files_say_the_same $?

# What is no series is refused in a sentence that names the place.
refused() { # refused NAME SERIES: its sentence names the file
    printf "%b" "$2" > in.csv
    ends 3 "$zenhar" signal surge in.csv --method ears-c1 > words && says in.csv >> words
    check "$1" $?
}
refused negative_count 'index,count\n1,2\n2,-1\n'
refused fractional_count 'index,count\n1,2\n2,1.5\n'
refused position_twice 'index,count\n1,2\n1,3\n'
refused gap 'index,count\n1,2\n5,3\n'
refused date_twice 'date,count\n2025-06-02,2\n2025-06-02,3\n2025-06-09,1\n'
refused no_row 'index,count\n'
printf 'place,latitude,longitude\na,35,51\nb,36,52\n' > two.csv
for count in -1 1.5 NaN; do
    printf "date,place,count\n2025-06-01,a,$count\n2025-06-22,b,2\n" > in.csv
    ends 3 "$zenhar" signal scan in.csv --places two.csv > words && says 'line 2, column count' >> words
    check "scan_refuses_a_count_of_$count" $?
done
printf 'date,count\n2025-06-02,2\n2025-06-09,1\n2025-06-16,7\n' > in.csv
printf 'date,name\n2025-06-09,c\n' > crises.csv
ends 3 "$zenhar" signal crises in.csv --crises crises.csv > words && says '3 intervals' >> words
check crises_refuse_a_series_shorter_than_their_windows $?
(echo date,count; awk 'BEGIN { for (m = 0; m < 120; m++) printf "%04d-%02d,0\n", 2010 + int(m / 12), m % 12 + 1 }') > zeros.csv
printf 'date,name\n2015-06-09,c\n' > crises.csv
ends 3 "$zenhar" signal crises zeros.csv --crises crises.csv > words && says 'Nothing is counted' >> words
check crises_refuse_nothing_but_zeros $?
echo "1..$n"
