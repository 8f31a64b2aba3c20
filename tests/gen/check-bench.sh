#!/bin/sh
# The large captures are the same from the same seed, on every machine. TAP.
gen=${top_builddir:?}/tests/gen/rung-gen
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT

# is NUMBER WHAT GOT WANTED
is()
{
	[ "$3" = "$4" ] && { echo "ok $1 - $2"; return; }
	echo "# got $3, not $4"
	echo "not ok $1 - $2"
}

count=$("$gen" --bench --count calls=300 seed=1 -o "$out/a")
"$gen" --bench calls=300 seed=1 >"$out/b"
"$gen" --bench calls=300 seed=2 -o "$out/c"
cmp -s "$out/a" "$out/b"
is 1 "the same seed gives the same bytes" $? 0
cmp -s "$out/a" "$out/c"
is 2 "another seed gives others" $? 1
is 3 "what a seed gives has not changed: benchmarks compare over time" \
	"$count $(cksum <"$out/a")" "2995 3922453935 2991251"

# tcp NUMBER WHAT RECORDS-AND-SUM WORD...
tcp()
{
	number=$1 what=$2 wanted=$3
	shift 3
	count=$("$gen" --bench --count seed=1 transport=tcp "$@" -o "$out/t")
	is "$number" "$what" "$count $(cksum <"$out/t")" "$wanted"
}
tcp 4 "the same calls over the connections of pairs of hosts" "5037 3696710612 3197047" \
	calls=300 reorder=1 retransmit=1
tcp 5 "each call over connections of its own" "15468 716713910 4593675" \
	calls=300 connection=call reorder=3 retransmit=2 mss=500 pad=200
tcp 6 "connections that are open at a time" "700 1298639644 207004" open=100
count=$("$gen" --bench --count seed=1 media=1000 calls=20 apart=3000 -o "$out/m")
is 7 "calls with media" "$count $(cksum <"$out/m")" "2129 3833022776 527924"
count=$("$gen" --bench --count seed=1 media=1000 calls=20 apart=3000 rtp=no -o "$out/m")
is 8 "and the same ones without" "$count $(cksum <"$out/m")" "140 2860501588 70454"
"$gen" --bench calls=none -o "$out/d" 2>/dev/null
is 9 "a word that is none is a usage error" $? 2
"$gen" --bench -o "$out/none/d" 2>"$out/err"
is 10 "a file that cannot be made is an error" "$? $(cat "$out/err")" \
	"3 rung-gen: $out/none/d: No such file or directory"
"$gen" --bench calls=3 -o /dev/full 2>"$out/err"
is 11 "a full disk is an error" "$? $(cat "$out/err")" \
	"3 rung-gen: /dev/full: No space left on device"
echo "1..11"
