#!/bin/sh
# In the sandbox nothing else can be done, and all that the program is for. TAP.
#
# rung-probe is the program with a hook that tries, once it is in the sandbox, to
# execute, fork, connect, trace, open and write what it must not (attempts.c), and tells
# on standard error what came of each; then it goes on as always. It is run as who runs
# this, and by root also as sudo, as nobody with an own capability, and as a plain user.
probe=${top_builddir:?}/tests/sandbox/rung-probe
rung=${top_builddir:?}/rung
captures=${top_srcdir:?}/tests/captures
# Not in /tmp, where the screens may save anyway.
dir=$(mktemp -d /var/tmp/rung-sandbox-XXXXXX) || exit 1
# Where who root was dropped to gets no further, this must not be why.
chmod 755 "$dir"
pid=
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
unset SSLKEYLOGFILE SUDO_UID SUDO_GID TERM NO_COLOR XDG_CONFIG_HOME
mkdir "$dir/home" "$dir/in" "$dir/other" "$dir/out"
HOME=$dir/home LC_ALL=C.UTF-8 TZ=UTC
export HOME LC_ALL TZ
cp "$captures/sample.pcapng" "$captures/tcp.pcap" "$dir/in"
cp "$captures/forks.pcap" "$dir/other"
chmod 777 "$dir/other"
n=0

# ok RESULT WHAT
ok() {
	n=$((n + 1))
	[ "$1" = 0 ] && { echo "ok $n - $2"; return; }
	sed 's/^/# /' "$dir/why" 2>/dev/null | head -n 20
	echo "not ok $n - $2"
}

skip() {
	n=$((n + 1))
	echo "ok $n # SKIP $1"
}

landlock=$("$rung" --sandbox-status | sed -n 's/^landlock: version \([0-9]*\).*/\1/p')
if [ -z "$landlock" ] || [ "$landlock" -lt 3 ]; then
	echo "1..0 # SKIP this kernel has no Landlock of version 3"
	exit
fi

# all_refused FILE: at least 30 attempts, none done
all_refused() {
	[ "$(grep -c '^probe: ' "$1")" -ge 30 ] && ! grep '^probe: .*: DONE' "$1" >"$dir/why"
}

# works WHO WRAPPER...: the probe answers, shows, opens and saves, and each attempt fails
works() {
	who=$1
	shift
	"$@" "$probe" calls -F "$dir/in/sample.pcapng" >"$dir/calls" 2>"$dir/err"
	all_refused "$dir/err"
	ok $? "$who: a list, nothing else done"
	"$rung" calls -F --no-sandbox "$dir/in/sample.pcapng" >"$dir/want"
	cmp "$dir/calls" "$dir/want" >"$dir/why" 2>&1
	ok $? "$who: the same list"

	rm -rf "$dir/here"
	mkdir "$dir/here"
	chmod 777 "$dir/here"
	cat >"$dir/here/all.keys" <<-EOF
	:shot the list
	<F2> <C-U> . / s a v e d . p c a p <Enter>
	:shot saved
	<F2> <C-U> $(echo "$dir/other/x.pcap" | sed 's/./& /g') <Enter>
	:shot not saved
	<Esc>
	<C-O> <C-U> $(echo "$dir/other/" | sed 's/./& /g')
	:shot no folder
	<Esc>
	<C-O> <C-U> $(echo "$dir/in/tcp.pcap" | sed 's/./& /g') <Enter> y
	:shot another opened
	EOF
	(cd "$dir/here" && "$@" "$probe" -F "$dir/in/sample.pcapng" --script all.keys \
		--script-out "$dir/here") >"$dir/out/log" 2>"$dir/err" </dev/null
	code=$?
	cp "$dir/err" "$dir/why"
	ok $code "$who: the screens"
	all_refused "$dir/err"
	ok $? "$who: the screens, nothing else done"
	cp "$dir/here/all.screens" "$dir/why"
	grep -q 'INVITE.*alice' "$dir/here/all.screens"
	ok $? "$who: shown"
	"$rung" calls -F --columns call_id --format csv "$dir/in/sample.pcapng" >"$dir/want"
	"$rung" calls -F --columns call_id --format csv "$dir/here/saved.pcap" >"$dir/calls" 2>&1
	cmp "$dir/calls" "$dir/want"
	ok $? "$who: saved"
	# A form breaks lines.
	for shot in "not saved" "no folder"; do
		sed -n "/^== $shot/,/^== /p" "$dir/here/all.screens" | tr -s ' │\n' ' ' >"$dir/why"
		grep -q 'not allowed by the sandbox' "$dir/why" || break
	done
	grep -q '== no folder.*not allowed by the sandbox' "$dir/why" && [ ! -e "$dir/other/x.pcap" ]
	ok $? "$who: elsewhere neither saved nor listed, and why"
	sed -n '/^== another opened/,$p' "$dir/here/all.screens" >"$dir/why"
	grep -q 'Reading .*tcp.pcap' "$dir/why"
	ok $? "$who: another one opened"
}

works "as it is run"
if [ "$(id -u)" = 0 ]; then
	works "by sudo" env SUDO_UID=1 SUDO_GID=1
	if command -v setpriv >/dev/null; then
		works "a plain user" setpriv --reuid 1 --regid 1 --clear-groups
	else
		skip "setpriv is not there"
	fi
else
	skip "only root can become others"
fi

# Interfaces and listeners read, and send nothing.
# sends_nothing WHAT OPTION...
sends_nothing() {
	what=$1
	shift
	timeout -s TERM 2 "$@" </dev/null >/dev/null 2>"$dir/err"
	cp "$dir/err" "$dir/why"
	all_refused "$dir/err"
	ok $? "$what: nothing is sent, nothing else done"
}
if [ "$(id -u)" = 0 ] && command -v unshare >/dev/null && unshare -n true 2>/dev/null; then
	sends_nothing "an interface" unshare -n sh -c \
		'ip link set lo up; exec "$1" calls -F -d lo --follow' sh "$probe"
else
	skip "interfaces take root"
fi
sends_nothing "a listener" "$probe" calls -F -L udp:127.0.0.1:0 -L tcp:127.0.0.1:0

# ---- who ----

# held LINE...: each is in the status of the process $pid
held() {
	for line in "$@"; do
		tr '\t' ' ' <"/proc/$pid/status" >"$dir/why"
		grep -q "^$line" "$dir/why" || return 1
	done
}

# listening ENV...: a process that stays, in the sandbox; its number in $pid
listening() {
	env "$@" "$rung" calls -F -L udp:127.0.0.1:0 >"$dir/out/log" 2>&1 &
	pid=$!
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		grep -q '^Seccomp:.2' "/proc/$pid/status" 2>/dev/null && return
		sleep 0.1
	done
}

leave() {
	# A shell lets what is in its background ignore SIGINT.
	kill -TERM "$pid"
	wait "$pid"
	pid=
}

if [ "$(id -u)" = 0 ]; then
	listening A=
	held "Uid: 65534 65534 65534 65534" "Gid: 65534 65534 65534 65534" "Groups: *$" \
		"NoNewPrivs: 1" "Seccomp: 2" "CapBnd: 0000000000000000" "CapAmb: 0000000000000000"
	ok $? "root becomes nobody"
	held "CapInh: 0000000000000000" "CapPrm: 0000000000000000" "CapEff: 0000000000000000"
	ok $? "without capabilities"
	grep -q 'Max core file size *0 *0' "/proc/$pid/limits"
	ok $? "without core dumps"
	leave
	listening SUDO_UID=1 SUDO_GID=1
	held "Uid: 1 1 1 1" "Gid: 1 1 1 1" "CapBnd: 0000000000000000"
	ok $? "root by sudo becomes who called it"
	leave

	# What only root can read is open before; what is saved belongs to who called.
	chmod 600 "$dir/in/sample.pcapng"
	chown 1:1 "$dir/out"
	env SUDO_UID=1 SUDO_GID=1 "$rung" save -F -o "$dir/out/sudo.pcap" "$dir/in/sample.pcapng" \
		>"$dir/why" 2>&1 && [ "$(stat -c %u:%g "$dir/out/sudo.pcap")" = 1:1 ]
	ok $? "by sudo: of root's input, to the user's file"
	# The packets are read again, of a packed one too, when the names are gone.
	gzip -c "$dir/in/sample.pcapng" >"$dir/in/packed.pcapng.gz"
	chmod 600 "$dir/in/packed.pcapng.gz"
	env SUDO_UID=1 SUDO_GID=1 "$rung" save -F -o "$dir/out/packed.pcap" \
		"$dir/in/packed.pcapng.gz" >"$dir/why" 2>&1 &&
		cmp "$dir/out/sudo.pcap" "$dir/out/packed.pcap" >>"$dir/why"
	ok $? "by sudo: of a packed one too"
	mkdir "$dir/private"
	chmod 700 "$dir/private"
	env SUDO_UID=1 SUDO_GID=1 "$rung" save -F -o "$dir/private/x.pcap" \
		"$dir/in/sample.pcapng" >"$dir/why" 2>&1
	[ $? = 3 ] && grep -q 'to whom root was dropped; --user root' "$dir/why"
	ok $? "by sudo: not into root's folder, and why"
	(cd "$dir/private" && "$rung" save -F -o x.pcap "$dir/in/sample.pcapng") >"$dir/why" 2>&1 &&
		[ "$(stat -c %u:%g "$dir/private/x.pcap")" = 0:0 ]
	ok $? "root itself: into root's folder, root's file"
	(cd "$dir/private" && SUDO_UID=1 "$rung" save -F --user root -o y.pcap \
		"$dir/in/sample.pcapng") >"$dir/why" 2>&1
	ok $? "--user root keeps root's files"
	"$rung" calls -F --user daemon "$dir/in/sample.pcapng" >/dev/null 2>"$dir/why"
	ok $? "--user"
	if command -v setcap >/dev/null && command -v setpriv >/dev/null &&
	   cp "$rung" "$dir/other/rung" && setcap cap_net_raw,cap_net_admin+ep "$dir/other/rung"; then
		(cd / && HOME=/nonexistent setpriv --reuid 1 --regid 1 --clear-groups \
			"$dir/other/rung" -F --sandbox-status) >"$dir/why" 2>&1
		grep -q '^capabilities: none' "$dir/why"
		ok $? "capabilities of the file are given up"
	else
		skip "no file capabilities here"
	fi
	chmod 644 "$dir/in/sample.pcapng"
else
	skip "only root can be dropped"
fi

# ---- older kernels ----

# without WHAT STATUS-PATTERN...: it works all the same, once told of, and the status is true
without() {
	what=$1
	shift
	"$older" $what -- "$rung" calls -F "$dir/in/sample.pcapng" >"$dir/calls" 2>"$dir/why"
	code=$?
	[ $code = 77 ] && { skip "no filters of system calls here"; return; }
	"$rung" calls -F --no-sandbox "$dir/in/sample.pcapng" >"$dir/want"
	[ $code = 0 ] && cmp "$dir/calls" "$dir/want" >>"$dir/why" &&
		[ "$(grep -c '^rung: sandbox: .*--sandbox-status tells what holds' "$dir/why")" = 1 ]
	ok $? "without $what: a notice, and no failure"
	"$older" $what -- "$rung" --sandbox-status >"$dir/why" 2>&1
	result=0
	for line in "$@"; do
		grep -q "$line" "$dir/why" || result=1
	done
	ok $result "without $what: the status is true"
}
older=$top_builddir/tests/sandbox/older
without landlock '^landlock: NO' '^seccomp: [0-9]' '^network: none'
without seccomp '^landlock: version' '^seccomp: NO' '^network: NOT'
without "landlock seccomp" '^landlock: NO' '^seccomp: NO' '^network: NOT' '^no new privileges: yes'
[ "$(id -u)" = 0 ] && without users '^user: root (0); could not become nobody' '^capabilities: none'

# ---- what is gone, what is allowed by name ----

cp "$dir/in/tcp.pcap" "$dir/out/gone.pcap"
# The name goes while it is open: through a pipe the program waits for its end.
mkfifo "$dir/here/wait"
(cd "$dir/here" && exec "$rung" save -F --force -o gone-saved.pcapng "$dir/out/gone.pcap" wait) \
	>"$dir/why" 2>&1 &
pid=$!
exec 9>"$dir/here/wait"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	grep -q '^Seccomp:.2' "/proc/$pid/status" 2>/dev/null && break
	sleep 0.1
done
rm "$dir/out/gone.pcap"
cat "$captures/forks.pcap" >&9
exec 9>&-
wait "$pid"
code=$?
pid=
[ $code = 0 ] && "$rung" messages -F --raw --where 'transport = tcp' "$dir/in/tcp.pcap" >"$dir/want" &&
	"$rung" messages -F --raw --where 'transport = tcp' "$dir/here/gone-saved.pcapng" >"$dir/calls" &&
	cmp "$dir/want" "$dir/calls" >>"$dir/why" 2>&1
ok $? "an input that was removed is saved from"

# Settings, where there is no folder for them yet.
run_settings() {
	(cd "$dir/here" && "$rung" "$dir/in/sample.pcapng" --script settings.keys --script-out .) \
		>"$dir/why" 2>&1
}
echo '<F8> <Esc>' >"$dir/here/settings.keys"
run_settings && [ ! -e "$HOME/.config" ]
ok $? "nothing is left in the folder for settings"
printf '<F8> <Right> <S-Tab> <Left> <Left> <Enter>\n:shot saved\n' >"$dir/here/settings.keys"
run_settings && grep -q '^set theme' "$HOME/.config/rung/rungrc"
ok $? "settings are saved where there was no folder for them"

"$rung" --sandbox-status --no-sandbox >"$dir/why" && grep -q 'off' "$dir/why"
ok $? "--no-sandbox"
"$rung" calls -F --user no-such-user "$dir/in/sample.pcapng" >"$dir/why" 2>&1
[ $? = 2 ] && grep -q 'no user "no-such-user"' "$dir/why"
ok $? "no such user"
echo "1..$n"
