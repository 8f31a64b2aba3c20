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
	for how in -nm -rnm; do
		unshare $how ip link add va type veth peer name vb 2>/dev/null &&
			exec unshare $how sh "$0"
	done
	skip "no network namespace"
fi
rung=${top_builddir:?}/rung
case $rung in /*) ;; *) rung=$PWD/$rung ;; esac
captures=$(cd "${top_srcdir:?}/tests/captures" && pwd)
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
n=0

# is WHAT GOT WANTED
is() {
	n=$((n + 1))
	[ "$2" = "$3" ] && { echo "ok $n - $1"; return; }
	printf '%s\n' "got $2" "not $3" | sed 's/^/# /'
	sed 's/^/# err: /' err 2>/dev/null | head -n 12
	echo "not ok $n - $1"
}
skipped() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
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
	echo now >&8
	[ "$how" = "${how#storm}" ] || { sleep 0.2; python3 send.py 2000 200 4000 5999 >sent2; }
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
screens stormQ,USR1,WINCH,CHLD,CONT,URG
is "the screens, signals that are none of theirs" "$(cat code) $(packets x.pcapng)" "0 4000"
screens stormQ,TSTP,CONT
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
echo "1..$n"
