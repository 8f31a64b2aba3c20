#!/bin/sh
# Each call, saved into a file of its own, is the call it was. TAP.
#
# rung save --split writes one file for each call of each sample capture, and of each capture
# in the folder $RUNG_CAPTURES where that is set. In such a file the call has to be as it was
# there, with its messages byte for byte, and tshark has to read it without error where it
# is installed. Of what has many calls some are looked at: $RUNG_EACH (4).
#
# What cannot be the same: the index, and the number in place of a Call-ID that was not there.
# A connection of TLS or WebSocket comes along whole, and a datagram with all of its messages,
# so that other calls may be there too.
rung=${top_builddir:?}/rung
captures=${top_srcdir:?}/tests/captures
. "$top_srcdir/tests/tap.sh"
reason=why
each=${RUNG_EACH:-4}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1
unset SSLKEYLOGFILE

# Lines of calls, without what counts them.
plain() {
	sed -E 's/"index":[0-9]+,//; s/\(no Call-ID, [0-9]+\)/(no Call-ID)/'
}

# Which of so many files to look at: the first ones, the middle and the last.
some() {
	awk -v n="$1" -v most="$each" 'BEGIN {
		if (n <= most) { for (i = 1; i <= n; i++) print i; exit }
		for (i = 1; i <= most - 2; i++) print i
		print int(n / 2) + 1
		print n
	}'
}

# one FILE INDEX: compare call INDEX of FILE with out/INDEX.pcapng
one() {
	sed -n "$2p" was.calls | plain >was.call
	id=$(sed -n "$2p" was.ids | tr -d '\000')
	! command -v tshark >/dev/null || tshark -n -r "out/$2.pcapng" >/dev/null 2>tshark.err ||
		cat tshark.err
	"$rung" calls -F --format json "out/$2.pcapng" 2>/dev/null | plain >is.calls
	grep -qxFf was.call is.calls || {
		echo "call $2:"
		diff was.call is.calls | head -n 4
	}
	"$rung" messages -F $keys --raw -w "call.index = $2" "$1" >was.text 2>/dev/null
	"$rung" messages -F --raw "out/$2.pcapng" >is.text 2>/dev/null
	cmp -s was.text is.text ||
		"$rung" messages -F --raw --call-id "$id" "out/$2.pcapng" >is.text 2>/dev/null
	case $id in
	*'(no Call-ID'*) [ "$(wc -l <is.calls)" = 1 ] || return ;;
	esac
	cmp was.text is.text || echo "messages of call $2"
}

# each_call FILE. False: it has no calls.
each_call() {
	rm -rf out && mkdir out
	"$rung" calls -F $keys --format json "$1" >was.calls 2>/dev/null
	"$rung" calls -F $keys --format csv --columns call_id "$1" 2>/dev/null | sed 1d >was.ids
	[ -s was.calls ] || return 1
	{
		"$rung" save -F $keys --with-secrets --rtp --split out/%i.pcapng "$1" \
			>told 2>err || { cat told err; }
		calls=$(wc -l <was.calls)
		[ "$(ls out | wc -l)" = "$calls" ] || echo "$calls calls, $(ls out | wc -l) files"
		for i in $(some "$calls"); do
			one "$1" "$i"
		done
	} >why 2>&1
	test ! -s why
	ok $? "$(basename "$1")"
}

keys=
for file in "$captures"/*.pcap "$captures"/*.pcapng; do
	each_call "$file"
done
[ -z "$RUNG_CAPTURES" ] || for file in "$RUNG_CAPTURES"/*; do
	case $file in
	*.keylog|*.pem|*.sdes|*.psk|*.md|*.tsv|*.json) continue;;
	esac
	[ -f "$file" ] || continue
	keys=
	[ -f "$file.keylog" ] && keys="--keylog $file.keylog"
	[ -f "$file.rsa.pem" ] && keys="$keys -k $file.rsa.pem"
	each_call "$file"
done
echo "1..$n"
