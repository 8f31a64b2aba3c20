/*
 * What runs without a command word: the screens; with -N the count alone; and
 * without a terminal the list of calls.
 */
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/answer.h"
#include "app/bounds.h"
#include "app/commands.h"
#include "app/devices.h"
#include "app/limits.h"
#include "app/recording.h"
#include "app/safe.h"
#include "app/save.h"
#include "app/streams.h"
#include "app/summary.h"
#include "base/time.h"
#include "capture/sandbox.h"
#include "export/record.h"
#include "ui/script.h"
#include "ui/term.h"
#include "views/pins.h"
#include "views/views.h"

#define READ_AT_ONCE	256u	/* records between looks at the clock: well below a millisecond,
				 * with TLS too */
#define COUNT_MS	500	/* between counts that are shown */
#define TEND_MS		100	/* between looks at what is to be sent */
#define CLOCK_MS	1000	/* between looks at the clock while nothing comes */

/* What was seen so far, for people who wait. */
static void
count_look(void *ctx, bool last)
{
	const struct session *s = ctx;
	static int64_t next_ms;
	int64_t now = time_monotonic_ms();
	struct store_kept kept;

	if (now < next_ms && !last)
		return;
	next_ms = now + COUNT_MS;
	store_kept(s->engine.store, &kept);
	printf("\rDialog count: %" PRIu32, kept.calls);
	fflush(stdout);
}

static enum exit_code
count_run(struct session *s)
{
	enum exit_code code = session_open(s, QUERY_CALL);
	bool sifted, shown;
	uint32_t n = 0;

	if (code == EXIT_DONE)
		code = safe_enter(s, SAFE_ANSWERS);
	sifted = s->filter || s->options.given[OPTION_CALLS] || s->options.call_ids.n;
	/* To ask of each call again and again would take what reading needs. */
	shown = !s->options.given[OPTION_QUIET] && !sifted && isatty(STDOUT_FILENO);
	if (shown) {
		s->look = count_look;
		s->look_ctx = s;
	}
	if (code == EXIT_DONE)
		code = session_read(s);
	s->look = NULL;
	if (code != EXIT_DONE)
		return code;
	if (sifted) {
		for (uint32_t i = 0; i < store_call_count(s->engine.store); i++)
			n += !store_call_is_gone(s->engine.store, i) &&
				session_takes_call(s, i);
	} else {
		struct store_kept kept;

		store_kept(s->engine.store, &kept);
		n = kept.calls;
	}
	if (!s->options.given[OPTION_QUIET])
		printf("%sDialog count: %" PRIu32 "\n", shown ? "\r" : "", n);
	return n > 0 ? EXIT_DONE : EXIT_NOTHING;
}

/* All messages as text, as "rung save" writes them. */
static enum exit_code
text_run(struct session *s)
{
	s->options.output = s->options.text;
	s->options.save_format = SAVE_TEXT;
	return save_run(s);
}

static enum exit_code
print_config(struct session *s)
{
	enum exit_code code = config_read(s) == 0 ? EXIT_DONE : EXIT_INPUT;
	struct buf text = BUF_INIT;

	config_print(s, &text);
	fwrite(text.p, 1, text.n, stdout);
	buf_release(&text);
	return code;
}

/* ---- the screens ---- */

/* Why calls had to go, or could not come. */
enum bound_met { BOUND_SPOOL, BOUND_MEMORY, BOUND_CALLS, BOUND_REFUSED, BOUND_COUNT };

static const char *const bound_notices[BOUND_COUNT] = {
	[BOUND_SPOOL] = "calls are evicted: temporary files are full (--spool gives more room)",
	[BOUND_MEMORY] = "calls are evicted: memory is full (--memory allows more)",
	[BOUND_CALLS] = "calls are evicted: there are as many as -l allows",
	[BOUND_REFUSED] = "new calls are not taken: as many as -l allows are unfinished (see -R)",
};

/* What the loop and the views ask. */
struct screens {
	struct session *session;
	struct stack *stack;
	struct views_app app;
	int theme;		/* that the terminal has: a new one is a new screen */
	struct buf source;
	bool paused;
	bool piped;		/* standard input is read, and comes but once */
	struct pins pins;
	uint32_t clear_at, clear_to;	/* calls that are to go: one by one */
	size_t faults, limits;	/* of the inputs, of what is kept: told so far */
	uint64_t recorded;	/* notices of what is recorded, likewise */
	enum { LAST_FAULT, LAST_LIMIT, LAST_RECORD, LAST_BOUND } last;	/* told last */
	enum bound_met met[BOUND_COUNT];	/* in the order they were met first */
	size_t met_n, met_told;
	uint64_t gone;		/* calls that went for memory or -l, when looked last */
};

/* What is live would be lost if it was not read: there a pause holds the list, which is the view's part, and reading goes on. */
static bool
holds_reading(const struct screens *sc)
{
	return sc->paused && !sc->session->live;
}

#define CLEAR_MS	2	/* of letting go, in a turn */
#define CLEAR_CALLS	256u	/* between looks at the clock */

/* Go on with letting go of all calls. @return whether there are more. */
static bool
clear_some(struct screens *sc)
{
	struct store *store = sc->session->engine.store;
	int64_t until = time_monotonic_ms() + CLEAR_MS;

	while (sc->clear_at < sc->clear_to) {
		for (unsigned n = 0; n < CLEAR_CALLS && sc->clear_at < sc->clear_to; n++) {
			if (!pins_has(&sc->pins, sc->clear_at))
				store_drop_call(store, sc->clear_at);
			sc->clear_at++;
		}
		sc->session->engine.went = true;
		if (time_monotonic_ms() >= until)
			break;
	}
	return sc->clear_at < sc->clear_to;
}

static void
clear_calls(void *ctx)
{
	struct screens *sc = ctx;
	const struct store *store = sc->session->engine.store;
	struct store_kept kept;

	store_kept(store, &kept);
	sc->clear_at = kept.first_call;
	sc->clear_to = store_call_count(store);
}

static bool
is_held(void *ctx, uint32_t call)
{
	const struct screens *sc = ctx;

	return pins_has(&sc->pins, call);
}

/* Before a view asks for what is gone. */
static void
tell_lost(struct screens *sc)
{
	struct engine *e = &sc->session->engine;

	if (!e->went)
		return;
	e->went = false;
	query_forget(&sc->session->query);
	stack_lose(sc->stack);
}

/* Indexes of the store are not used again, and run short after some thousand millions of
 * messages: all calls go, as with another file, and what comes goes on. */
static void
begin_anew(struct screens *sc)
{
	struct session *s = sc->session;

	session_begin_anew(s);
	sc->app.store = s->engine.store;
	sc->app.generation++;
	sc->clear_at = sc->clear_to = 0;
	stack_close_others(sc->stack);
	stack_error(sc->stack, "So much was captured that the list begins anew.");
}

/* What views have of the data is not for the store. */
static void
share_memory(struct screens *sc)
{
	sc->app.messages_max = bounds_ladder(sc->session);
	bounds_views(sc->session, stack_memory(sc->stack));
}

static enum loop_state
read_for(void *ctx, int budget_ms)
{
	struct screens *sc = ctx;
	int64_t until = time_monotonic_ms() + budget_ms;
	enum engine_status status;
	bool more;

	if (holds_reading(sc))
		return LOOP_IDLE;
	more = clear_some(sc);
	share_memory(sc);
	do
		status = engine_read(&sc->session->engine, READ_AT_ONCE);
	while (status == ENGINE_BUSY && time_monotonic_ms() < until);
	tell_lost(sc);
	if (store_is_full(sc->session->engine.store))
		begin_anew(sc);
	session_take_names(sc->session);
	session_tend(sc->session);
	if (status == ENGINE_BUSY || more || sc->session->engine.retaining)
		return LOOP_BUSY;
	/* What is live has no end to wait for. */
	return status == ENGINE_WAIT && !sc->session->live ? LOOP_WAIT
		: LOOP_IDLE;
}

static int
source_fd(void *ctx)
{
	const struct screens *sc = ctx;

	return holds_reading(sc) ? -1 : capture_fd(sc->session->engine.capture);
}

/* What is queued for a collector, or to be written, goes without more to read; so does the
 * clock of live inputs, and what was put off for it. */
static int
source_timeout(void *ctx)
{
	const struct session *s = ((const struct screens *)ctx)->session;

	if (s->recording || (s->hep_out && hep_out_waits(s->hep_out)))
		return TEND_MS;
	return !s->engine.ended && engine_is_live(&s->engine) ? CLOCK_MS : -1;
}

static void
meet(struct screens *sc, enum bound_met bound)
{
	for (size_t i = 0; i < sc->met_n; i++)
		if (sc->met[i] == bound)
			return;
	sc->met[sc->met_n++] = bound;
}

/* Which bounds were met by now. Of memory and -l it is the one that is near. */
static void
look_at_bounds(struct screens *sc)
{
	const struct session *s = sc->session;
	uint32_t most = bounds_calls(s);
	struct store_kept kept;

	store_kept(s->engine.store, &kept);
	if (kept.gone_pressed > 0)
		meet(sc, BOUND_SPOOL);
	if (kept.gone - kept.gone_pressed > sc->gone)
		meet(sc, most > 0 && kept.calls >= most - most / 8 ? BOUND_CALLS : BOUND_MEMORY);
	sc->gone = kept.gone - kept.gone_pressed;
	if (s->engine.refused > 0)
		meet(sc, BOUND_REFUSED);
}

/* Faults of the inputs, limits that they reached, and what could not be recorded, whichever
 * came last. */
static void
tell_notices(struct screens *sc, struct views_progress *progress)
{
	const struct engine *e = &sc->session->engine;
	size_t faults = capture_notice_count(e->capture);
	struct limit limits[LIMITS_MAX];
	size_t n = limits_reached(e, limits);
	const char *recorded;
	uint64_t of_record = recording_notices(sc->session, 0, &recorded);

	look_at_bounds(sc);
	if (of_record != sc->recorded)
		sc->last = LAST_RECORD;
	else if (sc->met_n != sc->met_told)
		sc->last = LAST_BOUND;
	else if (n != sc->limits)
		sc->last = LAST_LIMIT;
	else if (faults != sc->faults)
		sc->last = LAST_FAULT;
	sc->faults = faults;
	sc->limits = n;
	sc->recorded = of_record;
	sc->met_told = sc->met_n;
	progress->notices = (uint32_t)(faults + n + of_record + sc->met_n);
	/* Those of a file that was closed are gone. */
	if (sc->met_n > 0 && (sc->last == LAST_BOUND || faults + n + of_record == 0))
		progress->notice = bound_notices[sc->met[sc->met_n - 1]];
	else if (recorded && (sc->last == LAST_RECORD || faults + n == 0))
		progress->notice = recorded;
	else if (n > 0 && (sc->last == LAST_LIMIT || faults == 0))
		progress->notice = limits[n - 1].what;
	else if (faults > 0)
		progress->notice = capture_notice_at(e->capture, faults - 1)->text;
}

#define NOTICES_LISTED	20u	/* of each kind */

/* All that tell_notices() told the last of. */
static void
list_notices(void *ctx, struct buf *lines)
{
	const struct screens *sc = ctx;
	const struct engine *e = &sc->session->engine;
	size_t faults = capture_notice_count(e->capture), least;
	struct limit limits[LIMITS_MAX];
	const char *recorded;
	uint64_t of_record = recording_notices(sc->session, 0, &recorded);

	for (uint64_t i = 0; i < of_record && i < RECORD_NOTICES; i++) {
		recording_notices(sc->session, i, &recorded);
		buf_printf(lines, "%s\n", recorded);
	}
	for (size_t n = sc->met_n; n > 0; n--)
		buf_printf(lines, "%s\n", bound_notices[sc->met[n - 1]]);
	for (size_t n = limits_reached(e, limits); n > 0; n--)
		buf_printf(lines, "%s: %" PRIu64 "\n", limits[n - 1].what, limits[n - 1].n);
	least = faults > NOTICES_LISTED ? faults - NOTICES_LISTED : 0;
	for (; faults > least; faults--)
		buf_printf(lines, "%s\n", capture_notice_at(e->capture, faults - 1)->text);
}

static void
tell_kept(const struct screens *sc, struct views_progress *progress)
{
	const struct engine *e = &sc->session->engine;
	struct capture_kept_stats files;
	struct capture_stats stats;
	struct store_kept kept;

	store_kept(e->store, &kept);
	capture_kept_stats(e->capture, &files);
	progress->spool = files.held;
	progress->spool_most = files.cap;
	capture_stats(e->capture, &stats);
	/* A rate is of the clock, of which nothing in a script may depend. */
	progress->packets = sc->session->options.script ? 0 : stats.records;
	progress->gone = kept.gone;
	progress->gone_unfinished = kept.gone_unfinished;
	progress->refused = e->refused;
	bounds_used(sc->session, &progress->memory, &progress->memory_most);
}

static void
tell_progress(void *ctx, struct views_progress *progress)
{
	struct screens *sc = ctx;
	const struct engine *e = &sc->session->engine;
	struct decode_count count;
	struct devices_drops drops;
	struct hep_listen_stats listen;
	struct tcp_stats tcp;
	struct sctp_stats sctp;

	*progress = (struct views_progress){ .ended = e->ended };
	capture_progress(e->capture, &progress->bytes, &progress->total);
	tell_notices(sc, progress);
	for (size_t i = 0; i < SEGMENT_FLAW_COUNT; i++)
		progress->flaws += e->segment_flaws[i];
	for (size_t i = 0; decode_count_at(e->decoder, i, &count); i++)
		if (count.kind == DECODE_COUNT_FLAW)
			progress->flaws += count.n;
	tcp_stats(e->streams->tcp, &tcp);
	sctp_stats(e->streams->sctp, &sctp);
	capture_hep_stats(e->capture, &listen);
	progress->flaws += listen.refused + listen.bad;
	progress->live = sc->session->live && capture_is_live(e->capture);
	progress->interfaces = sc->session->devices.n > 0;
	progress->listens = sc->session->options.hep_listen.n > 0;
	progress->piped = sc->piped && !e->ended;
	if (sc->session->recording)
		progress->recording = sc->session->options.record;
	progress->media_unkept = progress->interfaces && !e->keep_media;
	devices_drops(sc->session, &drops);
	progress->dropped = drops.kernel + drops.interface;
	progress->drop_cause = drops.cause;
	progress->paused = sc->paused;
	tell_kept(sc, progress);
	progress->gaps = tcp.gaps + sctp.incomplete;
	progress->encrypted = e->streams->tls_connections - e->streams->tls_decrypted;
}

static void
set_paused(void *ctx, bool paused)
{
	struct screens *sc = ctx;

	sc->paused = paused;
}

static bool
takes_call(void *ctx, uint32_t call)
{
	const struct screens *sc = ctx;

	return session_takes_call(sc->session, call);
}

static void
tell_no_sip(void *ctx, struct buf *out)
{
	const struct screens *sc = ctx;

	summary_add_no_sip(out, &sc->session->engine);
}

static int
open_file(void *ctx, const char *path, bool add, struct err *err)
{
	struct screens *sc = ctx;

	if (session_open_file(sc->session, path, add, err) != 0)
		return -1;
	if (!add) {
		buf_clear(&sc->source);
		sc->app.store = sc->session->engine.store;
		sc->app.generation++;
		sc->app.clear = NULL;
		sc->clear_at = sc->clear_to = 0;
		sc->piped = false;
		sc->met_n = sc->met_told = 0;
		sc->gone = 0;
		/* What held was another one. */
		sc->paused = false;
		stack_close_others(sc->stack);
	}
	buf_printf(&sc->source, "%s%s", add ? ", " : "", path);
	sc->app.source = buf_cstr(&sc->source);
	return 0;
}

static struct save *
begin_save(void *ctx, const struct save_request *request, struct err *err)
{
	struct screens *sc = ctx;

	return save_start(sc->session, request, err);
}

static void
change_settings(void *ctx)
{
	struct screens *sc = ctx;
	struct theme theme;

	if (sc->theme != sc->session->settings.theme) {
		config_theme(sc->session, &theme);
		term_set_theme(&theme);
	}
	sc->theme = sc->session->settings.theme;
	sc->app.utc = session_utc(sc->session);
	sc->app.ascii = session_ascii(sc->session);
	sc->stack->ascii = sc->app.ascii;
	term_set_mouse(sc->session->settings.mouse);
	session_set_media(sc->session);
}

static int
save_settings(void *ctx, struct buf *path, struct err *err)
{
	const struct screens *sc = ctx;

	return config_save(sc->session, path, err);
}

/* The screens hide what was told on standard error. */
static void
tell_wrong_lines(struct stack *stack, const struct rc *rc)
{
	struct buf text = BUF_INIT, keys = BUF_INIT;

	if (rc->errors_n == 0)
		return;
	config_add_path(&text, str_of(rc->errors[0]));
	if (rc->errors_total == 1)
		stack_error(stack, "Settings: %s", buf_cstr(&text));
	else if (keymap_add_keys(stack->keymap, "generic", ACTION_SETTINGS, 1, &keys) > 0)
		stack_error(stack, "%zu wrong lines in settings (%s lists them): %s",
			    rc->errors_total, buf_cstr(&keys), buf_cstr(&text));
	else
		stack_error(stack, "%zu wrong lines in settings: %s", rc->errors_total,
			    buf_cstr(&text));
	buf_release(&text);
	buf_release(&keys);
}

static bool
is_piped(const struct options *o)
{
	struct stat st;

	for (size_t i = 0; i < o->inputs.n; i++)
		if (strcmp(o->inputs.list[i], "-") == 0)
			return fstat(STDIN_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
	return false;
}

static void
screens_init(struct screens *sc, struct session *s, struct stack *stack)
{
	const struct options *o = &s->options;

	*sc = (struct screens){ .session = s, .stack = stack, .theme = s->settings.theme };
	sc->piped = is_piped(o);
	pins_init(&sc->pins);
	s->holds = is_held;
	s->holds_ctx = sc;
	bounds_apply(s);
	for (size_t i = 0; i < o->inputs.n; i++)
		buf_printf(&sc->source, "%s%s", i ? ", " : "", o->inputs.list[i]);
	for (size_t i = 0; i < o->hep_listen.n; i++)
		buf_printf(&sc->source, "%sHEP on %s", sc->source.n ? ", " : "",
			   o->hep_listen.list[i]);
	if (s->devices.n > 0)
		buf_printf(&sc->source, "%slive on %s", sc->source.n ? ", " : "",
			   buf_cstr(&s->devices));
	sc->app = (struct views_app){
		.store = s->engine.store,
		.messages_max = bounds_ladder(s),
		.query = &s->query,
		.names = &s->names,
		.source = buf_cstr(&sc->source),
		.bpf = buf_cstr(&o->bpf), .no_rtp = o->given[OPTION_NO_RTP],
		.where = buf_cstr(&s->where),
		.ascii = session_ascii(s),
		.utc = session_utc(s),
		.settings = &s->settings,
		.columns = &s->config.columns,
		.ctx = sc,
		.progress = tell_progress,
		.no_sip = tell_no_sip,
		.notices = list_notices,
		.pause = set_paused,
		.clear = s->live ? clear_calls : NULL,
		.pins = &sc->pins,
		.settings_changed = change_settings,
		.settings_save = save_settings,
		.settings_errors = (const char *const *)s->config.rc.errors,
		.settings_errors_n = s->config.rc.errors_n,
		.open_file = open_file,
		.save_start = begin_save,
		.save_step = save_step,
		.save_end = save_end,
	};
	if (s->filter || o->given[OPTION_CALLS] || o->call_ids.n)
		sc->app.takes_call = takes_call;
}

static enum exit_code
run_script(struct session *s, struct stack *stack, const struct loop_source *source)
{
	const char *dir = s->options.script_out ? s->options.script_out : ".";
	struct err err;
	enum exit_code code = safe_enter(s, SAFE_SCREENS);

	if (code != EXIT_DONE)
		return code;
	if (script_run_file(s->options.script, dir, stack, source, session_ascii(s), &err) != 0) {
		complain("%s", err.text);
		code = EXIT_INPUT;
	}
	sandbox_leave();
	return code;
}

/* As whoever sent it expects; it may have come since the screens ended. A terminal that is gone
 * is a hangup, whether it is seen first or the signal. */
static void
end_by_signal(enum loop_end end)
{
	struct sigaction was;
	int number = term_signal();

	if (number == 0 && end == LOOP_CLOSED &&
	    sigaction(SIGHUP, NULL, &was) == 0 && was.sa_handler != SIG_IGN)
		number = SIGHUP;
	if (number == 0)
		return;
	signal(number, SIG_DFL);
	raise(number);
}

static enum exit_code
run_terminal(struct session *s, struct stack *stack, const struct loop_source *source)
{
	struct theme theme;
	struct err err;
	enum loop_end end;
	enum exit_code code;

	config_theme(s, &theme);
	if (term_start(&theme, (int)s->settings.escape_ms, &err) != 0) {
		complain("%s", err.text);
		return EXIT_INPUT;
	}
	term_set_mouse(s->settings.mouse);
	/* The terminal has read what it is from a file. */
	code = safe_enter_showing(s, stack);
	if (code != EXIT_DONE)
		return code;
	recording_hush(s, true);
	end = loop_run(stack, source, session_ascii(s));
	/* A terminal that is gone or hangs may not take it; and as long as it is ours, so are
	 * the signals. */
	session_end_recording(s);
	term_stop();
	recording_hush(s, false);
	recording_finish(s);
	sandbox_leave();
	end_by_signal(end);
	return EXIT_DONE;
}

static enum exit_code
show(struct session *s)
{
	struct screens sc;
	struct stack stack;
	struct loop_source source = {
		.ctx = &sc, .read_for = read_for, .fd = source_fd,
		.timeout_ms = source_timeout,
	};
	enum exit_code code;

	s->default_device = !s->options.script && s->options.inputs.n == 0 &&
		s->options.hep_listen.n == 0 && s->options.devices.n == 0;
	code = session_open(s, QUERY_CALL);
	if (code != EXIT_DONE)
		return code;
	screens_init(&sc, s, &stack);
	stack_init(&stack, &s->keymap, &sc.app);
	stack.globals = &views_globals;
	stack_open(&stack, &view_calls_ops, NULL);
	tell_wrong_lines(&stack, &s->config.rc);
	code = (s->options.script ? run_script : run_terminal)(s, &stack, &source);
	stack_release(&stack);
	buf_release(&sc.source);
	pins_release(&sc.pins);
	session_finish(s);
	session_tell(s);
	return code;
}

enum exit_code
screens_run(struct session *s)
{
	if (s->options.given[OPTION_PRINT_CONFIG])
		return answer_end(s, print_config(s));
	if (s->options.text)
		return text_run(s);
	if (s->options.given[OPTION_NO_INTERFACE])
		return answer_end(s, count_run(s));
	if (s->options.script || isatty(STDOUT_FILENO))
		return answer_end(s, show(s));
	return calls_run(s);
}
