#!/bin/sh
# Which room of src/ may include which. TAP: one line a room, an offending
# include is named above it.

src=${top_srcdir:?}/src

# room: rooms it may include (its own always)
allowed='
base:
net:       base
conf:      base
capture:   base net
decode:    base net
transport: base net decode
sip:       base
media:     base net
store:     base net sip media
query:     base net sip media store
export:    base net sip media store query
ui:        base conf
views:     base net sip media store query export ui conf
app:       base net conf capture decode transport sip media store query export ui views
'

n=0
for dir in "$src"/*/; do
	room=$(basename "$dir")
	may=$(printf '%s\n' "$allowed" | sed -n "s/^$room://p")
	n=$((n + 1))
	bad=
	printf '%s\n' "$allowed" | grep -q "^$room:" || {
		echo "# $room: no such room in the table"
		bad=1
	}
	for file in $(find "$dir" -name '*.[ch]' | sort); do
		for inc in $(sed -n 's/^#[ \t]*include "\([a-z]*\)\/.*/\1/p' "$file" | sort -u); do
			[ "$inc" = "$room" ] && continue
			case " $may " in *" $inc "*) continue ;; esac
			echo "# $file must not include $inc/"
			bad=1
		done
		if grep -qE '#[ \t]*include <(n?curses|ncursesw/.*|panel|form|menu)\.h>' "$file" &&
		   [ "${file#"$src"/}" != ui/term_curses.c ]; then
			echo "# $file: only ui/term_curses.c includes curses"
			bad=1
		fi
	done
	[ -z "$bad" ] && echo "ok $n - $room" || echo "not ok $n - $room"
done
echo "1..$n"
