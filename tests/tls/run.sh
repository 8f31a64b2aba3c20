#!/bin/sh
# Real TLS: peers of OpenSSL and GnuTLS talk SIP to each other over the loopback
# through a relay that writes the capture, for each version and suite they have;
# then rung must find each message in it. TAP: one line a case; what the installed
# peers refuse is a skip. gnutls-serv can only listen on all addresses.
#
# A case is a connection with a Call-ID of its own: the client sends OPTIONS, the
# server (OpenSSL) sends 200 or (GnuTLS) sends the request back.

rung=${top_builddir:?}/rung
relay=$top_builddir/tests/tls/relay
keep=$RUNG_TLS_KEEP		# a folder: leave what was made there, do not run rung

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

command -v openssl >/dev/null || skip_all "there is no openssl"

dir=$(mktemp -d) || exit 1
pids=			# of what runs in the background
stop() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null
	done
	wait
	pids=
}
finish() {
	stop
	[ -z "$keep" ] || cp -r "$dir"/. "$keep"
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1
export OPENSSL_CONF=/dev/null
unset SSLKEYLOGFILE
psk=00112233445566778899aabbccddeeff
log=keys.log		# of each group

nap() {
	sleep 0.02
}

# Wait until the command holds, for some 4 seconds.
until_true() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || return 1
		nap
	done
}

# ---- certificates ----

name=/C=SE/O=Example/CN=sip.example.com
san=subjectAltName=DNS:sip.example.com,IP:192.0.2.2,URI:sip:example.com
{
	openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -days 30 \
		-subj $name -addext $san &&
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key \
		-out ec.pem -days 30 -subj $name -addext $san
} >certificates.log 2>&1 || skip_all "openssl makes no certificates"

# ---- peers ----

# start NAME COMMAND...: in the background, for a minute at most.
start() {
	start_name=$1
	shift
	timeout -k 2 60 "$@" >"$start_name.out" 2>"$start_name.err" </dev/null &
	pids="$pids $!"
}

# An OpenSSL server; what is written to its fifo goes to the connection it has.
# Sets port.
start_openssl() {
	server_name=$1
	shift
	mkfifo "$server_name.in"
	(exec <>"$server_name.in" && exec timeout -k 2 60 openssl s_server -accept 127.0.0.1:0 \
		-cert ../rsa.pem -key ../rsa.key -dcert ../ec.pem -dkey ../ec.key "$@") \
		>"$server_name.out" 2>"$server_name.err" &
	pids="$pids $!"
	until_true grep -qs '^ACCEPT' "$server_name.out" || return 1
	port=$(sed -n 's/^ACCEPT.*://p' "$server_name.out" | head -n 1)
}

# A GnuTLS server that sends back what it gets. Sets port.
start_gnutls() {
	port=$("$relay" -f)
	start "$@" --port "$port"
	until_true "$relay" -c "$port"
}

# start_relay NAME PORT OPTIONS: the capture is NAME.pcap. Sets relay_port.
start_relay() {
	relay_name=$1
	start "$relay_name.relay" "$relay" -t "$2" -w "$relay_name.pcap" $3
	until_true test -s "$relay_name.relay.out" || return 1
	read -r relay_port <"$relay_name.relay.out"
}

message() {	# NAME, first line; with $body bytes of body
	printf '%s\r\n' "$2" "Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK-$1" \
		'From: <sip:a@example.com>;tag=1' 'To: <sip:b@example.com>' \
		"Call-ID: $1" 'CSeq: 1 OPTIONS' 'Max-Forwards: 70' "Content-Length: $body" ''
	head -c "$body" /dev/zero | tr '\000' x
}

has() {	# FILE, NAME
	grep -aq "Call-ID: $2[[:space:]]" "$1" 2>/dev/null
}

# What ends the waiting: the message, or the end of the client.
sees() {
	has "$1" "$2" || test -e client.status
}

# talk SERVER NAME COMMAND...: a case. SERVER is that of start_openssl, or
# "echo" or "psk". The lines of $before, if any, are given to the client singly and first.
talk() {
	server=$1 case=$2
	shift 2
	rm -f in client.status
	mkfifo in
	exec 5<>in
	(timeout -k 2 5 "$@" <in >client.out 2>client.err; echo $? >client.status) 5>&- &
	client=$!
	for line in $before; do
		until_true grep -aq 'SSL handshake has read' client.out
		echo "$line" >&5
		sleep 0.1
	done
	message "$case" 'OPTIONS sip:b@example.com SIP/2.0' >&5
	if [ "$server" != echo ] && [ "$server" != psk ]; then
		until_true sees "$server.out" "$case"
		! has "$server.out" "$case" || {
			printf '\r\n'
			message "$case" 'SIP/2.0 200 OK'
		} >"$server.in"
	fi
	until_true sees client.out "$case"
	exec 5>&-
	wait "$client"
	if has client.out "$case"; then
		echo "$group $case $server" >>cases
	elif [ "$(cat client.status)" -gt 128 ]; then
		echo "- $case the client falls over" >>cases
	else
		echo "- $case $(cat client.err client.out | tr -d '\000' |
			grep -aiE 'error|alert|unsupported|invalid|fail' | head -n 1 |
			tr -cd '[:alnum:] :.' | cut -c 1-90)" >>cases
	fi
}

# s_client SERVER NAME OPTIONS
s_client() {
	s_server=$1 s_case=$2
	shift 2
	talk "$s_server" "$s_case" openssl s_client -connect "127.0.0.1:$relay_port" \
		-keylogfile "$log" "$@"
}

# gnutls_cli SERVER NAME PRIORITY OPTIONS
gnutls_cli() {
	g_server=$1 g_case=$2 g_priority=$3
	shift 3
	talk "$g_server" "$g_case" env SSLKEYLOGFILE="$log" gnutls-cli --insecure \
		--port "$relay_port" --priority "$g_priority" "$@" 127.0.0.1
}

before=
body=0
level=@SECLEVEL=0
all13=TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256
all13=$all13:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256

# ---- OpenSSL on both sides ----

openssl_suites() {
	openssl ciphers -s -psk -tls1_2 "ALL:$level" | tr : '\n' |
		grep -vE 'CAMELLIA|ARIA|SRP|DSS|ADH|AECDH|DES|SEED|RC4|IDEA|NULL'
}

openssl_cases() {
	for suite in $(openssl_suites); do
		auth=
		case $suite in *PSK*) auth="-psk $psk" ;; esac
		s_client openssl "tls12-$suite" -tls1_2 -cipher "$suite:$level" $auth
	done
	for suite in AES128-SHA AES256-SHA DHE-RSA-AES128-SHA ECDHE-RSA-AES256-SHA \
		ECDHE-ECDSA-AES128-SHA PSK-AES128-CBC-SHA; do
		auth=
		case $suite in *PSK*) auth="-psk $psk" ;; esac
		s_client openssl "tls10-$suite" -tls1 -cipher "$suite:$level" $auth
		s_client openssl "tls11-$suite" -tls1_1 -cipher "$suite:$level" $auth
	done
	for suite in AES128-SHA AES256-SHA256 ECDHE-RSA-AES256-SHA384; do
		s_client openssl "no-etm-$suite" -tls1_2 -cipher "$suite:$level" -no_etm
	done
	for suite in $(echo $all13 | tr : ' '); do
		s_client openssl "tls13-$suite" -tls1_3 -ciphersuites "$suite"
	done
	s_client openssl tls13-psk -tls1_3 -psk $psk -ciphersuites TLS_AES_128_GCM_SHA256
	s_client openssl names -servername sip.example.com -alpn sip,sip/2
}

openssl_resumption() {
	s_client openssl ticket -tls1_2 -sess_out ticket.sess
	s_client openssl ticket-resumed -tls1_2 -sess_in ticket.sess
	s_client openssl id -tls1_2 -no_ticket -sess_out id.sess
	s_client openssl id-resumed -tls1_2 -no_ticket -sess_in id.sess
	s_client openssl id-10 -tls1 -cipher "AES128-SHA:$level" -no_ticket -sess_out id10.sess
	s_client openssl id-10-resumed -tls1 -cipher "AES128-SHA:$level" -no_ticket \
		-sess_in id10.sess
	s_client openssl reconnect -tls1_2 -reconnect
	s_client openssl tls13-ticket -tls1_3 -sess_out tls13.sess
	s_client openssl tls13-ticket-resumed -tls1_3 -sess_in tls13.sess
}

openssl_updates() {
	before=k s_client openssl update-mine -tls1_3
	before=K s_client openssl update-both -tls1_3
	before='k K k' s_client openssl update-often -tls1_3
	before=
}

# Many records a message, and small ones.
openssl_sizes() {
	body=50000
	for version in tls1 tls1_2 tls1_3; do
		s_client openssl "long-$version" -$version -cipher "ALL:$level"
		s_client openssl "small-$version" -$version -cipher "ALL:$level" \
			-max_send_frag 512
	done
	body=0
}

# This one has other groups than clients send a share of first.
retry_cases() {
	message early 'OPTIONS sip:b@example.com SIP/2.0' >early.sip
	s_client retry retry -tls1_3
	s_client retry retry-384 -tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384
	s_client retry early-first -tls1_3 -groups P-521 -sess_out early.sess
	s_client retry early-taken -tls1_3 -groups P-521 -sess_in early.sess \
		-early_data early.sip
	s_client retry early-again -tls1_3 -groups P-521 -sess_out again.sess
	s_client retry early-refused -tls1_3 -groups X25519:P-521 -sess_in again.sess \
		-early_data early.sip
}

# ---- GnuTLS ----

gnutls_all=NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+AES-128-CCM:+AES-256-CCM:+AES-128-CCM-8:+AES-256-CCM-8
gnutls_all=$gnutls_all:+AES-128-CBC:+AES-256-CBC:+SHA256:+SHA384:+SIGN-ALL
# With RSA-PSK beside them, GnuTLS 3.7 does not choose TLS 1.3.
gnutls_psk=$gnutls_all:-KX-ALL:+PSK:+DHE-PSK:+ECDHE-PSK

# VERSION KX CIPHER MAC [more], as GnuTLS calls them.
gnutls_suites() {
	cat <<-'END'
	TLS1.0 RSA AES-128-CBC SHA1
	TLS1.0 ECDHE-RSA AES-256-CBC SHA1
	TLS1.1 DHE-RSA AES-256-CBC SHA1
	TLS1.1 ECDHE-ECDSA AES-128-CBC SHA1
	TLS1.2 RSA AES-128-CBC SHA256
	TLS1.2 RSA AES-256-CCM AEAD
	TLS1.2 DHE-RSA AES-256-CBC SHA256
	TLS1.2 DHE-RSA AES-128-CCM-8 AEAD
	TLS1.2 ECDHE-RSA AES-256-CBC SHA384
	TLS1.2 ECDHE-RSA AES-128-GCM AEAD
	TLS1.2 ECDHE-RSA CHACHA20-POLY1305 AEAD
	TLS1.2 ECDHE-ECDSA AES-256-GCM AEAD
	TLS1.2 ECDHE-ECDSA AES-128-CCM AEAD
	TLS1.3 ECDHE-RSA AES-128-GCM AEAD
	TLS1.3 ECDHE-RSA AES-256-GCM AEAD
	TLS1.3 ECDHE-ECDSA CHACHA20-POLY1305 AEAD
	TLS1.3 ECDHE-RSA AES-128-CCM AEAD
	TLS1.3 ECDHE-RSA AES-128-CCM-8 AEAD
	TLS1.3 DHE-RSA AES-128-GCM AEAD
	END
}

gnutls_psk_suites() {
	cat <<-'END'
	TLS1.2 ECDHE-PSK AES-256-CBC SHA384
	TLS1.2 ECDHE-PSK AES-128-CBC SHA1
	TLS1.2 DHE-PSK AES-128-GCM AEAD
	TLS1.2 PSK AES-128-CCM-8 AEAD
	TLS1.2 RSA-PSK AES-256-GCM AEAD
	TLS1.3 PSK AES-128-GCM AEAD
	TLS1.3 ECDHE-PSK AES-128-GCM AEAD
	TLS1.3 DHE-PSK CHACHA20-POLY1305 AEAD
	END
}

# gnutls_each SERVER PREFIX, for the suites of standard input.
gnutls_each() {
	while read -r version kx cipher mac; do
		offer=GROUP-ALL auth=
		case $kx in *PSK) auth="--pskusername Client_identity --pskkey $psk" ;; esac
		case $version-$kx in TLS1.3-DHE-RSA) offer=GROUP-FFDHE2048 ;; esac
		gnutls_cli "$1" "$2-$version-$kx-$cipher-$mac" \
			"NONE:+COMP-NULL:+SIGN-ALL:+CTYPE-ALL:+VERS-$version:+$kx:+$cipher:+$mac:+$offer" \
			$auth </dev/null
	done
}

gnutls_client() {
	gnutls_suites >suites
	gnutls_each "$1" "$2" <suites
	p=NONE:+COMP-NULL:+SIGN-ALL:+CTYPE-ALL:+GROUP-ALL:+VERS-TLS1.2:+RSA:+AES-128-CBC:+SHA1
	gnutls_cli "$1" "$2-no-etm" "$p:%NO_ETM"
	gnutls_cli "$1" "$2-no-ems" "$p:%NO_SESSION_HASH"
	gnutls_cli "$1" "$2-neither" "$p:%NO_SESSION_HASH:%NO_ETM"
	gnutls_cli "$1" "$2-names" NORMAL --alpn sip --sni-hostname sip.example.com
	gnutls_cli "$1" "$2-resume-13" NORMAL --resume
	gnutls_cli "$1" "$2-resume-12" NORMAL:-VERS-ALL:+VERS-TLS1.2 --resume
	gnutls_cli "$1" "$2-resume-id" NORMAL:-VERS-ALL:+VERS-TLS1.2:%NO_TICKETS --resume
}

openssl_to_gnutls() {
	for suite in AES128-SHA ECDHE-ECDSA-AES128-SHA; do
		s_client echo "og-tls10-$suite" -tls1 -cipher "$suite:$level"
		s_client echo "og-tls11-$suite" -tls1_1 -cipher "$suite:$level"
	done
	for suite in AES256-GCM-SHA384 AES128-CCM8 DHE-RSA-AES256-SHA256 ECDHE-RSA-AES128-SHA256 \
		ECDHE-RSA-AES256-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES256-CCM8; do
		s_client echo "og-tls12-$suite" -tls1_2 -cipher "$suite:$level"
	done
	for suite in $(echo $all13 | tr : ' '); do
		s_client echo "og-tls13-$suite" -tls1_3 -ciphersuites "$suite"
	done
	for version in tls1_2 tls1_3; do
		s_client echo "og-cert-$version" -$version -cert ../ec.pem -key ../ec.key
		s_client echo "og-ticket-$version" -$version -sess_out og.sess
		s_client echo "og-resumed-$version" -$version -sess_in og.sess
	done
	before=K s_client echo og-update -tls1_3
	before=
}

psk_cases() {
	for suite in PSK-AES128-CBC-SHA256 ECDHE-PSK-AES256-CBC-SHA DHE-PSK-CHACHA20-POLY1305; do
		s_client psk "og-tls12-$suite" -tls1_2 -cipher "$suite:$level" -psk $psk
	done
	s_client psk og-tls13-psk -tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256 -psk $psk
	gnutls_psk_suites >suites
	gnutls_each psk gg <suites
}

# ---- the RSA exchange alone, to be read with the private key ----

rsa_cases() {
	s_client openssl rsa-10 -tls1 -cipher "AES128-SHA:$level"
	for suite in AES128-SHA AES256-SHA256 AES256-GCM-SHA384 AES128-CCM8; do
		s_client openssl "rsa-12-$suite" -tls1_2 -cipher "$suite:$level"
	done
	s_client openssl rsa-ticket -tls1_2 -cipher "AES128-SHA:$level" -sess_out rsa.sess
	s_client openssl rsa-ticket-resumed -tls1_2 -cipher "AES128-SHA:$level" -sess_in rsa.sess
	s_client openssl rsa-id -tls1_2 -no_ticket -cipher "AES128-SHA:$level" -sess_out rid.sess
	s_client openssl rsa-id-resumed -tls1_2 -no_ticket -cipher "AES128-SHA:$level" \
		-sess_in rid.sess
	[ -z "$gnutls" ] || gnutls_cli openssl rsa-no-ems \
		NONE:+COMP-NULL:+SIGN-ALL:+CTYPE-ALL:+GROUP-ALL:+VERS-TLS1.2:+RSA:+AES-128-GCM:+AEAD:%NO_SESSION_HASH
}

# ---- all of it: groups that run at once, each in a folder of its own ----

gnutls=
command -v gnutls-cli >/dev/null && command -v gnutls-serv >/dev/null && gnutls=yes

start_any_openssl() {
	start_openssl openssl -cipher "ALL:$level" -ciphersuites $all13 -min_protocol TLSv1 \
		-psk $psk -alpn sip,sip/2
}

group_main() {
	start_any_openssl && start_relay main "$port" || return
	openssl_cases
}

group_more() {
	start_any_openssl && start_relay more "$port" || return
	openssl_resumption
	openssl_updates
	openssl_sizes
	[ -n "$gnutls" ] || return
	gnutls_client openssl go
	gnutls_psk_suites >suites
	gnutls_each openssl go <suites
}

group_rsa() {
	start_any_openssl && start_relay rsa "$port" '-m 100' || return
	rsa_cases
}

group_retry() {
	start_openssl retry -groups P-521:P-384 -tls1_3 -ciphersuites $all13 -early_data &&
		start_relay retry "$port" || return
	retry_cases
}

group_echo() {
	[ -n "$gnutls" ] || return
	start_gnutls echo gnutls-serv --echo --crlf --priority "$gnutls_all" \
		--x509certfile ../rsa.pem --x509keyfile ../rsa.key --x509certfile ../ec.pem \
		--x509keyfile ../ec.key --earlydata --alpn sip &&
		start_relay echo "$port" -o || return
	openssl_to_gnutls
	gnutls_client echo gg
	gnutls_cli echo gg-cert-12 NORMAL:-VERS-ALL:+VERS-TLS1.2 \
		--x509certfile ../rsa.pem --x509keyfile ../rsa.key
	gnutls_cli echo gg-cert-13 NORMAL --x509certfile ../rsa.pem --x509keyfile ../rsa.key
}

group_psk() {
	[ -n "$gnutls" ] || return
	echo "Client_identity:$psk" >psk.txt
	start_gnutls psk gnutls-serv --echo --crlf --priority "$gnutls_psk" --pskpasswd psk.txt \
		--x509certfile ../rsa.pem --x509keyfile ../rsa.key &&
		start_relay psk "$port" '-m 50' || return
	psk_cases
}

groups='main more rsa retry echo psk'
for group in $groups; do
	mkdir "$group"
	(
		trap stop EXIT
		trap 'exit 1' HUP INT TERM
		pids=
		cd "$group" || exit 1
		: >cases
		"group_$group"
	) &
	pids="$pids $!"
done
wait
pids=
[ -z "$keep" ] || exit 0

# ---- what rung says ----

# read_capture NAME OPTIONS: the messages, as "Call-ID,transport,method,status".
read_capture() {
	read_name=$1
	shift
	[ ! -s "$read_name/$read_name.pcap" ] || "$rung" messages -F "$read_name/$read_name.pcap" \
		"$@" --format csv -o call_id,transport,method,status 2>>rung.err
}

for group in $groups; do
	keys="--keylog $group/$log"
	[ $group != rsa ] || keys='-k rsa.key'
	read_capture $group $keys >$group.csv
done

n=0
report() {	# ok or not, text
	n=$((n + 1))
	echo "$1 $n - $2"
}

cat */cases >all.cases
while read -r group case server; do
	if [ "$group" = - ]; then
		report ok "$case # SKIP ${server:-the peers do not agree}"
		continue
	fi
	requests=$(grep -c "^$case,tls,OPTIONS," $group.csv)
	answers=$(grep -c "^$case,tls,.*,200" $group.csv)
	if [ "$server" = echo ] || [ "$server" = psk ]; then
		[ "$requests" -eq 2 ] && r=ok || r='not ok'
	else
		[ "$requests" -eq 1 ] && [ "$answers" -eq 1 ] && r=ok || r='not ok'
	fi
	report "$r" "$case"
	[ "$r" = ok ] || echo "# $requests requests, $answers answers in $group.pcap"
done <all.cases

# What a private key would give stands in the key log of OpenSSL too.
grep '^RSA ' rsa/$log >rsa-lines.log
read_capture rsa --keylog rsa-lines.log >lines.csv
grep -v '^rsa-no-ems,' rsa.csv | cmp -s - lines.csv && r=ok || r='not ok'
report "$r" 'RSA lines of a key log are as good as the private key'

# The variable names a key log beside others; one that is not there does no harm.
SSLKEYLOGFILE=rsa-lines.log read_capture rsa --keylog main/$log >env.csv
cmp -s env.csv lines.csv && r=ok || r='not ok'
report "$r" 'SSLKEYLOGFILE is read beside --keylog'
SSLKEYLOGFILE=none.log read_capture rsa --keylog rsa-lines.log >env.csv
cmp -s env.csv lines.csv && r=ok || r='not ok'
report "$r" 'SSLKEYLOGFILE may name nothing'

# Without keys nothing is found, and each connection is told of.
read_capture main >none.csv
[ "$(grep -c ',tls,' none.csv)" -eq 0 ] && r=ok || r='not ok'
report "$r" 'nothing is read without keys'
if "$rung" messages --help 2>&1 | grep -q -e --tls; then
	"$rung" messages -F --tls main/main.pcap --format json >list.json 2>>rung.err
	[ "$(grep -c '"decrypted":false' list.json)" -ge "$(grep -c '^main ' main/cases)" ] &&
		! grep -q '"reason":null' list.json && r=ok || r='not ok'
	report "$r" 'each connection that is not read has a reason'
fi

# Saved with its secrets, or as text, it can be read without keys; else it cannot.
# calls_of FILE [KEYS]
calls_of() {
	calls_file=$1
	shift
	"$rung" calls -F --format json "$@" "$calls_file" 2>/dev/null
	"$rung" messages -F --raw "$@" "$calls_file" 2>/dev/null
}
# saved GROUP KEYS...
saved() {
	saved_group=$1
	shift
	calls_of "$saved_group/$saved_group.pcap" "$@" >was.calls
	for how in --with-secrets --decrypted; do
		"$rung" save -F --force $how -o saved.pcapng "$@" \
			"$saved_group/$saved_group.pcap" >save.out 2>&1
		calls_of saved.pcapng >is.calls
		cmp -s was.calls is.calls && r=ok || r='not ok'
		report "$r" "$saved_group saved $how"
	done
	"$rung" save -F --force -o saved.pcapng "$@" "$saved_group/$saved_group.pcap" \
		>save.out 2>&1
	[ "$("$rung" messages -F saved.pcapng 2>/dev/null | grep -c SIP/2.0)" -eq 0 ] &&
		grep -q 'TLS connections* .* saved as captured: to read' save.out &&
		! grep -aqE 'CLIENT_RANDOM|TRAFFIC_SECRET' saved.pcapng && r=ok || r='not ok'
	report "$r" "$saved_group saved as captured, which is told"
}
if "$rung" save --help 2>&1 | grep -q -e --with-secrets; then
	for group in main more retry echo psk; do
		[ ! -s $group/$group.pcap ] || saved $group --keylog $group/$log
	done
	saved rsa -k rsa.key
	# Of one connection its own secrets alone.
	for case in names tls13-TLS_AES_128_GCM_SHA256; do
		"$rung" save -F --force --with-secrets -o saved.pcapng --keylog main/$log \
			--call-id $case main/main.pcap >save.out 2>&1
		randoms=$(grep -aoE '(CLIENT_RANDOM|_TRAFFIC_SECRET(_0)?) [0-9a-f]{64}' saved.pcapng |
			cut -d ' ' -f 2 | sort -u | wc -l)
		[ "$(grep -c "^main $case " main/cases)" -eq "$randoms" ] && r=ok || r='not ok'
		report "$r" "secrets of $case and no others"
	done
fi
[ ! -s rung.err ] || sed 's/^/# /' rung.err
echo "1..$n"
