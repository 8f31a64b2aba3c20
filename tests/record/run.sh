#!/bin/sh
# What is captured, written as it comes. TAP.
#
# Files, pipes, a loopback in a network namespace of our own: recorded, and read by rung
# and, where they are installed, by capinfos and tcpdump; while it is written, after a
# kill, from a disk that is full. And files that grow, followed.
rung=${top_builddir:?}/rung
captures=${top_srcdir:?}/tests/captures
. "$top_srcdir/tests/tap.sh"
reason=err
sample=$captures/sample.pcapng
dir=$(mktemp -d) || exit 1
pids=
clean() {
	for pid in $pids; do kill -TERM $pid 2>/dev/null; done
	umount "$dir/small" 2>/dev/null
	rm -rf "$dir"
}
trap clean EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1
unset SSLKEYLOGFILE

calls() {
	timeout 20 "$rung" calls -F --format json "$@" 2>err
}

# packets FILE: how many, if it is whole for all who read it; else why not
packets() {
	timeout 20 "$rung" record -F -q -O /dev/null "$1" >whole 2>&1 || { cat whole; return; }
	[ -s whole ] && { cat whole; return; }
	if command -v capinfos >/dev/null; then
		capinfos -c -r -T "$1" >whole 2>&1 || { cat whole; return; }
		grep -i 'cut short' whole && return
	fi
	timeout 20 "$rung" record -F -O /dev/null "$1" 2>&1 | sed 's/.*rung: \([0-9]*\) .*/\1/'
}

# signal NAME PID: to what timeout, which is PID, runs
signal() {
	kill -"$1" $(cat /proc/[0-9]*/stat 2>/dev/null | awk -v parent="$2" '$4 == parent { print $1 }')
}

# until COMMAND...: true within 10 s
until_true() {
	for i in $(seq 100); do
		"$@" && return
		sleep 0.1
	done
	return 1
}

has_packets() {
	[ "$(packets "$1" 2>/dev/null)" -ge "$2" ] 2>/dev/null
}

calls "$sample" >want

# ---- files and pipes ----

for format in pcapng pcap; do
	timeout 20 "$rung" record -F "$sample" -O out.$format 2>err
	is "to $format: done" $? 0
	calls out.$format | cmp -s - want
	ok $? "to $format: the same calls"
	is "to $format: whole" "$(packets out.$format)" 235
done
timeout 20 "$rung" record -F "$sample" -O out.pcap 2>err
is "what is there stays" $? 3
grep -q -e '--force' err
ok $? "and --force is named"
timeout 20 "$rung" record -F --force out.pcap -O out.pcap 2>err
is "an input is not replaced by force" $? 3
is "and is as it was" "$(packets out.pcap)" 235
timeout 20 "$rung" record -F --force "$sample" -O out.pcap 'port 5080' 2>err
is "with a filter" "$(packets out.pcap)" "$(timeout 20 "$rung" record -F "$sample" 'port 5080' -O /dev/null 2>&1 | sed 's/.*rung: \([0-9]*\) .*/\1/')"
cat "$sample" | timeout 20 "$rung" record -F -q - -O - 2>err | timeout 20 "$rung" calls -F --format json - 2>>err | cmp -s - want
ok $? "from a pipe to a pipe"
calls "$sample" -O beside.pcapng | cmp -s - want
ok $? "beside an answer"
is "and all is in it" "$(packets beside.pcapng)" 235
timeout 20 "$rung" record -F -q "$sample" -O stop.pcapng --stop-size 20k 2>err
[ "$(stat -c %s stop.pcapng)" -le 20480 ] && [ "$(stat -c %s stop.pcapng)" -gt 18000 ]
ok $? "--stop-size"
for bad in "-O x.pcap.gz" "-O x.json" "-O - --rotate-size 1M" "-O x --keep 2" "-O x --rotate-size 1" \
	"-O x --rotate-time 0.5s" "--rotate-size 1M" ""; do
	timeout 20 "$rung" record -F "$sample" $bad >out 2>err
	code=$?
	[ $code = 2 ] || [ $code = 3 ]
	ok $? "refused: $bad"
done
timeout 20 "$rung" calls -F "$sample" -O - >out 2>err
is "-O - beside an answer is refused" $? 2

# ---- a ring, read while it is written; a kill ----

mkfifo feed
timeout 60 "$rung" record -F -q - -O ring.pcapng --rotate-size 16k --keep 3 <feed 2>err &
pids="$pids $!"
recorder=$!
exec 9>feed
cat "$sample" >&9
sleep 1
bad=0
for file in ring-*.pcapng; do
	[ "$(packets "$file")" -gt 0 ] || bad=1
	[ "$(stat -c %s "$file")" -le 16384 ] || bad=1
done
ok $bad "each file of a ring can be opened while it is written"
is "three are kept" "$(ls ring-*.pcapng | wc -l)" 3
last=$(ls ring-*.pcapng | sort -V | tail -n 1)
sleep 1
was=$(packets "$last")
signal KILL $recorder
wait $recorder 2>/dev/null
exec 9>&-
is "killed: what was flushed is there, whole" "$(packets "$last")" "$was"

# ---- signals ----

timeout 60 "$rung" record -F - -O term.pcapng <feed 2>err &
recorder=$!
pids="$pids $!"
exec 9>feed
cat "$sample" >&9
until_true has_packets term.pcapng 200
signal TERM $recorder
wait $recorder
is "SIGTERM: done" $? 0
exec 9>&-
grep -q '235 packets captured, 235 written to term.pcapng' err
ok $? "and what was done is told"
is "and all is in it" "$(packets term.pcapng)" 235

# ---- root that is dropped ----

# Who takes over has to be able to make the next file: that is said at once.
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
	mkdir mine
	chmod 755 . mine
	SUDO_UID=$(id -u nobody) SUDO_GID=$(id -g nobody) timeout 20 "$rung" record -F -q \
		-O mine/ring.pcapng --rotate-size 16k "$sample" >out 2>err
	is "a ring in a folder of root's alone: refused" $? 3
	grep -q 'mine: Permission denied as user nobody' err
	ok $? "and it is said why"
	chmod 777 mine
	SUDO_UID=$(id -u nobody) SUDO_GID=$(id -g nobody) timeout 20 "$rung" record -F -q \
		-O mine/ok.pcapng --rotate-size 16k "$sample" >out 2>err
	is "in one of his: done" $? 0
	is "and all files are his" "$(stat -c %U mine/ok-* | sort -u)" nobody
	[ "$(ls mine/ok-* | wc -l)" -gt 1 ]
	ok $? "which are several"
else
	skip "root that is dropped" "not root"
fi

# ---- a disk that is full ----

mkdir small
if mount -t tmpfs -o size=40k none small 2>/dev/null; then
	timeout 20 "$rung" record -F "$sample" -O small/x.pcapng 2>err
	is "disk full: not all is there" $? 3
	grep -q 'small/x.pcapng: No space left on device; nothing is written' err
	ok $? "disk full: it is told"
	got=$(packets small/x.pcapng)
	[ "$got" -gt 50 ]
	ok $? "disk full: what is there is whole"
	grep -q "$got written" err && grep -q "$((235 - got)) packets are not in" err
	ok $? "disk full: what is not is counted"
	rm small/x.pcapng
	calls "$sample" -O small/y.pcap | cmp -s - want
	ok $? "disk full: the answer is whole"
	umount small
else
	skip "disk full" "no rights to mount"
fi

# ---- followed ----

# grow FILE: write the sample to it in pieces
grow() {
	at=0
	size=$(stat -c %s "$1")
	while [ $at -lt "$size" ]; do
		tail -c +$((at + 1)) "$1" | head -c 6007 >>grown
		at=$((at + 6007))
		sleep 0.02
	done
}

for file in "$sample" out.pcapng "$captures/dialogs.pcap"; do
	: >grown
	timeout 30 "$rung" calls -F --format json --follow grown >got 2>err &
	reader=$!
	pids="$pids $!"
	grow "$file"
	timeout 10 "$rung" record -F -q --follow --duration 1s grown -O grown.out.pcapng 2>>err
	signal INT $reader
	wait $reader
	# Each is told when it is over: in another order.
	[ "$(calls "$file" | sort)" = "$(sort got)" ]
	ok $? "followed: the calls of $(basename "$file")"
	is "followed: its packets" "$(packets grown.out.pcapng)" "$(packets "$file")"
	rm -f grown.out.pcapng
done
gzip -c "$sample" >packed.pcapng.gz
timeout 10 "$rung" calls -F --follow packed.pcapng.gz >out 2>err
is "a packed file is not followed" $? 3

# ---- an interface ----

if unshare -n true 2>/dev/null && command -v python3 >/dev/null && command -v ip >/dev/null; then
	cat >on-lo.sh <<-'END'
	ip link set lo up
	timeout 30 "$1" record -F -d lo -O lo.pcapng udp port 5999 2>err &
	sleep 0.7
	python3 -c "
	import socket, time
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	for i in range(500): s.sendto(b'x' * 100, ('127.0.0.1', 5999)); time.sleep(0.0005)"
	sleep 0.7
	kill -INT $(cat /proc/[0-9]*/stat 2>/dev/null | awk -v parent=$! '$4 == parent { print $1 }')
	wait $!
	END
	unshare -n sh on-lo.sh "$rung"
	is "an interface: done" $? 0
	is "an interface: all packets" "$(packets lo.pcapng)" 500
	if command -v tshark >/dev/null; then
		is "an interface: its name" "$(tshark -n -r lo.pcapng -c 1 -T fields -e frame.interface_name 2>/dev/null)" lo
	fi
else
	skip "an interface" "no network namespace"
fi
echo "1..$n"
