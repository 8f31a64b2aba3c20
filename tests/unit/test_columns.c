/* The dialogs for columns and sort order, over the list of calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "query_sample.h"
#include "views/call_columns.h"
#include "views/views.h"
#include "shots.h"

struct fixture {
	struct sample sample;
	struct call_columns columns;
	struct settings settings;
	struct views_app app;
	struct keymap keymap;
	struct stack stack;
	struct buf screens;
	int saves;
	bool save_fails;
};

static int
settings_save(void *ctx, struct buf *path, struct err *err)
{
	struct fixture *f = ctx;

	if (f->save_fails)
		return err_set(err, "/home/u/.config/rung/rungrc: Permission denied");
	f->saves++;
	buf_add_cstr(path, "/home/u/.config/rung/rungrc");
	return 0;
}

static int
setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	sample_init(&f->sample);
	settings_init(&f->settings);
	call_columns_init(&f->columns);
	f->app = (struct views_app){
		.settings = &f->settings, .store = f->sample.store, .query = &f->sample.query,
		.columns = &f->columns, .source = "sample.pcap", .utc = true, .ctx = f,
		.settings_save = settings_save,
	};
	keymap_init(&f->keymap);
	views_add_keys(&f->keymap);
	stack_init(&f->stack, &f->keymap, &f->app);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	stack_release(&f->stack);
	keymap_release(&f->keymap);
	call_columns_release(&f->columns);
	sample_release(&f->sample);
	buf_release(&f->screens);
	free(f);
	return 0;
}

static const char *
run(struct fixture *f, const char *script)
{
	if (f->stack.count == 0)
		stack_open(&f->stack, &view_calls_ops, NULL);
	return shots(&f->stack, f->app.ascii, script, &f->screens);
}

/* The names of the columns there are. */
static void
columns_are(struct fixture *f, const char *want)
{
	struct buf names = BUF_INIT;

	for (size_t i = 0; i < f->columns.n; i++)
		buf_printf(&names, "%s%s", i > 0 ? " " : "", buf_cstr(&f->columns.list[i].name));
	assert_string_equal(buf_cstr(&names), want);
	buf_release(&names);
}

#define USUAL	"index method from_user to_user state status messages duration_ms start " \
		"source destination reason pdd_ms transport"

static void
columns(void **state)
{
	struct fixture *f = *state;
	const char *s;

	run(f, "T <Space> j <Space> j J J K\n");
	columns_are(f, "to_user from_user state status messages duration_ms start source "
		    "destination reason pdd_ms transport");
	/* What was taken off is still there, and comes back to its place. */
	run(f, "g <Space>\n");
	assert_string_equal(buf_cstr(&f->columns.list[0].name), "index");
	run(f, "<End> <Space> <Home>\n");
	assert_string_equal(buf_cstr(&f->columns.list[f->columns.n - 1].name), "text");
	run(f, "R\n");
	columns_are(f, USUAL);
	/* At the edges nothing moves. */
	run(f, "<Home> - <S-Up> <End> + <S-Down>\n");
	columns_are(f, USUAL);
	run(f, "<Home> > > <Right> <Left>\n");
	assert_int_equal(f->columns.list[0].width, 7);
	run(f, "<Lt> <Lt> <Lt> <Lt> <Lt> <Lt>\n");
	assert_int_equal(f->columns.list[0].width, 1);
	run(f, "<Lt>\n");
	assert_int_equal(f->columns.list[0].width, 0);
	s = run(f, "s\n:shot saved\n");
	has(s, "Saved to /home/u/.config/rung/rungrc.");
	assert_int_equal(f->saves, 1);
	f->save_fails = true;
	s = run(f, "s\n:shot not saved\n");
	has(s, "Not saved: /home/u/.config/rung/rungrc: Permission denied.");
	run(f, "<Enter>\n");
	assert_string_equal(stack_top(&f->stack)->ops->name, "calls");
}

/* What is drawn right after a key, before the data is looked at again. */
static void
drawn_at_once(void **state)
{
	struct fixture *f = *state;
	struct canvas *c = canvas_new(24, 80);
	struct buf row = BUF_INIT;

	run(f, "T\n");
	stack_key(&f->stack, (struct key){ ' ', 0 });
	stack_draw(&f->stack, c);
	canvas_row(c, 2, false, &row);
	assert_string_equal(buf_cstr(&row), "Method     From             To              State     "
			    "     Code  Msgs  Duration▶");
	buf_release(&row);
	canvas_free(c);
}

static void
last_column(void **state)
{
	struct fixture *f = *state;
	struct err err;
	const char *s;

	call_columns_clear(&f->columns);
	assert_int_equal(call_columns_add(&f->columns, STR("header.x-corr"), 0, &err), 0);
	s = run(f, "<F10> <Space>\n:shot one\n");
	has(s, "One column must stay.");
	columns_are(f, "header.x-corr");
	/* Full: no more can be added. */
	run(f, "<Esc>\n");
	for (unsigned int i = 0; f->columns.n < CALL_COLUMNS_MAX; i++) {
		char name[32];

		snprintf(name, sizeof(name), "header.x-%u", i);
		assert_int_equal(call_columns_add(&f->columns, str_of(name), 0, &err), 0);
	}
	s = run(f, "<F10> <End> <Space>\n:shot full\n");
	has(s, "There are 64 columns: no more can be shown.");
	s = run(f, "a q <Enter>\n:shot full\n");
	has(s, "There are 64 columns: no more can be shown.");
	assert_int_equal(f->columns.n, CALL_COLUMNS_MAX);
}

static void
added(void **state)
{
	struct fixture *f = *state;
	const char *s;

	s = run(f, "T a X - C o r r <Enter>\n:shot list\n");
	has(s, "[x] header.X-Corr");
	assert_string_equal(buf_cstr(&f->columns.list[1].name), "header.X-Corr");
	run(f, "<Insert> <C-U> a n y . c s e q <Enter>\n");
	assert_string_equal(buf_cstr(&f->columns.list[2].name), "any.cseq");
	/* Once each: the cursor goes there. */
	run(f, "<End> a x - c o r r <Enter> <Space>\n");
	assert_int_equal(call_columns_find(&f->columns, STR("header.x-corr")), SIZE_MAX);
	s = run(f, "a <Enter>\n:shot no name\n");
	has(s, "Column 'header.': name of a header, or a field.");
	s = run(f, "a <C-U> s t a t <Enter>\n:shot no field\n");
	has(s, "Column 'stat': unknown; did you mean state?");
}

static void
click(struct fixture *f, enum mouse_kind kind, int y, int x)
{
	stack_mouse(&f->stack, &(struct mouse){ .kind = kind, .y = y, .x = x });
}

static void
mouse(void **state)
{
	struct fixture *f = *state;

	run(f, "T\n");
	click(f, MOUSE_PRESS, 5, 20);	/* the second row of the dialog */
	assert_int_equal(call_columns_find(&f->columns, STR("method")), SIZE_MAX);
	click(f, MOUSE_DOUBLE, 5, 20);
	click(f, MOUSE_PRESS, 5, 20);
	columns_are(f, USUAL);
	click(f, MOUSE_PRESS, 2, 0);	/* beside it */
	click(f, MOUSE_PRESS, 18, 20);	/* on its help */
	columns_are(f, USUAL);
	run(f, "<Esc> >\n");
	click(f, MOUSE_PRESS, 5, 20);
	click(f, MOUSE_PRESS, 5, 20);
	has(run(f, ":shot by method, turned\n"), "Method▼");
	click(f, MOUSE_DOUBLE, 5, 20);
	assert_string_equal(stack_top(&f->stack)->ops->name, "calls");
}

static void
sorted(void **state)
{
	struct fixture *f = *state;
	const char *s;

	f->app.ascii = true;
	s = run(f, "> s t a t u s <Enter>\n:shot by status\n");
	has(s, "^Code");
	s = run(f, "> <Tab> <Esc>\n:shot turned\n");
	has(s, "vCode");
	/* Keys put together are kept by Enter, wherever the cursor is. */
	s = run(f, "> <Home> <Down> <Space> <Down> <Space> <Space> <Space>\n:shot three\n");
	has(s, "-status,method -");
	s = run(f, "<Home> <Enter>\n:shot three\n");
	has(s, "vCode");
	s = run(f, "> i n d e x <Enter> > <Enter>\n:shot newest first\n");
	has(s, "vIdx");
	/* Eight fields and no more; the last cannot be taken out. */
	s = run(f, "> <Down> <Space> <Down> <Space> <Down> <Space> <Down> <Space> <Down> <Space> "
		"<Down> <Space> <Down> <Space> <Down> <Space>\n:shot eight\n");
	has(s, "8^");
	s = run(f, "<Down> <Space>\n:shot many\n");
	has(s, "More than 8 fields to sort by.");
	s = run(f, "<Esc> z\n:shot turned, all of them\n");
	has(s, "Methodv");
}

static void
wrong_setting(void **state)
{
	struct fixture *f = *state;
	struct err err;
	const char *s;

	assert_int_equal(settings_set(&f->settings, STR("sort"), STR("\"stat\""), &err), 0);
	s = run(f, ":shot as they came\n");
	has(s, "sort: unknown field 'stat' (did you mean 'state'?)");
	s = run(f, "z\n:shot turned\n");
	has(s, "▼Idx");
}

static void
any_size(void **state)
{
	static const int sizes[][2] = { { 1, 1 }, { 2, 2 }, { 3, 3 }, { 4, 5 }, { 5, 20 },
					{ 8, 12 }, { 10, 40 }, { 24, 80 }, { 60, 250 } };
	struct fixture *f = *state;
	char text[64];

	run(f, "T\n");
	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			snprintf(text, sizeof(text), ":resize %dx%d\n:shot size\n<End> <Home>\n",
				 sizes[i][1], sizes[i][0]);
			run(f, text);
		}
		run(f, "<Esc> >\n");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(columns, setup, teardown),
		cmocka_unit_test_setup_teardown(drawn_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(last_column, setup, teardown),
		cmocka_unit_test_setup_teardown(added, setup, teardown),
		cmocka_unit_test_setup_teardown(mouse, setup, teardown),
		cmocka_unit_test_setup_teardown(sorted, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_setting, setup, teardown),
		cmocka_unit_test_setup_teardown(any_size, setup, teardown),
	};

	return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
