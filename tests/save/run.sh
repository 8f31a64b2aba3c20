#!/bin/sh
# What is saved and opened again is what was there. TAP.
#
# All calls of each sample capture, and of each capture in the folder $RUNG_CAPTURES
# where that is set, go to a new file; messages (fields and bytes) and calls of both
# have to be equal, and tshark has to read the new one without error where it is
# installed. Then parts of captures, and what can go wrong.
rung=${top_builddir:?}/rung
captures=${top_srcdir:?}/tests/captures
. "$top_srcdir/tests/tap.sh"
reason=why
columns=time,call_id,source,destination,transport,method,status,reason,cseq,cseq_method
columns=$columns,from_user,to_user,bytes,sdp,retransmission,duplicate,flaws
dir=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1
unset SSLKEYLOGFILE

# tell PREFIX FILE...: what there is to compare
tell() {
	to=$1
	shift
	"$rung" messages -F $keys --format csv --columns $columns "$@" >"$to.messages" 2>/dev/null
	"$rung" messages -F $keys --raw "$@" >"$to.text" 2>/dev/null
	"$rung" calls -F --format json $keys "$@" >"$to.calls" 2>/dev/null
}

readable() {
	command -v tshark >/dev/null || return 0
	tshark -n -r "$1" >/dev/null 2>tshark.err && return
	cat tshark.err
	return 1
}

# same NAME FORMAT FILE...: save all and compare. False: it has no calls.
same() {
	name=$1 format=$2 bad=0
	shift 2
	rm -f saved.*
	"$rung" save -F $keys -o saved."$format" "$@" >out 2>err </dev/null
	code=$?
	[ $code = 1 ] || [ $code = 3 ] && [ ! -e saved."$format" ] && return 1
	tell was "$@"
	tell is saved."$format"
	{
		[ $code = 0 ] || { cat err; bad=1; }
		for part in messages text calls; do
			cmp was.$part is.$part || { diff was.$part is.$part | head -n 8; bad=1; }
		done
		readable saved."$format" || bad=1
	} >why 2>&1
	ok $bad "$name"
}

keys=
for file in "$captures"/*.pcap "$captures"/*.pcapng; do
	same "$(basename "$file")" pcapng "$file"
done
same "sample to pcap" pcap "$captures"/sample.pcapng
same "nanoseconds to pcap" pcap "$captures"/file-pcap-ns.pcap
same "packed" pcapng.gz "$captures"/fragments.pcap
gzip -c "$captures"/tcp-order.pcap >in.pcap.gz
same "of a packed one" pcapng in.pcap.gz
same "of several" pcapng "$captures"/tcp.pcap in.pcap.gz "$captures"/links.pcapng
same "of one, twice" pcapng "$captures"/end-states.pcap "$captures"/end-states.pcap
tar cf in.tar -C "$captures" hops.pcap forks.pcap
same "of an archive" pcapng in.tar

# lot FILE...: the captures of a folder, with the keys beside them.
lot() {
	for file in "$@"; do
		case $file in
		*.keylog|*.pem|*.sdes|*.psk|*.md|*.tsv|*.json) continue;;
		esac
		[ -f "$file" ] || continue
		keys=
		[ -f "$file.keylog" ] && keys="--keylog $file.keylog"
		[ -f "$file.rsa.pem" ] && keys="$keys -k $file.rsa.pem"
		same "$(basename "$file")" pcapng "$file"
	done
}

# Most of the time goes into starting programs: two lots at once, each in a folder.
if [ -n "$RUNG_CAPTURES" ]; then
	mkdir a b
	set -- "$RUNG_CAPTURES"/[A-Ma-m0-9]*
	(cd a && lot "$@") >a.tap &
	set -- "$RUNG_CAPTURES"/[N-Zn-z]*
	(cd b && lot "$@") >b.tap
	wait
	cat a.tap b.tap | awk -v n="$n" '/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++n) } { print }'
	n=$((n + $(cat a.tap b.tap | grep -c -E '^(not )?ok ')))
	rm -r a b
fi

# Parts: a call of a connection that others use is there, others are not.
part() {
	"$rung" save -F --force -o part.pcapng --call-id "$2" "$1" >out 2>why
	"$rung" messages -F --raw --call-id "$2" "$1" >was.text 2>/dev/null
	"$rung" messages -F --raw part.pcapng >is.text 2>/dev/null
	cmp was.text is.text >why 2>&1 && readable part.pcapng >>why
	ok $? "$(basename "$1"), call $2"
}
for name in tcp.pcap tcp-order.pcap tcp-connections.pcap sctp.pcap hep.pcap ws.pcap fragments.pcap; do
	part "$captures/$name" "$("$rung" calls -F --format csv --columns call_id \
		-w 'messages > 1' "$captures/$name" | sed -n 2p)"
done

# Of one file a call each is what saving that call alone makes, byte for byte, also of
# connections that many calls share, with segments that come again and out of order.
# alone FILE: compare some.
alone() {
	rm -rf each && mkdir each
	"$rung" save -F --rtp --split each/%i.pcap "$1" >out 2>err || cat err
	for i in $(ls each | sed 's/\.pcap//' | sort -n | awk 'NR % 7 == 1'); do
		"$rung" save -F --rtp --force -o alone.pcap -w "call.index = $i" "$1" >out 2>err || cat err
		cmp alone.pcap "each/$i.pcap"
	done
}
"$top_builddir"/tests/gen/rung-gen --bench calls=60 agents=2 transport=tcp reorder=10 \
	retransmit=10 mss=700 -o trunk.pcap
for name in tcp.pcap tcp-order.pcap tcp-gaps.pcap tcp-connections.pcap sctp.pcap hep.pcap \
	media.pcap dialogs.pcap; do
	alone "$captures/$name" >why 2>&1
	test ! -s why
	ok $? "$name, split as alone"
done
alone trunk.pcap >why 2>&1
test ! -s why
ok $? "a trunk, split as alone"

# What an agent sends by TCP is known as shared when its first call is seen.
{
	printf 'host a 192.0.2.1:5060\nhost b 192.0.2.2:5060\nhost agent 192.0.2.3:4000\n'
	printf 'host collector 192.0.2.4:9060\ncarrier hep3 agent -> collector tcp\n'
	for i in 1 2 3; do
		printf 'call c%s from <sip:a@example.com> to <sip:b@example.net>\n' $i
		printf ' %ss a -> b OPTIONS\n +5ms b -> a 200\n' $i
	done
} >agent.gen
"$top_builddir"/tests/gen/rung-gen -o agent.pcap agent.gen
for i in 1 3; do
	"$rung" save -F --force -w "call.index = $i" -o part.pcapng agent.pcap >out 2>why
	is "call $i of an agent's connection, alone" \
		"$("$rung" calls -F --format csv --columns messages part.pcapng | tr '\n' ' ')" \
		"messages 2 "
done
alone agent.pcap >why 2>&1
test ! -s why
ok $? "an agent's connection, split as alone"

# Media: the streams of the calls that are saved, as they were, and no others. With tshark
# its figures of both are equal too.
# streams_of FILE CALL_ID
streams_of() {
	"$rung" streams -F --format csv -w "call_id = \"$2\"" "$1" 2>/dev/null
}
# seen_by_tshark FILE SSRC...: what it says of these, without times
seen_by_tshark() {
	tshark -n -r "$1" -q -z rtp,streams 2>/dev/null >all.tshark
	shift
	for ssrc in "$@"; do
		grep -i "$ssrc" all.tshark | sed 's/^ *[0-9.]* *[0-9.]* *//' | sort
	done
}
media() {
	rm -f media.pcapng
	{
		bad=0
		"$rung" save -F --rtp -o media.pcapng --call-id "$2" "$1" >out || bad=1
		streams_of "$1" "$2" >was.streams
		"$rung" streams -F --format csv media.pcapng >is.streams 2>/dev/null
		cmp was.streams is.streams || { diff was.streams is.streams | head -n 8; bad=1; }
		packets=$(awk -F, 'NR > 1 { n += $8 } END { print n + 0 }' was.streams)
		grep -q "($packets of media)" out || [ -n "$3" ] || { cat out; bad=1; }
		if command -v tshark >/dev/null; then
			ssrcs=$(awk -F, 'NR > 1 { print $4 }' was.streams)
			seen_by_tshark "$1" $ssrcs >was.tshark
			seen_by_tshark media.pcapng $ssrcs >is.tshark
			cmp was.tshark is.tshark || bad=1
			readable media.pcapng || bad=1
		fi
	} >why 2>&1
	ok $bad "media of $(basename "$1"), call $2"
}
# In the first one there is RTCP too.
media "$captures"/media.pcap "$("$rung" calls -F --format csv --columns call_id \
	"$captures"/media.pcap | sed -n 2p)" rtcp
for id in $("$rung" calls -F --format csv --columns call_id "$captures"/media.pcap | sed 1,2d); do
	media "$captures"/media.pcap "$id"
done
"$rung" save -F --rtp --force -o media.pcapng "$captures"/media.pcap >out 2>why
is "an orphan stays out" "$("$rung" streams -F --format csv media.pcapng | grep -c 0x88880001)" 0

# Streams: their packets and the RTCP about them, as often as tshark counts them, and nothing
# else. What a description would tell of payload types is not there: those of media.pcap are
# known by their numbers.
# of_streams FILE: what was measured, without what a call tells
of_streams() {
	"$rung" streams -F --format csv --columns source,destination,ssrc,codec,packets,expected,lost,\
out_of_order,duplicates,min_delta_ms,max_delta_ms,mean_jitter_ms,max_jitter_ms,start,end,reports \
		"$@" 2>/dev/null
}
# streams_alone NAME EXPR FRAMES FILE: FRAMES is what tshark has to find for these
streams_alone() {
	{
		bad=0
		"$rung" save -F --streams --force -o streams.pcap -w "$2" "$4" >out || bad=1
		of_streams -w "$2" "$4" >was.streams
		of_streams streams.pcap >is.streams
		cmp was.streams is.streams || { diff was.streams is.streams | head -n 8; bad=1; }
		if command -v tshark >/dev/null; then
			tshark -n -r "$4" -Y "$3" -T fields -e frame.time_epoch >was.frames 2>/dev/null
			tshark -n -r streams.pcap -T fields -e frame.time_epoch >is.frames \
				2>tshark.err || cat tshark.err
			cmp was.frames is.frames || bad=1
		fi
	} >why 2>&1
	ok $bad "$1"
}
streams_alone "an orphan alone" orphan "rtp.ssrc == 0x88880001 || udp.port == 7002" \
	"$captures"/media.pcap
streams_alone "one way, with reports" "ssrc = 0x11110001" \
	"rtp.ssrc == 0x11110001 || rtcp" "$captures"/media.pcap
streams_alone "a bad one" "lost_percent > 9" "rtp.ssrc == 0x33330001" "$captures"/media.pcap
cat "$captures"/media.pcap | "$rung" save -F --streams -w orphan -o orphan.pcap - >out 2>err
is "an orphan of a pipe" "$? $(cat err out)" "0 orphan.pcap: 1 stream, 47 packets"
# On the screens what comes but once is kept with -r alone: an empty file would be no answer.
printf '%s\n' '<Tab> <End> <F2> <C-U> k e p t . p c a p <Enter>' ':shot told' >save.keys
for option in "" -r; do
	rm -rf shots kept.pcap
	mkdir shots
	cat "$captures"/media.pcap | TERM=xterm "$rung" -F $option --script save.keys \
		--script-out shots - >out 2>err
	cat shots/* >>out
	is "an orphan of a pipe, on the screens ${option:-without -r}" \
		"$(grep -o 'RTP was measured, not kept\|Saved 1 stream, 47 packets' out |
			sort -u) $(ls kept* 2>&-)" \
		"$([ -z "$option" ] && echo 'RTP was measured, not kept ' ||
			echo 'Saved 1 stream, 47 packets kept.pcap')"
done
"$rung" save -F --streams -w 'codec = opus' -o none.pcap "$captures"/media.pcap >out 2>err
is "no such stream" "$? $(cat err) $(ls none* 2>&-)" "1 rung: no match among 15 streams "
"$rung" save -F --streams -o out.txt "$captures"/media.pcap >out 2>err
is "streams as text" "$? $(cat err)" '2 rung: save: --streams: text has no packets: choose '\
'pcap or pcapng; "rung streams --format csv" writes figures'
"$rung" save -F --streams --split '%i.pcap' "$captures"/media.pcap >out 2>err
is "streams one by one" "$? $(cat err)" \
	"2 rung: save: --streams: --split is for calls: -o FILE"

# Texts are what the list of messages says.
for format in text json csv; do
	"$rung" messages -F --format $format "$captures"/tcp-gaps.pcap >want
	"$rung" save -F --format $format -o got "$captures"/tcp-gaps.pcap >out 2>why
	cmp want got >>why 2>&1
	ok $? "$format"
	rm -f got
done

# What is said, and what is left behind.
rm -f saved.*
"$rung" save -F -o saved.pcap "$captures"/links.pcapng >out 2>err
is "pcap of several link types" "$? $(sed 's/of types .* and .*:/of types:/' err) $(ls saved* 2>&- )" \
	"3 rung: saved.pcap: pcap holds packets of one link type, and these are of types: choose pcapng "
: >there.pcap
"$rung" save -F -o there.pcap "$captures"/sample.pcapng >out 2>err
is "a file in the way" "$? $(cat err) $(wc -c <there.pcap)" \
	"3 rung: $dir/there.pcap: File exists; --force replaces it 0"
"$rung" save -F -o there.pcap --force "$captures"/sample.pcapng >out 2>err
is "replaced" "$? $(cat err) $(cat out)" "0  there.pcap: 15 calls, 140 messages, 140 packets"
cp "$captures"/sample.pcapng in.pcapng
"$rung" save -F -o ./in.pcapng --force in.pcapng >out 2>err
is "the input" "$? $(cat err)" "3 rung: ./in.pcapng: is what is read"
"$rung" save -F -o none/x.pcap "$captures"/sample.pcapng >out 2>err
is "no folder" "$? $(cat err)" \
	"3 rung: none/x.pcap: there is no folder none; make it first"
mkdir some
"$rung" save -F -o some/none/more/x.pcap "$captures"/sample.pcapng >out 2>err
is "no folder in a folder" "$? $(sed 's/.*: there/there/' err)" \
	"3 there is no folder some/none; make it first"
mkdir shut && chmod a-w shut
if ! : >shut/probe 2>/dev/null; then
	"$rung" save -F -o shut/x.pcap "$captures"/sample.pcapng >out 2>err
	is "a folder that cannot be written" "$? $(cat err)" \
		"3 rung: shut/x.pcap: Permission denied"
fi
rm -f shut/probe
for format in pcap pcapng json pcap.gz; do
	(ulimit -f 1; "$rung" save -F -o full.$format "$captures"/large.pcap >out 2>err)
	code=$?
	[ "$format" = pcap.gz ] && [ $code = 0 ] && { rm full.pcap.gz; continue; }
	is "no room for $format" "$code $(cat err) $(ls -A | grep full)" \
		"3 rung: full.$format: write: File too large "
done
"$rung" save -F -o none.pcap -w 'method = "NONE"' "$captures"/sample.pcapng >out 2>err
is "nothing that matches" "$? $(ls none.pcap 2>&-)" "1 "
"$rung" save -F "$captures"/sample.pcapng >out 2>err
is "no name" "$? $(cat err)" "2 rung: save: -o FILE is missing: where to"
for force in "" --force; do
	"$rung" save -F -o /dev/null $force "$captures"/sample.pcapng >out 2>err
	is "a device $force" "$? $(cat err)" "3 rung: /dev/null: not a regular file"
done
"$rung" save -F -o '' "$captures"/sample.pcapng >out 2>err
is "an empty name" "$? $(cat err)" "2 rung: save: -o FILE is missing: where to"
"$rung" save -F --split - "$captures"/sample.pcapng >out 2>err
is "many files are not for standard output" "$? $(cat err) $(wc -c <out)" \
	"2 rung: save: --split -: no name of a file 0"
esc=$(printf 'a\033[31m\nb.pcap')
"$rung" save -F -o "$esc" "$captures"/sample.pcapng >out 2>err
is "a name with control bytes" "$? $(tr -d '[:print:]\n' <out | tr -d '\200-\377' | wc -c) \
$(wc -l <out) $([ -f "$esc" ] && echo there)" "0 0 1 there"
"$rung" save -F -o packed.TXT.GZ "$captures"/sample.pcapng >out 2>err
is "suffixes in any case" "$? $(gzip -dc <packed.TXT.GZ | head -n 1 | cut -c1-2)" "0 #1"
(umask 027; "$rung" save -F -o mode.pcap "$captures"/sample.pcapng >out 2>&1)
is "permissions" "$(ls -l mode.pcap | cut -c1-10)" "-rw-r-----"
ln -s mode.pcap link.pcap
"$rung" save -F -o link.pcap --force "$captures"/hops.pcap >out 2>&1
is "behind a link" "$(readlink link.pcap) $("$rung" -F -N mode.pcap)" "mode.pcap Dialog count: 9"

# As of a file, so of a pipe: each packet, though it cannot be read a second time.
packets() {
	"$rung" messages -F --raw "$1" >"$2".text
	command -v tshark >/dev/null || return 0
	tshark -n -r "$1" -T fields -e frame.time_epoch -e frame.cap_len -e frame.len \
		-e frame.protocols >"$2".packets 2>/dev/null
}

bad=0
for file in "$captures"/*.pcap "$captures"/*.pcapng; do
	rm -f saved.* is.packets was.packets
	"$rung" save -F --rtp -o saved.pcapng "$file" >/dev/null 2>err || continue
	packets saved.pcapng was
	cat "$file" | "$rung" save -F --rtp --force -o saved.pcapng - >/dev/null 2>err ||
		{ bad=1; echo "$file: $(cat err)"; }
	[ -s err ] && { bad=1; echo "$file: $(cat err)"; }
	packets saved.pcapng is
	for part in text packets; do
		[ ! -e was.$part ] || cmp was.$part is.$part || { bad=1; echo "$file"; }
	done
done >why 2>&1
ok $bad "of pipes, as of the files"
"$rung" save -F -o saved.pcap "$captures"/media.pcap >out 2>err
cat "$captures"/media.pcap | "$rung" save -F --rtp -o piped.pcap - >out 2>err
"$rung" save -F -r --force -o saved.pcap "$captures"/media.pcap >out 2>err
cmp saved.pcap piped.pcap >why 2>&1
ok $? "of a pipe, byte for byte"
"$rung" save -F --force -o saved.pcap "$captures"/sample.pcapng "$captures"/tcp.pcap >out 2>err
cat "$captures"/tcp.pcap |
	"$rung" save -F --force -o piped.pcap "$captures"/sample.pcapng - >out 2>err
cmp saved.pcap piped.pcap >why 2>&1
ok $? "of a file and a pipe"

is "nothing beside" "$(ls -A | grep '^\.')" ""
echo "1..$n"
