#!/bin/sh
# rung as collector and as agent, talking to itself over the loopback: what one reads
# from a file and sends, the other has to show; and collectors that are not there, or
# never read. TAP.
rung=${top_builddir:?}/rung
gen=$top_builddir/tests/gen/rung-gen
captures=${top_srcdir:?}/tests/captures
. "$top_srcdir/tests/tap.sh"
columns=time,source,destination,method,status,call_id,bytes
dir=$(mktemp -d) || exit 1
pid=			# of the collector
keep=			# what it does instead of listing messages
finish() {
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1

# list OPTION...: messages as sorted CSV
list() {
	"$rung" messages -F -u --format csv --columns $columns "$@" </dev/null
}

# listens KIND: wait for the collector to have its port. A busy machine takes its time.
listens() {
	file=$1
	[ "$1" != tls ] || file=tcp
	for tick in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		sleep 0.2
		kill -0 "$pid" 2>/dev/null || return 1
		has_port "$pid" "$file" "$port" && return 0
	done
	return 1
}

# collect KIND NAME [OPTION...]: start a collector on a port that is free, below those that
# connections are given
port=$((20000 + $$ % 12000))
collect() {
	kind=$1 name=$2
	shift 2
	for try in 1 2 3 4 5 6 7 8 9; do
		port=$((port + 1))
		"$rung" ${keep:-messages -F -u --format csv --columns $columns} \
			-L "$kind:127.0.0.1:$port" "$@" </dev/null >"$name.csv" 2>"$name.err" 9>&- &
		pid=$!
		listens "$kind" && return
		kill "$pid" 2>/dev/null
		wait "$pid"
	done
	echo "# $(cat "$name.err")"
}

# Of the collector, when all that was sent has come
end() {
	sleep 0.3
	kill -INT "$pid"
	wait "$pid"
	code=$?
	pid=
}

for kind in tcp udp; do
	collect $kind in
	for name in hep tcp-gaps sctp; do
		list -H "$kind:127.0.0.1:$port" "$captures/$name.pcap" 2>>out.err
	done | grep -v ^time | sort >out
	end
	grep -v ^time in.csv | sort >in
	is "$kind: the collector ends by SIGINT" $code 0
	cmp -s in out
	is "$kind: each message once, as it was" $? 0
	is "$kind: nothing to complain of" "$(cat in.err out.err)" ""
done

# Saved as they came: what is saved and opened again is what was listened to.
for kind in tcp udp; do
	keep="save -F -o kept.pcapng --force"
	collect $kind in
	for name in hep tcp-gaps sctp; do
		list -H "$kind:127.0.0.1:$port" "$captures/$name.pcap" 2>>out.err
	done | grep -v ^time | sort >out
	end
	keep=
	list kept.pcapng | grep -v ^time | sort >in
	is "$kind: saved" "$code $(cat in.err out.err)" "0 "
	cmp -s in out
	is "$kind: each message once, in what is saved" $? 0
done

# A collector that goes and comes again, while the sender is in its sandbox.
if command -v certtool >/dev/null; then
	printf 'cn = "collector"\ndns_name = "localhost"\n' >cert.template
	certtool --generate-privkey --key-type ecdsa --outfile key.pem >certtool.log 2>&1 &&
		certtool --generate-self-signed --load-privkey key.pem --template cert.template \
			--outfile cert.pem >>certtool.log 2>&1
fi
# there FILE: wait for a message in it
there() {
	for tick in $(seq 50); do
		[ "$(grep -c -v ^time "$1")" -gt 0 ] && return
		sleep 0.2
	done
}
for kind in tcp tls udp; do
	keys=
	[ $kind != tls ] || keys="--hep-cert cert.pem --hep-key key.pem"
	if [ $kind = tls ] && [ ! -s cert.pem ]; then
		skip "tls: a collector that comes again" "no certtool"
		continue
	fi
	rm -f input && mkfifo input
	collect $kind first $keys
	"$rung" messages -F -u -H "$kind:127.0.0.1:$port" --hep-insecure input >out 2>out.err &
	sender=$!
	exec 9>input
	cat "$captures/hops.pcap" >&9
	there first.csv
	held=$(tr '\t' ' ' <"/proc/$sender/status" 2>/dev/null | grep '^Seccomp:')
	end
	port=$((port - 1))
	collect $kind second $keys
	sleep 2
	tail -c +25 "$captures/hops.pcap" >&9
	exec 9>&-
	wait $sender
	code=$?
	there second.csv
	end
	for part in first second; do
		grep -v ^time $part.csv | sort -u
	done | sort >got
	list "$captures/hops.pcap" 2>/dev/null | grep -v ^time >want.one
	sort want.one want.one >want
	cmp -s got want
	is "$kind: a collector that comes again gets what came then" "$? $code" "0 0"
	is "$kind: held back meanwhile" "$held" "Seccomp: 2"
done

collect udp in --hep-password one
list -H "udp:127.0.0.1:$port" --hep-password other "$captures/sctp.pcap" >out 2>/dev/null
end
is "a wrong password brings nothing" $code 1
sent=$(($(wc -l <out) - 1))
is "and is told" "$(grep ^rung in.err)" "rung: -L: $sent dropped: without the password"

port=$((port + 1))
list -H "tcp:127.0.0.1:$port" "$captures/sctp.pcap" >out 2>err
is "nobody listens, tcp" "$(cat err)" \
	"rung: -H: $sent of $sent packets were not sent: 127.0.0.1: Connection refused"
list -H "udp:127.0.0.1:$port" "$captures/sctp.pcap" --limit 1 >out 2>err
is "nobody listens, udp" "$(cat err)" \
	"rung: -H: the collector was away for a time and may lack packets: 127.0.0.1: Connection refused"

# One that never reads: patience is for the collector, not for each packet.
collect tcp in
kill -STOP "$pid"
"$gen" --bench calls=3000 seed=1 pad=900 -o big.pcap
before=$(date +%s)
"$rung" -N -q -F -H "tcp:127.0.0.1:$port" big.pcap >out 2>err
code=$?
took=$(($(date +%s) - before))
is "a collector that never reads: it ends" $code 0
[ "$took" -le 30 ]
is "in time" $? 0
grep -q '^rung: -H: [1-9][0-9]* of [0-9]* packets were not sent$' err
is "and says what was not sent" $? 0
kill -KILL "$pid"
pid=
echo "1..$n"
