/*
 * The form for saving calls, a message or streams to a file. The path and the format follow
 * one another by the suffix; a path that was only proposed follows what is saved too.
 * Writing is the program's (export/save.h) and goes on in work(), as does the reading
 * of the folder for completing a name; meanwhile the form can but cancel. Whatever
 * goes wrong is told in the form, which keeps what was typed.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/form_path.h"
#include "views/call_set.h"
#include "views/parts.h"
#include "views/save_choice.h"
#include "views/save_comment.h"
#include "views/save_secrecy.h"
#include "views/save_told.h"

#define NAME_MAX_BYTES	64u	/* of a Call-ID in the name proposed */

struct save_view {
	struct form form;
	struct save_choice choice;	/* its list: of the request */
	struct buf filter;	/* that picks those shown */

	const char *formats[SAVE_FORMAT_COUNT + 1];
	bool tls;			/* messages came in TLS: it has a field */
	struct buf proposed;		/* the path that was; the user's own is another */

	struct form_path completion;

	struct save *save;		/* NULL: not running */
	struct buf path;		/* expanded */
	struct pinned pinned;		/* this call or message, and those being saved */
	size_t gone;			/* of those being saved */
	bool overwrite;
	bool changed;			/* by work(), since the last look */
};

enum {
	FIELD_PATH, FIELD_NOTE, FIELD_WHAT, FIELD_FORMAT, FIELD_RTP,
	FIELD_TLS,	/* where there is some; else what follows is one less */
	FIELD_SAVE, FIELD_CANCEL
};

static size_t
field_of(const struct save_view *st, size_t field)
{
	return field > FIELD_TLS && !st->tls ? field - 1 : field;
}

static enum save_what
what_chosen(const struct save_view *st)
{
	return st->choice.whats[st->form.fields[FIELD_WHAT].choice];
}

static enum save_format
format_chosen(const struct save_view *st)
{
	return (enum save_format)st->form.fields[FIELD_FORMAT].choice;
}

/* ---- the path and the format ---- */

/* What depends on the format. */
static void
show_format(struct save_view *st)
{
	enum save_format format = format_chosen(st);
	struct form_field *rtp = &st->form.fields[FIELD_RTP];

	st->form.fields[FIELD_FORMAT].help = save_format_defs[format].help;
	bool packets = format == SAVE_PCAP || format == SAVE_PCAPNG;

	rtp->disabled = !packets || what_chosen(st) == WHAT_MESSAGE ||
		save_what_is_streams(what_chosen(st)) || st->save;
	if (st->tls)
		st->form.fields[FIELD_TLS].disabled = !packets || st->save;
}

/* The path was typed: the format follows its suffix. */
static void
follow_path(struct save_view *st)
{
	size_t stem;
	enum save_format format = save_format_of(form_text(&st->form, FIELD_PATH), &stem);

	if (format < SAVE_FORMAT_COUNT)
		st->form.fields[FIELD_FORMAT].choice = (int)format;
	show_format(st);
}

/* The format was chosen: the suffix follows. */
static void
follow_format(struct save_view *st)
{
	struct str path = form_text(&st->form, FIELD_PATH);
	bool packed = save_is_packed(path);
	const char *suffix = save_format_defs[format_chosen(st)].suffix;
	struct buf b = BUF_INIT;
	bool proposed = str_eq(path, buf_str(&st->proposed));

	save_format_of(path, &path.n);
	if (path.n > path_name_at(path)) {
		buf_add_str(&b, path);
		buf_add_cstr(&b, suffix);
		if (packed)
			buf_add_cstr(&b, ".gz");
		form_set_text(&st->form, FIELD_PATH, buf_str(&b));
	}
	if (proposed) {
		buf_clear(&st->proposed);
		buf_add_str(&st->proposed, form_text(&st->form, FIELD_PATH));
	}
	buf_release(&b);
	show_format(st);
}

/* Propose a path for what is chosen, unless the user typed his own. */
static void
propose(struct save_view *st, const struct views_app *app)
{
	enum save_what what = what_chosen(st);
	struct str folder = str_of(app->settings->save_path);
	const struct stream *stream = NULL;
	const struct call *call = NULL;
	struct buf b = BUF_INIT;

	show_format(st);
	if (!str_eq(form_text(&st->form, FIELD_PATH), buf_str(&st->proposed)))
		return;
	if (save_what_is_streams(what))
		stream = store_stream(app->store, save_choice_stream(&st->choice, what));
	else if (what >= WHAT_CALLS || save_choice_count(&st->choice, app, what) == 1)
		call = store_call(app->store, save_choice_call(&st->choice, app, what));
	buf_add_str(&b, folder.n > 0 ? folder : STR("."));
	if (b.p[b.n - 1] != '/')
		buf_add_char(&b, '/');
	if (call)
		path_add_safe(&b, call_id(call), NAME_MAX_BYTES);
	else if (stream && (what == WHAT_STREAM || what == WHAT_BOTH_WAYS))
		buf_printf(&b, "stream-0x%08" PRIX32, stream->ssrc);
	else if (stream)
		buf_add_cstr(&b, "streams");
	else
		buf_add_cstr(&b, what == WHAT_MESSAGE ? "message" : "calls");
	if (call && what == WHAT_MESSAGE)
		buf_add_cstr(&b, "-message");
	buf_add_cstr(&b, save_format_defs[format_chosen(st)].suffix);
	form_set_text(&st->form, FIELD_PATH, buf_str(&b));
	buf_clear(&st->proposed);
	buf_add_str(&st->proposed, form_text(&st->form, FIELD_PATH));
	buf_release(&b);
}

static void
say(struct save_view *st, enum role role, struct str text)
{
	st->form.fields[FIELD_NOTE].role = role;
	form_set_text(&st->form, FIELD_NOTE, text);
}

/* ---- writing ---- */

static void
fail(struct view *v, const char *text)
{
	struct save_view *st = v->state;

	form_go(&st->form, FIELD_PATH);
	say(st, ROLE_ERROR, str_of(text));
	/* The note may be out of sight in a small dialog. */
	stack_error(v->stack, "%s", text);
}

/* Nothing but cancelling can be done while it runs. */
static void
set_running(struct view *v, struct save *save)
{
	struct save_view *st = v->state;

	st->save = save;
	for (size_t i = 0; i < st->form.n; i++)
		st->form.fields[i].disabled = save && i != field_of(st, FIELD_CANCEL) && i != FIELD_NOTE;
	show_format(st);
	form_go(&st->form, save ? field_of(st, FIELD_CANCEL) : FIELD_PATH);
	form_fit(&st->form, v->height, v->width);
}

/* For pcapng: what these calls are. */
static void
add_comment(const struct save_view *st, const struct views_app *app,
	    const struct save_request *request, struct buf *b)
{
	static const char *const whats[] = {
		[WHAT_SELECTED] = "selected calls", [WHAT_SHOWN] = "calls",
		[WHAT_ALL] = "all calls", [WHAT_CALLS] = "calls", [WHAT_MESSAGE] = "a message",
		[WHAT_STREAMS_SELECTED] = "selected streams", [WHAT_STREAM] = "a stream",
		[WHAT_BOTH_WAYS] = "a stream, both ways", [WHAT_STREAMS_SHOWN] = "streams",
	};
	enum save_what what = what_chosen(st);
	struct str filter = what == WHAT_SHOWN || what == WHAT_STREAMS_SHOWN ?
		buf_str(&st->filter) : STR_NONE;

	save_comment_add(b, app, request, whats[what], filter, what >= WHAT_CALLS);
}

static enum save_secrecy
secrecy_chosen(const struct save_view *st)
{
	const struct form_field *f = &st->form.fields[FIELD_TLS];

	return st->tls && !f->disabled ? (enum save_secrecy)f->choice : SAVE_ENCRYPTED;
}

static void
start(struct view *v)
{
	struct save_view *st = v->state;
	const struct views_app *app = v->app;
	enum save_what what = what_chosen(st);
	bool any = save_choice_list(&st->choice, app, what);
	struct save_request request = {
		.path = buf_cstr(&st->path),
		.calls = st->choice.list, .n = st->choice.list_n,
		.streams = st->choice.streams, .stream_n = st->choice.streams_n,
		.message = what == WHAT_MESSAGE ? st->choice.message : MESSAGE_NONE,
		.format = format_chosen(st), .overwrite = st->overwrite,
		.secrecy = secrecy_chosen(st),
		.rtp = st->form.fields[FIELD_RTP].choice && !st->form.fields[FIELD_RTP].disabled,
	};
	struct err err = { .text = "it cannot be written" };
	struct buf comment = BUF_INIT;
	struct save *save;

	if (!any) {
		fail(v, save_what_is_streams(what) ? "There is no stream to save." :
		     "There is no call to save.");
		return;
	}
	add_comment(st, app, &request, &comment);
	request.comment = buf_cstr(&comment);
	save = app->save_start(app->ctx, &request, &err);
	buf_release(&comment);
	if (!save) {
		fail(v, err.text);
		return;
	}
	st->gone = 0;
	pinned_set(&st->pinned, app->pins, st->choice.list, st->choice.list_n);
	set_running(v, save);
	say(st, ROLE_NOTICE, STR("Saving ..."));
}

/* Look at the path, ask where a file would be lost, and begin. */
static void
press_save(struct view *v)
{
	struct save_view *st = v->state;
	struct str path = form_text(&st->form, FIELD_PATH);
	struct buf shown = BUF_INIT;

	form_path_stop(&st->completion);
	st->overwrite = false;
	say(st, ROLE_DIM, STR(""));
	buf_clear(&st->path);
	path_expand(&st->path, path);
	if (path_name_at(path) == path.n) {
		fail(v, "Type the name of a file.");
		return;
	}
	switch (path_kind(buf_cstr(&st->path))) {
	case PATH_NOTHING:
		start(v);
		break;
	case PATH_FILE:
		parts_add_tail(&shown, path, v->stack->width - 30);
		stack_confirm(v->stack, v, "Overwrite %s, which exists?", buf_cstr(&shown));
		break;
	case PATH_FOLDER:
		fail(v, "This is a folder: type the name of a file in it.");
		break;
	case PATH_DEVICE:
		fail(v, "This is a device or a pipe, which would be lost.");
		break;
	}
	buf_release(&shown);
}

static void
save_confirmed(struct view *v, bool yes)
{
	struct save_view *st = v->state;

	st->overwrite = yes;
	if (yes)
		start(v);
	else
		form_go(&st->form, FIELD_PATH);
}

static void
end_saving(struct view *v)
{
	struct save_view *st = v->state;
	const struct views_app *app = v->app;

	if (!st->save)
		return;
	if (app->save_end)
		app->save_end(st->save);
	set_running(v, NULL);
}

static void
cancel(struct view *v)
{
	struct save_view *st = v->state;

	if (!st->save) {
		stack_close(v->stack, v);
		return;
	}
	end_saving(v);
	say(st, ROLE_NOTICE, STR("Cancelled: nothing was written."));
}

static void
say_progress(struct save_view *st, const struct save_progress *p)
{
	struct buf b = BUF_INIT;

	save_told_progress(&b, p);
	say(st, ROLE_NOTICE, buf_str(&b));
	buf_release(&b);
}

/* It is written: say so, below the dialog. */
static void
say_saved(struct view *v, const struct save_progress *p)
{
	struct save_view *st = v->state;
	enum save_what what = what_chosen(st);
	const struct save_told told = {
		.calls = what == WHAT_MESSAGE ? 0 : st->choice.list_n,
		.streams = st->choice.streams_n, .gone = st->gone,
	};
	struct buf b = BUF_INIT;

	save_told_result(&b, p, &told, form_text(&st->form, FIELD_PATH), v->stack->width);
	if (p->missing > 0 || p->built > 0 || p->media_gone || st->gone > 0)
		stack_error(v->stack, "%s", buf_cstr(&b));
	else
		stack_notice(v->stack, "%s", buf_cstr(&b));
	buf_release(&b);
}

static bool
save_work(struct view *v, int budget_ms)
{
	struct save_view *st = v->state;
	const struct views_app *app = v->app;
	struct save_progress p = { .done = 0 };
	struct err err = { .text = "it cannot be written" };

	if (form_path_is_busy(&st->completion)) {
		if (form_path_work(&st->completion, budget_ms))
			follow_path(st);
		st->changed = true;
	}
	if (!st->save)
		return form_path_is_busy(&st->completion);
	st->changed = true;
	switch (app->save_step(st->save, budget_ms, &p, &err)) {
	case SAVE_RUNNING:
		say_progress(st, &p);
		return true;
	case SAVE_DONE:
		end_saving(v);
		say_saved(v, &p);
		stack_close(v->stack, v);
		break;
	case SAVE_FAILED:
		end_saving(v);
		fail(v, err.text);
		break;
	}
	return false;
}

/* ---- the view ---- */

static void
add_fields(struct save_view *st, const struct views_app *app)
{
	struct form *f = &st->form;

	for (int i = 0; i < SAVE_FORMAT_COUNT; i++)
		st->formats[i] = save_format_defs[i].name;
	form_add(f, FORM_TEXT, "Path", "Tab completes the name, again lists them; ~ is your home");
	form_add(f, FORM_NOTE, "", NULL);
	form_add_choice(f, "Save", st->choice.names, 0, "Left and Right choose what is saved");
	form_add_choice(f, "Format", st->formats, 0, NULL);
	form_add_beside(f, FORM_CHECK, "with RTP", parts_progress(app).media_unkept ?
			"Live RTP was measured, not kept: start rung with -r to save it" :
			"The RTP and RTCP packets of the calls too");
	if (st->tls)
		form_add_choice(f, "TLS", save_secrecies, 0, "Secrets are for pcapng alone");
	form_add(f, FORM_BUTTON, "Save", "Writes the file, as Enter does from every field");
	form_add_beside(f, FORM_BUTTON, "Cancel", "Gives up: no file is written");
}

/* Hold this call or message, until it is known what is saved. */
static void
pin_subject(struct save_view *st, const struct views_app *app)
{
	const struct save_choice *c = &st->choice;
	const struct message *m = store_message(app->store, c->message);
	uint32_t *calls = xreallocarray(NULL, c->calls_n + 1, sizeof(*calls));

	if (c->calls_n > 0)
		memcpy(calls, c->calls, c->calls_n * sizeof(*calls));
	calls[c->calls_n] = m ? m->call : CALL_NONE;
	pinned_set(&st->pinned, app->pins, calls, c->calls_n + 1);
	free(calls);
}

static void
save_view_open(struct view *v, const void *subject)
{
	const struct save_subject *what = subject;
	const struct views_app *app = v->app;
	struct save_view *st = v->state;

	save_choice_init(&st->choice, app, what);
	if (what->filter)
		buf_add_cstr(&st->filter, what->filter);
	st->tls = save_any_tls(app->store, st->choice.calls,
			       what->shown || what->selected ? 0 : st->choice.calls_n);
	add_fields(st, app);
	form_path_init(&st->completion, &st->form, FIELD_PATH, FIELD_NOTE);
	st->form.fields[FIELD_WHAT].choice = save_choice_first(&st->choice, v->app, what);
	st->form.fields[FIELD_RTP].choice = what->rtp && !parts_progress(v->app).media_unkept;
	propose(st, v->app);
	pin_subject(st, v->app);
}

static void
save_close(struct view *v)
{
	struct save_view *st = v->state;

	end_saving(v);
	form_release(&st->form);
	form_path_release(&st->completion);
	save_choice_release(&st->choice);
	buf_release(&st->filter);
	buf_release(&st->proposed);
	buf_release(&st->path);
	pinned_release(&st->pinned, ((const struct views_app *)v->app)->pins);
}

/* What is offered may be less, and what is being saved. */
static bool
save_lost(struct view *v)
{
	const struct views_app *app = v->app;
	struct save_view *st = v->state;
	struct save_choice *c = &st->choice;
	size_t left;

	c->calls_n = parts_drop_gone(app, c->calls, c->calls_n);
	if (!st->save)
		return false;
	left = c->list_n;
	c->list_n = parts_drop_gone(app, c->list, c->list_n);
	st->gone += left - c->list_n;
	pinned_set(&st->pinned, app->pins, c->list, c->list_n);
	return c->list_n < left;
}

static bool
save_refresh(struct view *v)
{
	struct save_view *st = v->state;
	/* Counts grow while a file is read. */
	bool changed = save_choice_name(&st->choice, v->app) || st->changed;

	st->changed = false;
	form_fit(&st->form, v->height, v->width);
	return changed;
}

static void
save_size(const struct view *v, int *height, int *width)
{
	const struct save_view *st = v->state;

	form_size(&st->form, height, width);
}

static void
save_title(const struct view *v, struct buf *left, struct buf *right)
{
	(void)v;
	(void)right;
	buf_add_cstr(left, " Save ");
}

static void
save_draw(const struct view *v, struct canvas *c)
{
	const struct save_view *st = v->state;

	form_draw(&st->form, c);
}

static void
field_changed(struct view *v)
{
	struct save_view *st = v->state;

	form_path_stop(&st->completion);
	say(st, ROLE_DIM, STR(""));
	if (st->form.at == FIELD_PATH)
		follow_path(st);
	else if (st->form.at == FIELD_FORMAT)
		follow_format(st);
	else if (st->form.at == FIELD_WHAT)
		propose(st, v->app);
	/* Only this has a place for them. */
	if (secrecy_chosen(st) == SAVE_WITH_SECRETS && format_chosen(st) == SAVE_PCAP &&
	    st->form.at == FIELD_TLS) {
		st->form.fields[FIELD_FORMAT].choice = SAVE_PCAPNG;
		follow_format(st);
	}
}

/* @return whether the form took it. */
static bool
take_result(struct view *v, enum form_result result)
{
	struct save_view *st = v->state;

	switch (result) {
	case FORM_IGNORED:
		return false;
	case FORM_MOVED:
		break;
	case FORM_CHANGED:
		field_changed(v);
		break;
	case FORM_PRESSED:
		if (st->form.at == field_of(st, FIELD_SAVE))
			press_save(v);
		else
			cancel(v);
		break;
	case FORM_CANCELLED:
		cancel(v);
		break;
	}
	return true;
}

static bool
save_key(struct view *v, struct key key)
{
	struct save_view *st = v->state;
	enum form_result result;

	if (form_path_key(&st->completion, key))
		return true;
	result = form_key(&st->form, key);
	/* As in other fields, where it is pressed for the first button. */
	if (result == FORM_IGNORED && key_eq(key, (struct key){ KEYCODE_ENTER, 0 })) {
		press_save(v);
		return true;
	}
	/* The view below is not to be left by a key for something else. */
	return take_result(v, result) || st->save;
}

static enum view_result
save_mouse(struct view *v, const struct mouse *m)
{
	struct save_view *st = v->state;

	return take_result(v, form_mouse(&st->form, m)) ? VIEW_HANDLED : VIEW_IGNORED;
}

static enum view_result
save_act(struct view *v, enum action action)
{
	const struct save_view *st = v->state;

	if (action != ACTION_SAVE)
		return VIEW_IGNORED;
	if (!st->save)
		press_save(v);
	return VIEW_HANDLED;
}

void
save_open(struct stack *s, const struct save_subject *subject)
{
	const struct views_app *app = s->app;
	bool any = subject->n > 0 || (subject->message != MESSAGE_NONE &&
		store_message(app->store, subject->message)) ||
		(subject->shown && store_call_count(app->store) > 0) || subject->stream_n > 0 ||
		(subject->selected && subject->selected->members > 0);

	if (!app->save_start || !app->save_step)
		stack_error(s, "Nothing can be saved here.");
	else if (!any)
		stack_error(s, "There is nothing to save.");
	else
		stack_open(s, &view_save_ops, subject);
}

const struct view_ops view_save_ops = {
	.name = "save",
	.state_size = sizeof(struct save_view),
	.actions = (const enum action[]){ ACTION_SAVE, ACTION_NONE },
	.open = save_view_open,
	.close = save_close,
	.lost = save_lost,
	.refresh = save_refresh,
	.work = save_work,
	.size = save_size,
	.title = save_title,
	.draw = save_draw,
	.key = save_key,
	.mouse = save_mouse,
	.act = save_act,
	.confirmed = save_confirmed,
};
