#!/bin/sh
# zenhar link review and undo on a case, as a documenter and as a script use them. TAP.
. "$(dirname "$0")/lib.sh"
export ZENHAR_CASE=a.zenhar LANG=C.UTF-8
echo "a passphrase for tests" >pass
z() {
    command=$1
    shift
    "$zenhar" "$command" "$@" --passphrase-file pass
}
persons() { z list statement --limit 10000 --quiet | python3 -c '
import csv, sys
print(" ".join(r["victim_id"] for r in csv.DictReader(sys.stdin)))'; }

echo 1..12
"$zenhar" generate 600 --seed 7 --out g --quiet &&
    "$zenhar" init --title Test a.zenhar --passphrase-file pass --quiet && cheap a.zenhar pass &&
    z import --synthetic g/reports --quiet >/dev/null 2>&1
claim an_unlinked_case_says_what_to_run_first ends 3 z link review --next
linked() { z link --quiet && z link review --next >next && grep -q '(sealed)' next && ! grep -q '^  name .*[آ-ی]' next; }
claim names_are_sealed_until_revealed linked
revealed() {
    ends 2 z link review --next --reveal && z link review --next --reveal --reason "a look" >open &&
        ! grep -q '(sealed)' open && z list audit --quiet | grep -q 'look,.*a look'
}
claim a_look_at_names_needs_a_reason_and_is_written_down revealed
queue() {
    z link review --csv >queue.csv 2>/dev/null &&
        head -1 queue.csv | grep -q '^pair,left,right,one_person,probability,weight_bits,uncertainty,effect,worth,weight_given,.*,answer,reason$' &&
        z link review --json --limit 2 >queue.jsonl && [ "$(wc -l <queue.jsonl)" -eq 2 ] &&
        python3 -c '
import csv, json
rows = list(csv.DictReader(open("queue.csv")))
worth = [float(r["worth"]) for r in rows]
assert len(rows) > 5 and worth == sorted(worth, reverse=True)
first = json.loads(open("queue.jsonl").readline())
assert first["pair"] == rows[0]["pair"] and first["left"]["sealed"]
assert abs(first["prior_bits"] + sum(f["bits"] for f in first["fields"]) - first["weight_bits"]) < 0.05'
}
claim the_queue_as_table_and_as_lines_goes_by_worth queue
drawing() {
    z link review --svg w.svg --next >/dev/null && z link review --svg fa.svg --next --lang fa >fa.txt &&
        python3 -c '
import xml.dom.minidom as x
x.parse("w.svg"); assert "روی هم" in open("fa.svg").read()
assert "آنچه هر فیلد می‌گوید" in open("fa.txt").read()'
}
claim the_weights_are_drawn_in_both_languages drawing
pair_of() { python3 -c '
import csv, sys
rows = [r for r in csv.DictReader(open("queue.csv")) if r["one_person"] == sys.argv[1]]
print(rows[int(sys.argv[2])]["pair"])' "$1" "$2"; }
same() {
    pair=$(pair_of no 0) && z link review --answer "$pair" same --reason "one paper" --by Sara >effect &&
        grep -q '"persons_before":2,"persons_after":1' effect && grep -q 'persons: 2 became 1' claim.err &&
        z list verdict --quiet | grep -q 'Sara,same,.*one paper'
}
claim same_is_written_down_with_name_and_reason same
again() { z link --again --quiet && before=$(persons) && z link --again --quiet && [ "$before" = "$(persons)" ] && z verify --quiet; }
claim a_run_from_nothing_keeps_what_was_said again
contradicts() { pair=$(pair_of no 0) && ends 2 z link review --answer "$pair" different && grep -q 'VD1' err; }
claim a_contradiction_names_the_answer_at_fault contradicts
undo() {
    before=$(persons) && ends 2 z link undo VD1 && z link undo VD1 --reason "two brothers" --by Sara &&
        [ "$before" != "$(persons)" ] && ends 2 z link undo VD1 --reason twice
}
claim an_answer_is_taken_back_once_with_a_reason undo
file() {
    python3 -c '
import csv
rows = list(csv.DictReader(open("queue.csv")))
w = csv.DictWriter(open("answers.csv", "w"), rows[0].keys()); w.writeheader()
for i, r in enumerate(rows[3:7]): w.writerow({**r, "answer": ["same", "different", "unsure", ""][i], "reason": "file"})
w.writerow({**rows[8], "answer": "perhaps"})'
    ends 1 z link review --answers answers.csv --by file && grep -q '3 answers were taken up, 1 were not' err &&
        grep -q 'line 6: .perhaps. is no answer' err && [ "$(z list verdict --quiet | grep -c ',file,')" -eq 3 ]
}
claim answers_come_in_as_a_filled_in_table file
asks() {
    printf 's\nthe same paper\nx\nن\n\nq\n' | z link review --ask --by Dara 2>err >/dev/null &&
        z list verdict --quiet | grep -q 'Dara,same,.*the same paper' && z list verdict --quiet | grep -q 'Dara,unsure'
}
claim it_asks_and_takes_letters_of_both_scripts asks
killed() {
    # Whatever moment a run is killed at, the case is whole and the next run ends where one would have.
    z link --again --quiet && wanted=$(persons) && i=0 && while [ $i -lt 3 ]; do
        i=$((i + 1))
        "$zenhar" link --again --passphrase-file pass --quiet &
        pid=$!
        sleep "0.$((i * 13 % 10))"
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
    done
    z verify --quiet && [ "$wanted" = "$(persons)" ] && z link --again --quiet && [ "$wanted" = "$(persons)" ]
}
claim a_run_that_is_killed_changes_nothing killed
