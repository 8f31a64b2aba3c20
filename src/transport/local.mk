# The room transport/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/transport/flow_event.h \
	src/transport/intake.c src/transport/intake.h \
	src/transport/sctp.c src/transport/sctp.h src/transport/sctp_int.h \
	src/transport/sctp_runs.c \
	src/transport/ws.c src/transport/ws.h src/transport/ws_int.h \
	src/transport/ws_frame.c \
	src/transport/ws_http.c \
	src/transport/ws_inflate.c

unit_tests += tests/unit/test_intake tests/unit/test_sctp tests/unit/test_ws

fuzz_tests += tests/fuzz/fuzz_sctp tests/fuzz/fuzz_ws
tests_fuzz_fuzz_sctp_SOURCES = tests/fuzz/fuzz_sctp.c $(fuzz_main)
tests_fuzz_fuzz_sctp_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_ws_SOURCES = tests/fuzz/fuzz_ws.c $(fuzz_main)
tests_fuzz_fuzz_ws_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
