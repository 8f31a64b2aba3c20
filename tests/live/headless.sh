#!/bin/sh
# Commands on live input tell as it happens: messages when they come, calls when they are
# over. A listener for HEP on the loopback is the live input, fed by rung itself. TAP.
rung=${top_builddir:?}/rung
captures=${top_srcdir:?}/tests/captures
. "$top_srcdir/tests/tap.sh"
calls="index,call_id,state,messages"
dir=$(mktemp -d) || exit 1
pid=			# of the one that listens
finish() {
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1

# listen COMMAND [OPTION...]: on a port that is free, below those that connections are given;
# standard output is fd 1's
port=$((20000 + $$ % 12000))
listen() {
	command=$1
	shift
	for try in 1 2 3 4 5 6 7 8 9; do
		port=$((port + 1))
		"$rung" "$command" -F -u -L "udp:127.0.0.1:$port" "$@" </dev/null >out 2>err &
		pid=$!
		for tick in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
			sleep 0.2
			kill -0 "$pid" 2>/dev/null || break
			has_port "$pid" udp "$port" && return
		done
		kill "$pid" 2>/dev/null
		wait "$pid"
	done
	echo "# $(cat err)"
}

# feed FILE
feed() {
	"$rung" -F -N -q -H "udp:127.0.0.1:$port" "$captures/$1"
}

# wait_lines N: until so many lines came, or ten seconds went by
wait_lines() {
	for tick in $(seq 50); do
		[ "$(wc -l <out)" -ge "$1" ] && break
		sleep 0.2
	done
}

# over SIGNAL: end it, and take its exit code
over() {
	kill -"$1" "$pid" 2>/dev/null
	wait "$pid"
	code=$?
	pid=
}

# ---- messages ----

listen messages --format csv --columns call_id,cseq,method,status
feed sample.pcapng
"$rung" messages -F -u --format csv --columns call_id,cseq,method,status \
	"$captures/sample.pcapng" </dev/null >wanted
wait_lines "$(wc -l <wanted)"
is "messages come as they are captured" "$(sort out)" "$(sort wanted)"
over INT
is "and interrupting is no failure" "$code" 0

listen messages -n 3 --format csv --columns method
feed sample.pcapng
wait_lines 4
for tick in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
is "after so many it ends by itself" "$(kill -0 "$pid" 2>&1 | grep -c .):$(wc -l <out)" 1:4
over KILL

listen messages --sort method --format csv --columns method
feed sample.pcapng
sleep 0.5
is "with an order nothing is told before the end" "$(wc -l <out)" 0
over INT
is "and then all is" "$(wc -l <out)" "$(wc -l <wanted)"

# ---- calls ----

listen calls --follow --format json --columns "$calls"
feed sample.pcapng
"$rung" calls -F --format json --columns "$calls" "$captures/sample.pcapng" >wanted
open='"state":"(in call|ringing|setup|proceeding|trying|active|pending)"'
wait_lines "$(grep -cEv "$open" wanted)"
sleep 1.5
is "calls are told when they are over, once" "$(sort out)" "$(grep -Ev "$open" wanted | sort)"
over TERM
is "and those that go on when reading ends" "$(sort out)" "$(sort wanted)"

listen calls --format json --columns "$calls"
feed sample.pcapng
sleep 2
is "without --follow calls wait" "$(wc -l <out)" 0
over INT
is "for the end" "$(sort out)" "$(sort wanted)"

listen calls --follow --where 'state = busy' --format csv --columns state
feed sample.pcapng
wait_lines 2
over INT
is "only those that were asked for" "$(sort -u out | tr '\n' ' ')" "busy state "

# One that has to go within its second is told before.
listen calls --follow -l 1 -R --format csv --columns call_id
feed sample.pcapng
wait_lines "$(wc -l <wanted)"
over INT
"$rung" calls -F --format csv --columns call_id "$captures/sample.pcapng" >wanted
is "what is evicted is told" "$(sort -u out)" "$(sort -u wanted)"
is "all of it" "$(grep -c 'not told' err)" 0

listen calls --follow --where 'call_id = nobody'
over INT
is "none is the exit code 1" "$code" 1

echo "1..$n"
