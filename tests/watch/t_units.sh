#!/bin/sh
# tests/watch/t_units.sh ZENHAR UNITS SOURCE: systemd itself reads the units that ship with the watch,
# and zenhar the example of a configuration. TAP.
zenhar=$(realpath "$1") || exit 1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
number=0
check() {
    number=$((number + 1))
    if [ "$2" -eq 0 ]; then echo "ok $number - $1"; else
        echo "not ok $number - $1"
        sed 's/^/# /' "$folder/words"
    fi
}
"$zenhar" watch --config "$3/packaging/watch.conf" --check > "$folder/out" 2> "$folder/words"
check "the example of a configuration is read" $?
sed 's/^# \(\[\|[a-z-]* = \)/\1/' "$3/packaging/watch.conf" > "$folder/all.conf"
"$zenhar" watch --config "$folder/all.conf" --check > "$folder/out" 2> "$folder/words"
[ $? -eq 0 ] && [ "$(wc -l < "$folder/out")" -eq 5 ]
check "and with all its remarks taken off" $?
if command -v systemd-analyze > /dev/null; then
    for unit in zenhar-watch@.service zenhar-watch-once@.service; do
        sed "s|^ExecStart=[^ ]*|ExecStart=$zenhar|" "$2/$unit" > "$folder/$(echo "$unit" | sed 's/@/@t/')"
    done
    cp "$3/packaging/systemd/zenhar-watch-once@.timer" "$folder/zenhar-watch-once@t.timer"
    systemd-analyze --man=no verify "$folder"/*.service "$folder"/*.timer > "$folder/words" 2>&1
    [ $? -eq 0 ] && [ ! -s "$folder/words" ]
    check "systemd reads units and timer without a word" $?
    systemd-analyze security --offline=true --threshold=20 "$folder/zenhar-watch@t.service" > "$folder/words" 2>&1
    check "its exposure is at most 2 of 10" $?
else
    echo "ok 3 - systemd reads the units # SKIP no systemd-analyze"
    echo "ok 4 - exposure # SKIP no systemd-analyze"
    number=4
fi
echo "1..$number"
