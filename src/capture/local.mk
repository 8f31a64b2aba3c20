# The room capture/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/capture/bpf.c \
	src/capture/capture.c src/capture/capture.h src/capture/capture_int.h \
	src/capture/info.c \
	src/capture/input.c src/capture/input.h \
	src/capture/pack.c \
	src/capture/pcap_reader.c \
	src/capture/pcapng_meta.c \
	src/capture/pcapng_reader.c \
	src/capture/reread.c \
	src/capture/sniff.c src/capture/sniff.h \
	src/capture/spool.c src/capture/spool.h \
	src/capture/stream.c \
	src/capture/ticks.c src/capture/ticks.h
