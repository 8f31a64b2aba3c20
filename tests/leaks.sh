#!/bin/sh
# Nothing that was allocated is lost: each command over the sample captures, the screens,
# and what ends badly, without the sandbox, in which leaks cannot be looked for. TAP.
#
# Builds with sanitizers only (--enable-sanitizers). RUNG_LEAKS=all runs every command on
# every capture, and all scripts of screens; without it each capture is for one command.
rung=${top_builddir:?}/rung
case $rung in /*) ;; *) rung=$PWD/$rung ;; esac
tests=$(cd "${top_srcdir:?}/tests" && pwd)
. "$tests/tap.sh"
reason=err
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=1"
export ASAN_OPTIONS
unset SSLKEYLOGFILE
if ! ASAN_OPTIONS=help=1 "$rung" --version 2>&1 | grep -q detect_leaks; then
	echo "1..0 # SKIP not built with sanitizers"
	exit
fi
# It traces the process by another one, which is not allowed everywhere.
"$rung" --no-sandbox --version >/dev/null 2>"$dir/err"
if grep -q 'LeakSanitizer has encountered a fatal error' "$dir/err"; then
	echo "1..0 # SKIP leaks cannot be looked for here"
	exit
fi
cd "$dir" || exit 1

# --foreground: else timeout sends SIGCONT too, and whoever looks for leaks by then waits for
# ever for a stop that it has undone.

# run FILE COMMAND...: no report. What the command says of the file is its own.
run() {
	file=$1
	shift
	timeout --foreground -s INT 120 "$rung" "$@" -F --no-sandbox "$file" >out 2>err </dev/null
	code=$?
	[ $code -le 3 ] && ! grep -q 'Sanitizer\|runtime error' err
}

# A line is a command; words are parted by blanks.
cat >commands <<'END'
calls --format json
streams --format csv
messages --raw
save -o all.pcapng --force --rtp
flow
record -O ring.pcap --force
save --split %i.pcap --force --rtp
streams --series
messages -w status>=200||body~"sip"
save -o all.pcapng --force --decrypted
calls -w audio!=none&&messages>1 --format csv
save -o all.json --force
-N -q
-T all.txt
flow --format json
END
lines=$(wc -l <commands)

# each TURN COMMAND...: on the captures whose turn it is
each() {
	turn=$1 at=0
	shift
	for file in "$tests"/captures/*.pcap "$tests"/captures/*.pcapng; do
		at=$((at + 1))
		[ "$RUNG_LEAKS" = all ] || [ $((at % lines)) = $((turn % lines)) ] || continue
		rm -f all.txt
		run "$file" "$@" || { echo "$* $file: $code" >>err; return 1; }
	done
}
turn=0
while read -r line; do
	turn=$((turn + 1))
	each $turn $line
	ok $? "$line"
done <commands

# What ends badly, or in the middle.
captures=$tests/captures
run "$tests/run-unit.sh" calls
ok $? "no capture"
run "$captures/none.pcap" calls
ok $? "no file"
run "$captures/tcp.pcap" calls -w 'status > ('
ok $? "no filter"
run "$captures/tcp.pcap" save -o none/x.pcap
ok $? "no folder"
run "$captures/large.pcap" save -o - >/dev/full
ok $? "a full device"
(ulimit -f 1; run "$captures/large.pcap" save --split '%i.pcap' --force)
ok $? "no room for one of many"
run "$captures/media.pcap" messages --limit 3
ok $? "a limit"
cat "$captures/media.pcap" >pipe.pcap
"$rung" save -F --no-sandbox --rtp --force -o all.pcapng - <pipe.pcap >out 2>err
! grep -q 'Sanitizer' err
ok $? "of a pipe"
timeout --foreground -s INT 3 "$rung" messages -F --no-sandbox --follow pipe.pcap >out 2>err
! grep -q 'Sanitizer' err
ok $? "a file that is followed"
timeout --foreground -s INT 3 "$rung" calls -F --no-sandbox -L udp:127.0.0.1:0 -L tcp:127.0.0.1:0 >out 2>err
! grep -q 'Sanitizer' err
ok $? "listeners"
timeout --foreground -s INT 20 "$rung" calls -F --no-sandbox -H udp:127.0.0.1:9 pipe.pcap >out 2>err
! grep -q 'Sanitizer' err
ok $? "a collector that is not there"

# The screens.
printf '#!/bin/sh\nexec "%s" --no-sandbox "$@"\n' "$rung" >free
chmod +x free
scripts="calls-filter columns diff files filter-form flow-related live-media raw-search"
scripts="$scripts save-calls settings stats-where streams evict"
[ "$RUNG_LEAKS" != all ] || scripts=
RUNG=$dir/free ONLY=$scripts sh "$tests/screen/run.sh" >screens.tap 2>err
# What is shown is compared by that test itself; here it has only to be run.
grep -q '^ok' screens.tap && ! grep 'Sanitizer' screens.tap >err
ok $? "screens"
echo "1..$n"
