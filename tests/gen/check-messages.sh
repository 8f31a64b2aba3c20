#!/bin/sh
# Each message that a script of tests/captures sends over TCP, WebSocket, SCTP or
# HEP, or over UDP, is one of `rung messages`, once and no other: what the
# generator says beside what rung reads. Of messages that are not captured whole
# rung may show what there is. TAP.
captures=${top_srcdir:?}/tests/captures
gen=${top_builddir:?}/tests/gen/rung-gen
rung=$top_builddir/rung
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
columns=source,destination,transport,method,status,cseq,cseq_method,call_id
n=0

# messages FILE: those that rung reads, sorted
messages()
{
	"$rung" messages --no-config --format csv --columns $columns "$1" 2>/dev/null |
		tail -n +2 | sort
}

for name in tcp tcp-framing tcp-order tcp-gaps tcp-middle tcp-connections ws sctp hep icmp-streams \
	races \
	forks copies; do
	n=$((n + 1))
	"$gen" --list "$captures/$name.calls" | sort >"$work/said"
	grep -v ',incomplete$' "$work/said" >"$work/wanted"
	incomplete=$(grep -c ',incomplete$' "$work/said")
	file=$captures/$name.pcap
	[ -f "$file" ] || file=$captures/$name.pcapng
	messages "$file" >"$work/got"
	comm -23 "$work/wanted" "$work/got" >"$work/missing"
	comm -13 "$work/wanted" "$work/got" >"$work/more"
	if [ ! -s "$work/missing" ] && [ "$(wc -l <"$work/more")" -le "$incomplete" ]; then
		echo "ok $n - $name"
		continue
	fi
	sed 's/^/# missing: /' "$work/missing"
	sed 's/^/# not said: /' "$work/more"
	echo "not ok $n - $name"
done
echo "1..$n"
