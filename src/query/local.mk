# The room query/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/query/call_fields.c src/query/call_fields.h \
	src/query/field.c src/query/field.h \
	src/query/field_int.h \
	src/query/format.c \
	src/query/header.c src/query/header.h \
	src/query/message_fields.c src/query/message_fields.h \
	src/query/query.c src/query/query.h
