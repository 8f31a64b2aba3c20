# The room store/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/store/call.c src/store/call.h \
	src/store/candidates.c src/store/candidates.h \
	src/store/carriage.c \
	src/store/claim_read.c src/store/claim_read.h \
	src/store/claim_rest.c \
	src/store/claim_trickle.c \
	src/store/claims.c \
	src/store/digits.c \
	src/store/drop.c \
	src/store/copies.c \
	src/store/event.h \
	src/store/events.c \
	src/store/media_drop.c \
	src/store/machine.c \
	src/store/message.h \
	src/store/names.c \
	src/store/paths.c \
	src/store/payload_map.c \
	src/store/renew.c src/store/retain.c \
	src/store/reports.c src/store/reports_int.h \
	src/store/reports_keep.c \
	src/store/reports_match.c \
	src/store/reports_vq.c \
	src/store/seen.c \
	src/store/round_trip.c \
	src/store/store.c src/store/store.h \
	src/store/store_int.h \
	src/store/stream_codec.c \
	src/store/stream_link.c \
	src/store/rtp_ahead.c src/store/rtp_ahead.h \
	src/store/stream_new.c src/store/stream_new.h \
	src/store/stream.h src/store/streams.c src/store/streams_ask.c src/store/streams_int.h \
	src/store/transitions.c src/store/transitions.h \
	src/store/transport.h \
	src/store/udptl.c \
	src/store/victims.c src/store/victims.h

unit_tests += tests/unit/test_store tests/unit/test_store_carriage tests/unit/test_store_events
unit_tests += tests/unit/test_store_reports
tests_unit_test_store_reports_SOURCES = tests/unit/test_store_reports.c tests/unit/sip_store.h
unit_tests += tests/unit/test_candidates
tests_unit_test_store_carriage_SOURCES = tests/unit/test_store_carriage.c tests/unit/sip_store.h
tests_unit_test_store_events_SOURCES = tests/unit/test_store_events.c tests/unit/sip_store.h
unit_tests += tests/unit/test_streams tests/unit/test_claims
tests_unit_test_streams_SOURCES = tests/unit/test_streams.c tests/unit/media_store.h tests/unit/sip_store.h
unit_tests += tests/unit/test_media_drop
tests_unit_test_media_drop_SOURCES = tests/unit/test_media_drop.c tests/unit/media_check.h \
	tests/unit/media_store.h tests/unit/sip_store.h

fuzz_tests += tests/fuzz/fuzz_claims
tests_fuzz_fuzz_claims_SOURCES = tests/fuzz/fuzz_claims.c $(fuzz_main)
tests_fuzz_fuzz_claims_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

unit_tests += tests/unit/test_retain
tests_unit_test_retain_SOURCES = tests/unit/test_retain.c tests/unit/sip_store.h

fuzz_tests += tests/fuzz/fuzz_retain
tests_fuzz_fuzz_retain_SOURCES = tests/fuzz/fuzz_retain.c $(fuzz_main)
tests_fuzz_fuzz_retain_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_tests += tests/fuzz/fuzz_media_drop
tests_fuzz_fuzz_media_drop_SOURCES = tests/fuzz/fuzz_media_drop.c tests/unit/media_check.h $(fuzz_main)
tests_fuzz_fuzz_media_drop_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
