#!/bin/sh
# What rung answers about captures: each line of TESTLIST is
#
#	NAME  CAPTURE  EXIT  [COMMAND] [ARGUMENT...]
#
# rung COMMAND is run on the capture (several with commas between; "<CAPTURE" is
# standard input; "-" for none), in a folder that holds tests/captures and a few
# broken files. What it writes must be NAME.out, standard error in lines that
# begin with "stderr: ", and its exit code EXIT. An EXIT of "0!" marks an answer
# that is known to be wrong: its .out file holds the right one, and is written by
# hand. TAP. UPDATE=1 writes the other .out files anew. NAMES="a b" runs these
# alone.
here=${top_srcdir:?}/tests/pcap
rung=${top_builddir:?}/rung
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LC_ALL=C.UTF-8; export LC_ALL
TZ=UTC; export TZ
unset POSIXLY_CORRECT COLUMNS
n=0

cd "$work" || exit 1
ln -s "$top_srcdir"/tests/captures/*.pcap "$top_srcdir"/tests/captures/*.pcapng .
mkdir folder.pcap
: >empty.pcap
echo "INVITE me to your party" >text.pcap
head -c 14 begin-middle.pcap >cut-header.pcap
head -c 1000 begin-middle.pcap >cut-record.pcap
head -c 32 begin-middle.pcap >cut-first.pcap
head -c 1500 sample.pcapng >cut-block.pcapng
# A record header in the middle overwritten: what follows is found again.
{ head -c 659 begin-middle.pcap; printf '%16s' ''; tail -c +676 begin-middle.pcap; } >corrupt.pcap
gzip -nc begin-middle.pcap >packed.pcap.gz
# Without its trailer: how much a shorter piece holds is for the packer to say.
gzip -nc begin-middle.pcap | head -c -8 >packed-cut.pcap.gz
printf 'set --wrong\n' >wrong.rc
printf 'alias 192.0.2.10 Alices-Phone\nalias 198.51.100.1:5060 "Edge Proxy"\n' >alias.rc

# check NAME EXIT: compare what was written
check()
{
	n=$((n + 1))
	sed 's/^/stderr: /' err >>out
	todo=
	case $2 in
	*!) todo=' # TODO a known fault' ;;
	esac
	if [ "$code" != "${2%!}" ]; then
		sed 's/^/# /' out | head -n 20
		echo "not ok $n - $1: exit code $code instead of $2"
	elif [ -n "${UPDATE-}" ] && [ -z "$todo" ]; then
		cp out "$here/$1.out" && echo "ok $n - $1 written"
	elif cmp -s out "$here/$1.out"; then
		echo "ok $n - $1$todo"
	else
		diff -u "$here/$1.out" out | sed 's/^/# /' | head -n 40
		echo "not ok $n - $1$todo"
	fi
}

while read -r name capture expected words; do
	case $name in
	'' | '#'*) continue ;;
	esac
	case " ${NAMES-$name} " in
	*" $name "*) ;;
	*) continue ;;
	esac
	eval "set -- $words"
	command=
	case ${1-} in
	calls | flow | messages | record | save | streams) command=$1; shift ;;
	esac
	input=/dev/null
	case $capture in
	-) files= ;;
	'<'*) files=- input=${capture#<} ;;
	*) files=$(echo "$capture" | tr , ' ') ;;
	esac
	# shellcheck disable=SC2086
	"$rung" $command --no-config $files "$@" <"$input" >out 2>err
	code=$?
	check "$name" "$expected"
done <"$here/TESTLIST"
echo "1..$n"
