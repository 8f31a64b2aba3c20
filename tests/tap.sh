# What script tests have in common, read by "." at their beginning: results with numbers.
# What is not ok comes with what the file $reason has, where that is set.
n=0
reason=

# ok RESULT WHAT: 0 is ok
ok() {
	n=$((n + 1))
	[ "$1" = 0 ] && { echo "ok $n - $2"; return; }
	[ -z "$reason" ] || sed 's/^/# /' "$reason" 2>/dev/null | head -n 40
	echo "not ok $n - $2"
}

# is WHAT GOT WANTED: else with what the program said, where that went to the file err
is() {
	n=$((n + 1))
	[ "$2" = "$3" ] && { echo "ok $n - $1"; return; }
	printf '%s\n' "got $2" "not $3" | sed 's/^/# /'
	sed 's/^/# err: /' err 2>/dev/null | head -n 12
	echo "not ok $n - $1"
}

# skip WHAT WHY
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# has_port PID tcp|udp PORT: whether it listens at that port of 127.0.0.1: neither somebody else,
# nor a connection that came by the number. Where that cannot be seen it is believed.
has_port() {
	[ -r "/proc/net/$2" ] && [ -r "/proc/$1/fd" ] || return 0
	for inode in $(awk -v at="0100007F:$(printf %04X "$3")" \
		'$2 == at && $3 == "00000000:0000" { print $10 }' "/proc/net/$2"); do
		ls -l "/proc/$1/fd" 2>/dev/null | grep -qF "socket:[$inode]" && return 0
	done
	return 1
}
