# The room views/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/views/call_columns.c src/views/call_columns.h \
	src/views/call_rows.c src/views/call_rows.h \
	src/views/call_set.c src/views/call_set.h \
	src/views/calls_filter.c \
	src/views/calls_head.c \
	src/views/calls_keep.c \
	src/views/calls_state.h \
	src/views/calls_table.c \
	src/views/filter_form.c src/views/filter_form.h \
	src/views/flow_draw.c src/views/flow_find.c \
	src/views/flow_hide.c src/views/flow_hide.h \
	src/views/flow_int.h src/views/flow_layout.c src/views/flow_legs.c \
	src/views/field_rows.c src/views/field_rows.h \
	src/views/flow_lines.c src/views/flow_lines.h \
	src/views/flow_mark.c src/views/flow_mark.h \
	src/views/flow_move.c \
	src/views/flow_preview.c src/views/flow_preview.h \
	src/views/flow_search.c src/views/flow_search.h \
	src/views/flow_stream.c src/views/flow_stream.h \
	src/views/flow_strip.c \
	src/views/flow_summary.c src/views/flow_summary.h \
	src/views/message_lines.c src/views/message_lines.h \
	src/views/parts.h \
	src/views/page.c src/views/page.h \
	src/views/pins.c src/views/pins.h \
	src/views/plot.c src/views/plot.h \
	src/views/raw_hex.c \
	src/views/raw_lines.h \
	src/views/raw_parsed.c \
	src/views/raw_sdp.c \
	src/views/raw_search.c src/views/raw_search.h \
	src/views/series_plot.c src/views/series_plot.h \
	src/views/stats_draw.c src/views/stats_draw.h \
	src/views/stats_media.c src/views/stats_media.h \
	src/views/stats_rows.c src/views/stats_rows.h \
	src/views/stream_page.c src/views/stream_page.h src/views/stream_page_int.h \
	src/views/stream_rows.c src/views/stream_rows.h \
	src/views/stream_tables.c \
	src/views/streams_cells.c src/views/streams_cells.h \
	src/views/syntax.c src/views/syntax.h \
	src/views/tally.c src/views/tally.h \
	src/views/view_calls.c \
	src/views/view_columns.c \
	src/views/view_diff.c \
	src/views/view_files.c \
	src/views/view_filter_form.c \
	src/views/view_event.c \
	src/views/view_flow.c \
	src/views/view_hide.c \
	src/views/view_raw.c \
	src/views/view_settings.c \
	src/views/save_secrecy.c src/views/save_secrecy.h \
	src/views/save_choice.c src/views/save_choice.h \
	src/views/save_comment.c src/views/save_comment.h \
	src/views/save_told.c src/views/save_told.h src/views/view_save.c \
	src/views/view_settings.c \
	src/views/view_sort.c \
	src/views/view_stats.c \
	src/views/view_stream.c \
	src/views/view_streams.c \
	src/views/views.c src/views/views.h

unit_tests += \
	tests/unit/test_flow \
	tests/unit/test_calls_media \
	tests/unit/test_calls_view \
	tests/unit/test_files \
	tests/unit/test_filter_form \
	tests/unit/test_forms \
	tests/unit/test_gone \
	tests/unit/test_pins \
	tests/unit/test_call_rows \
	tests/unit/test_columns \
	tests/unit/test_raw \
	tests/unit/test_series_plot \
	tests/unit/test_stream_views \
	tests/unit/test_views
tests_unit_test_columns_SOURCES = tests/unit/test_columns.c tests/unit/shots.h
tests_unit_test_flow_SOURCES = tests/unit/test_flow.c tests/unit/views_setup.h tests/unit/shots.h
tests_unit_test_raw_SOURCES = tests/unit/test_raw.c tests/unit/views_setup.h tests/unit/shots.h
tests_unit_test_stream_views_SOURCES = tests/unit/test_stream_views.c tests/unit/views_fixture.h tests/unit/views_setup.h tests/unit/shots.h
tests_unit_test_files_SOURCES = tests/unit/test_files.c tests/unit/forms_fixture.h tests/unit/shots.h
tests_unit_test_forms_SOURCES = tests/unit/test_forms.c tests/unit/forms_fixture.h tests/unit/shots.h
tests_unit_test_gone_SOURCES = tests/unit/test_gone.c tests/unit/query_sample.h
tests_unit_test_pins_SOURCES = tests/unit/test_pins.c tests/unit/query_sample.h

tests_unit_test_calls_media_SOURCES = tests/unit/test_calls_media.c tests/unit/media_store.h tests/unit/views_fixture.h tests/unit/views_setup.h tests/unit/shots.h
tests_unit_test_calls_view_SOURCES = tests/unit/test_calls_view.c tests/unit/views_fixture.h tests/unit/views_setup.h tests/unit/shots.h
tests_unit_test_views_SOURCES = tests/unit/test_views.c tests/unit/views_fixture.h tests/unit/views_setup.h tests/unit/shots.h

fuzz_tests += \
	tests/fuzz/fuzz_filter_form \
	tests/fuzz/fuzz_message_lines
tests_fuzz_fuzz_filter_form_SOURCES = tests/fuzz/fuzz_filter_form.c $(fuzz_main)
tests_fuzz_fuzz_filter_form_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_message_lines_SOURCES = tests/fuzz/fuzz_message_lines.c $(fuzz_main)
tests_fuzz_fuzz_message_lines_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
