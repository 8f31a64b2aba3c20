# The room conf/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/conf/rc.c src/conf/rc.h \
	src/conf/rc_save.c src/conf/rc_save.h \
	src/conf/settings.c src/conf/settings.h

unit_tests += tests/unit/test_conf tests/unit/test_rc_save

fuzz_tests += tests/fuzz/fuzz_rc tests/fuzz/fuzz_rc_save
tests_fuzz_fuzz_rc_SOURCES = tests/fuzz/fuzz_rc.c $(fuzz_main)
tests_fuzz_fuzz_rc_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_rc_save_SOURCES = tests/fuzz/fuzz_rc_save.c $(fuzz_main)
tests_fuzz_fuzz_rc_save_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
