#!/bin/sh
# t_symbols.sh LIBRARY HEADER: the library exports what the header declares, nothing else, and says its version.
export LC_ALL=C
exported=$(nm -D --defined-only "$1" | awk '$2 ~ /[A-Z]/ { print $3 }' | grep -v '^__\(a\|ub\)san\|^__odr_asan' | sort)
declared=$(sed 's/[(;].*//' "$2" | grep '^ZENHAR_API' | grep -o 'zenhar_[a-z_]*' | sort)
echo 1..3
if [ -n "$declared" ] && [ "$exported" = "$declared" ]; then echo "ok 1 - exported are the names of the header"; else
    echo "not ok 1 - exported are the names of the header"
    printf '%s\n' "$exported" | sed 's/^/# exported: /'
    printf '%s\n' "$declared" | sed 's/^/# declared: /'
fi
# What programs were built with once: a name may come, none may go while the library is libzenhar.so.0.
gone=
for name in zenhar_error zenhar_estimate zenhar_fdr zenhar_free zenhar_language zenhar_link_add zenhar_link_clusters \
    zenhar_link_config zenhar_link_free zenhar_link_n_pairs zenhar_link_n_records zenhar_link_new zenhar_link_pairs \
    zenhar_link_run zenhar_name_key zenhar_normalize zenhar_surge zenhar_version; do
    printf '%s\n' "$exported" | grep -qx "$name" || gone="$gone $name"
done
if [ -z "$gone" ]; then echo "ok 2 - no name has gone"; else echo "not ok 2 - no name has gone:$gone"; fi
if readelf -d "$1" | grep -q 'SONAME.*\[libzenhar.so.0\]'; then echo "ok 3 - it is libzenhar.so.0"; else
    echo "not ok 3 - it is libzenhar.so.0"
fi
