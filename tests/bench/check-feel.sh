#!/bin/sh
# That keys are answered while a capture of 2000 calls loads, and after, and that a
# cursor move sends little: what holds on a busy machine too. For times see
# tests/bench/run --only feel. TAP.

build=${top_builddir:?}
out=$(mktemp -d) || exit 99
trap 'rm -rf "$out"' EXIT
if ! "$build/tests/gen/rung-gen" --bench calls=2000 seed=1 -o "$out/calls.pcap"; then
	echo "1..0 # SKIP no capture could be made"
	exit 0
fi
# The file may be read before the first key comes; a pipe is not.
"$build/tests/bench/feel" --check --do move,open,flow --pipe "$out/calls.pcap" \
	"${RUNG:-$build/rung}" -F -
