# The room decode/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/decode/count.c \
	src/decode/decode.c src/decode/decode.h src/decode/decode_int.h \
	src/decode/ether.c \
	src/decode/fragment.c \
	src/decode/ip.c \
	src/decode/l4.c \
	src/decode/link.c \
	src/decode/pdu.c \
	src/decode/segment.h \
	src/decode/tunnel.c
