#!/bin/sh
# Settings files through the program: printed and read again, wrong lines told, and
# saved by the settings screen with all other lines kept. TAP.

rung=${RUNG:-${top_builddir:?}/rung}
capture=${top_srcdir:?}/tests/captures/sample.pcapng
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
HOME=$dir/home XDG_CONFIG_HOME= TZ=UTC LC_ALL=C.UTF-8
export HOME XDG_CONFIG_HOME TZ LC_ALL
unset TERM NO_COLOR
mkdir "$HOME"
xdg=$HOME/.config/rung/rungrc
n=0

# result DESCRIPTION: of the command before.
result()
{
	code=$?
	n=$((n + 1))
	if [ $code -eq 0 ]; then
		echo "ok $n - $1"
	else
		[ -f "$dir/log" ] && sed 's/^/# /' "$dir/log"
		echo "not ok $n - $1"
	fi
}

same()
{
	diff -u "$1" "$2" > "$dir/log" 2>&1
}

# Run the screens with the keys given on standard input.
screens()
{
	cat > "$dir/keys"
	"$rung" "$@" "$capture" --script "$dir/keys" --script-out "$dir" \
		> "$dir/log" 2>&1 < /dev/null
}

# ---- printing ----

"$rung" -F --print-config > "$dir/one" 2> "$dir/log" &&
	"$rung" -F -f /dev/stdin --print-config < "$dir/one" > "$dir/two" 2> "$dir/log" &&
	same "$dir/one" "$dir/two"
result "what holds without files is printed, and read again"

! grep -v '^#' "$dir/one" | grep -q . && [ "$(grep -c '^#set ' "$dir/one")" -gt 10 ]
result "all of it is comments"

sed -n 's/^#\([a-z]\)/\1/p' "$dir/one" > "$dir/active"
grep -v '^bind ' "$dir/active" > "$dir/want"
"$rung" -F -f "$dir/active" --print-config 2> "$dir/log" | grep '^[a-z]' > "$dir/two"
[ ! -s "$dir/log" ] && same "$dir/want" "$dir/two"
result "and good lines without the mark"

cat > "$dir/rc" <<'END'
set theme light
set utc off
set filter "a" or "b"
set sort -status,start
bind generic quit x y
bind generic move-up <F5> <C-K> <A-x> <S-Left> <Lt> #
bind calls none <Enter>
bind flow next v
color request bold 208 on bright-blue
color lane default
column state 14
column header.User-Agent
column index
alias 10.0.0.1 Carrier A
alias [2001:db8::1]:5060 ""quoted""
END
"$rung" -F -f "$dir/rc" --print-config > "$dir/one" 2> "$dir/log" && [ ! -s "$dir/log" ] &&
	"$rung" -F -f /dev/stdin --print-config < "$dir/one" > "$dir/two" 2> "$dir/log" &&
	same "$dir/one" "$dir/two"
result "what a file changes is printed, and read again"

grep '^[a-z]' "$dir/one" > "$dir/got"
cat > "$dir/want" <<'END'
set theme light
set utc off
set sort -status,start
set filter "a" or "b"
bind generic move-up <Up> k <F5> <C-K> <A-x> <S-Left> <Lt> #
bind generic quit Q x y
bind calls none <Enter>
bind flow next v
color lane default
color request bold 208 on bright-blue
column state 14
column header.User-Agent
column index
alias 10.0.0.1 Carrier A
alias [2001:db8::1]:5060 ""quoted""
END
same "$dir/want" "$dir/got"
result "only that is no comment"

"$rung" -F --utc --print-config | grep -qx 'set utc on'
result "options count"

cat > "$dir/rc" <<'END'
set filter status >
set sort nosuch
color nosuch red
color request pink
column nosuch
column
column state 201
unbind calls x
END
"$rung" -F -f "$dir/rc" --print-config > "$dir/one" 2> "$dir/log"
[ "$(grep -c "^rung: $dir/rc:[1-8]: " "$dir/log")" -eq 8 ]
result "wrong lines are told with their places"

"$rung" -F -f "$dir/none" --print-config > /dev/null 2> "$dir/log"
[ $? -eq 3 ]
result "a file that is not there is an error"

sed -n '/^## Lines/,/^- /s/^    //p' "${top_srcdir:?}/doc/configuration.md" > "$dir/rc"
"$rung" -F -f "$dir/rc" --print-config > "$dir/one" 2> "$dir/log"
[ "$(wc -l < "$dir/rc")" -gt 10 ] && [ ! -s "$dir/log" ]
result "the example of the documentation is right"

# ---- saving ----

# Theme, UTC and fixed columns are changed in the form; then on to its second button.
change="<F8> <Right> <Tab> <Tab> <Space>
<Tab> <Tab> <Tab> <Tab> <Tab> <Tab> <Tab> <Backspace> 2"
to_save=$("$rung" -F --print-config | awk '
	/^#set fixed-columns / { on = 1; next }
	on && /^#set / { printf "<Tab> " }
	END { print "<Tab> <Tab>" }')

screens <<END
$change
:shot changed
<Esc>
:shot closed
END
result "settings are changed"

[ ! -e "$HOME/.config" ] && [ ! -e "$HOME/.rungrc" ]
result "and nothing is written"

screens <<END
$change
$to_save <Enter>
:shot saved
END
printf '# Saved by the program:\nset theme light\nset utc on\nset fixed-columns 2\n' > "$dir/made"
same "$dir/made" "$xdg"
result "a file is made"

grep -q "^Saved to ~/.config/rung/rungrc\.$" "$dir/keys.screens"
result "and told"

printf '# Mine.\r\n   set   theme    dark   \r\nbind generic quit x # wrong\n\nsett utc off\n' \
	> "$HOME/.rungrc"
printf 'alias 10.0.0.1   "Carrier  A"\nset fixed-columns 1\nset fixed-columns many\n# end' \
	>> "$HOME/.rungrc"
chmod 640 "$HOME/.rungrc"
sed -e 's/dark   /light   /' -e 's/columns 1/columns 2/' "$HOME/.rungrc" > "$dir/want"
printf '\r\n\r\n# Saved by the program:\r\nset utc on\r\n' >> "$dir/want"
printf 'set theme plain\n' > "$xdg"
screens <<END
$change
$to_save <Enter>
END
same "$dir/want" "$HOME/.rungrc" && [ "$(cat "$xdg")" = "set theme plain" ]
result "other lines and other files stay as they were"

[ "$(ls -l "$HOME/.rungrc" | cut -c1-10)" = -rw-r----- ] && [ "$(ls -A "$HOME")" = ".config
.rungrc" ]
result "so does its mode, and nothing is left beside"

screens <<END
<F8> <Tab> <Tab> <Tab> <Tab> <Tab> <Tab> <Tab> <Tab> <Tab>
$to_save <Enter>
:shot nothing
END
grep -q "^Not saved: nothing was changed, ~/.rungrc is as it was" "$dir/keys.screens" &&
	same "$dir/want" "$HOME/.rungrc"
result "without a change nothing is written"

: > "$dir/other"
screens -F -f "$dir/other" <<END
$change
$to_save <Enter>
END
same "$dir/made" "$dir/other" && same "$dir/want" "$HOME/.rungrc"
result "a file that was named is saved in"

printf '# mine\ncolumn index\n# between\ncolumn nosuch\ncolumn state 9\ncolumn to_user\n' \
	> "$dir/other"
screens -F -f "$dir/other" <<END
<F10> j <Space> s
END
printf '# mine\ncolumn index\ncolumn to_user\n# between\ncolumn nosuch\n' > "$dir/want"
same "$dir/want" "$dir/other"
result "columns are saved in their place"

screens -F <<END
$change
$to_save <Enter>
:shot none
END
grep -q "^Not saved: no settings file is in use (-F)" "$dir/keys.screens"
result "without files saving is refused"

(
	unset HOME
	screens <<-END
	$change
	$to_save <Enter>
	:shot none
	END
)
grep -q "^Not saved: HOME is not set" "$dir/keys.screens"
result "and without a home"

echo "1..$n"
