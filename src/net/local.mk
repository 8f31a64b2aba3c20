# The room net/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/net/addr.c src/net/addr.h \
	src/net/hep_wire.c src/net/hep_wire.h \
	src/net/peers.c src/net/peers.h \
	src/net/record.h \
	src/net/where.c src/net/where.h

unit_tests += tests/unit/test_net tests/unit/test_peers tests/unit/test_where
