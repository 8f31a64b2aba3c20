#include "views/views.h"

#include <inttypes.h>

#include "base/text.h"
#include "ui/stack.h"
#include "views/parts.h"

const struct view_ops *const views[] = {
#define VIEW_ROW(name, subject) &view_##name##_ops,
	VIEWS(VIEW_ROW)
#undef VIEW_ROW
	&view_help_ops,
	&view_palette_ops,
	NULL
};

void
views_add_keys(struct keymap *km)
{
	for (const struct view_ops *const *v = views; *v; v++)
		keymap_add_view(km, *v);
}

static void
pause_or_go_on(struct stack *s, const struct views_app *app)
{
	bool paused = !parts_progress(app).paused;

	if (!app->pause)
		return;
	app->pause(app->ctx, paused);
	if (parts_progress(app).live)
		stack_notice(s, paused ? "Paused: the list stands still, nothing is lost." :
			     "The list goes on.");
	else
		stack_notice(s, paused ? "Paused: nothing is read." : "Reading goes on.");
}

static bool
act_global(struct stack *s, struct view *top, enum action action)
{
	const struct views_app *app = top->app;
	struct settings *settings = app->settings;

	switch (action) {
	case ACTION_TOGGLE_NAMES:
		settings->names = !settings->names;
		break;
	case ACTION_TOGGLE_SYNTAX:
		settings->syntax = !settings->syntax;
		break;
	case ACTION_PAUSE:
		pause_or_go_on(s, app);
		break;
	case ACTION_COMMANDS:
		stack_open(s, &view_palette_ops, &(struct palette_subject){ top->ops });
		break;
	case ACTION_SETTINGS:
		stack_open(s, &view_settings_ops, NULL);
		break;
	case ACTION_FILES:
		if (app->open_file)
			stack_open(s, &view_files_ops, NULL);
		else
			stack_error(s, "No other capture can be opened here.");
		break;
	default:
		return false;
	}
	return true;
}

/* Whether all that is seen came from where it cannot be read again. */
static bool
is_captured(const struct views_progress *p)
{
	return p->interfaces || (p->listens && p->live) || p->piped;
}

bool
views_tell_loss(const struct views_app *app, struct buf *loss)
{
	struct views_progress p = parts_progress(app);
	struct store_kept kept;

	if (!is_captured(&p))
		return false;
	store_kept(app->store, &kept);
	if (p.recording)
		buf_printf(loss, "end recording to %s", p.recording);
	else if (kept.calls > 0)
		buf_printf(loss, "lose %" PRIu32 " call%s captured live", kept.calls,
			   kept.calls == 1 ? "" : "s");
	return p.recording || kept.calls > 0;
}

static void
ask_to_leave(const struct stack *s, struct buf *question)
{
	const struct views_app *app = s->app;
	struct buf loss = BUF_INIT;

	if (app->settings->exit_prompt == SETTING_EXIT_NEVER)
		return;
	if (views_tell_loss(app, &loss))
		buf_printf(question, "Leave, and %s?", buf_cstr(&loss));
	else if (app->settings->exit_prompt == SETTING_EXIT_ALWAYS)
		buf_add_cstr(question, "Leave?");
	buf_release(&loss);
}

const struct stack_globals views_globals = {
	.actions = (const enum action[]){
		ACTION_TOGGLE_NAMES, ACTION_TOGGLE_SYNTAX, ACTION_PAUSE, ACTION_SETTINGS,
		ACTION_FILES, ACTION_COMMANDS,
		ACTION_NONE
	},
	.act = act_global,
	.leave = ask_to_leave,
};

enum role
role_of_status(unsigned int status)
{
	static const enum role roles[] = {
		ROLE_NORMAL, ROLE_STATUS_1XX, ROLE_STATUS_2XX, ROLE_STATUS_3XX,
		ROLE_STATUS_4XX, ROLE_STATUS_5XX, ROLE_STATUS_6XX,
	};
	unsigned int class = status / 100;

	return class < ARRAY_SIZE(roles) ? roles[class] : ROLE_NORMAL;
}

enum role
role_of_state(enum call_state state, unsigned int status)
{
	switch (state) {
	case CALL_STATE_IN_CALL:
	case CALL_STATE_COMPLETED:
	case CALL_STATE_ANSWERED:
	case CALL_STATE_REGISTERED:
	case CALL_STATE_UNREGISTERED:
	case CALL_STATE_ACTIVE:
	case CALL_STATE_TERMINATED:
		return ROLE_OK;
	case CALL_STATE_CANCELLED:
	case CALL_STATE_BUSY:
		return ROLE_WARNING;
	case CALL_STATE_REJECTED:
	case CALL_STATE_REDIRECTED:
	case CALL_STATE_UNAUTHORIZED:
		return role_of_status(status);
	case CALL_STATE_TIMED_OUT:
	case CALL_STATE_UNANSWERED:
	case CALL_STATE_UNACKNOWLEDGED:
		return ROLE_ERROR;
	case CALL_STATE_SETUP:
	case CALL_STATE_PROCEEDING:
	case CALL_STATE_RINGING:
	case CALL_STATE_TRYING:
	case CALL_STATE_PENDING:
		return ROLE_STATUS_1XX;
	case CALL_STATE_EXPIRED:
	case CALL_STATE_COUNT:
		break;
	}
	return ROLE_NORMAL;
}

void
parts_add_tail(struct buf *b, struct str s, int cells)
{
	int left = text_width(s);
	char shown[5];

	if (cells < 1)
		return;
	if (left > cells) {
		buf_add_cstr(b, "…");
		while (left > cells - 1)
			left -= text_next(&s, shown);
	}
	text_add_visible(b, s, false);
}

void
parts_add_middle(struct buf *b, struct str s, int cells)
{
	int left = text_width(s), head = cells - 1 - (cells - 1) / 2;
	char shown[5];

	if (left <= cells || cells < 3) {
		parts_add_tail(b, s, cells);
		return;
	}
	for (int used = 0; used < head;) {
		int w = text_next(&s, shown);

		used += w;
		left -= w;
		buf_add_cstr(b, shown);
	}
	buf_add_cstr(b, "…");
	while (left > (cells - 1) / 2)
		left -= text_next(&s, shown);
	text_add_visible(b, s, false);
}

size_t
parts_wrap(struct str line, size_t from, int width)
{
	struct str rest = str_skip(line, from);
	size_t total = rest.n;
	char shown[5];
	int used = 0;

	while (rest.n > 0) {
		struct str next = rest;
		int w = text_next(&next, shown);

		if (used + w > width && rest.n < total)
			break;
		used += w;
		rest = next;
	}
	return from + total - rest.n;
}

void
parts_draw_words(struct canvas *c, int y, enum role role, struct str text)
{
	int width = canvas_width(c);
	size_t from = 0;

	for (; y < canvas_height(c) && from < text.n; y++) {
		size_t end = parts_wrap(text, from, width), blank = end;

		while (end < text.n && blank > from && text.p[blank] != ' ')
			blank--;
		if (end < text.n && blank > from)
			end = blank;
		canvas_text(c, y, 0, width, role, str_sub(text, from, end - from));
		from = end + (end < text.n && text.p[end] == ' ');
	}
}

static int
index_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void
parts_sort_indexes(uint32_t *list, size_t n)
{
	if (n > 1)
		qsort(list, n, sizeof(*list), index_cmp);
}

struct str
parts_host_name(const struct views_app *app, const struct net_endpoint *at)
{
	return app->names && app->settings->names ? host_names_find(app->names, at) : STR_NONE;
}

void
parts_add_host(struct buf *b, const struct views_app *app, const struct net_endpoint *at)
{
	struct str name = parts_host_name(app, at);

	if (name.n > 0)
		text_add_visible(b, name, false);
	else
		net_endpoint_add(b, at);
}

void
parts_add_flaws(struct buf *b, uint32_t flaws)
{
	const char *sep = "";

	for (unsigned int i = 0; i < SIP_FLAW_COUNT; i++) {
		if (!(flaws & 1u << i))
			continue;
		buf_printf(b, "%s%s", sep, sip_flaw_defs[i].name);
		sep = ", ";
	}
}

size_t
parts_drop_gone(const struct views_app *app, uint32_t *calls, size_t n)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		if (!store_call_is_gone(app->store, calls[i]))
			calls[left++] = calls[i];
	return left;
}

void
parts_leave(struct view *v, const char *why)
{
	if (stack_top(v->stack) != v)
		return;
	stack_close(v->stack, v);
	stack_error(v->stack, "%s", why);
}

struct views_progress
parts_progress(const struct views_app *app)
{
	struct views_progress p = { .ended = true };

	if (app->progress)
		app->progress(app->ctx, &p);
	return p;
}
