# The room views/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/views/call_columns.c src/views/call_columns.h \
	src/views/call_set.c src/views/call_set.h \
	src/views/flow_lines.c src/views/flow_lines.h \
	src/views/message_lines.c src/views/message_lines.h \
	src/views/parts.h \
	src/views/plot.c src/views/plot.h \
	src/views/stats_rows.c src/views/stats_rows.h \
	src/views/tally.c src/views/tally.h \
	src/views/view_calls.c \
	src/views/view_flow.c \
	src/views/view_raw.c \
	src/views/view_stats.c \
	src/views/views.c src/views/views.h

unit_tests += tests/unit/test_views
