# The room capture/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/capture/again.c \
	src/capture/bpf.c \
	src/capture/capture.c src/capture/capture.h src/capture/capture_int.h \
	src/capture/follow.c \
	src/capture/gunzip.c src/capture/gunzip.h \
	src/capture/hep_conn.c \
	src/capture/hep_listen.c src/capture/hep_listen.h \
	src/capture/info.c \
	src/capture/input.c src/capture/input.h \
	src/capture/keep.c \
	src/capture/live.c src/capture/live.h src/capture/live_int.h \
	src/capture/live_drops.c src/capture/live_list.c src/capture/live_watch.c \
	src/capture/pack.c \
	src/capture/pcap_reader.c \
	src/capture/pcapng_meta.c \
	src/capture/pcapng_reader.c \
	src/capture/privileges.c src/capture/privileges.h \
	src/capture/reread.c \
	src/capture/reserve.c src/capture/reserve.h \
	src/capture/sandbox.c src/capture/sandbox.h src/capture/sandbox_int.h \
	src/capture/sandbox_calls.c \
	src/capture/sandbox_files.c \
	src/capture/sniff.c src/capture/sniff.h \
	src/capture/spool.c src/capture/spool.h \
	src/capture/stream.c \
	src/capture/ticks.c src/capture/ticks.h

unit_tests += tests/unit/test_capture tests/unit/test_capture_set \
	tests/unit/test_spool tests/unit/test_keep tests/unit/test_follow tests/unit/test_hep_listen tests/unit/test_live \
	tests/unit/test_sandbox
tests_unit_test_follow_SOURCES = tests/unit/test_follow.c tests/unit/capture_build.h
tests_unit_test_sandbox_SOURCES = tests/unit/test_sandbox.c tests/sandbox/attempts.c \
	tests/sandbox/attempts.h
tests_unit_test_keep_SOURCES = tests/unit/test_keep.c tests/unit/capture_build.h
tests_unit_test_hep_listen_SOURCES = tests/unit/test_hep_listen.c tests/unit/capture_build.h \
	tests/unit/hep_tls.h
tests_unit_test_live_SOURCES = tests/unit/test_live.c tests/unit/capture_build.h
EXTRA_DIST += tests/unit/capture_build.h

fuzz_tests += tests/fuzz/fuzz_capture
tests_fuzz_fuzz_capture_SOURCES = tests/fuzz/fuzz_capture.c $(fuzz_main)
tests_fuzz_fuzz_capture_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
