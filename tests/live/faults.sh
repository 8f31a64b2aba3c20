#!/bin/sh
# What goes wrong while capturing: terminals that close, storms of signals, disks that are
# full, folders that go, readers that do not read, clocks that jump, hostile traffic.
# Nothing that was captured may be lost in silence, and the cause is named. TAP.
#
# All of it in network and mount namespaces of its own; where there are none, it is skipped.
if [ -z "$RUNG_NAMESPACE" ]; then
	skip() { echo "1..0 # SKIP $*"; exit 0; }
	command -v ip >/dev/null || skip "no ip (iproute2)"
	command -v unshare >/dev/null || skip "no unshare"
	command -v python3 >/dev/null || skip "no python3"
	RUNG_NAMESPACE=1
	export RUNG_NAMESPACE
	# nohup lets hangups be ignored, and who runs in it would have to be killed.
	not_ignored="import os, signal, sys
for s in 'SIGHUP', 'SIGPIPE', 'SIGXFSZ':
    signal.signal(getattr(signal, s), signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])"
	for how in -nm -rnm; do
		unshare $how ip link add va type veth peer name vb 2>/dev/null &&
			exec python3 -c "$not_ignored" unshare $how sh "$0"
	done
	skip "no network namespace"
fi
rung=${top_builddir:?}/rung
case $rung in /*) ;; *) rung=$PWD/$rung ;; esac
. "${top_srcdir:?}/tests/tap.sh"
captures=$(cd "$top_srcdir/tests/captures" && pwd)
dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
pid= other=		# of the program under test, and of what is beside it
finish() {
	for p in $pid $other; do kill -KILL $p 2>/dev/null; done
	cd /
	umount "$dir"/small "$dir"/tmp 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1
HOME=$dir
export HOME
unset SSLKEYLOGFILE

# says TEXT: whether standard error does
says() { grep -q -e "$1" err && echo yes || echo "no: $(cat err)"; }

# until COMMAND...: true within ten seconds
until_() {
	for tick in $(seq 100); do
		"$@" && return
		sleep 0.1
	done
	return 1
}
sockets() { [ "$(awk '$6 == 1' /proc/net/packet | wc -l)" -ge "$1" ]; }
gone() { ! kill -0 "$pid" 2>/dev/null; }

# begin COMMAND...: rung, capturing on lo
begin() {
	: >err
	"$rung" "$@" </dev/null >out 2>err &
	pid=$!
	until_ sockets 1
}
# over [SIGNAL]: it ends by itself, or by that
over() {
	[ -z "$1" ] || kill -"$1" "$pid"
	wait "$pid"
	code=$?
	pid=
}

# packets FILE [FILTER]: how many there are, if it is whole
packets() {
	timeout 60 "$rung" record -F -O /dev/null --force "$1" ${2:+"$2"} 2>whole
	sed -n 's/.*rung: \([0-9]*\) packets\{0,1\} captured.*/\1/p' whole | tr -d '\n'
	grep -v ' captured, ' whole
}

# What sends, and holds a terminal: send.py N SIZE RATE PORT; datagrams that are numbered.
cat >send.py <<'EOF'
import socket, sys, time
n, size, rate, port = (int(a) for a in sys.argv[1:5])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
begin = time.monotonic()
for i in range(n):
    s.sendto((b"%08d" % i).ljust(size, b"x"), ("127.0.0.1", port))
    if rate and i % 20 == 19:
        late = begin + i / rate - time.monotonic()
        if late > 0: time.sleep(late)
print(n)
EOF
# storm.py PID SECONDS SIGNAL...: as many as there is time for
cat >storm.py <<'EOF'
import os, signal, sys, time
pid, end = int(sys.argv[1]), time.monotonic() + float(sys.argv[2])
signals = [getattr(signal, "SIG" + name) for name in sys.argv[3:]]
try:
    while time.monotonic() < end:
        for s in signals: os.kill(pid, s)
        time.sleep(0.0005)
except ProcessLookupError:
    pass
EOF
# onpty.py HOW FILE COMMAND...: run it on a terminal of 100x30 and do HOW once told by a line
# on standard input: close it, or send a signal; the code is written to FILE, below 0 a signal.
cat >onpty.py <<'EOF'
import fcntl, os, pty, select, signal, struct, sys, termios, time
how, out, command = sys.argv[1], sys.argv[2], sys.argv[3:]
pid, fd = pty.fork()
if pid == 0:
    # A shell lets these be ignored in the background.
    for s in (signal.SIGINT, signal.SIGQUIT): signal.signal(s, signal.SIG_DFL)
    os.environ["TERM"] = "xterm-256color"
    os.execv(command[0], command)
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
open(out + ".pid", "w").write(str(pid))
asked = False
while not asked:
    for f in select.select([fd, 0], [], [])[0]:
        if f == 0: asked = True
        else: os.read(fd, 65536)
if how == "close":
    os.close(fd)
elif how == "close-hup":
    os.close(fd)
    for i in range(20):
        try: os.kill(pid, signal.SIGHUP if i % 2 else signal.SIGTERM)
        except ProcessLookupError: break
        time.sleep(0.002)
elif how.startswith("storm"):
    keys = how.split(",")[0][5:]
    end = time.monotonic() + (3 if keys else 0.8)
    names = [getattr(signal, "SIG" + s) for s in how.split(",")[1:]]
    while time.monotonic() < end:
        for s in names:
            try: os.kill(pid, s)
            except ProcessLookupError: end = 0
        while select.select([fd], [], [], 0.001)[0]:
            try: os.read(fd, 65536)
            except OSError: end = 0; break
    for key in keys:
        os.write(fd, key.encode())
        time.sleep(0.3)
end = time.monotonic() + 20
while time.monotonic() < end:
    got, status = os.waitpid(pid, os.WNOHANG)
    if got:
        open(out, "w").write(str(os.waitstatus_to_exitcode(status)))
        sys.exit()
    try:
        while select.select([fd], [], [], 0.02)[0]: os.read(fd, 65536)
    except (OSError, ValueError):
        time.sleep(0.02)
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
open(out, "w").write("hangs")
EOF

ip link set lo up
mount --make-rprivate / 2>/dev/null

# ---- a terminal that closes, storms of signals at the screens ----

# screens HOW OPTION...: with what is captured in x.pcapng
screens() {
	how=$1
	shift
	rm -f x.pcapng code code.pid order
	mkfifo order
	python3 onpty.py "$how" code "$rung" -F -d lo -O x.pcapng "$@" udp port 5999 <order &
	other=$!
	exec 8>order
	until_ sockets 1
	until_ test -s code.pid
	sleep 0.5
	python3 send.py 2000 200 20000 5999 >sent
	case $how in stormQ*)
		python3 send.py 2000 200 1500 5999 >sent2 &
		sleep 0.5 ;;
	esac
	echo now >&8
	wait $other
	other=
	exec 8>&-
	rm -f order
}
screens close
is "the terminal closes: ends by its hangup, all is in the file" \
	"$(cat code) $(packets x.pcapng)" "-1 2000"
screens close-hup
is "the terminal and a shell close, each with signals" \
	"$(cat code) $(packets x.pcapng)" "-1 2000"
for signal in INT:-2 TERM:-15 QUIT:-3 USR2:-12; do
	screens storm,${signal%:*}
	got=$(packets x.pcapng)
	is "the screens, a storm of SIG${signal%:*}" \
		"$(cat code) $([ "$got" -ge 2000 ] && echo all || echo "$got")" "${signal#*:} all"
done
screens stormQy,USR1,WINCH,CHLD,CONT,URG
is "the screens, signals that are none of theirs" "$(cat code) $(packets x.pcapng)" "0 4000"
screens stormQy,TSTP,CONT
is "the screens, stopped and continued" "$(cat code) $(packets x.pcapng)" "0 4000"

# ---- storms at rung record ----

for signal in INT TERM HUP QUIT ALRM; do
	rm -f x.pcapng
	begin record -F -d lo -O x.pcapng udp port 5999
	python3 send.py 5000 200 50000 5999 >sent
	python3 storm.py "$pid" 1 $signal
	over
	is "record, a storm of SIG$signal" "$code $(packets x.pcapng)" "0 5000"
	[ $code = 0 ] || echo "# $(cat err)"
done
rm -f x.pcapng
begin record -F -d lo -O x.pcapng udp port 5999
python3 storm.py "$pid" 1.5 USR1 WINCH CHLD CONT TSTP CONT URG &
other=$!
python3 send.py 20000 200 15000 5999 >sent
wait $other
other=
kill -CONT "$pid"
over INT
is "record, signals that are none of its own" "$code $(packets x.pcapng)" "0 20000"

# Who has to wait for the CPU while it ends.
rm -f x.pcapng
begin record -F -d lo -O x.pcapng udp port 5999
kill -STOP "$pid"
python3 send.py 40000 200 0 5999 >sent
kill -INT "$pid"
kill -CONT "$pid"
sleep 0.004
kill -STOP "$pid"
sleep 0.4
over CONT
is "record, stopped while it ends: what came before is written" "$code $(packets x.pcapng)" "0 40000"

# ---- SIGUSR1 ----

rm -f x.pcapng*
begin record -F -d lo -O x.pcapng udp port 5999
python3 send.py 100 200 0 5999 >sent
sleep 0.3
kill -USR1 "$pid"
until_ sh -c '[ "$(stat -c %s x.pcapng)" -gt 20000 ]'
mv x.pcapng x.pcapng.1
: >x.pcapng
kill -USR1 "$pid"
sleep 0.3
python3 send.py 50 200 0 5999 >sent
sleep 0.3
mv x.pcapng x.pcapng.2
kill -USR1 "$pid"
sleep 0.3
python3 send.py 25 200 0 5999 >sent
over INT
is "SIGUSR1: the file that was moved away is whole, and another begins" \
	"$code $(packets x.pcapng.1) $(packets x.pcapng.2) $(packets x.pcapng)" "0 100 50 25"
mkdir ring
begin record -F -d lo -O ring/x.pcapng --rotate-time 1h udp port 5999
for i in 1 2 3; do
	python3 send.py $i 200 0 5999 >sent
	sleep 0.3
	kill -USR1 "$pid"
	sleep 0.2
done
over INT
is "SIGUSR1: the next of a ring" "$code $(for f in $(ls ring | sort -V); do
	packets "ring/$f"; echo; done | tr '\n' ' ')" "0 1 2 3 "

# ---- readers that do not read ----

# sip.py CALLS GAP [OFFSET]: that many calls of INVITE, 180, 200, ACK, BYE, 200, GAP seconds
# apart, with times of their own or none.
cat >sip.py <<'EOF'
import socket, sys, time
n, gap = int(sys.argv[1]), float(sys.argv[2])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 5070))
def send(first, i, cseq, body=""):
    s.sendto((first + "\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK%s%d\r\nFrom: <sip:a@x>;tag=%d\r\n"
        "To: <sip:b@x>%s\r\nCall-ID: c%d@x\r\nCSeq: %s\r\nContact: <sip:a@127.0.0.1>\r\nX: %s\r\nContent-Length: 0\r\n\r\n" %
        (cseq.split()[1][0], i, i, "" if first.startswith("INV") else ";tag=z%d" % i, i, cseq, "x" * 300)).encode(), ("127.0.0.1", 5060))
for i in range(n):
    send("INVITE sip:b@x SIP/2.0", i, "1 INVITE")
    send("SIP/2.0 180 Ringing", i, "1 INVITE")
    send("SIP/2.0 200 OK", i, "1 INVITE")
    send("ACK sip:b@x SIP/2.0", i, "1 ACK")
    send("BYE sip:b@x SIP/2.0", i, "2 BYE")
    send("SIP/2.0 200 OK", i, "2 BYE")
    if gap and i % 10 == 9: time.sleep(gap * 10)
EOF
# Nobody reads, then somebody does.
rm -f pipe x.pcapng
mkfifo pipe
sleep 100 <pipe &
other=$!
timeout 60 "$rung" messages -F -d lo -O x.pcapng --columns call_id,method --format csv udp port 5060 </dev/null 2>err >pipe &
pid=$!
until_ sockets 1
python3 sip.py 4000 0.0005
sleep 1.5
is "a reader that does not read: what is captured is recorded" "$(packets x.pcapng)" 24000
kill -TERM "$pid"
wait "$pid"
code=$?
kill $other
wait $other 2>/dev/null
is "and it ends, and tells" "$code $(says 'standard output is not read: the last [0-9]* bytes of the answer were not taken')" "3 yes"
rm -f x.pcapng
(exec <pipe; sleep 4; cat >read) &
other=$!
timeout 60 "$rung" messages -F -d lo --columns call_id,method --format csv udp port 5060 </dev/null 2>err >pipe &
pid=$!
until_ sockets 1
python3 sip.py 4000 0.0005
sleep 3
kill -TERM "$pid"
wait "$pid"
code=$?
wait $other
is "a reader that is late gets it all" "$code $(wc -l <read) $(cat err)" "0 24001 "
# The bound of the store.
sleep 100 <pipe &
other=$!
timeout 60 "$rung" messages -F -l 10 -R -d lo udp port 5060 </dev/null 2>err >pipe &
pid=$!
until_ sockets 1
python3 sip.py 4000 0.0005
sleep 1
kill -INT "$pid"
wait "$pid"
code=$?
kill $other
wait $other 2>/dev/null
is "what went before it was taken is counted" "$code $(says '[0-9]* messages are not told: they were evicted')" "3 yes"
# closed
timeout 60 "$rung" messages -F -d lo udp port 5060 </dev/null 2>err | head -n 1 >read &
until_ sockets 1
python3 sip.py 400 0.0005
wait $!
is "a reader that left ends it" "$(cat err) $(until_ sh -c 'awk "\$6 == 1" /proc/net/packet | grep -q . && exit 1 || exit 0'; echo $?)" " 0"
timeout 20 "$rung" messages -F -d lo udp port 5060 </dev/null >/dev/full 2>err &
pid=$!
until_ sockets 1
python3 sip.py 400 0.0005
wait "$pid"
is "a full device ends it, and is told" "$? $(cat err)" "3 rung: write: No space left on device"
timeout 20 "$rung" messages -F -d lo udp port 5060 </dev/null >&- 2>err &
pid=$!
until_ sockets 1
python3 sip.py 40 0.0005
wait "$pid"
is "standard output is closed" "$? $(cat err)" "3 rung: write: Bad file descriptor"
rm -f x.pcapng
timeout 20 "$rung" calls -F "$captures/dialogs.pcap" -O x.pcapng <&- >&- 2>&-
is "all that is standard is closed: what is recorded is whole" "$? $(packets x.pcapng)" \
	"3 $(packets "$captures/dialogs.pcap")"

# ---- disks, folders ----

# small SIZE: a file system
small() { mkdir -p small && mount -t tmpfs -o "size=$1" none small 2>/dev/null; }
if small 1m; then
	for format in pcapng pcap; do
		rm -f small/*
		begin messages -F --format csv --columns call_id -d lo -O small/x.$format udp
		python3 send.py 10000 400 20000 5999 >sent
		sleep 1
		python3 sip.py 100 0.001
		sleep 1.2
		over INT
		got=$(packets small/x.$format)
		is "a disk that is full beside an answer, $format: the answer is whole" \
			"$code $(wc -l <out)" "0 601"
		is "it is told why" "$(says "small/x.$format: No space left on device; nothing is written for now")" yes
		is "what is there is whole, and the rest is counted" \
			"$(says "$((10600 - got)) packets are not in small/x.$format")" yes
	done
	# Room again: SIGUSR1 says so.
	rm -f small/*
	dd if=/dev/zero of=small/fill bs=1k count=700 2>sent
	begin record -F -d lo -O small/x.pcapng udp port 5999
	python3 send.py 2000 400 20000 5999 >sent
	until_ grep -q "No space" err
	rm small/fill
	kill -USR1 "$pid"
	sleep 0.3
	python3 send.py 500 400 20000 5999 >sent
	over INT
	got=$(packets small/x.pcapng)
	is "room again, by SIGUSR1: it goes on at once" "$(says 'packets are written again') $([ "$got" -gt 900 ] && echo more)" "yes more"
	is "and what was not written is counted" "$(says "$((2500 - got)) packets are not in")" yes
	# The screens.
	rm -f small/* code code.pid order
	mkfifo order
	python3 onpty.py stormQy,CONT code "$rung" -F -d lo -O small/x.pcapng udp port 5999 <order 2>ptyerr &
	other=$!
	exec 8>order
	until_ sockets 1
	sleep 0.5
	python3 send.py 10000 400 20000 5999 >sent
	sleep 1
	echo >&8
	wait $other
	other=
	exec 8>&-
	is "a full disk and the screens: they go on, the file is whole" \
		"$(cat code) $([ "$(packets small/x.pcapng)" -gt 1000 ] && echo whole)" "0 whole"
	umount small
	# The spool: two messages a packet fit, or some segments.
	for size in 64k 5m; do
		small $size
		TMPDIR=$dir/small begin messages -F --format csv --columns call_id -d lo udp port 5060
		python3 sip.py 4000 0.0005
		sleep 0.5
		over INT
		is "$size for what is kept: all messages are told" "$code $(wc -l <out)" "0 24001"
		TMPDIR=$dir/small begin calls --follow -F --format csv --columns messages -d lo udp port 5060
		python3 sip.py 4000 0.0005
		sleep 1.5
		over INT
		is "$size: and calls, all that were there are told or counted" \
			"$code $(($(grep -c '^6' out) + $(sed -n 's/^rung: \([0-9]*\) calls are not told.*/\1/p' err; echo +0)))" "0 4000"
		is "$size: and why" "$(says 'spool: No space left on device; what comes from now on cannot be shown again until there is room')" yes
		umount small
	done
	TMPDIR=$dir/none begin messages -F --format csv --columns call_id -d lo udp port 5060
	python3 sip.py 100 0.0005
	over INT
	is "no folder for what is kept: /tmp is taken, and that is told" "$code $(wc -l <out) $(cat err)" \
		"0 601 rung: spool: TMPDIR: $dir/none: No such file or directory; temporary files are in /tmp"
else
	skip "a disk that is full" "no rights to mount"
fi

# ---- clocks that jump ----

# jump.py FILE: calls of one SIP message sequence each, in a capture whose clock goes back by
# hours, forward by years, to nought, and to the end of what pcap can say.
cat >jump.py <<'EOF'
import struct, sys
out = open(sys.argv[1], "wb")
out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101))
def packet(t, sport, dport, body):
    udp = struct.pack(">HHHH", sport, dport, 8 + len(body), 0) + body
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, 0x0a000001, 0x0a000002) + udp
    out.write(struct.pack("<IIII", int(t) & 0xffffffff, int(t * 1e6) % 1000000, len(ip), len(ip)) + ip)
def sip(first, i, cseq):
    return ("%s\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK%s%d\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>%s\r\n"
        "Call-ID: c%d@x\r\nCSeq: %s\r\nContent-Length: 0\r\n\r\n" % (first, cseq.split()[1][0], i, "" if first[:3] == "INV" else ";tag=2", i, cseq)).encode()
t, i = 1700000000.0, 0
jumps = [0, -7200, 3 * 365 * 86400, -86400, 10, -1700000000, 4294967295 - 5, -3e9, 60, 0.5]
for jump in jumps * 20:
    t = max(0, min(4294967290, t + jump))
    for first, cseq in (("INVITE sip:b@x SIP/2.0", "1 INVITE"), ("SIP/2.0 200 OK", "1 INVITE"), ("ACK sip:b@x SIP/2.0", "1 ACK")):
        packet(t, 5060, 5060, sip(first, i, cseq)); t += 0.01
    for k in range(20):
        packet(t, 4000, 4002, struct.pack(">BBHII", 0x80, 0, k, 160 * k, 7) + b"\x55" * 160); t += 0.02
    t += jump if abs(jump) < 100000 else 0
    t = max(0, t)
    for first, cseq in (("BYE sip:b@x SIP/2.0", "2 BYE"), ("SIP/2.0 200 OK", "2 BYE")):
        packet(t, 5060, 5060, sip(first, i, cseq)); t += 0.01
    i += 1
EOF
python3 jump.py jump.pcap
for options in "" "--memory 64M" "-l 50 -R"; do
	timeout 30 "$rung" messages -F $options --format csv --columns call_id jump.pcap >out 2>err
	is "a file of jumping time: all messages${options:+, $options}" "$? $(wc -l <out)" \
		"0 $([ "$options" = "-l 50 -R" ] && echo 251 || echo 1001)"
done
timeout 30 "$rung" calls -F --format json jump.pcap >out 2>err
is "and calls" "$? $(wc -l <out)" "0 200"
is "no time is below nought or without end" "$(grep -cE '_ms":(-|[0-9]{14})' out)" 0
timeout 30 "$rung" streams -F --format json jump.pcap >out 2>err
is "streams: all packets" "$? $(sed 's/.*"packets":\([0-9]*\).*/\1/' out | awk '{ n += $1 } END { print n }')" "0 4000"
is "and no number is below nought or without end" \
	"$(grep -cE '(_ms|_percent|lost)":(-[0-9]|[0-9]{14})|nan|inf' out)" 0
for order in duration_ms start pdd_ms -end; do
	timeout 30 "$rung" calls -F --sort "$order" --format csv --columns call_id jump.pcap 2>err | sort -u >out
	is "sorted by $order" "$(wc -l <out)" 201
done
rm -rf ring
mkdir ring
timeout 30 "$rung" record -F --rotate-time 1s -O ring/x.pcapng jump.pcap 2>err
is "recorded in a ring by time: all packets" "$? $(for f in ring/*; do packets "$f"; echo; done | awk '{ n += $1 } END { print n }')" "0 5000"
# As HEP, which has times of its own.
timeout 60 "$rung" calls -F --follow --format json -L udp:127.0.0.1:9060 </dev/null >out 2>err &
pid=$!
sleep 0.7
timeout 30 "$rung" -F -N -q -H udp:127.0.0.1:9060 jump.pcap >fed 2>&1
until_ sh -c '[ "$(wc -l <out)" -ge 200 ]'
over INT
is "HEP of jumping time: all calls" "$code $(wc -l <out)" "0 200"
is "no number is absurd there either" "$(grep -cE '_ms":(-|[0-9]{14})' out)" 0
# On the interface, with a bound.
begin calls -F --follow -l 50 -R --format csv --columns messages -d lo -O x.pcapng --force udp port 5060
python3 sip.py 500 0.001
sleep 1.5
over INT
is "calls of live input with a bound: told or counted" \
	"$(($(grep -c '^6' out) + $(sed -n 's/^rung: \([0-9]*\) calls are not told.*/\1/p' err; echo +0)))" 500

# ---- interfaces, in the sandbox, root given up ----

ip link add va type veth peer name vb && ip link set va up && ip link set vb up
# sends N: that many packets into vb
sends() {
	python3 -c "
import socket, struct
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(('va', 0))
body = b'x' * 100
udp = struct.pack('>HHHH', 5999, 5999, 8 + len(body), 0) + body
ip = struct.pack('>BBHHHBBHII', 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, 0x0a000001, 0x0a000002) + udp
for i in range($1): s.send(b'\\xff' * 6 + b'\\x02' + b'\\0' * 5 + b'\\x08\\0' + ip)"
}
again() {
	ip link add va type veth peer name vb && ip link set va up && ip link set vb up
}
rm -f x.pcapng
begin record -F -d vb -O x.pcapng udp port 5999
sends 100
grep -q '^Seccomp:	2' "/proc/$pid/status" && [ "$(awk '/^Uid/ { print $2 }' "/proc/$pid/status")" != 0 ]
sandboxed=$?
sleep 0.2
ip link del vb
until_ grep -q vanished err
again
until_ grep -q 'there again' err
sends 100
sleep 0.2
ip link set vb down
ip link set vb name vc
ip link set vc up
until_ grep -q 'is named vc now' err
sends 100
sleep 0.2
ip link set vc down
until_ grep -q 'went down' err
sleep 2
ip link set vc up
until_ grep -q 'up again' err
sends 100
over INT
is "gone, there again, renamed, down for long, in the sandbox" \
	"$code $(packets x.pcapng)" "0 400"
[ $sandboxed = 0 ] || echo "# not in the sandbox, or root"
ip link del vc
# The namespace goes: nobody is left in it but rung.
ip netns add "rung-$$" 2>/dev/null && {
	rm -f x.pcapng
	ip netns exec "rung-$$" ip link add va type veth peer name vb
	ip netns exec "rung-$$" ip link set va up
	ip netns exec "rung-$$" ip link set vb up
	ip netns exec "rung-$$" "$rung" record -F -d vb -O x.pcapng udp port 5999 </dev/null >out 2>err &
	pid=$!
	sleep 1
	ip netns del "rung-$$"
	sleep 1
	kill -0 "$pid"
	is "the namespace is deleted: it goes on" $? 0
	over INT
	is "and ends" "$code $(packets x.pcapng)" "0 0"
}
# Many.
names=
for i in $(seq 20); do
	ip link add "d$i" type veth peer name "e$i" && ip link set "d$i" up &&
		ip link set "e$i" up && names=$names,d$i,e$i
done
if [ -n "$names" ]; then
	rm -f x.pcapng
	# In a ring of 1 MiB two blocks have room: what comes while one is read may be dropped.
	begin record -F -B 4 -d "lo$names" -O x.pcapng udp port 5999
	until_ sockets 41
	python3 send.py 1000 200 10000 5999 >sent
	over INT
	is "forty-one interfaces" "$code $(packets x.pcapng)" "0 1000"
fi

# ---- traffic of who means harm ----

# flood.py KIND N
cat >flood.py <<'EOF'
import os, random, socket, struct, sys
kind, n = sys.argv[1], int(sys.argv[2])
random.seed(1)
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
def ip(body, proto, ident=0, off=0):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), ident, off, 64, proto, 0, bytes([127, 0, 0, 1]), bytes([127, 0, 0, 1])) + body
def send(packet): raw.sendto(packet, ("127.0.0.1", 0))
for i in range(n):
    if kind == "fragments":
        send(ip(os.urandom(1000), 17, i & 0xffff, 0x2000 | random.choice((0, 0, 125, 8000))))
    elif kind == "syn":
        send(ip(struct.pack(">HHIIBBHHH", random.randrange(1, 65536), 5060, random.getrandbits(32), 0, 0x50, 2, 1000, 0, 0), 6))
    elif kind == "random":
        udp.sendto(os.urandom(random.randrange(1, 1200)), ("127.0.0.1", 5060))
    elif kind == "ports":
        port = i % 65535 + 1
        send(ip(struct.pack(">HHHH", 5060, port, 20, 0) + struct.pack(">BBHII", 0x80, 0, 1, 1, i), 17))
    elif kind == "sip":
        m = bytearray(b"INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK%d\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\n"
            b"Call-ID: h%d\r\nCSeq: 1 INVITE\r\nContent-Length: 99999999999\r\n\r\n" % (i, i))
        for k in range(3): m[random.randrange(len(m))] = random.randrange(256)
        udp.sendto(bytes(m), ("127.0.0.1", 5060))
    elif kind == "hep":
        udp.sendto(b"HEP3" + struct.pack(">H", 40) + os.urandom(random.randrange(34)), ("127.0.0.1", 9060))
    elif kind == "wrong":
        chunk = lambda t, v: struct.pack(">HHH", 0, t, 6 + len(v)) + v
        body = (chunk(1, b"\x02") + chunk(2, b"\x11") + chunk(3, b"\x7f\0\0\1") + chunk(4, b"\x7f\0\0\1") +
            chunk(7, b"\x13\xc4") + chunk(8, b"\x13\xc4") + chunk(11, b"\x01") + chunk(14, b"wrong") + chunk(15, b"INVITE sip:x SIP/2.0\r\n\r\n"))
        udp.sendto(b"HEP3" + struct.pack(">H", 6 + len(body)) + body, ("127.0.0.1", 9060))
EOF
for kind in fragments syn random ports sip; do
	rm -f x.pcapng
	begin calls -F --follow --format csv --columns call_id,messages --memory 64M -d lo -O x.pcapng
	python3 flood.py $kind 20000 2>flooderr
	python3 sip.py 50 0.001
	sleep 1.3
	over INT
	is "a flood: $kind: the calls beside it are told" "$code $(grep -c '@x,6' out) $(sed 1q flooderr)" "0 50 "
	is "and all is recorded" "$([ "$(packets x.pcapng | head -n 1)" -ge 20300 ] && echo yes)" yes
done
timeout 60 "$rung" calls -F --follow --format csv --columns call_id -L udp:127.0.0.1:9060 --hep-password right </dev/null >out 2>err &
pid=$!
sleep 0.7
python3 flood.py hep 20000
python3 flood.py wrong 20000
timeout 30 "$rung" -F -N -q --hep-password right -H udp:127.0.0.1:9060 "$captures/dialogs.pcap" >fed 2>&1
sleep 2
over INT
is "HEP without a password: the calls with it are told" "$code $(($(wc -l <out) - 1))" \
	"0 $("$rung" calls -F --format csv --columns call_id "$captures/dialogs.pcap" | tail -n +2 | wc -l)"
is "what was refused is counted" "$(cat err)" "rung: -L: 40000 dropped: without the password"
echo "1..$n"
