#!/bin/sh
# Screen tests: each tests/screen/NAME.keys is run by the program, without a
# terminal, and what its ":shot" lines wrote is compared with NAME.screens.
# "#: args ..." in a script are the program's arguments; paths in them are
# relative to tests/. TAP. UPDATE=1 writes NAME.screens anew; RUNG names another
# program. No settings of the user are read.

screens=${top_srcdir:?}/tests/screen
rung=${RUNG:-${top_builddir:?}/rung}
out=$(mktemp -d) || exit 99
trap 'rm -rf "$out"' EXIT
HOME=$out XDG_CONFIG_HOME=$out TZ=UTC LC_ALL=C.UTF-8
export HOME XDG_CONFIG_HOME TZ LC_ALL
unset TERM NO_COLOR
cd "$top_srcdir/tests" || exit 99

n=0
fail()
{
	echo "not ok $n - $1"
}

for keys in "$screens"/*.keys; do
	[ -f "$keys" ] || continue
	n=$((n + 1))
	name=$(basename "$keys" .keys)
	want=$screens/$name.screens
	eval "set -- $(sed -n 's/^#: args //p' "$keys")"
	if ! "$rung" -F "$@" --script "$keys" --script-out "$out" \
	     >"$out/log" 2>&1 </dev/null; then
		sed 's/^/# /' "$out/log"
		fail "$name: the program failed"
	elif [ -n "$UPDATE" ]; then
		cp "$out/$name.screens" "$want" && echo "ok $n - $name (written)" ||
			fail "$name: not written"
	elif diff -u "$want" "$out/$name.screens" >"$out/diff" 2>&1; then
		echo "ok $n - $name"
	else
		sed 's/^/# /' "$out/diff"
		fail "$name"
	fi
done
for want in "$screens"/*.screens; do
	[ -f "$want" ] && [ ! -f "${want%.screens}.keys" ] || continue
	n=$((n + 1))
	fail "$(basename "$want") has no script"
done
if [ $n -eq 0 ]; then
	echo "1..0 # SKIP no scripts"
else
	echo "1..$n"
fi
