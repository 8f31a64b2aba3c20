# The room sip/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/sip/chars.c src/sip/chars.h \
	src/sip/flaw.c src/sip/flaw.h \
	src/sip/lines.h \
	src/sip/method.c src/sip/method.h \
	src/sip/scan.c src/sip/scan.h \
	src/sip/start.c src/sip/start.h

unit_tests += tests/unit/test_sip_scan
