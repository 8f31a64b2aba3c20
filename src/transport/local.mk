# The room transport/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/transport/flow_event.h \
	src/transport/intake.c src/transport/intake.h \
	src/transport/tcp.c src/transport/tcp.h src/transport/tcp_int.h \
	src/transport/tcp_pieces.c src/transport/tcp_stream.c

unit_tests += tests/unit/test_intake tests/unit/test_tcp

fuzz_tests += tests/fuzz/fuzz_tcp
tests_fuzz_fuzz_tcp_SOURCES = tests/fuzz/fuzz_tcp.c $(fuzz_main)
tests_fuzz_fuzz_tcp_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
