#include <stdarg.h>

#include "base/mem.h"
#include "ui/stack_int.h"

#define WHEEL_LINES	3	/* a notch of it moves */

const enum action stack_actions[] = {
	ACTION_CLOSE, ACTION_HELP, ACTION_TOGGLE_HINTS, ACTION_REDRAW, ACTION_QUIT, ACTION_NONE
};

void
stack_init(struct stack *s, const struct keymap *keymap, void *app)
{
	*s = (struct stack){ .keymap = keymap, .app = app, .height = 24, .width = 80,
			     .changed = true };
}

static struct view *
top(const struct stack *s)
{
	return s->count > 0 ? s->views[s->count - 1] : NULL;
}

const struct view *
stack_top(const struct stack *s)
{
	return top(s);
}

static void
view_free(struct stack *s, struct view *v)
{
	if (s->asking == v)
		s->asking = NULL;
	if (s->confirming == v)
		s->confirming = NULL;
	if (v->ops->close)
		v->ops->close(v);
	free(v->state);
	free(v);
}

void
stack_release(struct stack *s)
{
	while (s->count > 0)
		view_free(s, s->views[--s->count]);
	prompt_release(&s->prompt);
	for (int i = 0; i < STACK_ASK_COUNT; i++)
		prompt_history_release(&s->asked[i]);
	buf_release(&s->ask_note);
	buf_release(&s->question);
	buf_release(&s->notice);
}

static void
view_refresh(struct stack *s, struct view *v)
{
	struct stack_place p = stack_place_of(s, v);

	v->height = p.height;
	v->width = p.width;
	if (v->ops->refresh && v->ops->refresh(v))
		s->changed = true;
}

/* Let what is seen look at its data and its size: it may have been covered meanwhile. */
static void
see(struct stack *s)
{
	for (int i = stack_first_seen(s); i >= 0 && i < s->count; i++)
		view_refresh(s, s->views[i]);
}

/* Take away what asked to be closed. The view that comes to light may close
 * itself too when it looks at its data; that ends, as each turn frees one. */
static void
reap(struct stack *s)
{
	bool closed = true;

	while (closed) {
		closed = false;
		for (int i = s->count - 1; i >= 0; i--) {
			struct view *v = s->views[i];

			if (!v->closing)
				continue;
			memmove(s->views + i, s->views + i + 1,
				(size_t)(s->count - i - 1) * sizeof(*s->views));
			s->count--;
			view_free(s, v);
			closed = true;
		}
		if (closed) {
			s->changed = true;
			see(s);
		}
	}
	if (s->count == 0)
		s->ended = true;
}

size_t
stack_memory(const struct stack *s)
{
	size_t n = 0;

	for (int i = 0; i < s->count; i++)
		if (s->views[i]->ops->memory)
			n += s->views[i]->ops->memory(s->views[i]);
	return n;
}

/* Make *b what is said in the footer. */
static void
say(struct stack *s, struct buf *b, const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	buf_clear(b);
	buf_add_cstr(b, text);
	s->changed = true;
}

void
stack_notice(struct stack *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(s, &s->notice, fmt, ap);
	va_end(ap);
	s->notice_error = false;
}

void
stack_error(struct stack *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(s, &s->notice, fmt, ap);
	va_end(ap);
	s->notice_error = true;
}

void
stack_ask(struct stack *s, struct view *v, enum stack_ask kind, const char *label,
	  struct str text)
{
	prompt_start(&s->prompt, label, &s->asked[kind], text);
	buf_clear(&s->ask_note);
	s->asking = v;
	s->changed = true;
}

void
stack_ask_note(struct stack *s, bool error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(s, &s->ask_note, fmt, ap);
	va_end(ap);
	s->ask_error = error;
}

void
stack_ask_mark(struct stack *s, size_t column)
{
	s->prompt.mark = column;
	s->changed = true;
}

void
stack_confirm(struct stack *s, struct view *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(s, &s->question, fmt, ap);
	va_end(ap);
	s->confirming = v;
	s->leaving = false;
}

/* Leave the program, unless there is something to ask before. */
static void
leave(struct stack *s)
{
	struct buf question = BUF_INIT;

	if (s->globals && s->globals->leave)
		s->globals->leave(s, &question);
	if (question.n > 0) {
		stack_confirm(s, top(s), "%s", buf_cstr(&question));
		s->leaving = true;
		s->changed = true;
	} else {
		s->ended = true;
	}
	buf_release(&question);
}

void
stack_copy(struct stack *s, const char *what, struct str bytes)
{
	struct str part = str_sub(bytes, 0, STACK_COPY_MAX);

	if (bytes.n == 0)
		stack_error(s, "Clipboard: nothing to copy.");
	else if (!s->copy || !s->copy(part))
		stack_error(s, "Clipboard: the terminal has none for %s.", what);
	else if (part.n < bytes.n)
		stack_error(s, "Clipboard: too long, sent %zu of the %zu bytes of %s.", part.n,
			    bytes.n, what);
	else
		stack_notice(s, "Clipboard: sent %s, %zu bytes.", what, bytes.n);
}

void
stack_open(struct stack *s, const struct view_ops *ops, const void *subject)
{
	struct view *v;

	if (s->count == STACK_MAX) {
		stack_error(s, "%d views are open: close some first", STACK_MAX);
		return;
	}
	v = xcalloc(1, sizeof(*v));
	*v = (struct view){ .ops = ops, .stack = s, .app = s->app,
			    .state = xcalloc(1, ops->state_size) };
	s->views[s->count++] = v;
	s->changed = true;
	if (ops->open)
		ops->open(v, subject);
	view_refresh(s, v);
	/* Not reaped here: the view that opens this one is still running. */
}

void
stack_close(struct stack *s, struct view *v)
{
	v->closing = true;
	s->changed = true;
}

void
stack_close_others(struct stack *s)
{
	for (int i = 1; i < s->count; i++)
		s->views[i]->closing = true;
	s->changed = true;
}

void
stack_act_below(struct stack *s, struct view *v, enum action action)
{
	stack_close(s, v);
	s->pending = action;
}

void
stack_resize(struct stack *s, int height, int width)
{
	s->height = height;
	s->width = width;
	s->changed = true;
	stack_refresh(s);
}

void
stack_refresh(struct stack *s)
{
	see(s);
	reap(s);
}

void
stack_lose(struct stack *s)
{
	bool lost = false;

	for (int i = 0; i < s->count; i++)
		if (s->views[i]->ops->lost && !s->views[i]->closing)
			lost |= s->views[i]->ops->lost(s->views[i]);
	if (lost)
		stack_refresh(s);
}

/* After something was done: take away what asked for it, and do what was asked for
 * the view that comes to light. */
static void
settle(struct stack *s)
{
	enum action action = s->pending;

	reap(s);
	s->pending = ACTION_NONE;
	if (action != ACTION_NONE && !s->ended)
		stack_act(s, action);
}

bool
stack_work(struct stack *s, int budget_ms)
{
	bool more = false;
	int workers = 0;

	for (int i = 0; i < s->count; i++)
		workers += s->views[i]->ops->work != NULL;
	/* A view may work on what those below it keep up. */
	for (int i = 0; i < s->count; i++) {
		struct view *v = s->views[i];

		if (v->ops->work && !v->closing)
			more |= v->ops->work(v, (budget_ms + workers - 1) / workers);
	}
	settle(s);
	return more;
}

bool
stack_take_repaint(struct stack *s)
{
	bool repaint = s->repaint;

	s->repaint = false;
	return repaint;
}

/* @return who did it; NULL: nobody. */
static const char *
act_default(struct stack *s, struct view *v, enum action action)
{
	switch (action) {
	case ACTION_CLOSE:
		if (s->count == 1)
			leave(s);
		else
			stack_close(s, v);
		break;
	case ACTION_QUIT:
		leave(s);
		break;
	case ACTION_HELP:
		if (v->ops != &view_help_ops)
			stack_open(s, &view_help_ops, &(struct help_subject){ v->ops });
		break;
	case ACTION_REDRAW:
		s->repaint = true;
		s->changed = true;
		break;
	case ACTION_TOGGLE_HINTS:
		s->second_hints = !s->second_hints;
		s->changed = true;
		break;
	default:
		if (!s->globals || !s->globals->act(s, v, action))
			return NULL;
		s->changed = true;
		return "program";
	}
	return "everywhere";
}

void
stack_act(struct stack *s, enum action action)
{
	struct view *v = top(s);
	enum view_result result = VIEW_IGNORED;
	const char *by;

	if (!v || s->ended)
		return;
	by = v->ops->name;
	if (s->notice.n > 0) {
		buf_clear(&s->notice);
		s->changed = true;
	}
	if (action == ACTION_NONE)
		return;
	if (v->ops->act)
		result = v->ops->act(v, action);
	switch (result) {
	case VIEW_IGNORED:
		by = act_default(s, v, action);
		break;
	case VIEW_HANDLED:
		s->changed = true;
		break;
	case VIEW_CLOSE:
		stack_close(s, v);
		break;
	}
	if (s->told && by)
		s->told(s->told_ctx, by, action_defs[action].name);
	settle(s);
}

/* A key while a question is asked. */
static void
confirm_key(struct stack *s, struct key key)
{
	struct view *v = s->confirming;
	bool plain = key.mods == 0;
	bool yes = plain && (key.code == 'y' || key.code == 'Y' ||
			     (s->leaving && key.code == KEYCODE_ENTER));

	/* With Alt it is an Esc, and what came after it. */
	if (!yes && !(plain && (key.code == 'n' || key.code == 'N' || key.code == KEYCODE_ESC)) &&
	    !(key.mods & KEY_MOD_ALT) && !key_eq(key, (struct key){ 'C', KEY_MOD_CTRL }))
		return;
	s->confirming = NULL;
	s->changed = true;
	buf_clear(&s->notice);
	if (s->leaving)
		s->ended = yes;
	else if (v->ops->confirmed)
		v->ops->confirmed(v, yes);
	settle(s);
}

/* A key while a line is asked for. @return whether it was for that line. */
static bool
ask_key(struct stack *s, struct key key)
{
	struct view *v = s->asking;
	enum prompt_result result = prompt_key(&s->prompt, key);

	if (result == PROMPT_IGNORED)
		return !(key.mods & KEY_MOD_ALT);
	s->changed = true;
	buf_clear(&s->notice);
	if (result == PROMPT_TAKEN || result == PROMPT_CANCELLED)
		s->asking = NULL;
	if (result != PROMPT_MOVED && v->ops->asked)
		v->ops->asked(v, result, buf_str(&s->prompt.text));
	settle(s);
	return true;
}

void
stack_key(struct stack *s, struct key key)
{
	struct view *v = top(s);

	if (!v)
		return;
	if (s->confirming == v) {
		confirm_key(s, key);
		return;
	}
	if (s->asking == v && ask_key(s, key))
		return;
	if (v->ops->key) {
		/* Before, as the view may have another one to say. */
		s->changed |= s->notice.n > 0;
		buf_clear(&s->notice);
		if (v->ops->key(v, key)) {
			s->changed = true;
			settle(s);
			return;
		}
	}
	if (key.mods & KEY_MOD_ALT && !keymap_has(s->keymap, v->ops->name, key)) {
		stack_key(s, (struct key){ KEYCODE_ESC, 0 });
		key.mods &= (uint8_t)~KEY_MOD_ALT;
		v = top(s);
		if (!v || s->ended)
			return;
	}
	stack_act(s, keymap_find(s->keymap, v->ops->name, key));
}

/* A notch of the wheel, where the view makes nothing else of it. */
static void
wheel(struct stack *s, enum mouse_kind kind)
{
	const struct view *v = top(s);

	for (int i = 0; i < WHEEL_LINES && top(s) == v && !s->ended; i++)
		stack_act(s, kind == MOUSE_WHEEL_UP ? ACTION_MOVE_UP : ACTION_MOVE_DOWN);
}

/* Give the view on top what happened within it. */
static enum view_result
view_mouse(struct stack *s, struct view *v, const struct mouse *m)
{
	struct stack_place p = stack_place_of(s, v);
	struct mouse inside = *m;

	inside.y -= p.y;
	inside.x -= p.x;
	if (!v->ops->mouse || inside.y < 0 || inside.y >= p.height || inside.x < 0 ||
	    inside.x >= p.width)
		return VIEW_IGNORED;
	return v->ops->mouse(v, &inside);
}

void
stack_mouse(struct stack *s, const struct mouse *m)
{
	struct view *v = top(s);
	enum action hint = ACTION_NONE;

	if (!v || s->ended || s->confirming == v || s->asking == v)
		return;
	if (mouse_is_click(m) && m->y == s->height - 1)
		hint = stack_hint_at(s, m->x);
	if (s->notice.n > 0) {
		buf_clear(&s->notice);
		s->changed = true;
	}
	/* Not what a second click finds where the first one has led to. */
	if (hint != ACTION_NONE && m->kind == MOUSE_DOUBLE &&
	    (hint != s->clicked || hint == ACTION_CLOSE))
		return;
	s->clicked = hint;
	if (hint != ACTION_NONE) {
		stack_act(s, hint);
		return;
	}
	switch (view_mouse(s, v, m)) {
	case VIEW_IGNORED:
		if (!mouse_is_click(m))
			wheel(s, m->kind);
		break;
	case VIEW_HANDLED:
		s->changed = true;
		break;
	case VIEW_CLOSE:
		stack_close(s, v);
		break;
	}
	settle(s);
}
