/*
 * The form that makes a filter of calls. What it makes is an expression of the filter
 * language, which can be edited as one; opened again it is filled in with that.
 */
#include "ui/form.h"
#include "views/filter_form.h"
#include "views/parts.h"

struct filter_form_view {
	struct form form;
	struct filter_form values;
	void (*apply)(void *ctx, struct str expression);
	void *ctx;
};

/* The texts come first, by enum filter_form_text. */
enum {
	FIELD_STATE = FILTER_FORM_TEXT_COUNT,
	FIELD_NOTE,
	FIELD_HEADING,
	FIELD_METHOD,
	FIELD_FILTER = FIELD_METHOD + FILTER_FORM_METHODS,
	FIELD_CLEAR,
	FIELD_CANCEL
};

static void
add_fields(struct form *f)
{
	static const struct {
		const char *label, *help;
	} texts[] = {
#define TEXT_ROW(id, field, label) [FILTER_FORM_##id] = { label, NULL },
		FILTER_FORM_TEXTS(TEXT_ROW)
#undef TEXT_ROW
	};
	static const char *const help[] = {
		[FILTER_FORM_FROM] = "A pattern found in the URI of From: alice, ^sip:\\+49",
		[FILTER_FORM_TO] = "A pattern found in the URI of To: bob@, 1[0-9]{3}@",
		[FILTER_FORM_SOURCE] = "A pattern in address:port, or a block: 10.0.0.0/8",
		[FILTER_FORM_DESTINATION] = "A pattern in address:port, or a block: 10.0.0.0/8",
		[FILTER_FORM_PAYLOAD] = "A pattern found in any message of the call",
		[FILTER_FORM_STATUS] = "Codes or classes of the final answer: 486, 5xx",
	};

	for (int i = 0; i < FILTER_FORM_TEXT_COUNT; i++)
		form_add(f, FORM_TEXT, texts[i].label, help[i]);
	form_add_choice(f, "State", filter_form_states, 0,
			"Left and Right choose what became of it");
	form_add(f, FORM_NOTE, "", NULL);
	form_add(f, FORM_HEADING, "Methods", NULL);
	for (int i = 0; i < FILTER_FORM_METHODS; i++) {
		size_t at = form_add(f, FORM_CHECK, filter_form_methods[i],
				     "Space takes calls of this method in or out; none: any");

		f->fields[at].beside = i > 0;
	}
	form_add(f, FORM_BUTTON, "Filter", "Shows what fits, as Enter does from every field");
	form_add_beside(f, FORM_BUTTON, "Clear", "Empties the form: then all calls are shown");
	form_add_beside(f, FORM_BUTTON, "Cancel", "The filter stays as it is");
}

/* Show the values. */
static void
fill(struct filter_form_view *st)
{
	for (int i = 0; i < FILTER_FORM_TEXT_COUNT; i++)
		form_set_text(&st->form, (size_t)i, buf_str(&st->values.texts[i]));
	st->form.fields[FIELD_STATE].choice = st->values.state;
	for (int i = 0; i < FILTER_FORM_METHODS; i++)
		st->form.fields[FIELD_METHOD + i].choice = st->values.methods >> i & 1;
}

static void
take_values(struct filter_form_view *st)
{
	struct filter_form *values = &st->values;

	filter_form_clear(values);
	for (int i = 0; i < FILTER_FORM_TEXT_COUNT; i++)
		buf_add_str(&values->texts[i], form_text(&st->form, (size_t)i));
	values->state = st->form.fields[FIELD_STATE].choice;
	values->methods = 0;
	for (int i = 0; i < FILTER_FORM_METHODS; i++)
		values->methods |= (uint32_t)st->form.fields[FIELD_METHOD + i].choice << i;
}

static void
say(struct filter_form_view *st, enum role role, struct str text)
{
	st->form.fields[FIELD_NOTE].role = role;
	form_set_text(&st->form, FIELD_NOTE, text);
}

static void
press_filter(struct view *v)
{
	struct filter_form_view *st = v->state;
	struct buf expression = BUF_INIT;
	enum filter_form_text bad;
	struct err err;

	take_values(st);
	if (filter_form_add(&st->values, &expression, &bad, &err) != 0) {
		form_go(&st->form, bad);
		say(st, ROLE_ERROR, str_of(err.text));
		/* The note may be out of sight in a small dialog. */
		stack_error(v->stack, "%s", err.text);
	} else {
		stack_close(v->stack, v);
		st->apply(st->ctx, buf_str(&expression));
	}
	buf_release(&expression);
}

static void
press_clear(struct filter_form_view *st)
{
	filter_form_clear(&st->values);
	fill(st);
	say(st, ROLE_DIM, STR(""));
	form_go(&st->form, 0);
}

static void
filter_form_open(struct view *v, const void *subject)
{
	const struct filter_form_subject *what = subject;
	struct filter_form_view *st = v->state;
	struct buf b = BUF_INIT;

	st->apply = what->apply;
	st->ctx = what->ctx;
	add_fields(&st->form);
	if (!filter_form_read(&st->values, what->now)) {
		buf_add_cstr(&b, "In place of: ");
		parts_add_middle(&b, what->now, 120);
		say(st, ROLE_DIM, buf_str(&b));
	}
	fill(st);
	form_go(&st->form, 0);
	buf_release(&b);
}

static void
filter_form_close(struct view *v)
{
	struct filter_form_view *st = v->state;

	form_release(&st->form);
	filter_form_release(&st->values);
}

static bool
filter_form_refresh(struct view *v)
{
	struct filter_form_view *st = v->state;

	form_fit(&st->form, v->height, v->width);
	return false;
}

static void
filter_form_size(const struct view *v, int *height, int *width)
{
	const struct filter_form_view *st = v->state;

	form_size(&st->form, height, width);
}

static void
filter_form_title(const struct view *v, struct buf *left, struct buf *right)
{
	(void)v;
	(void)right;
	buf_add_cstr(left, " Filter ");
}

static void
filter_form_draw(const struct view *v, struct canvas *c)
{
	const struct filter_form_view *st = v->state;

	form_draw(&st->form, c);
}

/* @return whether the form took it. */
static bool
take_result(struct view *v, enum form_result result)
{
	struct filter_form_view *st = v->state;

	switch (result) {
	case FORM_IGNORED:
		return false;
	case FORM_MOVED:
		break;
	case FORM_CHANGED:
		if (st->form.fields[FIELD_NOTE].role == ROLE_ERROR)
			say(st, ROLE_DIM, STR(""));
		break;
	case FORM_PRESSED:
		if (st->form.at == FIELD_FILTER)
			press_filter(v);
		else if (st->form.at == FIELD_CLEAR)
			press_clear(st);
		else
			stack_close(v->stack, v);
		break;
	case FORM_CANCELLED:
		stack_close(v->stack, v);
		break;
	}
	return true;
}

static bool
filter_form_key(struct view *v, struct key key)
{
	struct filter_form_view *st = v->state;

	/* Enter filters from everywhere but the other buttons. */
	if (key_eq(key, (struct key){ KEYCODE_ENTER, 0 }) && st->form.at <= FIELD_FILTER) {
		press_filter(v);
		return true;
	}
	return take_result(v, form_key(&st->form, key));
}

static enum view_result
filter_form_mouse(struct view *v, const struct mouse *m)
{
	struct filter_form_view *st = v->state;

	return take_result(v, form_mouse(&st->form, m)) ? VIEW_HANDLED : VIEW_IGNORED;
}

const struct view_ops view_filter_form_ops = {
	.name = "filter-form",
	.state_size = sizeof(struct filter_form_view),
	.open = filter_form_open,
	.close = filter_form_close,
	.refresh = filter_form_refresh,
	.size = filter_form_size,
	.title = filter_form_title,
	.draw = filter_form_draw,
	.key = filter_form_key,
	.mouse = filter_form_mouse,
};
