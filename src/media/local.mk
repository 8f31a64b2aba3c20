# The room media/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/media/codec.c src/media/codec.h \
	src/media/dtmf.c src/media/dtmf.h \
	src/media/meter.c src/media/meter.h src/media/meter_int.h \
	src/media/meter_bursts.c src/media/meter_figures.c src/media/meter_segments.c \
	src/media/meter_seconds.c src/media/meter_sequence.c \
	src/media/outage.c src/media/outage.h \
	src/media/quality.c src/media/quality.h \
	src/media/quality_emodel.c src/media/quality_emodel.h \
	src/media/report.c src/media/report.h \
	src/media/rtcp.c src/media/rtcp.h \
	src/media/rtcp_json.c src/media/rtcp_json.h \
	src/media/rtcp_json_read.c \
	src/media/rtcp_xr.c src/media/rtcp_xr.h \
	src/media/rtp.c src/media/rtp.h \
	src/media/shape.c src/media/shape.h \
	src/media/stat_header.c src/media/stat_header.h \
	src/media/turn.c src/media/turn.h \
	src/media/udptl.c src/media/udptl.h \
	src/media/vq_report.c src/media/vq_report.h

unit_tests += tests/unit/test_meter tests/unit/test_stream_captures tests/unit/test_rtp \
	tests/unit/test_rtcp \
	tests/unit/test_rtcp_json \
	tests/unit/test_rtcp_xr \
	tests/unit/test_stat_header \
	tests/unit/test_vq_report

unit_tests += tests/unit/test_codec tests/unit/test_dtmf tests/unit/test_quality \
	tests/unit/test_outage
EXTRA_DIST += doc/media.md doc/quality.md

fuzz_tests += tests/fuzz/fuzz_dtmf
tests_fuzz_fuzz_dtmf_SOURCES = tests/fuzz/fuzz_dtmf.c $(fuzz_main)
tests_fuzz_fuzz_dtmf_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

fuzz_tests += tests/fuzz/fuzz_rtcp_json
tests_fuzz_fuzz_rtcp_json_SOURCES = tests/fuzz/fuzz_rtcp_json.c $(fuzz_main)
tests_fuzz_fuzz_rtcp_json_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

fuzz_tests += tests/fuzz/fuzz_rtcp
tests_fuzz_fuzz_rtcp_SOURCES = tests/fuzz/fuzz_rtcp.c $(fuzz_main)
tests_fuzz_fuzz_rtcp_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

fuzz_tests += tests/fuzz/fuzz_stat_header
tests_fuzz_fuzz_stat_header_SOURCES = tests/fuzz/fuzz_stat_header.c $(fuzz_main)
tests_fuzz_fuzz_stat_header_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

fuzz_tests += tests/fuzz/fuzz_vq_report
tests_fuzz_fuzz_vq_report_SOURCES = tests/fuzz/fuzz_vq_report.c $(fuzz_main)
tests_fuzz_fuzz_vq_report_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

unit_tests += tests/unit/test_shape tests/unit/test_udptl

fuzz_tests += tests/fuzz/fuzz_shape tests/fuzz/fuzz_udptl
tests_fuzz_fuzz_shape_SOURCES = tests/fuzz/fuzz_shape.c $(fuzz_main)
tests_fuzz_fuzz_shape_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_udptl_SOURCES = tests/fuzz/fuzz_udptl.c $(fuzz_main)
tests_fuzz_fuzz_udptl_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

fuzz_tests += tests/fuzz/fuzz_meter tests/fuzz/fuzz_rtp
tests_fuzz_fuzz_meter_SOURCES = tests/fuzz/fuzz_meter.c $(fuzz_main)
tests_fuzz_fuzz_meter_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_rtp_SOURCES = tests/fuzz/fuzz_rtp.c $(fuzz_main)
tests_fuzz_fuzz_rtp_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += tests/streams-known.md
tests_unit_test_stream_captures_SOURCES = \
	tests/unit/test_stream_captures.c tests/unit/real_captures.h
