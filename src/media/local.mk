# The room media/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/media/codec.c src/media/codec.h \
	src/media/dtmf.c src/media/dtmf.h \
	src/media/meter.c src/media/meter.h \
	src/media/quality.c src/media/quality.h \
	src/media/quality_emodel.c src/media/quality_emodel.h \
	src/media/report.c src/media/report.h \
	src/media/rtcp_json.c src/media/rtcp_json.h \
	src/media/rtp.c src/media/rtp.h \
	src/media/shape.c src/media/shape.h \
	src/media/turn.c src/media/turn.h \
	src/media/udptl.c src/media/udptl.h

unit_tests += tests/unit/test_rtcp_json

unit_tests += tests/unit/test_codec tests/unit/test_dtmf tests/unit/test_quality
EXTRA_DIST += doc/quality.md

fuzz_tests += tests/fuzz/fuzz_dtmf
tests_fuzz_fuzz_dtmf_SOURCES = tests/fuzz/fuzz_dtmf.c $(fuzz_main)
tests_fuzz_fuzz_dtmf_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

fuzz_tests += tests/fuzz/fuzz_rtcp_json
tests_fuzz_fuzz_rtcp_json_SOURCES = tests/fuzz/fuzz_rtcp_json.c $(fuzz_main)
tests_fuzz_fuzz_rtcp_json_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
