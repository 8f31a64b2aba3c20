# The room transport/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/transport/flow_event.h \
	src/transport/intake.c src/transport/intake.h \
	src/transport/tls_cert.c src/transport/tls_cert.h \
	src/transport/tls_keylog.c \
	src/transport/tls_keys.c src/transport/tls_keys.h src/transport/tls_keys_int.h \
	src/transport/tls_rsa.c

unit_tests += tests/unit/test_intake
