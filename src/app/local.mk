# The room app/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/app/answer.c src/app/answer.h \
	src/app/bounds.c src/app/bounds.h \
	src/app/channel.c src/app/channel.h \
	src/app/channel_look.c src/app/channel_look.h \
	src/app/cmd_calls.c \
	src/app/cmd_flow.c \
	src/app/cmd_messages.c \
	src/app/cmd_record.c \
	src/app/cmd_save.c \
	src/app/cmd_screens.c \
	src/app/commands.h \
	src/app/config.c src/app/config.h \
	src/app/config_print.c \
	src/app/deliver.c src/app/deliver.h \
	src/app/devices.c src/app/devices.h \
	src/app/docgen.c src/app/docgen.h \
	src/app/engine.c src/app/engine.h \
	src/app/framed.c src/app/framed.h \
	src/app/framers.c src/app/framers.h \
	src/app/hep_in.c src/app/hep_in.h \
	src/app/hep_out.c src/app/hep_out.h \
	src/app/icmp_in.c src/app/icmp_in.h \
	src/app/keep.c src/app/keep.h \
	src/app/limits.c src/app/limits.h \
	src/app/live_answer.c src/app/live_answer.h \
	src/app/media_in.c src/app/media_in.h \
	src/app/options.c src/app/options.h \
	src/app/recording.c src/app/recording.h \
	src/app/rtp_in.c src/app/rtp_in.h \
	src/app/safe.c src/app/safe.h \
	src/app/signals.c src/app/signals.h \
	src/app/save.c src/app/save.h src/app/save_int.h \
	src/app/save_built.c src/app/save_built.h \
	src/app/save_conns.c src/app/save_conns.h \
	src/app/save_file.c src/app/save_file.h \
	src/app/save_frames.c src/app/save_frames.h \
	src/app/save_media.c src/app/save_media.h \
	src/app/save_names.c src/app/save_names.h \
	src/app/save_packets.c \
	src/app/save_split.c \
	src/app/save_streams.c \
	src/app/save_tls.c src/app/save_tls.h \
	src/app/save_trunks.c src/app/save_trunks.h \
	src/app/session.c src/app/session.h \
	src/app/sip_reader.c src/app/sip_reader.h \
	src/app/cmd_streams.c \
	src/app/streams.c src/app/streams.h \
	src/app/summary.c src/app/summary.h \
	src/app/tls_list.c src/app/tls_list.h \
	src/app/version.c src/app/version.h

unit_tests += \
	tests/unit/test_captures \
	tests/unit/test_channel \
	tests/unit/test_engine \
	tests/unit/test_framers \
	tests/unit/test_media_in \
	tests/unit/test_renew \
	tests/unit/test_rtp_in \
	tests/unit/test_save \
	tests/unit/test_save_media \
	tests/unit/test_save_names \
	tests/unit/test_sip_reader \
	tests/unit/test_tls_list
EXTRA_DIST += tests/captures-known.md

fuzz_tests += \
	tests/fuzz/fuzz_engine \
	tests/fuzz/fuzz_sip_reader \
	tests/fuzz/fuzz_streams
tests_fuzz_fuzz_engine_SOURCES = tests/fuzz/fuzz_engine.c $(fuzz_main)
tests_fuzz_fuzz_engine_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_sip_reader_SOURCES = tests/fuzz/fuzz_sip_reader.c $(fuzz_main)
tests_fuzz_fuzz_sip_reader_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_streams_SOURCES = tests/fuzz/fuzz_streams.c $(fuzz_main)
tests_fuzz_fuzz_streams_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_unit_test_captures_SOURCES = tests/unit/test_captures.c tests/unit/real_captures.h
