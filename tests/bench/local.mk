# Benchmarks: run by hand, see the head of tests/bench/run.
check_PROGRAMS += tests/bench/measure
tests_bench_measure_SOURCES = tests/bench/measure.c
tests_bench_measure_LDADD =
EXTRA_DIST += tests/bench/run tests/bench/instructions tests/bench/live

check_PROGRAMS += tests/bench/tls_speed

# Waiting for an answer; its small sister runs with the tests.
check_PROGRAMS += tests/bench/feel
tests_bench_feel_SOURCES = tests/bench/feel.c tests/bench/vt.c tests/bench/vt.h
tests_bench_feel_LDADD =
script_tests += tests/bench/check-feel.sh

# Packets of a file on an interface, for tests of live capture.
check_PROGRAMS += tests/bench/replay_live
tests_bench_replay_live_SOURCES = tests/bench/replay_live.c

# Memory that stays flat.
check_PROGRAMS += tests/bench/retain
tests_bench_retain_SOURCES = tests/bench/retain.c
