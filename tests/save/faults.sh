#!/bin/sh
# What goes wrong while files are written leaves no half file, and is told. TAP.
#
# A full disk is a small tmpfs in a mount namespace of its own, where that can be made.
# What needs a moment in the middle of saving is tried at many moments.
rung=${top_builddir:?}/rung
captures=$(cd "${top_srcdir:?}/tests/captures" && pwd)
. "$top_srcdir/tests/tap.sh"
case $rung in /*) ;; *) rung=$PWD/$rung ;; esac
dir=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1
unset SSLKEYLOGFILE

# The same capture many times over: saving it takes a while.
many=
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	many="$many $captures/large.pcap"
done

# ---- standard output ----

"$rung" save -F -o want.pcapng "$captures"/tcp.pcap >out 2>err
"$rung" messages -F --raw want.pcapng >want.text
for name in - /dev/stdout; do
	"$rung" save -F -o $name "$captures"/tcp.pcap 2>err | cat >got.pcapng
	"$rung" messages -F --raw got.pcapng >got.text
	cmp -s want.text got.text
	is "to standard output, $name" "$? $(cat err) $(ls -A ./-* 2>&-)" \
		"0 standard output: 7 calls, 17 messages, 308 packets "
done
"$rung" save -F -o - "$captures"/tcp.pcap 2>err >got.pcapng
is "to a file that a shell opened" "$? $("$rung" -F -N got.pcapng)" "0 Dialog count: 7"
{ "$rung" save -F -o - $many 2>err; echo $? >code; } | head -c 100 >got
is "a reader that goes away" "$(cat code) $(cat err)" \
	"3 rung: standard output: write: Broken pipe"
if [ -w /dev/full ]; then
	"$rung" save -F -o - "$captures"/large.pcap >/dev/full 2>err
	is "a full device" "$? $(cat err)" \
		"3 rung: standard output: write: No space left on device"
else
	skip "a full device" "there is no /dev/full"
fi
cp "$captures"/tcp.pcap in.pcap
"$rung" save -F -o - in.pcap >>in.pcap 2>err
is "the input is standard output" "$? $(cat err)" \
	"3 rung: standard output: is what is read"

# ---- killed ----

# At whatever moment: what has the name is whole, or what was there before, and nothing else
# is left where the system can have files without names.
"$rung" save -F -o whole.pcap $many >out 2>err
mkdir killed
nameless=yes
python3 -c 'import os; os.open("killed", os.O_TMPFILE | os.O_RDWR, 0o600)' 2>/dev/null ||
	nameless=no
bad=0 left=0
for wait in 0.01 0.02 0.03 0.05 0.07 0.1 0.13 0.17 0.2 0.3 0.4 0.6; do
	"$rung" save -F -o killed/x.pcap $many >out 2>&1 &
	sleep $wait
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
	[ ! -e killed/x.pcap ] || cmp -s killed/x.pcap whole.pcap || bad=$((bad + 1))
	rm -f killed/x.pcap
	left=$((left + $(ls -A killed | wc -l)))
	rm -f killed/.x.pcap.*
done
[ $nameless = yes ] || left=0
is "killed" "$bad half files, $left left" "0 half files, 0 left"
bad=0
for wait in 0.01 0.03 0.05 0.1 0.2 0.3 0.4 0.6; do
	echo old >killed/x.pcap
	"$rung" save -F --force -o killed/x.pcap $many >out 2>&1 &
	sleep $wait
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
	[ "$(head -c 3 killed/x.pcap)" = old ] || cmp -s killed/x.pcap whole.pcap ||
		bad=$((bad + 1))
	rm -f killed/.x.pcap.*
done
is "killed while replacing" "$bad half files" "0 half files"
rm -f killed/*
for signal in INT TERM HUP; do
	"$rung" save -F -o killed/x.pcap $many >out 2>&1 &
	sleep 0.15
	kill -$signal $! 2>/dev/null
	wait $! 2>/dev/null
	[ ! -e killed/x.pcap ] || cmp -s killed/x.pcap whole.pcap
	is "signal $signal" "$? $(ls -A killed | grep -v '^x.pcap$')" "0 "
	rm -f killed/x.pcap
done

# ---- no room, no folder ----

(ulimit -f 1; "$rung" save -F --split killed/%i.pcap "$captures"/large.pcap >out 2>err)
is "no room for one of many" "$? $(cat err) $(ls -A killed)" \
	"3 rung: killed/1.pcap: write: File too large "
rm -f killed/*
if unshare -m true 2>/dev/null; then
	mkdir small
	unshare -m sh -c 'mount -t tmpfs -o size=16k none small || exit 77
		"$1" save -F -o small/x.pcapng "$2" >out 2>err; echo $? >code
		ls -A small >left
		"$1" save -F --split small/%i.txt "$2" >out 2>err2; echo $? >code2
		ls -A small >left2' - "$rung" "$captures"/large.pcap
	if [ $? = 77 ]; then
		skip "a full disk" "no tmpfs can be mounted"
	else
		is "a full disk" "$(cat code) $(cat err) $(cat left)" \
			"3 rung: small/x.pcapng: write: No space left on device "
		is "a full disk, many" "$(cat code2) $(grep -c 'No space left' err2)" "3 1"
	fi
else
	skip "a full disk" "no mount namespace can be made"
fi
"$rung" save -F --split none/%i.pcap "$captures"/tcp.pcap >out 2>err
is "no folder for many" "$? $(cat err)" \
	"3 rung: none/1.pcap: there is no folder none; make it first"
"$rung" save -F --split %i/x.pcap "$captures"/tcp.pcap >out 2>err
is "a folder that would have a name of each" "$? $(cat err)" \
	"3 rung: %i/x.pcap: there is no folder %i; make it first (in names of folders % stands for itself)"
if unshare -m true 2>/dev/null; then
	mkdir shut
	unshare -m sh -c 'mount --bind shut shut && mount -o remount,bind,ro shut || exit 77
		"$1" save -F -o shut/x.pcap "$2" >out 2>err; echo $? >code' - \
		"$rung" "$captures"/tcp.pcap
	if [ $? = 77 ]; then
		skip "a folder that is read-only" "it cannot be mounted"
	else
		is "a folder that is read-only" "$(cat code) $(cat err)" \
			"3 rung: shut/x.pcap: Read-only file system"
	fi
else
	skip "a folder that is read-only" "no mount namespace can be made"
fi
# It goes while the file is written: the name cannot be had then.
bad=0
for wait in 0.02 0.05 0.1 0.15 0.2 0.3; do
	mkdir gone
	"$rung" save -F -o gone/x.pcap $many >out 2>err &
	sleep $wait
	mv gone went
	wait $!
	code=$?
	[ -e gone ] && bad=$((bad + 1))
	case $code in
	0) cmp -s went/x.pcap whole.pcap || bad=$((bad + 1)) ;;
	3) grep -q 'gone/x.pcap: .*\(No such file or directory\|there is no folder\)' err || bad=$((bad + 1)) ;;
	*) bad=$((bad + 1)) ;;
	esac
	rm -rf went gone
done
is "a folder that goes" "$bad" 0

# ---- many files ----

mkdir many
: >many/3.pcap
"$rung" save -F --split many/%i.pcap "$captures"/tcp.pcap >out 2>err
is "one in the way: none is written" "$? $(cat err) $(ls many | tr '\n' ' ')" \
	"3 rung: $dir/many/3.pcap: File exists; --force replaces it 3.pcap "
"$rung" save -F --force --split many/%i.pcap "$captures"/tcp.pcap >out 2>err
is "replaced" "$? $(cat err) $(ls many | wc -l) $(tail -n 1 out)" \
	"0  7 7 files, in all: 7 calls, 17 messages, 312 packets"
rm -f many/*
"$rung" save -F --split 'many/c %f-%t%%.json' "$captures"/sample.pcapng >out 2>err
is "names, and numbers where they are alike" "$? $(ls many | head -n 3 | tr '\n' '|')" \
	"0 $(ls many | sort | head -n 3 | tr '\n' '|')"
is "as many as calls" "$(ls many | wc -l)" 15
rm -f many/*
"$rung" save -F --split many/%c.pcapng -w 'index <= 2' "$captures"/hostile.pcapng >out 2>err
is "names from hostile bytes" "$? $(ls -A many | wc -l) $(ls -A many | tr -d 'A-Za-z0-9_.@+\n-')" \
	"0 2 "
"$rung" save -F --split many/%x.pcap "$captures"/tcp.pcap >out 2>err
is "a template that is none" "$? $(cat err)" \
	"2 rung: save: --split many/%x.pcap: %x is none of %i %c %f %t %%"
"$rung" save -F --split many/ "$captures"/tcp.pcap >out 2>err
is "a template without a name" "$? $(cat err)" "2 rung: save: --split many/: no name of a file"
"$rung" save -F --split x%i -o y "$captures"/tcp.pcap >out 2>err
is "both" "$? $(cat err)" "2 rung: save: either -o FILE or --split TEMPLATE"
"$rung" save -F --with-secrets -o y.pcap "$captures"/tcp.pcap >out 2>err
is "secrets in pcap" "$? $(cat err)" \
	"2 rung: save: --with-secrets: pcap has no place for secrets: choose pcapng"
"$rung" save -F --with-secrets --decrypted -o y.pcapng "$captures"/tcp.pcap >out 2>err
is "secrets and text" "$? $(cat err)" "2 rung: save: either --with-secrets or --decrypted"
echo "1..$n"
