# The room media/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/media/rtcp_json.c src/media/rtcp_json.h

unit_tests += tests/unit/test_rtcp_json

fuzz_tests += tests/fuzz/fuzz_rtcp_json
tests_fuzz_fuzz_rtcp_json_SOURCES = tests/fuzz/fuzz_rtcp_json.c $(fuzz_main)
tests_fuzz_fuzz_rtcp_json_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
