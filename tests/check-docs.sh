#!/bin/sh
# The sections of the man page that the program prints are what it prints. TAP:
# one line a section. UPDATE=1 writes them into the man page first.

rung=${top_builddir:?}/rung
page=${top_srcdir:?}/man/rung.1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

sections=$(sed -n 's/^\.\\" BEGIN \(.*\)$/\1/p' "$page")
n=0
for section in $sections; do
	n=$((n + 1))
	"$rung" --print-doc "$section" > "$tmp/want" || { echo "not ok $n - $section"; continue; }
	sed -n "/^\.\\\\\" BEGIN $section\$/,/^\.\\\\\" END $section\$/p" "$page" |
		sed '1d;$d' > "$tmp/got"
	if [ -n "$UPDATE" ] && ! cmp -s "$tmp/want" "$tmp/got"; then
		awk -v section="$section" -v file="$tmp/want" '
			$0 == ".\\\" BEGIN " section {
				print
				while ((getline line < file) > 0)
					print line
				skip = 1
				next
			}
			$0 == ".\\\" END " section { skip = 0 }
			!skip { print }' "$page" > "$tmp/page" && cat "$tmp/page" > "$page"
		cp "$tmp/want" "$tmp/got"
	fi
	if cmp -s "$tmp/want" "$tmp/got"; then
		echo "ok $n - $section"
	else
		diff "$tmp/got" "$tmp/want" | head -n 10 | sed 's/^/# /'
		echo "not ok $n - $section (UPDATE=1 tests/check-docs.sh rewrites it)"
	fi
done
n=$((n + 1))
# Every option and command of the program is in the page, and reads as a page.
if command -v mandoc > /dev/null; then
	if out=$(mandoc -T lint -W error "$page" 2>&1); then
		echo "ok $n - mandoc"
	else
		printf '%s\n' "$out" | sed 's/^/# /'
		echo "not ok $n - mandoc"
	fi
else
	echo "ok $n # SKIP mandoc is not installed"
fi
echo "1..$n"
