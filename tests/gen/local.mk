# The capture generator (tests/gen/README.md).
check_PROGRAMS += tests/gen/rung-gen
tests_gen_rung_gen_SOURCES = \
	tests/gen/bench.c tests/gen/bench.h \
	tests/gen/bench_heap.c \
	tests/gen/bench_media.c \
	tests/gen/bench_tcp.c \
	tests/gen/bytes.c \
	tests/gen/gen.h \
	tests/gen/hep.c \
	tests/gen/lex.c tests/gen/lex.h \
	tests/gen/main.c \
	tests/gen/media.c \
	tests/gen/out.c \
	tests/gen/script.c \
	tests/gen/sctp.c \
	tests/gen/sip.c \
	tests/gen/stack.c \
	tests/gen/step.c tests/gen/step.h \
	tests/gen/tcp.c \
	tests/gen/wire.c \
	tests/gen/ws.c
tests_gen_rung_gen_LDADD = librung.a
EXTRA_DIST += tests/gen/README.md
script_tests += tests/gen/check-captures.sh tests/gen/check-errors.sh \
	tests/gen/check-bench.sh tests/gen/check-messages.sh
EXTRA_DIST += tests/captures
