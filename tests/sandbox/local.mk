# What the sandbox holds back, and what works within it.

# The program, with a hook that tries what is forbidden once it is in the sandbox.
check_PROGRAMS += tests/sandbox/rung-probe
tests_sandbox_rung_probe_SOURCES = src/app/main.c tests/sandbox/probe.c \
	tests/sandbox/attempts.c tests/sandbox/attempts.h
tests_sandbox_rung_probe_CPPFLAGS = $(AM_CPPFLAGS) -DRUNG_PROBE -I$(top_srcdir)/tests/sandbox
tests_sandbox_rung_probe_LDADD = librung.a $(RUNG_LIBS)

# As if the kernel were older.
check_PROGRAMS += tests/sandbox/older
tests_sandbox_older_SOURCES = tests/sandbox/older.c

script_tests += tests/sandbox/run.sh
