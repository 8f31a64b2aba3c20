#!/bin/sh
# Streams measured from end to end: those of tests/captures/media.pcap, whose figures are
# counted by hand, and real ones between two SIPp, in a network of their own, against
# what tshark counts. TAP.
rung=${top_builddir:?}/rung
here=${top_srcdir:?}/tests/media
. "$top_srcdir/tests/tap.sh"
media=$top_srcdir/tests/captures/media.pcap
top_builddir=$(cd "$top_builddir" && pwd)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM

# same WHAT GOT WANTED: files
same() {
	n=$((n + 1))
	if diff "$3" "$2" >"$dir/diff"; then
		echo "ok $n - $1"
	else
		sed 's/^/# /' "$dir/diff"
		echo "not ok $n - $1"
	fi
}

# list COLUMNS FILE [OPTION...]: streams as sorted CSV
list() {
	columns=$1
	shift
	"$rung" streams -F -u --format csv --columns "$columns" "$@" </dev/null | sort
}

# ---- figures that are known ----

grep -v '^#' "$here/figures" | sort >"$dir/wanted"
list "$(grep '^ssrc' "$here/figures")" "$media" >"$dir/got"
same "figures of made streams" "$dir/got" "$dir/wanted"

# column NAME SSRC
column() {
	list "ssrc,$1" "$media" | sed -n "s/^$2,//p"
}

is "least time between packets of a lossy stream" "$(column min_delta_ms 0x33330001)" 60.000
is "longest time between them" "$(column max_delta_ms 0x33330001)" 120.000
is "mean time between them: 35,880 ms in 539 steps" "$(column mean_delta_ms 0x33330001)" 66.568
is "packets on time have no jitter" "$(column max_jitter_ms 0x33330001)" 0.000
is "nor have those with copies" "$(column max_jitter_ms 0x55550001)" 0.000
is "copies are no steps in time" "$(column min_delta_ms 0x55550001)" 20.000
is "nor is there any after a new beginning" "$(column mean_jitter_ms 0x44440001)" 0.000
is "59 of 599 are lost" "$(column lost_percent 0x33330001 )" 9.85
is "a time of loss is critical" "$(column quality 0x33330001)" critical
is "and its other way is not" "$(column quality 0x33330002)" good
is "a stream without a call is an orphan" "$(column orphan 0x88880001)" true
is "round trip: 20 ms to the one end and back, 10 ms to the other" "$(column round_trip_ms 0x11110001 | cut -d. -f1)" 30
is "digits are those of the call too" \
	"$("$rung" calls -F --format csv --columns dtmf --where 'dtmf = "12#"' "$media" | tail -n 1)" "12#"
is "one side alone is heard" \
	"$("$rung" calls -F --format csv --columns index --where 'audio = caller' "$media" | tail -n 1)" 2

# ---- real traffic ----

# Two calls of SIPp with a recording of seven seconds, echoed, and a digit.
record() {
	recordings=/usr/share/sip-tester
	sipp -sd uac_pcap 2>/dev/null | sed "s#\"pcap/#\"$recordings/#" >uac.xml
	unshare -n sh -c '
		ip link set lo up || exit 1
		tcpdump -i lo -U -w sipp.pcap udp 2>tcpdump.err &
		capture=$!
		for tick in 1 2 3 4 5 6 7 8 9 10; do
			sleep 0.2
			grep -q listening tcpdump.err && break
		done
		sipp -sn uas -i 127.0.0.1 -p 5070 -mi 127.0.0.1 -mp 7000 -rtp_echo -m 2 \
			-timeout 40 </dev/null >uas.out 2>&1 &
		uas=$!
		sleep 0.5
		sipp -sf uac.xml -i 127.0.0.2 -p 5071 -mi 127.0.0.2 -mp 6000 -m 2 -r 5 \
			-timeout 40 127.0.0.1:5070 </dev/null >uac.out 2>&1
		status=$?
		sleep 0.3
		kill "$capture" "$uas" 2>/dev/null
		wait
		exit "$status"'
}

can_record() {
	for program in sipp tcpdump unshare ip; do
		command -v "$program" >/dev/null 2>&1 || { echo "no $program"; return; }
	done
	[ -r /usr/share/sip-tester/g711a.pcap ] || { echo "no recordings of SIPp"; return; }
	unshare -n true 2>/dev/null || echo "no network of its own"
}

why=$(can_record)
if [ -z "$why" ] && ! (cd "$dir" && record) || [ -z "$why" ] && [ ! -s "$dir/sipp.pcap" ]; then
	why="SIPp did not call"
fi
if [ -n "$why" ]; then
	for what in "streams of SIPp" "their packets" "their digits" "as tshark counts them"; do
		skip "$what" "$why"
	done
else
	list source,destination,ssrc,codec,linked_by,dtmf "$dir/sipp.pcap" >"$dir/streams"
	is "streams of SIPp: two calls, two ways, a voice and digits" \
		"$(grep -c '^127' "$dir/streams")" 8
	is "all are of the calls" "$(grep -c ',sdp,\|,symmetric,' "$dir/streams")" 8
	is "each digit once a stream" "$(grep -c ',1$' "$dir/streams")" 4
	if command -v tshark >/dev/null 2>&1; then
		list ssrc,source,packets,max_delta_ms "$dir/sipp.pcap" --where 'codec = PCMA' |
			grep '^0x' | tr 'a-f' 'A-F' | sed 's/^0X/0x/' | sort >"$dir/got"
		tshark -n -r "$dir/sipp.pcap" -q -z rtp,streams 2>/dev/null |
			awk '$8 == "g711A" { printf "0x%s,%s:%s,%s,%s\n", substr($7, 3), $3, $4, $9, $14 }' |
			sort >"$dir/wanted"
		same "packets and times of them as tshark counts" "$dir/got" "$dir/wanted"
	else
		skip "packets and times of them as tshark counts" "no tshark"
	fi
fi
echo "1..$n"
