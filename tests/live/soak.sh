#!/bin/sh
# Whether a program that captures for long stays as it is: once the bound on its memory is
# reached that is flat within 2 %, no descriptor is left open, and a packet costs what it
# cost before. TAP.
#
#	SOAK_SECONDS=600 SOAK_RATE=20000 SOAK_MEMORY=64M SOAK_KINDS="calls registrations" \
#		top_srcdir=. top_builddir=build sh tests/live/soak.sh
#
# calls: new ones for ever, with their media, on an interface; registrations: the same ones,
# refreshed for ever; tcp: calls of connections of their own, through a pipe; hep: calls that
# an agent sends. Each kind takes SOAK_SECONDS. In a few seconds, as with the other tests, the
# bound is not reached: then it only says that nothing is over it or left open. An hour is
# SOAK_SECONDS=3600.
#
# Nothing leaves the namespace that it makes. Where there is none to be had, all is skipped.
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
LC_ALL=C
export LC_ALL
rung=${top_builddir:?}/rung
gen=$top_builddir/tests/gen/rung-gen
replay=$top_builddir/tests/bench/replay_live
seconds=${SOAK_SECONDS:-3}
rate=${SOAK_RATE:-5000}
memory=${SOAK_MEMORY:-64M}
dir=$(mktemp -d) || exit 1
pid=		# of the program under test
senders=	# of what sends
finish() {
	for each in $pid $senders; do kill -KILL "$each" 2>/dev/null; done
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
n=0

# ok WHETHER WHAT
ok() {
	n=$((n + 1))
	[ "$1" = 0 ] && { echo "ok $n - $2"; return; }
	echo "not ok $n - $2"
	tail -n 40 "$dir/samples" | sed 's/^/# /'
}

# sample: seconds, KiB resident, descriptors, ticks of CPU, KiB of address space, KiB resident
# without what is mapped: of files, and the ring of an interface
sample() {
	read -r _ _ _ _ _ _ _ _ _ _ _ _ _ user system _ <"/proc/$pid/stat" || return
	set -- /proc/"$pid"/fd/*
	awk -v at="$(($(date +%s) - begun))" -v fds=$# -v cpu=$((user + system)) '
		/^VmSize/ { size = $2 } /^VmRSS/ { rss = $2 } /^RssAnon/ { own = $2 }
		END { print at, rss, fds, cpu, size, own }' \
		"/proc/$pid/status" >>"$dir/samples"
}

of_summary() { awk -v name="  $1 " 'index($0, name) == 1 { print $NF; exit }' "$dir/out"; }

# The bound in KiB.
bound=$(echo "$memory" | awk '/[gG]$/ { print $0 * 1048576 } /[mM]$/ { print $0 * 1024 }')

# judge KIND CODE
judge() {
	gone=$(of_summary "calls evicted")
	ok "$2" "$1: ends as it should"
	awk '{ if ($3 > most) most = $3; if (NR == 3) first = $3; last = $3 }
		END { exit !(NR >= 3 && last <= first && most <= first + 4) }' "$dir/samples"
	ok $? "$1: no descriptor is left open"
	# With a sanitizer all is larger, and what was given back stays for a while.
	if awk '$5 > 1e9 { exit 1 }' "$dir/samples"; then
		awk -v bound="$bound" '$6 > bound { exit 1 }' "$dir/samples"
		ok $? "$1: within $memory"
	fi
	echo "# $1: $(of_summary records) packets, $(of_summary messages) messages," \
		"${gone:-0} calls evicted, $(of_summary "dropped by the kernel") dropped"
	[ "$seconds" -ge 60 ] || return 0
	# The second half of the time: from the least to the most, and how it goes on.
	awk '{ rss[NR] = $2; cpu[NR] = $4; at[NR] = $1 } END {
		half = int(NR / 2); low = high = rss[half]
		for (i = half; i <= NR; i++) {
			low = rss[i] < low ? rss[i] : low
			high = rss[i] > high ? rss[i] : high
		}
		mid = int(NR * 3 / 4)
		before = (cpu[mid] - cpu[half]) / (at[mid] - at[half])
		after = (cpu[NR] - cpu[mid]) / (at[NR] - at[mid])
		printf "# %d to %d KiB, %.1f %%; CPU %.1f %% of a core, then %.1f %%\n",
			low, high, 100 * (high - low) / high, before, after
		exit (high - low > high * 0.02) + 2 * (after > before * 1.25 + 1)
	}' "$dir/samples"
	case $? in
	0) flat=0 even=0 ;; 1) flat=1 even=0 ;; 2) flat=0 even=1 ;; *) flat=1 even=1 ;;
	esac
	case $gone in '' | 0) [ "$1" = registrations ] || flat=1 ;; esac
	ok $flat "$1: memory is flat within 2 % in the second half"
	ok $even "$1: so is the CPU time"
}

# watch KIND: for as long as asked for, then the end of it
watch() {
	begun=$(date +%s)
	: >"$dir/samples"
	step=$(((seconds + 59) / 60))
	while [ $(($(date +%s) - begun)) -lt "$seconds" ]; do
		sample
		sleep $step
	done
	sample
	# A pipe ends with who writes it.
	for each in $senders; do kill "$each" 2>/dev/null; wait "$each" 2>/dev/null; done
	senders=
	kill -INT "$pid" 2>/dev/null
	wait "$pid"
	code=$?
	pid=
	judge "$1" $code
}

sockets() {
	for tick in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ "$(awk '$6 == 1' /proc/net/packet | wc -l)" -ge 1 ] && return
		sleep 0.25
	done
}

# on_wire KIND OPTION FILE
on_wire() {
	ip link add va type veth peer name vb
	for end in va vb; do
		# Nothing but what is sent here.
		[ ! -e /proc/sys/net/ipv6/conf/$end/disable_ipv6 ] ||
			echo 1 >/proc/sys/net/ipv6/conf/$end/disable_ipv6
		ip link set $end up arp off
	done
	"$rung" -F -N -S --memory "$memory" -d vb </dev/null >"$dir/out" 2>"$dir/err" &
	pid=$!
	sockets
	"$replay" "$2" -r "$rate" -t $((seconds + 60)) va "$3" >/dev/null &
	senders=$!
	watch "$1"
	ip link del va
}

calls() {
	"$gen" --bench calls=2000 media=1000 apart=10000 seed=1 -o "$dir/calls.pcap"
	on_wire calls -v "$dir/calls.pcap"
}

registrations() {
	"$gen" --bench calls=4000 seed=1 -o "$dir/all.pcap"
	"$rung" save -F --where 'method = REGISTER' "$dir/all.pcap" -o "$dir/some.pcap" 2>/dev/null
	on_wire registrations -c "$dir/some.pcap"
}

tcp() {
	mkfifo "$dir/pipe"
	nice -n 19 "$gen" --bench calls=100000000 transport=tcp connection=call seed=1 -o - \
		>"$dir/pipe" 2>/dev/null &
	senders=$!
	"$rung" -F -N -S --memory "$memory" - <"$dir/pipe" >"$dir/out" 2>"$dir/err" &
	pid=$!
	watch tcp
}

hep() {
	ip link set lo up
	"$rung" -F -N -S --memory "$memory" -L udp:127.0.0.1:19060 </dev/null >"$dir/out" \
		2>"$dir/err" &
	pid=$!
	sleep 1
	mkfifo "$dir/calls"
	nice -n 19 "$gen" --bench calls=100000000 seed=1 -o - >"$dir/calls" 2>/dev/null &
	senders=$!
	"$rung" -F -N -q --memory "$memory" -H udp:127.0.0.1:19060 - <"$dir/calls" \
		>/dev/null 2>&1 &
	senders="$senders $!"
	watch hep
}

for kind in ${SOAK_KINDS:-calls registrations tcp hep}; do
	case $kind in
	calls | registrations | tcp | hep) $kind ;;
	*) echo "# $kind: no such kind"; exit 1 ;;
	esac
done
echo "1..$n"
