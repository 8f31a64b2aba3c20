# The room transport/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/transport/flow_event.h \
	src/transport/intake.c src/transport/intake.h

unit_tests += tests/unit/test_intake
