# How the tests are built and run. Unit tests are cmocka programs of one file,
# tests/unit/test_NAME.c; fuzz targets are tests/fuzz/fuzz_NAME.c with their
# seeds in tests/fuzz/corpus/NAME/. Script tests print TAP.
#
# A fuzz target of a room is three lines in its local.mk:
#	fuzz_tests += tests/fuzz/fuzz_NAME
#	tests_fuzz_fuzz_NAME_SOURCES = tests/fuzz/fuzz_NAME.c $(fuzz_main)
#	tests_fuzz_fuzz_NAME_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
endif
check_PROGRAMS += $(fuzz_tests)

script_tests += tests/config.sh tests/check-docs.sh tests/check-layers.sh tests/fuzz/replay.sh
script_tests += tests/leaks.sh tests/pcap/run.sh

TESTS = $(script_tests)
if HAVE_CMOCKA
TESTS += $(unit_tests)
endif

TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run-unit.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	TZ=UTC; export TZ; LC_ALL=C.UTF-8; export LC_ALL;

fuzz_main =
if !ENABLE_FUZZERS
fuzz_main += tests/fuzz/replay.c
endif

EXTRA_DIST += tests/run-unit.sh tests/tap.sh $(script_tests) tests/fuzz/corpus tests/fuzz/replay.c
EXTRA_DIST += tests/pcap

# A folder in EXTRA_DIST is taken from the build too, logs of its tests and all.
dist-hook:
	find '$(distdir)/tests' \( -name '*.log' -o -name '*.trs' \) -exec rm -f {} +
