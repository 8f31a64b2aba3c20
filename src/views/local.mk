# The room views/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/views/call_columns.c src/views/call_columns.h \
	src/views/call_rows.c src/views/call_rows.h \
	src/views/call_set.c src/views/call_set.h \
	src/views/flow_lines.c src/views/flow_lines.h \
	src/views/flow_mark.c src/views/flow_mark.h \
	src/views/flow_summary.c src/views/flow_summary.h \
	src/views/message_lines.c src/views/message_lines.h \
	src/views/parts.h \
	src/views/plot.c src/views/plot.h \
	src/views/raw_hex.c \
	src/views/raw_lines.h \
	src/views/raw_parsed.c \
	src/views/raw_sdp.c \
	src/views/raw_search.c src/views/raw_search.h \
	src/views/stats_rows.c src/views/stats_rows.h \
	src/views/syntax.c src/views/syntax.h \
	src/views/tally.c src/views/tally.h \
	src/views/view_calls.c \
	src/views/view_diff.c \
	src/views/view_flow.c \
	src/views/view_raw.c \
	src/views/view_settings.c \
	src/views/view_stats.c \
	src/views/views.c src/views/views.h

unit_tests += \
	tests/unit/test_raw \
	tests/unit/test_views

fuzz_tests += \
	tests/fuzz/fuzz_message_lines
tests_fuzz_fuzz_message_lines_SOURCES = tests/fuzz/fuzz_message_lines.c $(fuzz_main)
tests_fuzz_fuzz_message_lines_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
