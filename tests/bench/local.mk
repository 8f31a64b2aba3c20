# Benchmarks: run by hand, see the head of tests/bench/run.
check_PROGRAMS += tests/bench/measure
tests_bench_measure_SOURCES = tests/bench/measure.c
tests_bench_measure_LDADD =
EXTRA_DIST += tests/bench/run tests/bench/instructions

check_PROGRAMS += tests/bench/tls_speed
