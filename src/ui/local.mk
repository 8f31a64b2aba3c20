# The room ui/: its sources, unit tests and fuzz targets.
librung_a_SOURCES += \
	src/ui/action.c src/ui/action.h \
	src/ui/canvas.c src/ui/canvas.h \
	src/ui/form.c src/ui/form.h \
	src/ui/form_path.c src/ui/form_path.h \
	src/ui/keymap.c src/ui/keymap.h \
	src/ui/keys.c src/ui/keys.h \
	src/ui/list.c src/ui/list.h \
	src/ui/loop.c src/ui/loop.h \
	src/ui/mouse.h \
	src/ui/path.c src/ui/path.h \
	src/ui/prompt.c src/ui/prompt.h \
	src/ui/role.h \
	src/ui/script.c src/ui/script.h \
	src/ui/stack.c src/ui/stack.h \
	src/ui/stack_draw.c src/ui/stack_int.h \
	src/ui/term.h src/ui/term_curses.c \
	src/ui/term_keys.c src/ui/term_keys.h \
	src/ui/term_signals.c src/ui/term_signals.h \
	src/ui/theme.c src/ui/theme.h \
	src/ui/view.h \
	src/ui/view_help.c \
	src/ui/view_palette.c

unit_tests += \
	tests/unit/test_canvas tests/unit/test_form tests/unit/test_keys tests/unit/test_list \
	tests/unit/test_path tests/unit/test_prompt tests/unit/test_script tests/unit/test_stack \
	tests/unit/test_term tests/unit/test_term_keys \
	tests/unit/test_program tests/unit/test_monkey
tests_unit_test_monkey_SOURCES = tests/unit/test_monkey.c tests/unit/pty_child.h
tests_unit_test_script_SOURCES = tests/unit/test_script.c tests/unit/demo_view.h
tests_unit_test_stack_SOURCES = tests/unit/test_stack.c tests/unit/demo_view.h
tests_unit_test_program_SOURCES = tests/unit/test_program.c tests/unit/pty_child.h
tests_unit_test_term_SOURCES = tests/unit/test_term.c tests/unit/demo_view.h \
	tests/unit/pty_child.h

fuzz_tests += tests/fuzz/fuzz_canvas
tests_fuzz_fuzz_canvas_SOURCES = tests/fuzz/fuzz_canvas.c $(fuzz_main)
tests_fuzz_fuzz_canvas_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

# The program on its scripts.
script_tests += tests/screen/run.sh tests/screen/monkey.sh
EXTRA_DIST += tests/screen

# And on real terminals.
script_tests += tests/terminal/run.sh
EXTRA_DIST += tests/terminal
