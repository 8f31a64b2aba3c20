#!/bin/sh
# Keys by chance: scripts of random keys, text, mouse and sizes are run by the program,
# without a terminal, on captures of tests/captures; each must end well and in time, with
# no report of a sanitizer, and no screen may hold a byte a terminal would obey. TAP, one
# test a seed. The script of a seed that fails is printed.
#
# SEED, RUNS: the first seed and how many (1, 40); SECONDS_MAX: go on with further seeds
# that long instead; STEPS: lines of a script; FILES: a folder of captures to take instead,
# a log of keys beside each; RUNG: another program; UNDER: a command to run it under.
#
# Nothing is written outside of a folder of its own: "/" is never typed, what searches
# has another key here, and the program runs in that folder, without settings of the user.

rung=${RUNG:-${top_builddir:?}/rung}
files=${FILES:-$(cd "${top_srcdir:?}" && pwd)/tests/captures}
out=$(mktemp -d) || exit 99
trap 'rm -rf "$out"' EXIT
HOME=$out XDG_CONFIG_HOME=$out TZ=UTC LC_ALL=C.UTF-8
export HOME XDG_CONFIG_HOME TZ LC_ALL
unset TERM NO_COLOR
mkdir -p "$out/a/b/c" && cd "$out/a/b/c" || exit 99
for file in "$files"/*; do
	case $file in
	*.pcap | *.pcapng | *.cap | *.gz | *.fuzzed) ln -s "$file" . || exit 99; echo "${file##*/}" ;;
	*.keylog) ln -s "$file" . || exit 99 ;;
	esac
done >../names
[ -s ../names ] || { echo "1..0 # SKIP no captures"; exit 0; }

# Where the list stands, keys that close do nothing.
cat >../rc <<'RC'
bind generic search <C-T>
bind calls filter <C-T> <F3>
bind generic none Q /
bind calls none <Esc> q /
RC

# Text that is worth typing: parts of filters, names of files, fields and actions.
cat >../make.awk <<'AWK'
function below(n) { state = (state * 16807) % 2147483647; return int(state / 7) % n }
function one(words,    w) { return w[1 + below(split(words, w, " "))] }
function size(    odd) {
	odd = below(4)
	height = odd ? 1 + below(60) : 1 + below(6)
	width = odd != 1 ? 1 + below(200) : 1 + below(12)
	if (below(10) == 0) { height = 1 + below(80); width = 1 + below(250) }
	print ":resize " width "x" height
}
function text(    s, i, n, word) {
	word = one(words)
	n = length(word)
	for (i = 1; i <= n; i++)
		s = s substr(word, i, 1) " "
	return s
}
BEGIN {
	state = seed * 7919 + 17
	for (i = 0; i < 8; i++)
		below(2)
	moves = "<Up> <Down> <Down> <Down> <PageUp> <PageDown> <Home> <End> <Left> <Right> j k g G " \
		"<C-U> <C-D> <C-B> <C-F> <S-Up> <S-Down> <A-Up> <A-Down> <C-P> <C-N> [ ] n N e E"
	opens = "<Enter> <Enter> <Enter> <Enter> r R x <F4> f <F7> i t <F10> o <F8> ? <F1> : <F2> s " \
		"<C-O> <Lt> = <C-T> <C-T> <F3> <F6> I"
	toggles = "<Space> <Space> * a c C p w d D t s y v x e 0 1 2 3 4 5 6 7 8 9 - + z A K <Tab> " \
		"<S-Tab> <F5> <F9> F <C-W> <C-L> T <Insert> J S <Lt> > m M b B"
	edits = "<Backspace> <Delete> <C-U> <C-K> <C-W> <C-A> <C-E> <Left> <Right> <Home> <End> <Tab> " \
		"<Up> <Down> <C-Left> <C-Right> <A-b> <A-f> <A-d> ( ) ! & | \" ' \\ * . , ~ = # % @ " \
		"\303\244 \346\274\242 \360\237\230\200"
	words = "method=INVITE status>=400 from.user~1 method~(INVITE|BYE invite sip a 1000 [0-9]+ " \
		"duration>1s state=answered x=\"  not call-id~. out.pcap out.txt o.json o.csv . .. " \
		"statistics columns settings related compare raw redraw autoscroll 99999999999 0 -1 200 " \
		"user-agent~a src=10.0.0.1 has(sdp) (((((((( and or Via 12:00 " long
	# Ways that chance seldom finds; where two lines of a list are compared, or saved.
	deeps = split("<Enter> j = | <Enter> j = v x | <Enter> G <Enter> | <Enter> e <Enter> |" \
		      "<Enter> <Space> j j = | <Enter> * <Enter> | <F2> <Enter> <Enter> |" \
		      "<F2> <Tab> <Down> <Tab> <Down> <Enter> <Enter> | <Enter> <Enter> <C-T> a <Enter> n |" \
		      "<Space> j <Space> <Enter> | x <Enter> | <Enter> x | <F7> <Tab> a <Enter> |" \
		      "<Enter> <F7> <Down> <Space> <Esc> | <C-O> <Down> <Down> <Enter> |" \
		      "<C-O> <Down> <F2> | <F8> <Down> <Space> <Down> <Right> s | <F10> <Down> + > s",
		      deep, " *[|] *")
	print "#: size 80x24"
	height = 24; width = 80
	for (n = 0; n < steps; n++) {
		what = below(100)
		if (what < 30) {
			line = ""
			for (i = 1 + below(4); i > 0; i--)
				line = line one(moves) " "
		} else if (what < 52)
			line = one(opens)
		else if (what < 68)
			line = one(toggles) " " (below(3) ? "" : one(toggles))
		else if (what < 71)
			line = deep[1 + below(deeps)]
		else if (what < 76)
			line = text() one("<Enter> <Enter> <Tab> <Esc> <Down> <Backspace>")
		else if (what < 78)
			line = one(edits) " " one(edits) " " one(edits)
		else if (what < 86)
			line = one(":click :click :double :wheel-up :wheel-down") " " \
			       below(height) "," below(width)
		else if (what < 90) {
			size()
			continue
		} else if (what < 95)
			line = "<Esc> <Esc> <Esc> <Esc> 0 <F9>"	# all calls again
		else if (what < 98)
			line = below(3) ? "<Esc>" : "<Esc> <Esc>"
		else
			line = ":shot " n
		print line
	}
	print ":resize 80x24\n:shot last\n<Esc> <Esc> <Esc> <Esc>\n:resize 1x1\n:shot end"
}
AWK
long=$(awk 'BEGIN { while (length(s) < 300) s = s "abcdefgh"; print s }')

# Bytes that a terminal obeys, C1 among them, or that turn the text around.
obeyed()
{
	LC_ALL=C grep -a -n -e "$(printf '[\001-\010\013-\037\177]')" \
		-e "$(printf '\302[\200-\237]')" -e "$(printf '\342\200[\216\217\252-\256]')" \
		-e "$(printf '\342\201[\246-\251]')" ../monkey.screens | cat -v | head -n 3
}

# run SEED: 0 when all is well.
run()
{
	set -- "$1" $(awk -v s="$1" 'BEGIN { x = (s * 48271 + 11) % 2147483647; print x % 97, x % 7 }')
	awk -v seed="$1" -v steps="${STEPS:-150}" -v long="$long" -f ../make.awk >../monkey.keys
	count=$(wc -l <../names)
	args="$(sed -n "$((($1 * 31 + $2) % count + 1))p" ../names)"
	[ -f "$args.keylog" ] && args="--keylog $args.keylog $args"
	case $3 in
	0) args="$args $(sed -n "$((($1 * 17 + 5) % count + 1))p" ../names) $args" ;;
	1) args="--ascii $args" ;;
	2) args="-u $args" ;;
	esac
	cp ../rc ../rc.now
	rm -f ../*.screens
	# Names of captures have no blanks.
	timeout -k 5 "${PATIENCE:-60}" $UNDER "$rung" -F -f ../rc.now $args --script ../monkey.keys \
		--script-out .. >../log 2>&1 </dev/null
	status=$?
	find . -type f -exec rm -f {} + # what was saved
	[ $status -eq 124 ] && echo "not in time" >>../log && return 1
	if grep -q -e 'Sanitizer' -e 'runtime error' -e 'AddressSan' ../log; then
		return 1
	fi
	# A file that is no capture is told so. The palette may have ended it.
	if [ $status -ne 0 ] && { [ $status -gt 4 ] ||
	   ! grep -q -e 'the program has ended' -e '^rung: [^ ]*[a-z]: ' ../log; }; then
		echo "status $status" >>../log
		return 1
	fi
	[ -f ../monkey.screens ] || return 0
	shots=$((shots + 1))
	bad=$(obeyed)
	if [ -n "$bad" ]; then
		echo "$bad" >>../log
		return 1
	fi
}

shots=0
n=0
seed=${SEED:-1}
until=$(($(date +%s) + ${SECONDS_MAX:-0}))
while [ $n -lt "${RUNS:-40}" ] || [ "$(date +%s)" -lt $until ]; do
	n=$((n + 1))
	if run "$seed"; then
		echo "ok $n - seed $seed"
	else
		echo "# on $args"
		head -n 60 ../log | sed 's/^/# /'
		sed 's/^/#	/' ../monkey.keys
		echo "not ok $n - seed $seed"
	fi
	seed=$((seed + 1))
done
if [ $shots -eq 0 ]; then
	n=$((n + 1))
	echo "not ok $n - no screen was seen"
fi
echo "1..$n"
