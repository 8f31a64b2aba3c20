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
"$gen" --bench calls=none -o "$out/d" 2>/dev/null
is 4 "a word that is none is a usage error" $? 2
"$gen" --bench -o "$out/none/d" 2>"$out/err"
is 5 "a file that cannot be made is an error" "$? $(cat "$out/err")" \
	"3 rung-gen: $out/none/d: No such file or directory"
"$gen" --bench calls=3 -o /dev/full 2>"$out/err"
is 6 "a full disk is an error" "$? $(cat "$out/err")" \
	"3 rung-gen: /dev/full: No space left on device"
echo "1..6"
