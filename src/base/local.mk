# The room base/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/base/arena.c src/base/arena.h \
	src/base/base.h \
	src/base/base64.c src/base/base64.h \
	src/base/buf.c src/base/buf.h \
	src/base/bytes.h \
	src/base/chunks.c src/base/chunks.h \
	src/base/denied.c src/base/denied.h \
	src/base/err.c src/base/err.h \
	src/base/hash.c src/base/hash.h \
	src/base/mem.c src/base/mem.h \
	src/base/sparse.c src/base/sparse.h \
	src/base/str.c src/base/str.h \
	src/base/text.c src/base/text.h \
	src/base/time.c src/base/time.h \
	src/base/units.c src/base/units.h \
	src/base/writer.c src/base/writer.h

unit_tests += tests/unit/test_base tests/unit/test_hash tests/unit/test_text tests/unit/test_units \
	tests/unit/test_writer
