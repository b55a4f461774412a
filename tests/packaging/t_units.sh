#!/bin/sh
# tests/packaging/t_units.sh FOLDER PROGRAM: the units as the build made them. Needs systemd-analyze. TAP.
units=$(realpath "$1") && program=$(realpath "$2") || exit 1
source=$(dirname "$(realpath "$0")")/../../packaging
. "$(dirname "$0")/../tap.sh"
cp "$units"/zenhar-*.service "$source"/systemd/*.timer .
# The program where the build has it, so that its being there can be looked at.
sed -i "s|^ExecStart=[^ ]*/zenhar |ExecStart=$program |" ./*.service
options() { # each option in a unit is one that its command has
    for unit in ./*.service; do
        sed -n "s|^ExecStart=$program ||p; s/^Environment=\"SERVE_OPTIONS=/serve /p" "$unit" | while read -r command words; do
            "$program" "$command" --help >help 2>&1 || exit 1
            for word in $words; do case $word in --*) grep -q -- "${word%\"}" help || [ "$word" = --case ] || [ "$word" = --passphrase-file ] || [ "$word" = --quiet ] || { echo "$unit: $word" && exit 1; } ;; esac; done
        done || return 1
    done
}
claim units_give_options_that_there_are options
hardened() { for unit in ./*.service; do for line in NoNewPrivileges=yes ProtectSystem=strict User=zenhar UMask=0077 LimitCORE=0 'CapabilityBoundingSet='; do grep -qx "$line" "$unit" || { echo "$unit: $line" && return 1; }; done; done; }
claim each_unit_is_hardened hardened
no_secret() { ! grep -n 'passphrase=' ./*.service | grep ExecStart && grep -q '^LoadCredential=passphrase' 'zenhar-serve@.service'; }
claim no_passphrase_in_a_command_line no_secret
if command -v systemd-analyze >/dev/null; then
    mkdir named && for unit in *.service *.timer; do sed 's/%i/june/g' "$unit" >"named/$(echo "$unit" | sed 's/@/@june/')"; cp "$unit" named/; done
    verified() {
        systemd-analyze verify --man=no --recursive-errors=no named/zenhar-*@june.* 2>&1 | grep -i 'zenhar' | grep -v "user 'zenhar'\|Failed to prepare" >found
        [ ! -s found ] || { cat found && return 1; }
    }
    claim systemd_reads_them_without_a_word verified
    exposure() {
        for unit in named/zenhar-*@june.service; do
            systemd-analyze security --offline=true --threshold=20 --no-pager "$unit" >said 2>&1 || { tail -n 3 said && return 1; }
            grep 'Overall exposure' said
        done
    }
    claim exposure_is_below_two_of_ten exposure
else
    skip systemd_reads_them_without_a_word 'systemd-analyze is not installed'
fi
# The container file, read without a builder: each command known, sources there, nobody root at the end.
container() {
    python3 - "$source/.." <<'PY'
import os, re, sys
root, seen = sys.argv[1], []
text = open(os.path.join(root, "packaging/Containerfile")).read()
lines = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.M)).splitlines()
stages = []
for line in filter(None, lines):
    word, rest = line.split(" ", 1)
    assert word in ("FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "ENTRYPOINT", "CMD"), line
    seen.append((word, rest))
    if word == "FROM":
        assert rest.startswith("docker.io/library/debian:12-slim"), line
        stages.append(rest.split(" AS ")[1] if " AS " in rest else "")
    if word == "COPY":
        words = rest.split()
        if words[0].startswith("--from="):
            assert words[0][7:] in stages, line
        else:
            assert all(os.path.exists(os.path.join(root, w)) for w in words[:-1]), line
    if word == "RUN":
        assert "curl" not in rest and "ADD" not in rest and "passphrase" not in rest, line
assert len(stages) == 2 and [r for w, r in seen if w == "USER"] == ["zenhar"]
last = [w for w, _ in seen]
assert last.index("USER") > max(i for i, w in enumerate(last) if w == "RUN")
PY
}
claim the_container_file_is_sound_and_ends_without_root container
echo "1..$n"
