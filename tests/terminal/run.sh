#!/bin/sh
# The program on real terminals: panes of a tmux of our own. Each view of the file
# "views" beside this is opened under several TERMs in two locales, and the pane must
# become what the same keys give with --script; then what the terminal was sent is
# looked through for bytes that no terminal should get from a capture. Stopping with
# ^Z and going on at another size is done in a shell with job control; and a window
# changes its size in haste while the program reads.
#
# TAP. Skips without tmux. Nothing waits for a time: a pane is captured until it is as
# wanted, or PATIENCE seconds are over. ONLY=TERM runs one terminal. With VERBOSE=1
# what was not as wanted is shown in full.

top_srcdir=$(cd "${top_srcdir:?}" && pwd)
top_builddir=$(cd "${top_builddir:?}" && pwd)
here=$top_srcdir/tests/terminal
rung=${RUNG:-$top_builddir/rung}
PATIENCE=${PATIENCE:-20}
terms="xterm-256color screen linux vt100"

if ! command -v tmux >/dev/null 2>&1; then
	echo "1..0 # SKIP no tmux"
	exit 0
fi
# Sockets have short names: TMPDIR may be deep.
out=$(mktemp -d /tmp/rung-tty-XXXXXX) || exit 99
mux()
{
	env -u TMUX LC_ALL=C.UTF-8 TERM=xterm-256color tmux -u -f /dev/null -S "$out/socket" \
		"$@" 2>>"$out/mux.log"
}
trap 'mux kill-server 2>/dev/null; rm -rf "$out"' EXIT
trap 'exit 99' INT TERM HUP
HOME=$out XDG_CONFIG_HOME=$out TZ=UTC
export HOME XDG_CONFIG_HOME TZ
unset NO_COLOR LANG LC_CTYPE LINES COLUMNS TERM
# What a leak or a bug of memory says is to be seen.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}log_path=$out/asan
UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}log_path=$out/asan
export ASAN_OPTIONS UBSAN_OPTIONS
if ! mux new-session -d -s hold -x 80 -y 24 cat; then
	echo "1..0 # SKIP tmux does not start: $(cat "$out/mux.log")"
	exit 0
fi
mux set-option -g remain-on-exit on
mux set-option -g status off
# A folder that nothing else changes, as one view shows it.
mkdir "$out/here" && ln -s "$(cd "$top_srcdir/tests/captures" && pwd)" "$out/here/captures" &&
	cd "$out/here" || exit 99

tab=$(printf '\t')
# Numbers are given at the end, as several terminals are at work at a time.
result()	# STATUS NAME [WHY]
{
	if [ "$1" = 0 ]; then
		echo "ok - $2${3:+ # SKIP $3}"
	else
		echo "not ok - $2"
	fi
}

# Rows without blanks at their ends, empty ones below left out.
rows()
{
	sed 's/ *$//' | awk '{ line[NR] = $0; if ($0 != "") last = NR }
		END { for (i = 1; i <= last; i++) print line[i] }'
}

shot()		# FILE LABEL: the rows of a screen that --script wrote
{
	awk -v label="== $2 " '/^== / {
			on = index($0, label) == 1 &&
				substr($0, length(label) + 1) ~ /^[0-9]+x[0-9]+( |$)/
			next
		} on' "$1" | rows
}

pane()		# SESSION
{
	mux capture-pane -p -t "$1" | rows
}

# Run a test on the pane until it is true.
until_true()	# COMMAND...
{
	end=$(($(date +%s) + PATIENCE))
	until "$@"; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 0.02
	done
}

shows()		# SESSION FILE
{
	pane "$1" >"$out/$1.pane"
	cmp -s "$out/$1.pane" "$2"
}

shows_not()	# SESSION FILE
{
	! shows "$1" "$2"
}

# The same twice: a picture that is half drawn is none.
rests()		# SESSION
{
	pane "$1" >"$out/$1.rests"
	sleep 0.05
	shows "$1" "$out/$1.rests"
}

shows_text()	# SESSION TEXT
{
	pane "$1" | grep -qF -e "$2"
}

is_dead()	# SESSION
{
	[ "$(mux display-message -p -t "$1" '#{pane_dead}')" = 1 ]
}

tell_difference()	# SESSION WANTED
{
	diff -u "$2" "$out/$1.pane" | sed 's/^/# /' | if [ -n "$VERBOSE" ]; then cat
		else head -30; fi
}

# Names of keys as tmux has them.
press()		# SESSION KEYS
{
	for key in $2; do
		[ "$key" = "<Esc>" ] && pane "$1" >"$out/$1.before"
		case $key in
		"<Lt>") mux send-keys -t "$1" -l "<" ;;
		"<Esc>") mux send-keys -t "$1" Escape ;;
		"<C-"?">") k=${key#<C-}
			mux send-keys -t "$1" "C-$(echo "${k%>}" | tr 'A-Z' 'a-z')" ;;
		"<"*">") k=${key#<}
			mux send-keys -t "$1" "${k%>}" ;;
		*) mux send-keys -t "$1" -l -- "$key" ;;
		esac
		# An Esc and what comes at once after it would be one key.
		[ "$key" = "<Esc>" ] && until_true shows_not "$1" "$out/$1.before"
	done
}

# A session in which the program begins as soon as all it sends is recorded.
start()		# SESSION TERM LOCALE WIDTH HEIGHT ARGUMENTS...
{
	s=$1 t=$2 l=$3 w=$4 h=$5
	shift 5
	mux new-session -d -s "$s" -x "$w" -y "$h" \
		env TERM="$t" LC_ALL="$l" sh -c 'read -r go; clear 2>/dev/null; exec "$@"' sh \
		"$rung" -F "$@"
	mux pipe-pane -t "$s" "cat >$out/$s.raw"
	mux send-keys -t "$s" "" Enter
}

# ---- each view ----

# What the file "views" holds, of the views that the program has, as a script.
write_script()	# LOCALE
{
	: >"$out/$1.there"
	while IFS=$tab read -r name text keys back; do
		case $name in "#"* | "") continue ;; esac
		printf '%s\n:shot %s\n' "$keys" "$name" >"$out/one-$1.keys"
		if ! LC_ALL=$1 "$rung" -F captures/sample.pcapng --script "$out/one-$1.keys" \
		     --script-out "$out" >"$out/$1.log" 2>&1 </dev/null; then
			sed 's/^/# /' "$out/$1.log"
			result 1 "$name in $1: the script"
		elif grep -qF -e "$text" "$out/one-$1.screens"; then
			printf '%s\t%s\t%s\n' "$name" "$keys" "$back" >>"$out/$1.there"
		else
			result 0 "$name in $1" "no such view"
		fi
	done <"$here/views"
	while IFS=$tab read -r name keys back; do
		printf '%s\n:shot %s\n%s\n:shot %s-left\n' "$keys" "$name" "$back" "$name"
	done <"$out/$1.there" >"$out/views-$1.keys"
	LC_ALL=$1 "$rung" -F captures/sample.pcapng --script "$out/views-$1.keys" \
		--script-out "$out" >"$out/$1.log" 2>&1 </dev/null && return
	sed 's/^/# /' "$out/$1.log"
	result 1 "the script in $1"
}

run_views()	# TERM LOCALE
{
	id=$1-$2
	s=$(echo "$id" | tr -d '.')
	start "$s" "$1" "$2" 80 24 captures/sample.pcapng
	while IFS=$tab read -r name keys back; do
		shot "$out/views-$2.screens" "$name" >"$out/$s.want"
		press "$s" "$keys"
		until_true shows "$s" "$out/$s.want"
		good=$?
		[ $good = 0 ] || tell_difference "$s" "$out/$s.want"
		result $good "$id: $name"
		shot "$out/views-$2.screens" "$name-left" >"$out/$s.want"
		press "$s" "$back"
		if ! until_true shows "$s" "$out/$s.want"; then
			tell_difference "$s" "$out/$s.want"
			result 1 "$id: back from $name"
			break
		fi
	done <"$out/$2.there"
	press "$s" "Q"
	until_true is_dead "$s"
	result $? "$id: leaves"
	if [ "$2" = C ]; then
		! LC_ALL=C grep -qa "$(printf '[\200-\377]')" "$out/$s.raw"
		result $? "$id: ASCII alone is sent"
	fi
	mux kill-session -t "$s"
}

views_in()	# LOCALE
{
	write_script "$1"
	for t in ${ONLY:-$terms}; do
		if infocmp "$t" >/dev/null 2>&1; then
			run_views "$t" "$1"
		else
			result 0 "$t" "terminfo does not have it"
		fi
	done
}

# ---- hostile text: a script of tests/screen, step by step ----

# None of these is sent by the program itself: what the sequences of the capture begin
# with, controls that move no cursor, C1, and characters without a shape.
is_harmless()	# FILE
{
	for bad in '\x1b\]' '\x1bP' '\x1bc' '\x1b\[6n' '\x1b\[\?1000h' '\xc2[\x80-\x9f]' \
		'\xe2\x80[\x8b-\x8f\xa8-\xae]' '\xe2\x81[\xa0-\xaf]' '\xef\xbb\xbf' \
		'[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]'; do
		if LC_ALL=C grep -qaP "$bad" "$1"; then
			echo "# sent: $bad"
			return 1
		fi
	done
}

run_keys()	# NAME TERM LOCALE
{
	keys=$top_srcdir/tests/screen/$1.keys
	id=$1-$2-$3
	eval "set -- \"$1\" \"$2\" \"$3\" $(sed -n 's/^#: args //p' "$keys")"
	s=$(echo "$id" | tr -d '.')
	mkdir "$out/$s"
	LC_ALL=$3 "$rung" -F "$4" --script "$keys" --script-out "$out/$s" >"$out/$s/log" 2>&1 </dev/null
	screens=$out/$s/$1.screens
	start "$s" "$2" "$3" 80 24 "$4"
	good=0
	while read -r line; do
		case $line in
		"#"* | "") ;;
		":shot "*)
			shot "$screens" "${line#:shot }" >"$out/$s.want"
			until_true shows "$s" "$out/$s.want" && continue
			echo "# ${line#:shot }"
			tell_difference "$s" "$out/$s.want"
			good=1
			;;
		":resize "*)
			size=${line#:resize }
			mux resize-window -t "$s" -x "${size%x*}" -y "${size#*x}"
			;;
		*) press "$s" "$line" ;;
		esac
		[ "$good" = 0 ] || break
	done <"$keys"
	result $good "$id: each screen"
	press "$s" "Q"
	until_true is_dead "$s"
	result $? "$id: leaves"
	if echo x | grep -qP x 2>/dev/null; then
		is_harmless "$out/$s.raw"
		result $? "$id: no sequence of the capture is sent"
	fi
	mux kill-session -t "$s"
}

# ---- stopping and going on ----

stop_and_go()	# WIDTHxHEIGHT after it stands
{
	size=$1
	s=job$size
	printf '#: size %s\n<Down> <Down>\n:shot there\n' "$size" >"$out/$s.keys"
	LC_ALL=C.UTF-8 "$rung" -F captures/sample.pcapng --script "$out/$s.keys" \
		--script-out "$out" >"$out/$s.log" 2>&1 </dev/null
	shot "$out/$s.screens" there >"$out/$s.want"
	mux new-session -d -s "$s" -x 80 -y 24 \
		env TERM=xterm-256color LC_ALL=C.UTF-8 PS1='ready: ' bash --norc --noprofile -i
	mux pipe-pane -t "$s" "cat >$out/$s.raw"
	until_true shows_text "$s" "ready:" || return 1
	mux send-keys -t "$s" -l "'$rung' -F captures/sample.pcapng"
	mux send-keys -t "$s" Enter
	until_true shows_text "$s" "Idx  Method" || return 1
	mux send-keys -t "$s" Down Down
	mux send-keys -t "$s" C-z
	until_true shows_text "$s" "Stopped" || return 1
	[ "${size%x*}" = 80 ] || mux resize-window -t "$s" -x "${size%x*}" -y "${size#*x}"
	mux send-keys -t "$s" -l "stty -a | grep -o ' [-]*icanon'; echo back-\$?"
	mux send-keys -t "$s" Enter
	until_true shows_text "$s" "back-0" || return 1
	shows_text "$s" "-icanon" && return 1
	mux send-keys -t "$s" -l "fg"
	mux send-keys -t "$s" Enter
	until_true shows "$s" "$out/$s.want" || {
		tell_difference "$s" "$out/$s.want"
		return 1
	}
	mux send-keys -t "$s" q
	until_true shows_text "$s" "back-0" || return 1
	mux send-keys -t "$s" -l "echo left-\$?"
	mux send-keys -t "$s" Enter
	until_true shows_text "$s" "left-0" || return 1
	mux kill-session -t "$s"
}

# ---- windows that change their size while more is read ----

storm()
{
	s=storm
	"$top_builddir/tests/gen/rung-gen" --bench calls=200 seed=7 -o "$out/storm.pcap" &&
		mkdir "$out/storm" && mkfifo "$out/storm/fifo" &&
		split -b 20000 "$out/storm.pcap" "$out/storm/piece-" || return 1
	printf '<End> <Home>\n:shot there\n' >"$out/storm.keys"
	LC_ALL=C.UTF-8 "$rung" -F - --script "$out/storm.keys" --script-out "$out" \
		<"$out/storm.pcap" >"$out/storm.log" 2>&1
	shot "$out/storm.screens" there >"$out/storm.want"
	mux new-session -d -s storm -x 80 -y 24 \
		env TERM=xterm-256color LC_ALL=C.UTF-8 sh -c '"$1" -F - <"$2"' sh \
		"$rung" "$out/storm/fifo"
	exec 3>"$out/storm/fifo"
	i=0
	for piece in "$out"/storm/piece-*; do
		cat "$piece" >&3
		i=$((i + 1))
		mux resize-window -t storm -x $((i * 7919 % 300 + 1)) -y $((i * 104729 % 100 + 1))
		[ $((i % 7)) = 0 ] && mux send-keys -t storm "" Enter
		[ $((i % 7)) = 3 ] && mux send-keys -t storm "" r
		[ $((i % 5)) = 0 ] && mux send-keys -t storm Down
	done
	exec 3>&-
	mux resize-window -t storm -x 80 -y 24
	# Once help has come and gone, all keys before it are done; then back to the list.
	mux send-keys -t storm F1
	until_true shows_text storm "Keys: " || return 1
	pane storm >"$out/storm.before"
	mux send-keys -t storm Escape
	until_true shows_not storm "$out/storm.before" || return 1
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		until_true rests storm
		shows_text storm "Idx  Method" && break
		pane storm >"$out/storm.before"
		mux send-keys -t storm Escape
		until_true shows_not storm "$out/storm.before"
	done
	mux send-keys -t storm End
	mux send-keys -t storm Home
	until_true shows storm "$out/storm.want" && return
	tell_difference storm "$out/storm.want"
	return 1
}

stops_and_goes()
{
	if ! command -v bash >/dev/null 2>&1; then
		result 0 "^Z" "no bash"
		return
	fi
	stop_and_go 80x24
	result $? "^Z and fg"
	stop_and_go 100x30
	result $? "^Z, a larger window, and fg"
	stop_and_go 40x10
	result $? "^Z, a smaller window, and fg"
}

views_in C.UTF-8 >"$out/tap.1" &
views_in C >"$out/tap.2" &
if [ -z "$ONLY" ]; then
	run_keys hostile xterm-256color C.UTF-8 >"$out/tap.3" &
	run_keys hostile xterm-256color C >"$out/tap.4" &
	stops_and_goes >"$out/tap.5" &
	{
		storm >"$out/storm.told"
		result $? "the picture after many sizes"
		cat "$out/storm.told"
	} >"$out/tap.6" &
fi
wait
for report in "$out"/asan*; do
	[ -e "$report" ] || continue
	sed 's/^/# /' "$report"
	result 1 "no report of the sanitizers"
done >"$out/tap.7"
cat "$out"/tap.* | awk '
	/^(not )?ok - / { sub(/ok -/, "ok " ++n " -") }
	{ print }
	END { print "1.." n + 0 }'
