/*
 * A look after each piece that was read: the messages that came since are told, or say
 * which calls changed. Such a call waits a second, and is told when it is over then and
 * no more of it came; else it is open, and those that are open are asked once a second,
 * for timers end calls without a message. One that is evicted before is told as it is then.
 *
 * Whoever reads the answer may be slow, or not read at all: what he does not take waits,
 * and what is to be told after it waits in the store, which has a bound. So capturing and
 * recording go on, and what went untold is counted.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/live_answer.h"

#include "app/answer.h"
#include "app/signals.h"
#include "base/mem.h"
#include "base/time.h"
#include "views/call_set.h"

#define QUIET_MS	1000
#define WAITING_MAX	((size_t)1 << 20)	/* bytes that wait for the reader */
#define WRITE_PIECE	4096u		/* taken without waiting by a pipe that is ready */
#define PATIENCE_MS	1000		/* with a reader that takes nothing, when leaving */

/** A call that changed. */
struct change {
	uint32_t call;
	uint32_t message;	/* the last one then */
	int64_t due_ms;
};

struct live_answer {
	struct session *session;
	enum query_subject of;
	struct table table;
	struct messages_text texts;
	struct field *fields;		/* owned */
	bool texting;
	bool done;			/* nothing more is to be told */
	bool unread;			/* not all was taken */
	size_t piece;			/* bytes of a write: files have no reader */
	uint64_t told_n;
	uint32_t seen;			/* messages looked at */
	struct change *changes;		/* owned; a queue: those from change_at on */
	size_t change_n, change_cap, change_at;
	struct call_set told, open;	/* of those that are there */
	uint64_t gone;			/* cursor of store_next_gone() */
	uint32_t told_gone;		/* calls that went, and were told */
	uint64_t lost;			/* calls or messages that went untold */
	int64_t swept_ms;
};

bool
live_answer_is_due(const struct session *s, enum query_subject of)
{
	const struct options *o = &s->options;

	if (o->sort || o->given[OPTION_REVERSE])
		return false;
	return session_is_live(s) && (of == QUERY_MESSAGE || o->given[OPTION_FOLLOW]);
}

/* ---- telling ---- */

static void
stop(struct live_answer *a)
{
	a->done = true;
	capture_stop(a->session->engine.capture);
}

static void
tell(struct live_answer *a, uint32_t i)
{
	struct query_item item = query_item_of(&a->session->query, a->of, i);
	bool fine;

	if (a->done)
		return;
	if (a->texting)
		fine = messages_text_add(&a->texts, i);
	else
		fine = table_row(&a->table, &item);
	if (!fine || ++a->told_n == a->session->options.limit)
		stop(a);
}

static struct sink *
sink_of(struct live_answer *a)
{
	return a->texting ? &a->texts.sink : &a->table.sink;
}

/* Write @p n bytes, or as many as are taken within @p patience_ms (-1: all) after the last
 * that were. */
static size_t
write_ready(struct live_answer *a, const char *p, size_t n, int patience_ms)
{
	struct pollfd ready = { .fd = STDOUT_FILENO, .events = POLLOUT };
	size_t done = 0;

	while (done < n && sink_of(a)->error == 0) {
		size_t piece = n - done < a->piece ? n - done : a->piece;
		int r = poll(&ready, 1, patience_ms);
		ssize_t took;

		if (r == 0)
			break;
		took = r < 0 ? -1 : write(STDOUT_FILENO, p + done, piece);
		if (took > 0)
			done += (size_t)took;
		else if (took == 0 || (errno != EINTR && errno != EAGAIN))
			sink_of(a)->error = took == 0 ? EIO : errno;
		else if (patience_ms < 0 && signals_end())
			patience_ms = PATIENCE_MS;
	}
	return done;
}

/* Whoever reads this waits for it, or not. */
static void
flush(struct live_answer *a, int patience_ms)
{
	struct sink *sink = sink_of(a);
	size_t done = write_ready(a, sink->buf.p, sink->buf.n, patience_ms);

	sink->buf.n -= done;
	if (done > 0 && sink->buf.n > 0)
		memmove(sink->buf.p, sink->buf.p + done, sink->buf.n);
	a->session->look_waits = sink->buf.n > 0 && sink->error == 0;
	if (sink->error != 0)
		stop(a);
}

/* Whether the reader has enough to do. */
static bool
is_stuck(struct live_answer *a)
{
	return sink_of(a)->buf.n >= WAITING_MAX;
}

/* ---- calls ---- */

/* A registration is told when it is accepted: it may be refreshed for years. */
static bool
is_over(const struct live_answer *a, const struct call *c)
{
	enum call_state state = store_call_state(a->session->engine.store, c);

	return state == CALL_STATE_REGISTERED || call_state_is_over(state);
}

static void
tell_call(struct live_answer *a, uint32_t call)
{
	call_set_put(&a->told, call, true);
	call_set_put(&a->open, call, false);
	if (session_takes_call(a->session, call))
		tell(a, call);
}

static void
note_change(struct live_answer *a, uint32_t message, int64_t now_ms)
{
	uint32_t call = store_message(a->session->engine.store, message)->call;

	if (call == CALL_NONE || call_set_has(&a->told, call))
		return;
	if (a->change_n > a->change_at && a->changes[a->change_n - 1].call == call)
		a->change_n--;
	ARRAY_GROW(a->changes, a->change_cap, a->change_n + 1);
	a->changes[a->change_n++] = (struct change){ call, message, now_ms + QUIET_MS };
}

/* Those that had their second. */
static void
judge_changes(struct live_answer *a, int64_t now_ms)
{
	const struct store *store = a->session->engine.store;

	for (; a->change_at < a->change_n && a->changes[a->change_at].due_ms <= now_ms;
	     a->change_at++) {
		const struct change *ch = &a->changes[a->change_at];
		const struct call *c = store_call(store, ch->call);

		/* A later change has its own turn. */
		if (call_set_has(&a->told, ch->call) || c->last != ch->message)
			continue;
		if (is_over(a, c))
			tell_call(a, ch->call);
		else
			call_set_put(&a->open, ch->call, true);
	}
	if (a->change_at == a->change_n)
		a->change_at = a->change_n = 0;
	/* What is behind goes once it is the larger part. */
	if (a->change_at > 4096 && a->change_at > a->change_n / 2) {
		a->change_n -= a->change_at;
		memmove(a->changes, a->changes + a->change_at,
			a->change_n * sizeof(*a->changes));
		a->change_at = 0;
	}
}

static void
sweep_open(struct live_answer *a)
{
	for (uint32_t i = call_set_from(&a->open, 0); i != UINT32_MAX;
	     i = call_set_next(&a->open, i))
		if (is_over(a, store_call(a->session->engine.store, i)))
			tell_call(a, i);
}

static void
forget(struct live_answer *a, uint32_t call)
{
	a->told_gone += call_set_has(&a->told, call);
	call_set_drop(&a->open, call);
	call_set_drop(&a->told, call);
}

/* More went than are named. */
static void
forget_all_gone(struct live_answer *a)
{
	const struct store *store = a->session->engine.store;

	for (uint32_t i = call_set_from(&a->told, 0); i != UINT32_MAX;
	     i = call_set_next(&a->told, i))
		if (store_call_is_gone(store, i))
			forget(a, i);
	for (uint32_t i = call_set_from(&a->open, 0); i != UINT32_MAX;
	     i = call_set_next(&a->open, i))
		if (store_call_is_gone(store, i))
			forget(a, i);
}

static void
forget_gone(struct live_answer *a)
{
	uint32_t call;

	while ((call = store_next_gone(a->session->engine.store, &a->gone)) != CALL_NONE) {
		if (call == CALL_LOST)
			forget_all_gone(a);
		else
			forget(a, call);
	}
}

static void
look_at_calls(struct live_answer *a)
{
	const struct store *store = a->session->engine.store;
	uint32_t count = store_message_count(store);
	int64_t now_ms = time_monotonic_ms();

	call_set_grow(&a->told, store_call_count(store));
	call_set_grow(&a->open, store_call_count(store));
	for (; a->seen < count; a->seen++)
		if (!store_message_is_gone(store, a->seen))
			note_change(a, a->seen, now_ms);
	forget_gone(a);
	judge_changes(a, now_ms);
	if (now_ms - a->swept_ms >= QUIET_MS) {
		sweep_open(a);
		a->swept_ms = now_ms;
	}
}

/* What is left when the store is to go. */
static void
tell_rest(struct live_answer *a)
{
	const struct store *store = a->session->engine.store;
	struct store_kept kept;

	store_kept(store, &kept);
	for (uint32_t i = kept.first_call; i < a->told.n; i++)
		if (!call_set_has(&a->told, i) && !store_call_is_gone(store, i))
			tell_call(a, i);
	a->lost += store_call_count(store) - kept.calls - a->told_gone;
	call_set_release(&a->told);
	call_set_release(&a->open);
	a->change_n = a->change_at = 0;
	a->gone = 0;
	a->told_gone = 0;
}

static void
tell_lost(const struct live_answer *a)
{
	if (a->lost > 0 && a->of == QUERY_CALL)
		complain("%" PRIu64 " calls are not told: they were evicted first",
			 a->lost);
	else if (a->lost > 0)
		complain("%" PRIu64 " messages are not told: they were evicted before "
			 "the reader took them", a->lost);
}

/* ---- a look ---- */

static void
look_at_messages(struct live_answer *a)
{
	const struct store *store = a->session->engine.store;
	uint32_t count = store_message_count(store);

	for (; a->seen < count && !a->done && !is_stuck(a); a->seen++) {
		if (store_message_is_gone(store, a->seen))
			a->lost++;
		else if (session_takes_message(a->session, a->seen))
			tell(a, a->seen);
	}
}

static void
look(void *ctx, bool last)
{
	struct live_answer *a = ctx;

	session_take_names(a->session);
	flush(a, 0);
	if (a->done || (is_stuck(a) && !last))
		return;
	if (a->of == QUERY_MESSAGE)
		look_at_messages(a);
	else
		look_at_calls(a);
	if (last && a->of == QUERY_CALL)
		tell_rest(a);
	if (last)
		a->seen = 0;
	flush(a, 0);
}

/* The rest, for which there is time unless leaving was asked for. */
static void
look_last(struct live_answer *a)
{
	int patience_ms = signals_end() ? PATIENCE_MS : -1;
	struct sink *sink = sink_of(a);

	do {
		flush(a, patience_ms);
		if (!is_stuck(a))
			look(a, false);
	} while (!a->done && !is_stuck(a) &&
		 a->seen < store_message_count(a->session->engine.store));
	if (a->of == QUERY_CALL && !a->done)
		tell_rest(a);
	flush(a, patience_ms);
	if (sink->buf.n == 0 || sink->error != 0)
		return;
	complain("standard output is not read: the last %zu bytes of the answer%s were not "
		 "taken", sink->buf.n,
		 a->seen < store_message_count(a->session->engine.store) ?
		 ", and what was to be told after them," : "");
	a->unread = true;
}

/* ---- from beginning to end ---- */

/* What was not told goes after what was. */
static bool
is_untold(void *ctx, uint32_t call)
{
	const struct live_answer *a = ctx;

	return !call_set_has(&a->told, call);
}

static void
begin(struct live_answer *a, struct session *s, enum query_subject of, const char *columns)
{
	struct stat st;
	size_t n;

	*a = (struct live_answer){ .session = s, .of = of, .piece = WRITE_PIECE };
	if (fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode))
		a->piece = SIZE_MAX;
	if (of == QUERY_MESSAGE && s->options.format == OUTPUT_TEXT && !s->options.columns) {
		a->texting = true;
		answer_texts_begin(&a->texts, s);
	} else {
		a->fields = answer_fields(s, of, columns, &n);
		answer_begin(&a->table, s, a->fields, n);
	}
	/* From here on it is we who write. */
	fflush(stdout);
	sink_of(a)->file = NULL;
}

/* It will not have its second. Where the reader takes nothing it goes untold. */
static void
tell_parting(void *ctx, uint32_t call)
{
	struct live_answer *a = ctx;

	if (a->done || is_stuck(a))
		return;
	call_set_grow(&a->told, call + 1);
	call_set_grow(&a->open, call + 1);
	if (!call_set_has(&a->told, call))
		tell_call(a, call);
}

/* Be asked and told of what is evicted; @p a NULL: no more. */
static void
set_holds(struct session *s, struct live_answer *a)
{
	s->holds = a ? is_untold : NULL;
	s->parting = a ? tell_parting : NULL;
	s->holds_ctx = s->parting_ctx = a;
}

static enum exit_code
end(struct live_answer *a)
{
	struct err err;
	int result;

	errno = 0;
	result = a->texting ? messages_text_end(&a->texts, &err) : table_end(&a->table, &err);
	free(a->fields);
	free(a->changes);
	call_set_release(&a->told);
	call_set_release(&a->open);
	return answer_written(result, &err);
}

/* From opening to the end. */
static enum exit_code
answer(struct live_answer *a, struct session *s, enum query_subject of, const char *columns)
{
	enum exit_code code = answer_open(s, of), written;

	if (code != EXIT_DONE)
		return code;
	begin(a, s, of, columns);
	s->look = look;
	s->look_ctx = a;
	code = session_read(s);
	s->look = NULL;
	set_holds(s, NULL);
	if (code == EXIT_DONE) {
		look_last(a);
		tell_lost(a);
	}
	written = a->unread ? EXIT_INPUT : EXIT_DONE;
	if (end(a) != EXIT_DONE)
		written = EXIT_INPUT;
	if (code == EXIT_DONE)
		code = written;
	if (code == EXIT_DONE && a->told_n == 0) {
		answer_tell_nothing(s);
		code = EXIT_NOTHING;
	}
	return code;
}

enum exit_code
live_answer(struct session *s, enum query_subject of, const char *columns)
{
	enum exit_code code = answer_check(s, of);
	struct live_answer a = { .session = s };

	if (code != EXIT_DONE)
		return code;
	if (of == QUERY_CALL)
		set_holds(s, &a);
	code = answer(&a, s, of, columns);
	s->look = NULL;
	s->look_ctx = NULL;
	set_holds(s, NULL);
	return code;
}
