# The room decode/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/decode/count.c \
	src/decode/decode.c src/decode/decode.h \
	src/decode/decode_int.h \
	src/decode/ether.c \
	src/decode/fragment.c \
	src/decode/glance.h \
	src/decode/hep.c src/decode/hep.h \
	src/decode/icmp.c src/decode/icmp.h \
	src/decode/ip.c \
	src/decode/l4.c \
	src/decode/link.c \
	src/decode/pdu.c \
	src/decode/segment.h \
	src/decode/tunnel.c

unit_tests += \
	tests/unit/test_decode \
	tests/unit/test_decode_limits \
	tests/unit/test_fragment \
	tests/unit/test_hep \
	tests/unit/test_icmp

fuzz_tests += \
	tests/fuzz/fuzz_decode \
	tests/fuzz/fuzz_hep
tests_fuzz_fuzz_decode_SOURCES = tests/fuzz/fuzz_decode.c $(fuzz_main)
tests_fuzz_fuzz_decode_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_hep_SOURCES = tests/fuzz/fuzz_hep.c $(fuzz_main)
tests_fuzz_fuzz_hep_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
