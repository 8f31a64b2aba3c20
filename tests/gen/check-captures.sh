#!/bin/sh
# Each tests/captures/NAME.calls gives the capture beside it, byte for byte.
# TAP. UPDATE=1 writes the captures anew.
captures=${top_srcdir:?}/tests/captures
gen=${top_builddir:?}/tests/gen/rung-gen
out=$(mktemp) || exit 1
trap 'rm -f "$out" "$out.err"' EXIT
n=0
for script in "$captures"/*.calls; do
	n=$((n + 1))
	suffix=pcap
	grep -q '^format pcapng' "$script" && suffix=pcapng
	file=${script%.calls}.$suffix
	if ! "$gen" -o "$out" "$script" 2>"$out.err"; then
		sed 's/^/# /' "$out.err"
		echo "not ok $n - ${script##*/}"
	elif [ -n "${UPDATE-}" ]; then
		cat "$out" >"$file" && echo "ok $n - ${file##*/} written"
	elif cmp -s "$out" "$file"; then
		echo "ok $n - ${file##*/}"
	else
		echo "# $file is not what the script gives: UPDATE=1 writes it anew"
		echo "not ok $n - ${file##*/}"
	fi
done
echo "1..$n"
