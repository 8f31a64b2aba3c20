#!/bin/sh
# Runs every fuzz target over its seeds. TAP: one line a target.
cd "${top_builddir:?}/tests/fuzz" || exit 1
n=0
for target in fuzz_*; do
	case $target in *.*) continue ;; esac
	[ -x "$target" ] && [ -f "$target" ] || continue
	n=$((n + 1))
	corpus=$top_srcdir/tests/fuzz/corpus/${target#fuzz_}
	if [ ! -d "$corpus" ]; then
		echo "not ok $n - $target: no corpus $corpus"
	elif out=$("./$target" "$corpus"/* 2>&1); then
		echo "ok $n - $target: $(printf '%s\n' "$out" | tail -n 1)"
	else
		printf '%s\n' "$out" | sed 's/^/# /'
		echo "not ok $n - $target"
	fi
done
echo "1..$n"
