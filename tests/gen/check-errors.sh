#!/bin/sh
# What rung-gen says of scripts that are wrong: line, column, reason. TAP.
gen=${top_builddir:?}/tests/gen/rung-gen
script=$(mktemp) || exit 1
trap 'rm -f "$script"' EXIT
n=0

# bad EXPECTED SCRIPT
bad()
{
	n=$((n + 1))
	printf '%b' "$2" >"$script"
	said=$("$gen" -o /dev/null "$script" 2>&1)
	status=$?
	case $said in
	"rung-gen: $script:$1"*) [ $status -eq 3 ] && { echo "ok $n - $1"; return; } ;;
	esac
	echo "# status $status: $said"
	echo "not ok $n - $1"
}

ends='host a 192.0.2.1:5060\nhost b 192.0.2.2:5060\ncall c\n'
bad "1:1: neither a time nor one of" 'hello\n'
bad "1:6: no such layer" 'link token-ring\n'
bad "1:11: a link layer must come first" 'link vlan 5\n'
bad "1:15: a link layer inside" 'link ethernet sll\n'
bad "1:8: format pcap or pcapng" 'format snoop\n'
bad "1:7: start YYYY" 'start yesterday\n'
bad "1:8: this is no address" 'host a nowhere\n'
bad "4:5: no such host" "${ends} 0s x -> b OPTIONS\n"
bad "4:12: no such option of" "${ends} 0s repeat -> b OPTIONS\n"
bad "4:2: this is no time" "${ends} 5parsecs a -> b OPTIONS\n"
bad "4:20: no such option" "${ends} 0s a -> b OPTIONS now\n"
bad "4:20: wants a number" "${ends} 0s a -> b OPTIONS cut=x\n"
bad "4:18: takes no value" "${ends} 0s a -> b BYE   sdp=1\n"
bad "4:18: wants a value" "${ends} 0s a -> b BYE   tag\n"
bad "4:10: IPv4 and IPv6" "${ends} 0s a -> [2001:db8::1] OPTIONS\n"
bad "4:1: nothing was sent" "${ends} 0s repeat\n"
bad "3:12: a message needs a call" 'host a 192.0.2.1\nhost b 192.0.2.2\n 0s a -> b OPTIONS\n'
bad "1:2: this line belongs to a step" ' > body\n'
bad "5:2: unknown escape" "${ends} 0s a -> b OPTIONS\n > \\\\q\n"
bad "1:6: this word does not end" 'call "x\n'
bad "2:1: only pcapng has sections" 'format pcap\nsection\n'
bad "4:1: a pcap has one link type" 'interface a sll\ninterface b raw\n\n'
bad "5:1: a joined message" "${ends} 0s a -> b OPTIONS joined\n"
bad "1:9: carrier none, hep1" 'carrier hep9 192.0.2.1 -> 192.0.2.2\n'
bad "1:37: carrier hep3" 'carrier hep3 192.0.2.1 -> 192.0.2.2 often\n'
bad "4:1: a carrier line must" "${ends} 0s a -> b log\n"
bad "4:1: again: not so many bytes" "${ends} 0s a -> b again back=5\n"
bad "4:1: close: only WebSocket" "${ends} 0s a -> b close\n"
bad "3:8: call NAME from" 'host a 192.0.2.1\nhost b 192.0.2.2\ncall c transport=dccp\n'
echo "1..$n"
