#!/bin/sh
# Capturing on interfaces, in a network namespace of its own: what is sent on one end of
# a pair of interfaces has to be seen on the other, while these go and come. TAP.
#
# Nothing leaves the namespace. Where there is none to be had, all is skipped.
if [ -z "$RUNG_NAMESPACE" ]; then
	skip() { echo "1..0 # SKIP $*"; exit 0; }
	command -v ip >/dev/null || skip "no ip (iproute2)"
	command -v unshare >/dev/null || skip "no unshare"
	RUNG_NAMESPACE=1
	export RUNG_NAMESPACE
	for how in -n -rn; do
		unshare $how ip link add va type veth peer name vb 2>/dev/null &&
			exec unshare $how sh "$0"
	done
	skip "no network namespace"
fi
rung=${top_builddir:?}/rung
replay=$top_builddir/tests/bench/replay_live
captures=${top_srcdir:?}/tests/captures
. "$top_srcdir/tests/tap.sh"
dir=$(mktemp -d) || exit 1
pid=			# of the program under test
server=			# of tmux
finish() {
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
	[ -z "$server" ] || tmux kill-server 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1
HOME=$dir
TMUX_TMPDIR=$dir
export HOME TMUX_TMPDIR

pair() {
	ip link add va type veth peer name vb && ip link set va up && ip link set vb up
}

# until COMMAND...: wait for it to be true, at most ten seconds
until_() {
	for tick in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \
		21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
		"$@" && return
		sleep 0.25
	done
	return 1
}

# Of the program under test: packet sockets that receive
sockets() { [ "$(awk '$6 == 1' /proc/net/packet | wc -l)" -ge "$1" ]; }
# told TEXT [TIMES]: whether it said so, so often
told() { [ "$(grep -c "$1" err)" -ge "${2:-1}" ]; }

# begin SOCKETS [--as COMMAND] OPTION...
begin() {
	wanted=$1 as="messages -F --format csv --columns call_id,method,status"
	shift
	[ "$1" != --as ] || { as=$2; shift 2; }
	# What the one before said is not looked at.
	: >err
	"$rung" $as "$@" \
		</dev/null >out 2>err &
	pid=$!
	until_ sockets "$wanted"
}

# end: when all that was sent has come
end() {
	sleep 0.4
	kill -INT "$pid"
	wait "$pid"
	code=$?
	pid=
}

# lines: of messages
lines() { [ -s out ] && echo $(($(wc -l <out) - 1)) || echo 0; }

ip link set lo up
# Not more than is sent.
echo 1 2>/dev/null >/proc/sys/net/ipv6/conf/default/disable_ipv6
pair
sample=$captures/dialogs.pcap
"$rung" messages -F --format csv --columns call_id,method,status "$sample" >wanted
all=$(($(wc -l <wanted) - 1))

begin 1 -d vb
"$replay" va "$sample" >sent
end
is "one interface: ends by SIGINT" $code 0
cmp -s out wanted
is "all messages, as in the file" $? 0
is "nothing to complain of" "$(cat err)" ""

begin 2 -d lo,vb
"$replay" -r 400 va "$sample" >sent &
"$replay" -r 400 lo "$sample" >sent2
wait $!
end
is "two interfaces" "$(lines)" $((2 * all))

begin 2 -d vb -d any,vb
"$replay" lo "$sample" >sent
end
is "any" "$(lines)" $all

begin 1 -d vb udp port 5999
"$replay" va "$sample" >sent
end
is "BPF filter" "$code $(lines)" "1 0"

begin 1 -d vb "$captures/sample.pcapng"
"$replay" va "$sample" >sent
end
is "and a file" "$(lines)" $((all + $("$rung" messages -F --format csv \
	--columns call_id "$captures/sample.pcapng" | wc -l) - 1))

begin 1 -d vb --snaplen 200 --summary
"$replay" va "$sample" >sent
end
cut=$(cat out err | sed -n 's/^ *cut by.* \([0-9]*\)$/\1/p')
is "snaplen" "$((${cut:-0} > 50))" 1

# Saved as they came: fragments, connections, and media where asked for.
for name in fragments tcp tcp-order sctp ws media; do
	begin 1 --as "save -F -r -o kept.pcap --force" -d vb
	"$replay" va "$captures/$name.pcap" >sent
	end
	"$rung" save -F -r -o wanted.pcap --force "$captures/$name.pcap" >out 2>&1
	for what in kept wanted; do
		"$rung" messages -F --raw $what.pcap >$what.text
		"$rung" streams -F --format csv --columns source,destination,packets,lost \
			$what.pcap 2>/dev/null | sort >>$what.text
	done
	cmp -s kept.text wanted.text
	is "$name: saved as it came" "$? $(cat err)" "0 "
done

# Down, up, gone, there again.
begin 1 -d vb
"$replay" va "$sample" >sent
sleep 0.3
ip link set vb down
until_ told "went down"
is "down is told" $? 0
ip link set vb up
until_ told "is up again"
is "and up" $? 0
"$replay" va "$sample" >sent
sleep 0.3
ip link del vb
until_ told "vanished"
is "that it vanished" $? 0
sleep 1.2
kill -0 "$pid"
is "it goes on without" $? 0
pair
until_ told "is there again"
is "that it is there again" $? 0
"$replay" va "$sample" >sent
sleep 0.3
ip link del vb
pair
until_ told "is there again" 2
is "gone and there between two looks" $? 0
"$replay" va "$sample" >sent
end
is "all messages of the four times" "$(lines)" $((4 * all))
is "each event once" "$(grep -c "went down" err) $(grep -c vanished err) $(grep -c "there again" err)" \
	"1 2 2"
grep -qv '^rung: vb: [0-2][0-9]:[0-5][0-9]:[0-5][0-9]: ' err
is "with its time" $? 1

# Another name.
ip link set vb down
begin 0 -d vb
until_ told "is down: waiting"
ip link set vb name vc
ip link set vc up
until_ told "is named vc now"
is "a new name is told" $? 0
"$replay" va "$sample" >sent
end
is "and no obstacle" "$(lines)" $all
ip link set vc down
ip link set vc name vb
ip link set vb up

# Down at the start.
ip link set vb down
begin 0 -d vb
until_ told "is down: waiting"
is "down at the start is told" $? 0
ip link set vb up
until_ told "is up again"
"$replay" va "$sample" >sent
end
is "and waited for" "$(lines)" $all
"$replay" lo "$sample" >sent

# A ring of a MiB, and nobody who reads it.
begin 1 -d vb -B 1
kill -STOP "$pid"
"$replay" -n 20000 va "$sample" >sent
kill -CONT "$pid"
until_ told "packets dropped: buffer full, try -B 2"
is "drops are told, with their cause" $? 0
end
taken=$(sed -n 's/^rung: vb: \([0-9]*\) packets taken, \([0-9]*\) dropped.*/\1 \2/p' err)
# The kernel sends some of its own.
all=$((${taken% *} + ${taken#* }))
is "taken and dropped are all" "$((all >= 20000 && all < 20100))" 1

# Who may, and what there is.
setpriv --reuid 65534 --regid 65534 --clear-groups "$rung" calls -F -d vb >out 2>err
code=$?
if grep -q '^setpriv' err; then
	n=$((n + 1))
	echo "ok $n # SKIP no other user here"
else
	is "no permission" "$code $(sed -n 1p err)" "3 rung: vb: no permission to capture"
	grep -q "sudo setcap cap_net_raw,cap_net_admin=eip /.*rung\$" err
	is "what helps" $? 0
fi
"$rung" calls -F -d nosuch0 >out 2>err
is "no such interface" "$? $(sed 's/(.*//' err)" "3 rung: nosuch0: no such interface "
grep -q 'vb' err
is "which there are" $? 0
"$rung" calls -F -d vb udp prot 5060 >out 2>err
is "no BPF filter" "$? $(sed 's/:.*//; q' err)" "2 rung"
"$rung" calls -F -d vb 5551234x >out 2>err
grep -q "for a match expression.* -i" err
is "nor a match expression" $? 0
"$rung" calls -F -d , >out 2>err
is "no interface" $? 2
"$rung" calls -F -B 0 -d vb >out 2>err
is "no size" $? 2
"$rung" --interfaces >out 2>err
is "--interfaces" "$? $(sed -n 's/^lo  *\(up  *127.0.0.1\).*/\1/p' out | tr -s ' ')" "0 up 127.0.0.1"
"$rung" calls --interfaces --format json >out 2>err
is "as JSON" "$(grep '"lo"' out | sed 's/,"addresses.*//')" \
	'{"name":"lo","description":"","up":true,"running":true,"loopback":true'

# The screens, where there is something to show them on.
# Temporary files that cannot be where they should: said, and they are elsewhere.
TMPDIR=/nonexistent/x
export TMPDIR
begin 1 -d vb
"$replay" va "$sample" >sent
end
unset TMPDIR
cmp -s out wanted
is "no TMPDIR: all messages" $? 0
told "TMPDIR: /nonexistent/x: No such file or directory; temporary files are in /tmp"
is "and it is told" $? 0

# A disk for them that is full: analysis goes on.
if unshare -m mount -t tmpfs none /mnt 2>/dev/null; then
	cat >small <<-END
	#!/bin/sh
	exec unshare -m sh -c 'mount -t tmpfs -o size=2m none "$dir/tmp" &&
		export TMPDIR="$dir/tmp" && exec "$rung" "\$@"' sh "\$@"
	END
	chmod +x small
	mkdir tmp
	whole=$rung rung=$dir/small
	begin 1 -d vb
	"$replay" -v -n 12000 -r 8000 va "$sample" >sent
	end
	rung=$whole
	is "a full TMPDIR: all messages" "$(lines)" 12000
	told "spool: No space left on device; what comes from now on cannot be shown again"
	is "and it is told" $? 0
fi

# Each packet from another port: each a flow, each second one a call.
if command -v python3 >/dev/null; then
	python3 - >ports.pcap <<-'END'
	import struct, sys
	out = sys.stdout.buffer
	out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
	for port in range(1, 65536):
	    to = 5060 if port % 2 else port * 7919 % 60000 + 1024
	    body = (b'OPTIONS sip:u@10.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:%d;'
	            b'branch=z9hG4bK%d\r\nFrom: <sip:a@b>;tag=%d\r\nTo: <sip:u@c>\r\n'
	            b'Call-ID: %d@x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n'
	            % (port, port, port, port)) if port % 2 else (
	        struct.pack('>BBHII', 0x80, 0, port, port * 160, port) + bytes(160))
	    udp = struct.pack('>HHHH', port, to, 8 + len(body), 0) + body
	    head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(udp), port, 0, 64, 17, 0)
	    all = (b'\x02\0\0\0\0\2\x02\0\0\0\0\1\x08\0' + head +
	           bytes((10, 0, 0, 1, 10, 0, 0, 2)) + udp)
	    out.write(struct.pack('<IIII', 1700000000, port, len(all), len(all)) + all)
	END
	for more in "-S" "-S --memory 64M"; do
		begin 1 --as "-N -F $more" -d vb
		"$replay" -r 20000 va ports.pcap >sent
		end
		is "65,535 ports ($more): all packets" \
			"$(awk '$1 == "records" { print $2 }' out)" 65535
		is "and all messages" "$(awk '$1 == "messages" && $2 ~ /^[0-9]/ { print $2 }' out)" 32768
	done
fi

if command -v tmux >/dev/null; then
	# A server each: one that ends takes its time.
	server=0
	tmux() { command tmux -L "rung-live-$$-$server" -f /dev/null "$@"; }
	show() {
		tmux kill-server 2>/dev/null
		server=$((server + 1))
		tmux new-session -d -x 100 -y 20 \
			"HOME='$dir' TERM=screen-256color LC_ALL=C.UTF-8 '$rung' -F $*"
	}
	screen() { tmux capture-pane -p 2>/dev/null; }
	shows() { screen | grep -q "$1"; }
	show "-B 1 -d vb 2>err"
	until_ shows "^live on vb .*live .*  0 calls"
	is "the screens, empty" $? 0
	"$replay" va "$sample" >sent
	until_ shows "^live on vb .*live .*  12 calls"
	is "calls come" $? 0
	shown=$(tmux list-panes -F '#{pane_pid}')
	# The shell may have become it.
	shown=$(cat "/proc/$shown/task/$shown/children" 2>/dev/null | tr -d ' ' | grep . ||
		echo "$shown")
	kill -STOP "$shown"
	"$replay" -n 20000 va "$sample" >sent
	kill -CONT "$shown"
	until_ shows "^live on vb .* [0-9,]* dropped  (buffer full, try -B 2)"
	is "drops are in the title" $? 0
	ip link del vb
	until_ shows "vb: .*: vanished: waiting"
	is "and what became of the interface below" $? 0
	pair
	shows "[0-9] notices\[i\]"
	is "how many notices there were" $? 0
	tmux send-keys i
	until_ shows "^vb: .*: is there again: going on"
	shows "^vb: .* packets dropped: buffer full, try -B 2"
	is "all are listed in the statistics" $? 0
	tmux send-keys q
	until_ shows "^Esc Quit"
	tmux send-keys Escape
	until_ shows "^Leave, and lose [0-9]* calls captured live? y/n"
	is "what was captured is not lost without a question" $? 0
	tmux send-keys Escape
	until_ shows "^Esc Quit"
	is "no: it goes on" $? 0
	tmux send-keys F2
	until_ shows "with RTP"
	tmux send-keys BTab BTab BTab
	until_ shows "not kept: start rung with -r"
	is "why there is no RTP to save" $? 0
	tmux send-keys Escape q
	until_ shows "^Leave"
	tmux send-keys Enter
	until_ grep -q "packets taken" err
	is "they end" $? 0
	show "-N -d vb"
	until_ shows "^Dialog count: 0"
	"$replay" va "$sample" >sent
	until_ shows "^Dialog count: 12"
	is "-N counts while it captures" $? 0
	mkfifo fifo
	{ cat "$sample"; sleep 6; } >fifo &
	show "- <'$dir/fifo'"
	until_ shows " 12 calls"
	tmux send-keys q
	until_ shows "^Leave, and lose 12 calls"
	is "nor is what a pipe brought, while it goes on" $? 0
	tmux send-keys Enter
	show "-d '?'"
	until_ shows "^Capture on which"
	is "a list to choose from" $? 0
	number=$(screen | sed -n 's/^ *\([0-9]*\)  lo .*/\1/p')
	tmux send-keys "$number,vb" Enter
	until_ shows "^live on lo,vb "
	is "numbers and names" $? 0
	tmux send-keys q
	show
	until_ shows "^live on any "
	is "nothing named is any" $? 0
	tmux send-keys q
	tmux kill-server 2>/dev/null
fi
echo "1..$n"
