#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "demo_view.h"
#include "ui/script.h"

struct fixture {
	struct keymap keymap;
	struct demo demo;
	struct stack stack;
	struct loop_source source;
	struct buf screens;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	f->demo = (struct demo){ .total = 12, .step = 5 };
	f->source = (struct loop_source){ .ctx = &f->demo, .read_for = demo_read };
	keymap_init(&f->keymap);
	keymap_add_view(&f->keymap, &demo_items_ops);
	keymap_add_view(&f->keymap, &demo_detail_ops);
	keymap_add_view(&f->keymap, &view_help_ops);
	stack_init(&f->stack, &f->keymap, &f->demo);
	stack_open(&f->stack, &demo_items_ops, NULL);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	stack_release(&f->stack);
	keymap_release(&f->keymap);
	buf_release(&f->screens);
	free(f);
	return 0;
}

static void
run(struct fixture *f, const char *script, const char *want)
{
	struct err err;

	if (script_run("demo", str_of(script), &f->stack, &f->source, false,
		       &f->screens, &err) != 0)
		fail_msg("%s", err.text);
	if (strcmp(buf_cstr(&f->screens), want) != 0)
		print_message("%s", buf_cstr(&f->screens));
	assert_string_equal(buf_cstr(&f->screens), want);
}

static void
list_detail_and_back(void **state)
{
	struct fixture *f = *state;

	run(f,
	    "# The list is full before the first shot, however slow it was read.\n"
	    "#: size 30x6\n"
	    "#: args ignored here\n"
	    ":shot list\n"
	    "j <Down>\n"
	    "\n"
	    "<Enter>\n"
	    ":shot+ detail\n"
	    "<Esc>\n"
	    "<End>\n"
	    ":shot end\n"
	    ":resize 24x5\n"
	    ":shot+ small\n"
	    "q\n",
	    "== list 30x6\n"
	    "Items                     1/12\n"
	    "  item 0\n"
	    "  item 1\n"
	    "  item 2\n"
	    "  item 3\n"
	    "Esc Quit  F1 Help  Enter Open\n"
	    "== detail 30x6 +roles (. normal, t title, o ok, k key, i hint)\n"
	    "detail                        |tttttttttttttttttttttttttttttt\n"
	    "  this is 2                   |..ooooooooo\n"
	    "                              |\n"
	    "                              |\n"
	    "                              |\n"
	    "Esc Back  F1 Help             |kkk.iiii..kk.iiii\n"
	    "== end 30x6\n"
	    "Items                    12/12\n"
	    "  item 8\n"
	    "  item 9\n"
	    "  item 10\n"
	    "  item 11\n"
	    "Esc Quit  F1 Help  Enter Open\n"
	    "== small 24x5 +roles (. normal, t title, c cursor, k key, i hint)\n"
	    "Items              12/12|tttttttttttttttttttttttt\n"
	    "  item 9                |\n"
	    "  item 10               |\n"
	    "  item 11               |cccccccccccccccccccccccc\n"
	    "Esc Quit  F1 Help       |kkk.iiii..kk.iiii\n");
	assert_true(stack_done(&f->stack));
	assert_int_equal(f->demo.opened, 1);
	assert_int_equal(f->demo.closed, 1);
}

static void
asking(void **state)
{
	struct fixture *f = *state;

	run(f,
	    "#: size 30x4\n"
	    "/ 1 x q\n"
	    ":shot+ a key is a letter\n"
	    "<F1> <Backspace> <Backspace> 1\n"
	    ":shot a number\n"
	    ":resize 30x2\n"
	    ":shot no footer\n"
	    ":resize 30x4\n"
	    "<Enter>\n"
	    ":shot gone there\n"
	    "/ <Up> <Esc>\n"
	    ":shot given up\n"
	    "/ 5 <A-x>\n"
	    ":shot a key with Alt is Esc first\n"
	    "/ c l o s e <Enter>\n",
	    "== a key is a letter 30x4 +roles (. normal, t title, c cursor, e error, k key)\n"
	    "Items                     1/12|tttttttttttttttttttttttttttttt\n"
	    "  item 0                      |cccccccccccccccccccccccccccccc\n"
	    "  item 1                      |\n"
	    "Go to: 1xq             3 bytes|kkkkkkk...c............eeeeeee\n"
	    "== a number 30x4\n"
	    "Items                     1/12\n"
	    "  item 0\n"
	    "  item 1\n"
	    "Go to: 11              2 bytes\n"
	    "== no footer 30x2\n"
	    "  item 0\n"
	    "Go to: 11              2 bytes\n"
	    "== gone there 30x4\n"
	    "Items                    12/12\n"
	    "  item 10\n"
	    "  item 11\n"
	    "Esc Quit  F1 Help  Enter Open\n"
	    "== given up 30x4\n"
	    "Items                    12/12\n"
	    "  item 10\n"
	    "  item 11\n"
	    "given up: 11\n"
	    "== a key with Alt is Esc first 30x4\n"
	    "Items                    12/12\n"
	    "  item 10\n"
	    "  item 11\n"
	    "Esc Quit  F1 Help  Enter Open\n");
	assert_true(stack_done(&f->stack));
}

static void
help_is_made_of_the_tables(void **state)
{
	struct fixture *f = *state;
	struct err err;

	assert_int_equal(keymap_bind(&f->keymap, STR("items"), STR("open"), STR("o"), &err), 0);
	run(f,
	    "#: size 64x18\n"
	    "?\n"
	    ":shot help\n"
	    ":resize 40x5\n"
	    "<Space>\n"
	    ":shot scrolled\n"
	    "?\n"
	    ":shot back\n",
	    "== help 64x18\n"
	    "Keys: items\n"
	    "items\n"
	    "  o, Enter              Open what the cursor is on\n"
	    "  Up, k                 Move one line up\n"
	    "  Down, j               Move one line down\n"
	    "  PageUp, ^B            Move one page up\n"
	    "  PageDown, ^F          Move one page down\n"
	    "  Home, ^A, g           Move to the first line\n"
	    "  End, ^E, G            Move to the last line\n"
	    "\n"
	    "everywhere\n"
	    "  Esc, q                Go back; from the first view: leave\n"
	    "  F1, ?, h, H           Show the keys of this view\n"
	    "  K                     Show other keys of actions at the bottom\n"
	    "  ^L                    Draw the whole screen again\n"
	    "  Q                     Leave the program\n"
	    "\n"
	    "Esc Back\n"
	    "== scrolled 40x5\n"
	    "Keys: items                         4/21\n"
	    "  Up, k        Move one line up\n"
	    "  Down, j      Move one line down\n"
	    "  PageUp, ^B   Move one page up\n"
	    "Esc Back\n"
	    "== back 40x5\n"
	    "Items                               1/12\n"
	    "  item 0\n"
	    "  item 1\n"
	    "  item 2\n"
	    "Esc Quit  F1 Help  o Open\n");
}

static void
tiny_screens(void **state)
{
	struct fixture *f = *state;

	run(f,
	    ":resize 3x1\n:shot one\n<Enter>\n:shot two\n:resize 1x1\n? ?\n<Esc>\n"
	    ":resize 4x3\n:shot three\n",
	    "== one 3x1\n"
	    "  i\n"
	    "== two 3x1\n"
	    "  t\n"
	    "== three 4x3\n"
	    "Ite…\n"
	    "  it\n");
}

static void
press(struct fixture *f, const char *name)
{
	struct key key;

	assert_int_equal(key_parse(&key, str_of(name), NULL), 0);
	stack_key(&f->stack, key);
}

static void
alt_is_esc_and_a_key(void **state)
{
	struct fixture *f = *state;
	struct err err;

	loop_drain(&f->stack, &f->source);
	press(f, "<Enter>");
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_detail_ops);
	press(f, "<A-?>");
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_help_ops);
	press(f, "<Esc>");
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_items_ops);
	assert_int_equal(keymap_bind(&f->keymap, STR("items"), STR("open"), STR("<A-o>"), &err), 0);
	press(f, "<A-o>");
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_detail_ops);
	press(f, "<A-Q>");
	assert_true(stack_done(&f->stack));
}

static void
a_view_closes_itself(void **state)
{
	struct fixture *f = *state;

	loop_drain(&f->stack, &f->source);
	press(f, "<Enter>");
	press(f, "?");
	f->demo.gone = true;
	/* Not while it is covered; then as soon as it comes to light. */
	stack_refresh(&f->stack);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_help_ops);
	press(f, "<Esc>");
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_items_ops);
	assert_int_equal(f->demo.closed, 1);
	assert_false(stack_done(&f->stack));
}

static void
too_many_views(void **state)
{
	struct fixture *f = *state;
	struct canvas *c = canvas_new(4, 40);
	struct buf row = BUF_INIT;
	int64_t number = 7;

	for (int i = 0; i < STACK_MAX + 5; i++)
		stack_open(&f->stack, &demo_detail_ops, &number);
	stack_resize(&f->stack, 4, 40);
	stack_draw(&f->stack, c);
	canvas_row(c, 3, false, &row);
	assert_string_equal(buf_cstr(&row), "32 views are open: close some first");
	assert_int_equal(canvas_at(c, 3, 0)->role, ROLE_ERROR);
	press(f, "x");
	assert_true(stack_changed(&f->stack));
	stack_draw(&f->stack, c);
	buf_clear(&row);
	canvas_row(c, 3, false, &row);
	assert_string_equal(buf_cstr(&row), "Esc Back  F1 Help");
	assert_false(stack_changed(&f->stack));
	for (int i = 0; i < STACK_MAX; i++) {
		assert_false(stack_done(&f->stack));
		press(f, "q");
	}
	assert_true(stack_done(&f->stack));
	assert_int_equal(f->demo.opened, f->demo.closed);
	buf_release(&row);
	canvas_free(c);
}

static void
redraw_and_nothing(void **state)
{
	struct fixture *f = *state;
	struct canvas *c = canvas_new(24, 80);

	loop_drain(&f->stack, &f->source);
	stack_draw(&f->stack, c);
	press(f, "x");
	assert_false(stack_changed(&f->stack));
	press(f, "<C-L>");
	assert_true(stack_changed(&f->stack));
	assert_true(stack_take_repaint(&f->stack));
	assert_false(stack_take_repaint(&f->stack));
	stack_notice(&f->stack, "saved %d", 1);
	assert_true(stack_changed(&f->stack));
	canvas_free(c);
}

/* ---- a dialog: types, asks, works, and can be clicked ---- */

static struct {
	char typed[64];
	int height, width;		/* it would like; 0: all there is */
	int refreshed_height, work_left, yes, no, y, x;
	enum mouse_kind kind;
	enum view_result mouse_result;
	bool asks_to_close;		/* in work() */
} box;

static void
box_size(const struct view *v, int *height, int *width)
{
	(void)v;
	if (box.height > 0)
		*height = box.height;
	if (box.width > 0)
		*width = box.width;
}

static bool
box_refresh(struct view *v)
{
	box.refreshed_height = v->height;
	return false;
}

static void
box_draw(const struct view *v, struct canvas *c)
{
	(void)v;
	canvas_text(c, 0, 0, 99, ROLE_OK, str_of(box.typed));
}

static bool
box_key(struct view *v, struct key key)
{
	size_t n = strlen(box.typed);

	if (key.mods || key.code < ' ' || key.code > '~' || n + 2 > sizeof(box.typed))
		return false;
	if (key.code == '!')
		stack_confirm(v->stack, v, "Sure of \033 %s?", box.typed);
	else if (key.code == '^')
		stack_act_below(v->stack, v, ACTION_MOVE_DOWN);
	else if (key.code == '*')
		stack_close_others(v->stack);
	else if (key.code == '+')
		stack_open(v->stack, v->ops, NULL);
	else if (key.code == '@')
		stack_notice(v->stack, "noted");
	else
		box.typed[n] = (char)key.code;
	return true;
}

static void
box_confirmed(struct view *v, bool yes)
{
	(void)v;
	box.yes += yes;
	box.no += !yes;
}

static bool
box_work(struct view *v, int budget_ms)
{
	assert_true(budget_ms > 0);
	if (box.asks_to_close)
		stack_act_below(v->stack, v, ACTION_LAST);
	if (box.work_left > 0)
		box.work_left--;
	return box.work_left > 0;
}

static enum view_result
box_mouse(struct view *v, const struct mouse *m)
{
	(void)v;
	box.kind = m->kind;
	box.y = m->y;
	box.x = m->x;
	return box.mouse_result;
}

static const struct view_ops box_ops = {
	.name = "box",
	.state_size = 1,
	.actions = (const enum action[]){ ACTION_SAVE, ACTION_NONE },
	.size = box_size,
	.refresh = box_refresh,
	.draw = box_draw,
	.key = box_key,
	.confirmed = box_confirmed,
	.work = box_work,
	.mouse = box_mouse,
};

static int
setup_box(void **state)
{
	struct fixture *f;

	if (setup(state) != 0)
		return -1;
	f = *state;
	memset(&box, 0, sizeof(box));
	box.height = 2;
	box.width = 10;
	keymap_add_view(&f->keymap, &box_ops);
	keymap_add_view(&f->keymap, &view_palette_ops);
	loop_drain(&f->stack, &f->source);
	stack_resize(&f->stack, 8, 24);
	stack_open(&f->stack, &box_ops, NULL);
	return 0;
}

/* Row @p y of the screen, or its roles. */
static const char *
row(struct fixture *f, int y, bool roles)
{
	static char text[256];
	struct canvas *c = canvas_new(f->stack.height, f->stack.width);
	struct buf b = BUF_INIT;

	stack_draw(&f->stack, c);
	(roles ? (void)canvas_row_roles(c, y, &b) : canvas_row(c, y, false, &b));
	snprintf(text, sizeof(text), "%s", buf_cstr(&b));
	buf_release(&b);
	canvas_free(c);
	return text;
}

static void
click(struct fixture *f, enum mouse_kind kind, int y, int x)
{
	stack_mouse(&f->stack, &(struct mouse){ kind, y, x });
}

static void
dialogs(void **state)
{
	struct fixture *f = *state;

	run(f,
	    "#: size 24x8\n"
	    "o n e\n"
	    ":shot framed\n"
	    "+ t\n"
	    ":resize 12x5\n"
	    ":shot the frame fills it\n"
	    ":resize 12x4\n"
	    ":shot no frame, and nothing of those below\n"
	    ":resize 2x9\n"
	    ":resize 1x1\n"
	    ":resize 60x4\n"
	    "<F1>\n"
	    ":resize 24x8\n"
	    "<Esc> <Esc>\n"
	    ":shot all below have the size too\n",
	    "== framed 24x8\n"
	    "Items               1/12\n"
	    "  item 0\n"
	    "  item┌─ box ────┐\n"
	    "  item│one       │\n"
	    "  item│          │\n"
	    "  item└──────────┘\n"
	    "  item 5\n"
	    "Esc Back  F1 Help\n"
	    "== the frame fills it 12x5\n"
	    "Items   1/12\n"
	    "┌─ box ────┐\n"
	    "│onet      │\n"
	    "└──────────┘\n"
	    "Esc Back\n"
	    "== no frame, and nothing of those below 12x4\n"
	    "box\n"
	    "onet\n"
	    "\n"
	    "Esc Back\n"
	    "== all below have the size too 24x8\n"
	    "Items               1/12\n"
	    "  item 0\n"
	    "  item┌─ box ────┐\n"
	    "  item│onet      │\n"
	    "  item│          │\n"
	    "  item└──────────┘\n"
	    "  item 5\n"
	    "Esc Back  F1 Help\n");
	assert_int_equal(box.refreshed_height, 2);
}

static void
questions(void **state)
{
	static const struct { const char *key; int yes, no; } answers[] = {
		{ "y", 1, 0 }, { "Y", 1, 0 }, { "n", 0, 1 }, { "N", 0, 1 }, { "<Esc>", 0, 1 },
		{ "<C-C>", 0, 1 }, { "<A-y>", 0, 1 }, { "<C-Y>", 0, 0 }, { "x", 0, 0 },
		{ "<Enter>", 0, 0 }, { "q", 0, 0 },
	};
	struct fixture *f = *state;

	press(f, "a");
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		box.yes = box.no = 0;
		press(f, "@");
		press(f, "!");
		assert_string_equal(row(f, 7, false), "Sure of ␛ a? y/n");
		/* The data may grow meanwhile; the mouse does not answer. */
		f->demo.total += 1;
		loop_drain(&f->stack, &f->source);
		click(f, MOUSE_PRESS, 7, 1);
		click(f, MOUSE_WHEEL_DOWN, 3, 1);
		assert_string_equal(row(f, 7, false), "Sure of ␛ a? y/n");
		press(f, answers[i].key);
		assert_int_equal(box.yes, answers[i].yes);
		assert_int_equal(box.no, answers[i].no);
		if (box.yes + box.no == 0)
			press(f, "n");
		assert_string_equal(row(f, 7, false), "Esc Back  F1 Help");
		assert_string_equal(box.typed, "a");
	}
	/* One that is too long gives way to what answers it. */
	stack_resize(&f->stack, 8, 12);
	press(f, "!");
	assert_string_equal(row(f, 7, false), "Sure of… y/n");
	/* A view that goes takes its question along. */
	stack_close_others(&f->stack);
	stack_refresh(&f->stack);
	assert_string_equal(row(f, 7, false), "Esc Quit");
	assert_int_equal(box.yes, 0);
}

static void
acting_below(void **state)
{
	struct fixture *f = *state;

	press(f, "^");
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_items_ops);
	assert_string_equal(row(f, 0, false), "Items               2/12");
	/* From where a view works, it is done too. */
	stack_open(&f->stack, &box_ops, NULL);
	box.asks_to_close = true;
	stack_work(&f->stack, 10);
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_items_ops);
	assert_string_equal(row(f, 0, false), "Items              12/12");
	box.asks_to_close = false;
	for (int i = 0; i < 5; i++)
		stack_open(&f->stack, &box_ops, NULL);
	press(f, "*");
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_items_ops);
	assert_false(stack_done(&f->stack));
}

static void
working(void **state)
{
	struct fixture *f = *state;
	int turns = 0;

	/* Also while another view is on top. */
	stack_open(&f->stack, &view_help_ops, &(struct help_subject){ &box_ops });
	box.work_left = 5;
	while (stack_work(&f->stack, 1))
		turns++;
	assert_int_equal(turns, 4);
	assert_int_equal(box.work_left, 0);
	box.work_left = 3;
	loop_drain(&f->stack, &f->source);
	assert_int_equal(box.work_left, 0);
}

static void
the_mouse(void **state)
{
	struct fixture *f = *state;

	click(f, MOUSE_PRESS, 3, 7);
	assert_int_equal(box.y, 0);
	assert_int_equal(box.x, 0);
	click(f, MOUSE_DOUBLE, 4, 16);
	assert_int_equal(box.y, 1);
	assert_int_equal(box.x, 9);
	assert_int_equal(box.kind, MOUSE_DOUBLE);
	/* Beside it, on its frame, on the title. */
	box.kind = MOUSE_WHEEL_UP;
	click(f, MOUSE_PRESS, 2, 8);
	click(f, MOUSE_PRESS, 3, 6);
	click(f, MOUSE_PRESS, 3, 17);
	click(f, MOUSE_PRESS, 5, 8);
	click(f, MOUSE_PRESS, 0, 0);
	click(f, MOUSE_PRESS, 7, 23);
	assert_int_equal(box.kind, MOUSE_WHEEL_UP);
	assert_ptr_equal(stack_top(&f->stack)->ops, &box_ops);
	/* Hints are keys; but not those that a notice covers. */
	press(f, "@");
	assert_string_equal(row(f, 7, false), "noted");
	click(f, MOUSE_PRESS, 7, 1);
	assert_ptr_equal(stack_top(&f->stack)->ops, &box_ops);
	click(f, MOUSE_PRESS, 7, 11);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_help_ops);
	click(f, MOUSE_DOUBLE, 7, 1);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_help_ops);
	click(f, MOUSE_PRESS, 7, 1);
	assert_ptr_equal(stack_top(&f->stack)->ops, &box_ops);
	box.mouse_result = VIEW_CLOSE;
	click(f, MOUSE_PRESS, 3, 8);
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_items_ops);
	/* A notch is three lines; a click opens when it is double. */
	click(f, MOUSE_WHEEL_DOWN, 3, 3);
	assert_string_equal(row(f, 0, false), "Items               4/12");
	click(f, MOUSE_WHEEL_UP, 7, 0);
	assert_string_equal(row(f, 0, false), "Items               1/12");
	click(f, MOUSE_PRESS, 3, 3);
	assert_string_equal(row(f, 0, false), "Items               3/12");
	click(f, MOUSE_DOUBLE, 3, 3);
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_detail_ops);
	/* The last view: the hint says Quit. */
	press(f, "<Esc>");
	click(f, MOUSE_PRESS, 7, 0);
	assert_true(stack_done(&f->stack));
	click(f, MOUSE_PRESS, 7, 0);
}

/* The second key of each action, where it has one. */
static void
other_hints(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(row(f, 7, false), "Esc Back  F1 Help");
	stack_resize(&f->stack, 8, 40);
	assert_string_equal(row(f, 7, false), "Esc Back  F1 Help  F2 Save");
	stack_act(&f->stack, ACTION_TOGGLE_HINTS);
	assert_string_equal(row(f, 7, false), "q Back  ? Help  S Save");
	assert_string_equal(row(f, 7, true), "k.iiii..k.iiii..k.iiii");
	stack_act(&f->stack, ACTION_TOGGLE_HINTS);
	assert_string_equal(row(f, 7, false), "Esc Back  F1 Help  F2 Save");
}

static void
titled_title(const struct view *v, struct buf *left, struct buf *right)
{
	(void)v;
	buf_add_cstr(left, "a title that is long enough");
	buf_add_cstr(right, "9/10");
}

static const struct view_ops titled_ops = {
	.name = "titled",
	.state_size = 1,
	.title = titled_title,
	.draw = box_draw,
};

static void
titles(void **state)
{
	static const struct { int width; const char *row; } t[] = {
		{ 40, "a title that is long enough         9/10" },
		{ 33, "a title that is long enough  9/10" },
		{ 32, "a title that is long enou…  9/10" },
		{ 26, "a title that is lon…  9/10" },
		{ 25, "a title that is long eno…" },
		{ 5, "a ti…" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		stack_resize(&f->stack, 4, t[i].width);
		stack_open(&f->stack, &titled_ops, NULL);
		if (strcmp(row(f, 0, false), t[i].row) != 0)
			fail_msg("%d: %s", t[i].width, row(f, 0, false));
		press(f, "<Esc>");
	}
}

static void
palette(void **state)
{
	struct fixture *f = *state;

	stack_close_others(&f->stack);
	stack_refresh(&f->stack);
	stack_resize(&f->stack, 24, 80);
	for (int i = 0; i < 2; i++) {
		stack_open(&f->stack, &view_palette_ops, &(struct palette_subject){ &demo_items_ops });
		for (const char *p = "m-d"; *p; p++)
			stack_key(&f->stack, (struct key){ (uint32_t)*p, 0 });
		press(f, "<Enter>");
		assert_ptr_equal(stack_top(&f->stack)->ops, &demo_items_ops);
	}
	assert_string_equal(row(f, 0, false) + 76, "3/12");
	/* In each case it has no more than a line of history, and no more actions than
	 * there are. */
	assert_int_equal(f->stack.asked[STACK_ASK_COMMAND].n, 1);
	stack_open(&f->stack, &view_palette_ops, &(struct palette_subject){ &view_help_ops });
	stack_resize(&f->stack, 1, 1);
	press(f, "<Down>");
	press(f, "<Tab>");
	press(f, "<Backspace>");
	stack_resize(&f->stack, 10, 40);
	press(f, "<C-U>");
	press(f, "<Backspace>");
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_items_ops);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(list_detail_and_back, setup, teardown),
		cmocka_unit_test_setup_teardown(asking, setup, teardown),
		cmocka_unit_test_setup_teardown(help_is_made_of_the_tables, setup, teardown),
		cmocka_unit_test_setup_teardown(tiny_screens, setup, teardown),
		cmocka_unit_test_setup_teardown(alt_is_esc_and_a_key, setup, teardown),
		cmocka_unit_test_setup_teardown(a_view_closes_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many_views, setup, teardown),
		cmocka_unit_test_setup_teardown(redraw_and_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(dialogs, setup_box, teardown),
		cmocka_unit_test_setup_teardown(questions, setup_box, teardown),
		cmocka_unit_test_setup_teardown(acting_below, setup_box, teardown),
		cmocka_unit_test_setup_teardown(working, setup_box, teardown),
		cmocka_unit_test_setup_teardown(the_mouse, setup_box, teardown),
		cmocka_unit_test_setup_teardown(other_hints, setup_box, teardown),
		cmocka_unit_test_setup_teardown(titles, setup_box, teardown),
		cmocka_unit_test_setup_teardown(palette, setup_box, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
