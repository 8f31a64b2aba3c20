# The room app/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/app/answer.c src/app/answer.h \
	src/app/cmd_calls.c \
	src/app/cmd_flow.c \
	src/app/cmd_messages.c \
	src/app/cmd_screens.c \
	src/app/commands.h \
	src/app/docgen.c src/app/docgen.h \
	src/app/engine.c src/app/engine.h \
	src/app/framers.c src/app/framers.h \
	src/app/options.c src/app/options.h \
	src/app/session.c src/app/session.h \
	src/app/summary.c src/app/summary.h \
	src/app/tls_list.c src/app/tls_list.h \
	src/app/version.c src/app/version.h

unit_tests += tests/unit/test_captures tests/unit/test_tls_list
EXTRA_DIST += tests/captures-known.md
