# The room sip/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/sip/address.c src/sip/address.h \
	src/sip/auth.c src/sip/auth.h \
	src/sip/chars.c src/sip/chars.h \
	src/sip/check.c src/sip/check.h \
	src/sip/cseq.c src/sip/cseq.h \
	src/sip/event.c src/sip/event.h \
	src/sip/flaw.c src/sip/flaw.h \
	src/sip/header.c src/sip/header.h \
	src/sip/host.c src/sip/host.h \
	src/sip/keepalive.c src/sip/keepalive.h \
	src/sip/feeds.h \
	src/sip/lines.c src/sip/lines.h \
	src/sip/method.c src/sip/method.h \
	src/sip/param.c src/sip/param.h \
	src/sip/reason.c src/sip/reason.h \
	src/sip/scan.c src/sip/scan.h src/sip/scan_int.h src/sip/scan_header.h \
	src/sip/scan_values.c \
	src/sip/sdp.c src/sip/sdp.h \
	src/sip/sdp_attr.c src/sip/sdp_attr.h \
	src/sip/start.c src/sip/start.h src/sip/start_int.h \
	src/sip/status.c src/sip/status.h \
	src/sip/type.c src/sip/type.h \
	src/sip/uri.c src/sip/uri.h \
	src/sip/via.c src/sip/via.h

unit_tests += \
	tests/unit/test_sdp \
	tests/unit/test_sip_headers \
	tests/unit/test_sip_scan \
	tests/unit/test_torture
EXTRA_DIST += tests/torture

fuzz_tests += tests/fuzz/fuzz_sdp tests/fuzz/fuzz_sip tests/fuzz/fuzz_sip_values
tests_fuzz_fuzz_sdp_SOURCES = tests/fuzz/fuzz_sdp.c $(fuzz_main)
tests_fuzz_fuzz_sdp_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_sip_SOURCES = tests/fuzz/fuzz_sip.c $(fuzz_main)
tests_fuzz_fuzz_sip_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_sip_values_SOURCES = tests/fuzz/fuzz_sip_values.c $(fuzz_main)
tests_fuzz_fuzz_sip_values_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
