# The room query/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/query/call_fields.c src/query/call_fields.h \
	src/query/call_astray.c src/query/call_astray.h \
	src/query/call_media.c src/query/call_media.h \
	src/query/digits.c src/query/digits.h \
	src/query/event_fields.c \
	src/query/field.c src/query/field.h \
	src/query/field_int.h \
	src/query/filter.c src/query/filter.h \
	src/query/filter_eval.c \
	src/query/filter_int.h \
	src/query/filter_lex.c \
	src/query/filter_number.c \
	src/query/filter_parse.c \
	src/query/filter_pattern.c \
	src/query/filter_value.c \
	src/query/filter_word.c \
	src/query/format.c \
	src/query/header.c src/query/header.h \
	src/query/media_statistics.c src/query/media_statistics.h \
	src/query/message_fields.c src/query/message_fields.h \
	src/query/order.c src/query/order.h \
	src/query/query.c src/query/query.h \
	src/query/rate.c src/query/rate.h \
	src/query/related.c src/query/related.h \
	src/query/related_alike.c src/query/related_int.h \
	src/query/related_text.c \
	src/query/reported.c src/query/reported.h \
	src/query/search.c src/query/search.h \
	src/query/second_fields.c \
	src/query/spans.c src/query/spans.h \
	src/query/statistics.c src/query/statistics.h \
	src/query/stream_fields.c src/query/stream_fields.h \
	src/query/stream_told.c src/query/stream_told.h

unit_tests += \
	tests/unit/test_digits \
	tests/unit/test_fields \
	tests/unit/test_filter \
	tests/unit/test_order \
	tests/unit/test_related \
	tests/unit/test_statistics \
	tests/unit/test_stream_fields
EXTRA_DIST += doc/reports.md
EXTRA_DIST += doc/filters.md doc/related-calls.md tests/unit/query_sample.h

tests_unit_test_digits_SOURCES = tests/unit/test_digits.c tests/unit/media_store.h \
	tests/unit/sip_store.h

fuzz_tests += \
	tests/fuzz/fuzz_filter
tests_fuzz_fuzz_filter_SOURCES = tests/fuzz/fuzz_filter.c $(fuzz_main)
tests_fuzz_fuzz_filter_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

fuzz_tests += \
	tests/fuzz/fuzz_related
tests_fuzz_fuzz_related_SOURCES = tests/fuzz/fuzz_related.c $(fuzz_main)
tests_fuzz_fuzz_related_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

unit_tests += tests/unit/test_call_heard
tests_unit_test_call_heard_SOURCES = tests/unit/test_call_heard.c tests/unit/media_store.h \
	tests/unit/sip_store.h

unit_tests += tests/unit/test_media_statistics
tests_unit_test_media_statistics_SOURCES = tests/unit/test_media_statistics.c \
	tests/unit/media_store.h tests/unit/sip_store.h

unit_tests += tests/unit/test_reported
tests_unit_test_reported_SOURCES = tests/unit/test_reported.c tests/unit/sip_store.h
