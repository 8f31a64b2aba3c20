#!/bin/sh
# How the captures of this folder were recorded: SIPp on 127.0.0.1, tcpdump on
# the loopback interface (root). Each pair of scenarios is a capture:
#
#	sipp-uac.pcap       SIPp's own uac and uas, three calls
#	sipp-branch.pcap    SIPp's own branchc and branchs, two calls
#	sipp-busy.pcap      uac-busy.xml and uas-busy.xml, two calls
#	sipp-register.pcap  uac-register.xml and uas-register.xml, a challenge
#	sipp-tcp.pcap       uac and uas over one TCP connection, two calls
#
# A new recording has other times, ports and tags than the one that is shipped.

set -eu
cd "$(dirname "$0")"
server=25060
client=25070
for tool in sipp tcpdump timeout; do
	command -v $tool >/dev/null || { echo "record.sh: $tool is not installed" >&2; exit 3; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# record NAME CALLS TRANSPORT SERVER-SCENARIO... -- CLIENT-SCENARIO...
record()
{
	name=$1 calls=$2 transport=$3
	shift 3
	side=
	while [ "$1" != -- ]; do side="$side $1"; shift; done
	shift
	: >"$work/tcpdump"
	timeout 30 tcpdump --immediate-mode -i lo -U -s 0 -w "$work/$name.pcap" \
		"host 127.0.0.1 and (port $server or port $client)" 2>"$work/tcpdump" &
	tcpdump=$!
	until grep -q listening "$work/tcpdump"; do sleep 0.1; done
	# shellcheck disable=SC2086
	timeout 20 sipp $side -i 127.0.0.1 -p $server -t "$transport" -m "$calls" -nostdin \
		>/dev/null 2>&1 &
	callee=$!
	sleep 0.5
	timeout 20 sipp "$@" 127.0.0.1:$server -i 127.0.0.1 -p $client -t "$transport" \
		-m "$calls" -r 2 -d 300 -nostdin >/dev/null 2>&1 ||
		echo "record.sh: $name: sipp says $?" >&2
	wait $callee || true
	sleep 0.5
	kill -INT $tcpdump
	wait $tcpdump || true
	cp "$work/$name.pcap" "$name.pcap"
	tcpdump -n -r "$name.pcap" 2>/dev/null | wc -l | sed "s/^/$name.pcap: packets: /"
}

record sipp-uac 3 u1 -sn uas -- -sn uac
record sipp-branch 2 u1 -sn branchs -- -sn branchc
record sipp-busy 2 u1 -sf uas-busy.xml -- -sf uac-busy.xml
record sipp-register 1 u1 -sf uas-register.xml -- -sf uac-register.xml
record sipp-tcp 2 t1 -sn uas -- -sn uac
