# The room export/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/export/carriage_text.c src/export/carriage_text.h \
	src/export/diff_align.c src/export/diff_int.h src/export/diff_lines.c \
	src/export/hep_send.c src/export/hep_send.h \
	src/export/ladder.c src/export/ladder.h \
	src/export/ladder_events.c src/export/ladder_int.h \
	src/export/ladder_lanes.c src/export/ladder_rows.c \
	src/export/ladder_columns.c src/export/ladder_columns.h \
	src/export/ladder_order.c src/export/ladder_order.h \
	src/export/ladder_sdp.c src/export/ladder_sdp.h \
	src/export/ladder_streams.c \
	src/export/ladder_table.c src/export/ladder_table.h \
	src/export/ladder_text.c src/export/ladder_text.h \
	src/export/message_diff.c src/export/message_diff.h \
	src/export/messages_text.c src/export/messages_text.h \
	src/export/names.c src/export/names.h \
	src/export/pcap_write.c src/export/pcap_write.h \
	src/export/quote.c src/export/quote.h \
	src/export/record.c src/export/record.h src/export/record_int.h \
	src/export/record_pieces.c \
	src/export/record_ring.c \
	src/export/save.c src/export/save.h \
	src/export/sink.c src/export/sink.h \
	src/export/strip.c src/export/strip.h \
	src/export/table.c src/export/table.h \
	src/export/visible.c src/export/visible.h

unit_tests += \
	tests/unit/test_hep_send \
	tests/unit/test_ladder \
	tests/unit/test_ladder_text \
	tests/unit/test_ladder_streams \
	tests/unit/test_message_diff \
	tests/unit/test_pcap_write \
	tests/unit/test_record \
	tests/unit/test_strip \
	tests/unit/test_table

fuzz_tests += tests/fuzz/fuzz_message_diff
tests_fuzz_fuzz_message_diff_SOURCES = tests/fuzz/fuzz_message_diff.c $(fuzz_main)
tests_fuzz_fuzz_message_diff_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_unit_test_ladder_streams_SOURCES = tests/unit/test_ladder_streams.c tests/unit/talk_store.h tests/unit/sip_store.h
tests_unit_test_strip_SOURCES = tests/unit/test_strip.c tests/unit/talk_store.h tests/unit/sip_store.h
