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
echo "1..$n"
