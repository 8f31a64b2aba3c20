# The room transport/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/transport/flow_event.h \
	src/transport/intake.c src/transport/intake.h \
	src/transport/sctp.c src/transport/sctp.h \
	src/transport/sctp_int.h \
	src/transport/sctp_runs.c \
	src/transport/sctp_tsns.c \
	src/transport/tcp.c src/transport/tcp.h \
	src/transport/tcp_int.h \
	src/transport/tcp_pieces.c \
	src/transport/tcp_stream.c \
	src/transport/tls.c src/transport/tls.h \
	src/transport/tls_alert.c \
	src/transport/tls_cert.c src/transport/tls_cert.h \
	src/transport/tls_cipher.c \
	src/transport/tls_handshake.c \
	src/transport/tls_hello.c \
	src/transport/tls_int.h \
	src/transport/tls_kdf.c \
	src/transport/tls_keylog.c \
	src/transport/tls_keys.c src/transport/tls_keys.h \
	src/transport/tls_keys_int.h \
	src/transport/tls_record.c \
	src/transport/tls_rsa.c \
	src/transport/tls_secrets.c \
	src/transport/tls_sessions.c \
	src/transport/tls_suites.c \
	src/transport/ws.c src/transport/ws.h \
	src/transport/ws_frame.c \
	src/transport/ws_http.c \
	src/transport/ws_inflate.c \
	src/transport/ws_int.h

unit_tests += \
	tests/unit/test_intake \
	tests/unit/test_sctp \
	tests/unit/test_tcp \
	tests/unit/test_tls \
	tests/unit/test_tls_captures \
	tests/unit/test_tls_cert \
	tests/unit/test_tls_damage \
	tests/unit/test_tls_keys \
	tests/unit/test_tls_live \
	tests/unit/test_ws
EXTRA_DIST += tests/unit/tls_build.h tests/unit/tls_seen.h

fuzz_tests += \
	tests/fuzz/fuzz_sctp \
	tests/fuzz/fuzz_tcp \
	tests/fuzz/fuzz_tls \
	tests/fuzz/fuzz_tls_keys \
	tests/fuzz/fuzz_ws
tests_fuzz_fuzz_sctp_SOURCES = tests/fuzz/fuzz_sctp.c $(fuzz_main)
tests_fuzz_fuzz_sctp_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_tcp_SOURCES = tests/fuzz/fuzz_tcp.c $(fuzz_main)
tests_fuzz_fuzz_tcp_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_tls_SOURCES = tests/fuzz/fuzz_tls.c $(fuzz_main)
tests_fuzz_fuzz_tls_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_tls_keys_SOURCES = tests/fuzz/fuzz_tls_keys.c $(fuzz_main)
tests_fuzz_fuzz_tls_keys_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_ws_SOURCES = tests/fuzz/fuzz_ws.c $(fuzz_main)
tests_fuzz_fuzz_ws_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
