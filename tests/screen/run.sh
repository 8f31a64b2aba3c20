#!/bin/sh
# Screen tests: each tests/screen/NAME.keys is run by the program, without a
# terminal, and what its ":shot" lines wrote is compared with NAME.screens.
# "#: args ..." in a script are the program's arguments; paths in them are
# relative to tests/. "#: sizes WxH WxH..." runs it once at each of these sizes, and
# the screens of all stand one after the other; without it the size is 80x24, or what
# "#: size WxH" says. "#: feed FILE" makes grows.pcap, empty, to which ":feed N" appends
# the next N packets of that file (little-endian pcap): live input. TAP. UPDATE=1 writes NAME.screens anew; RUNG names another
# program; ONLY="NAME..." runs these scripts alone. No settings of the user are read.
#
# The last test wants every action of every view done, and every view seen, at each of
# the sizes below. What cannot be done in a script is a line "WHO WHAT" in the file
# exempt, or "WxH WHO WHAT" where it is so at one size only.

screens=${top_srcdir:?}/tests/screen
rung=${RUNG:-${top_builddir:?}/rung}
out=$(mktemp -d) || exit 99
trap 'rm -rf "$out"' EXIT
HOME=$out XDG_CONFIG_HOME=$out TZ=UTC LC_ALL=C.UTF-8
export HOME XDG_CONFIG_HOME TZ LC_ALL
unset TERM NO_COLOR
# Scripts are run in a folder that has what tests/ has, and files/, which looks the same
# each time, for screens that list files.
mkdir -p "$out/here/files/older" && cd "$out/here" || exit 99
ln -s "$(cd "$top_srcdir" && pwd)"/tests/* . || exit 99
cp captures/sample.pcapng captures/clock.pcap files/ || exit 99
echo "not a capture" >files/notes.txt
touch -d "2026-03-02 09:15:00 UTC" files/* || exit 99

n=0
fail()
{
	echo "not ok $n - $1"
}

# run_script KEYS: at each of its sizes, into $out/NAME.screens and $out/done
run_script()
{
	name=$(basename "$1" .keys)
	eval "set -- \"\$1\" $(sed -n 's/^#: args //p' "$1")"
	keys=$1
	shift
	: >"$out/$name.screens"
	for size in $(sed -n 's/^#: sizes //p' "$keys" | grep . || echo as-it-says); do
		mkdir -p "$out/$size"
		at=$keys
		if [ "$size" != as-it-says ]; then
			at=$out/$size/$name.keys
			{ echo "#: size $size"; cat "$keys"; } >"$at"
		fi
		feed=$(sed -n 's/^#: feed //p' "$keys")
		: >grows.pcap
		if ! "$rung" -F "$@" --script "$at" --script-out "$out/$size" \
		     >"$out/log" 2>&1 </dev/null 8<"${feed:-/dev/null}" 9>>grows.pcap; then
			sed 's/^/# /' "$out/log"
			return 1
		fi
		cat "$out/$size/$name.screens" >>"$out/$name.screens"
		cat "$out/$size/$name.actions" >>"$out/done"
	done
}

for keys in "$screens"/*.keys; do
	[ -f "$keys" ] || continue
	name=$(basename "$keys" .keys)
	case " ${ONLY:-$name} " in *" $name "*) ;; *) continue ;; esac
	n=$((n + 1))
	want=$screens/$name.screens
	if ! run_script "$keys"; then
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

# What there is at each size; what was done; and the difference, a line a size and who.
check_actions()
{
	if ! "$rung" --print-doc view-actions >"$out/actions" || [ ! -s "$out/actions" ]; then
		echo "# the program does not tell what actions it has"
		return 1
	fi
	for size in 80x24 120x40 40x10; do
		sed "s/^/$size /" "$out/actions"
	done | sort -u >"$out/wanted"
	for size in 80x24 120x40 40x10; do
		sed -n -e 's/[ \t]*#.*//' -e "s/^\([a-z-]* [a-z-]*\)\$/$size \1/p" "$screens/exempt"
	done >"$out/exempt"
	sed -n 's/^\([0-9]*x[0-9]* [a-z-]* [a-z-]*\).*/\1/p' "$screens/exempt" >>"$out/exempt"
	sort -u "$out/done" "$out/exempt" | comm -23 "$out/wanted" - >"$out/missing"
	awk '$1 " " $2 != last { printf "%s# not done at %s by %s:", last ? "\n" : "", $1, $2
				 last = $1 " " $2 }
	     { printf " %s", $3 }
	     END { if (NR) print "" }' "$out/missing"
	[ ! -s "$out/missing" ]
}

if [ $n -gt 0 ] && [ -z "$ONLY" ]; then
	n=$((n + 1))
	if check_actions; then
		echo "ok $n - every action of every view at each size"
	else
		fail "every action of every view at each size"
	fi
fi
if [ $n -eq 0 ]; then
	echo "1..0 # SKIP no scripts"
else
	echo "1..$n"
fi
