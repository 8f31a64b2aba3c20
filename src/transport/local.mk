# The room transport/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/transport/flow_event.h \
	src/transport/intake.c src/transport/intake.h \
	src/transport/tls.c src/transport/tls.h src/transport/tls_int.h \
	src/transport/tls_alert.c \
	src/transport/tls_cert.h \
	src/transport/tls_cipher.c \
	src/transport/tls_handshake.c \
	src/transport/tls_hello.c \
	src/transport/tls_kdf.c \
	src/transport/tls_keys.h \
	src/transport/tls_record.c \
	src/transport/tls_secrets.c \
	src/transport/tls_sessions.c \
	src/transport/tls_suites.c

unit_tests += tests/unit/test_intake
