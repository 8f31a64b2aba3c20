#include <fcntl.h>
#include <inttypes.h>
#include <langinfo.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/session.h"

#include "app/bounds.h"
#include "app/devices.h"
#include "app/recording.h"
#include "app/signals.h"
#include "app/streams.h"

#include "base/text.h"
#include "net/where.h"
#include "views/views.h"

#define READ_AT_ONCE	65536u	/* records between looks at anything else */

void
complain(const char *fmt, ...)
{
	struct buf line = BUF_INIT, shown = BUF_INIT;
	va_list ap;
	char text[1024];

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_printf(&line, "rung: %s", text);
	/* Names and expressions come from outside too. */
	text_add_visible(&shown, buf_str(&line), true);
	fprintf(stderr, "%s\n", buf_cstr(&shown));
	buf_release(&line);
	buf_release(&shown);
}

void
session_init(struct session *s)
{
	*s = (struct session){ 0 };
	settings_init(&s->settings);
	config_init(&s->config);
	engine_init(&s->engine);
	query_init(&s->query, s->engine.store);
	host_names_init(&s->names);
	keymap_init(&s->keymap);
	views_add_keys(&s->keymap);
}

void
session_release(struct session *s)
{
	hep_out_close(s->hep_out);
	recording_free(s->recording);
	filter_free(s->filter);
	host_names_release(&s->names);
	keymap_release(&s->keymap);
	config_release(&s->config);
	query_release(&s->query);
	engine_release(&s->engine);
	buf_release(&s->devices);
	buf_release(&s->where);
	options_release(&s->options);
}

/* ---- opening ---- */

#define POINT_BEFORE	50	/* characters shown before the one that is pointed at */
#define POINT_AFTER	25

/* Show @p text around character @p column, with a mark below that. */
static void
point_at(struct str text, size_t column)
{
	size_t first = column > POINT_BEFORE ? column - POINT_BEFORE : 1;
	struct buf line = BUF_INIT;
	char shown[5];
	int mark = 0, cells;

	for (size_t i = 1; i < column + POINT_AFTER && (cells = text_next(&text, shown)) >= 0; i++) {
		if (i < first)
			continue;
		buf_add_cstr(&line, shown);
		if (i < column)
			mark += cells;
	}
	fprintf(stderr, "  %s\n  %*s^\n", buf_cstr(&line), mark, "");
	buf_release(&line);
}

/* As it stands between quotes. */
static void
add_pattern(struct buf *b, struct str pattern)
{
	for (size_t i = 0; i < pattern.n; i++) {
		char c = pattern.p[i];

		if (c == '"') {
			buf_add_cstr(b, "\\\"");
		} else if (c == '\\') {
			buf_add_char(b, c);
			buf_add_char(b, i + 1 < pattern.n ? pattern.p[++i] : c);
		} else {
			buf_add_char(b, c);
		}
	}
}

/* The filter that a match expression, or -v, makes of --where. */
static void
make_where(struct session *s)
{
	const struct options *o = &s->options;
	struct buf *b = &s->where;
	bool invert = o->given[OPTION_INVERT];

	if (o->where && !o->match && invert)
		buf_printf(b, "not (%s)", o->where);
	else if (o->where)
		buf_printf(b, o->match ? "(%s)" : "%s", o->where);
	if (!o->match)
		return;
	buf_printf(b, "%stext %s ", o->where ? " and " : "", invert ? "!~" : "~");
	/* A pattern ignores case unless it says so. */
	buf_add_cstr(b, o->given[OPTION_ICASE] ? "\"" : "\"(?-i)");
	add_pattern(b, str_of(o->match));
	buf_add_char(b, '"');
}

static enum exit_code
compile_filter(struct session *s, enum query_subject of)
{
	struct filter_options options = { .utc = session_utc(s) };
	struct filter_error error;

	/* As typed, for the place of an error is counted in that. */
	if (s->options.where) {
		s->filter = filter_compile(of, str_of(s->options.where), &options, &error);
		if (!s->filter) {
			complain("--where: column %zu: %s", error.column, error.text);
			point_at(str_of(s->options.where), error.column);
			return EXIT_USAGE;
		}
	}
	make_where(s);
	if (!s->options.match && !s->options.given[OPTION_INVERT])
		return EXIT_DONE;
	filter_free(s->filter);
	s->filter = filter_compile(of, buf_str(&s->where), &options, &error);
	if (s->filter)
		return EXIT_DONE;
	complain("match expression \"%s\": %s", s->options.match ? s->options.match : "",
		 error.text);
	return EXIT_USAGE;
}

static bool
looks_like_file(const char *word)
{
	return strchr(word, '/') || strchr(word, '.') || strcmp(word, "-") == 0;
}

/* Secrets for TLS: what was named must be there; what the environment names, may. */
static int
add_keys(const struct options *o, struct engine *e, struct err *err)
{
	struct tls_keys *keys = e->streams->keys;

	for (size_t i = 0; i < o->keylogs.n; i++)
		if (tls_keys_add_file(keys, o->keylogs.list[i], err) != 0)
			return -1;
	for (size_t i = 0; i < o->keyfiles.n; i++)
		if (tls_keys_add_rsa(keys, o->keyfiles.list[i], err) != 0)
			return -1;
	return 0;
}

static int
add_env_keys(struct engine *e, struct err *err)
{
	const char *env = getenv("SSLKEYLOGFILE");

	if (env && *env && faccessat(AT_FDCWD, env, R_OK, AT_EACCESS) == 0)
		return tls_keys_add_file(e->streams->keys, env, err);
	return 0;
}

static enum exit_code
open_keys(struct session *s)
{
	struct err err;

	if (add_keys(&s->options, &s->engine, &err) != 0) {
		complain("%s", err.text);
		return EXIT_INPUT;
	}
	if (add_env_keys(&s->engine, &err) != 0)
		complain("SSLKEYLOGFILE: %s", err.text);
	return EXIT_DONE;
}

static enum exit_code
refuse(const char *option, const struct err *err, enum exit_code code)
{
	complain("%s: %s", option, err->text);
	return code;
}

static enum exit_code
open_hep(struct session *s)
{
	const struct options *o = &s->options;
	struct hep_listen listen = {
		.password = o->hep_password, .cert = o->hep_cert, .key = o->hep_key,
	};
	struct hep_send_options send = {
		.password = o->hep_password, .node = o->hep_node,
		.insecure = o->given[OPTION_HEP_INSECURE],
	};
	struct where where;
	struct err err;

	for (size_t i = 0; i < o->hep_listen.n; i++) {
		if (where_parse(o->hep_listen.list[i], &where, &err) != 0)
			return refuse("-L", &err, EXIT_USAGE);
		if (capture_add_hep(s->engine.capture, o->hep_listen.list[i], &listen, &err) != 0)
			return refuse("-L", &err, EXIT_INPUT);
	}
	s->live |= o->hep_listen.n > 0;
	if (!o->hep_send)
		return EXIT_DONE;
	if (where_parse(o->hep_send, &where, &err) != 0)
		return refuse("-H", &err, EXIT_USAGE);
	s->hep_out = hep_out_open(&s->engine, o->hep_send, &send, o->hep_listen.n > 0, &err);
	if (!s->hep_out)
		return refuse("-H", &err, EXIT_INPUT);
	return EXIT_DONE;
}

/* What is left of pipes and live input, and how much of it. */
static void
set_keeping(const struct options *o, struct engine *e)
{
	if (o->spool > 0)
		capture_set_spool_cap(e->capture, o->spool);
	e->keep_media = o->given[OPTION_KEEP_RTP] || o->given[OPTION_RTP] ||
		o->given[OPTION_STREAMS];
}

static enum exit_code
open_inputs(struct session *s)
{
	const struct options *o = &s->options;
	struct err err;

	if (o->inputs.n == 0 && o->hep_listen.n == 0 && !devices_wanted(s)) {
		complain("nothing to read: name a capture file, or an interface by -d (\"any\" is "
			 "all of them)");
		return EXIT_USAGE;
	}
	set_keeping(o, &s->engine);
	if (o->bpf.n && capture_set_filter(s->engine.capture, buf_cstr(&o->bpf), &err) != 0) {
		complain("%s", err.text);
		if (looks_like_file(buf_cstr(&o->bpf)))
			complain("\"%s\" is not a file either", buf_cstr(&o->bpf));
		else if (!o->match && !memchr(o->bpf.p, ' ', o->bpf.n))
			complain("for a match expression, as sngrep takes it, -i stands before "
				 "(-v for what lacks it)");
		return EXIT_USAGE;
	}
	if (o->given[OPTION_FOLLOW] && o->inputs.n > 0) {
		if (capture_set_follow(s->engine.capture, true, &err) != 0)
			return refuse("--follow", &err, EXIT_INPUT);
		s->live = true;
	}
	capture_set_late(s->engine.capture, true);
	for (size_t i = 0; i < o->inputs.n; i++)
		if (capture_add(s->engine.capture, o->inputs.list[i], &err) == 0)
			s->opened++;
	capture_set_late(s->engine.capture, false);
	capture_set_follow(s->engine.capture, false, NULL);
	session_tell(s);
	return o->inputs.n == 0 || s->opened > 0 ? EXIT_DONE : EXIT_INPUT;
}

static enum exit_code
open_sources(struct session *s, bool alone)
{
	enum exit_code code = open_inputs(s);

	if (code == EXIT_DONE && devices_wanted(s))
		code = devices_open(s);
	if (code == EXIT_DONE)
		code = open_hep(s);
	if (code == EXIT_DONE)
		code = recording_open(s, alone);
	if (code == EXIT_DONE)
		bounds_apply(s);
	session_tell(s);
	return code;
}

static void
set_meters(const struct session *s, struct engine *e)
{
	struct meter_setup setup = {
		.jitter_buffer = s->settings.jitter_buffer_ms * NS_PER_MS,
		.seconds_max = store_media_setup_get(e->store)->seconds_max,
	};

	store_media_setup(e->store, &setup);
	e->no_rtp = s->options.given[OPTION_NO_RTP];
	if (e->no_rtp)
		store_media_off(e->store);
}

void
session_set_media(struct session *s)
{
	const struct settings *set = &s->settings;
	struct quality_limits limits = {
		.warning = { set->warning_loss, set->warning_mos, set->warning_s * NS_PER_S },
		.critical = { set->critical_loss, set->critical_mos, set->critical_s * NS_PER_S },
	};

	query_set_limits(&s->query, &limits);
	if (store_stream_count(s->engine.store) == 0)
		set_meters(s, &s->engine);
}

enum exit_code
session_open(struct session *s, enum query_subject of)
{
	enum exit_code code = config_read(s) == 0 ? EXIT_DONE : EXIT_INPUT;

	session_set_media(s);
	if (code == EXIT_DONE)
		code = compile_filter(s, of);
	if (code == EXIT_DONE)
		code = open_keys(s);
	if (code == EXIT_DONE)
		code = open_sources(s, false);
	return code;
}

enum exit_code
session_begin(struct session *s)
{
	size_t refused = capture_begin_late(s->engine.capture);

	return s->opened > 0 && refused == s->opened ? EXIT_INPUT : EXIT_DONE;
}

enum exit_code
session_open_sources(struct session *s)
{
	return config_read(s) == 0 ? open_sources(s, true) : EXIT_INPUT;
}

/* An engine for @p path alone, set up as the first one was. */
static int
open_fresh(const struct session *s, struct engine *e, const char *path, struct err *err)
{
	const struct options *o = &s->options;

	engine_init(e);
	set_keeping(o, e);
	if ((o->bpf.n > 0 && capture_set_filter(e->capture, buf_cstr(&o->bpf), err) != 0) ||
	    add_keys(o, e, err) != 0 || capture_add(e->capture, path, err) != 0) {
		engine_release(e);
		return -1;
	}
	add_env_keys(e, NULL);
	set_meters(s, e);
	return 0;
}

int
session_open_file(struct session *s, const char *path, bool add, struct err *err)
{
	struct engine fresh;

	if (add) {
		if (capture_add(s->engine.capture, path, err) != 0)
			return -1;
		s->engine.ended = false;
		return 0;
	}
	if (open_fresh(s, &fresh, path, err) != 0)
		return -1;
	fresh.tap = s->engine.tap;
	fresh.tap_rtcp = s->engine.tap_rtcp;
	fresh.tap_ctx = s->engine.tap_ctx;
	recording_finish(s);
	query_release(&s->query);
	engine_release(&s->engine);
	engine_move(&s->engine, &fresh);
	query_init(&s->query, s->engine.store);
	session_set_media(s);
	/* Another capture may call the same hosts otherwise. */
	host_names_forget_records(&s->names);
	s->notices_told = s->names_taken = 0;
	s->live = false;
	buf_clear(&s->devices);
	bounds_apply(s);
	return 0;
}

void
session_begin_anew(struct session *s)
{
	query_release(&s->query);
	engine_renew_store(&s->engine);
	query_init(&s->query, s->engine.store);
	session_set_media(s);
	bounds_apply(s);
}

/* ---- reading ---- */

void
session_tell(struct session *s)
{
	const struct capture *c = s->engine.capture;

	for (; s->notices_told < capture_notice_count(c); s->notices_told++)
		complain("%s", capture_notice_at(c, s->notices_told)->text);
}

void
session_take_names(struct session *s)
{
	const struct capture *c = s->engine.capture;

	for (; s->names_taken < capture_name_count(c); s->names_taken++) {
		const struct capture_name *name = capture_name_at(c, s->names_taken);
		struct net_endpoint at = { .addr = name->addr };

		host_names_add(&s->names, &at, str_of(name->name), HOST_NAME_RECORD);
	}
}

/* The file that was recorded so far is whole, and then the signal does what it does. */
static void
leave_recording(struct session *s)
{
	recording_finish(s);
	signals_raise();
}

bool
session_is_live(const struct session *s)
{
	const struct options *o = &s->options;

	return o->hep_listen.n > 0 || o->devices.n > 0 || o->given[OPTION_FOLLOW];
}

/* Let whoever waits for it see what came. A store whose indexes run short, as after some
 * thousand millions of messages, makes room for another one. */
static void
look(struct session *s)
{
	bool last = UNLIKELY(store_is_full(s->engine.store));

	if (s->look)
		s->look(s->look_ctx, last);
	if (!last)
		return;
	complain("so much was captured that the list begins anew: calls from before are not in "
		 "the answer%s", s->look ? ", but for those told" : "");
	session_begin_anew(s);
}

#define TEND_MS	100	/* between looks at what is to be sent */
#define LIVE_MS	1000	/* between looks whether a signal came just before waiting */

enum exit_code
session_read(struct session *s)
{
	enum engine_status status;
	bool live = s->live, stopped = false;

	if (live || s->recording)
		signals_watch();
	if (s->devices.n > 0 && isatty(STDERR_FILENO))
		complain("capturing on %s until interrupted (Ctrl-C)", buf_cstr(&s->devices));
	while ((status = engine_read(&s->engine, READ_AT_ONCE)) != ENGINE_END) {
		struct pollfd wait[2] = {
			{ .fd = capture_fd(s->engine.capture), .events = POLLIN },
			{ .fd = STDOUT_FILENO, .events = POLLOUT },
		};

		session_tend(s);
		look(s);
		if (live)
			session_tell(s);
		if (signals_end() && !live)
			leave_recording(s);
		if (signals_end() && !stopped) {
			capture_stop(s->engine.capture);
			stopped = true;
			continue;
		}
		if (status == ENGINE_WAIT)
			poll(wait, s->look_waits ? 2 : 1,
			     s->hep_out || s->recording || wait[0].fd < 0 ? TEND_MS
			     : live ? LIVE_MS : -1);
	}
	session_finish(s);
	session_take_names(s);
	session_tell(s);
	return capture_source_count(s->engine.capture) > 0 ? EXIT_DONE : EXIT_INPUT;
}

#define DRAIN_NS	(2 * NS_PER_S)

void
session_end_recording(struct session *s)
{
	int64_t until = time_monotonic() + DRAIN_NS;
	enum engine_status status;

	if (s->recording && s->live) {
		capture_stop(s->engine.capture);
		while ((status = engine_read(&s->engine, READ_AT_ONCE)) != ENGINE_END &&
		       time_monotonic() < until) {
			struct pollfd wait = { .fd = capture_fd(s->engine.capture),
					       .events = POLLIN };

			recording_tend(s);
			if (status == ENGINE_WAIT)
				poll(&wait, 1, TEND_MS);
		}
	}
	recording_finish(s);
}

void
session_tend(struct session *s)
{
	if (s->hep_out)
		hep_out_run(s->hep_out);
	recording_tend(s);
}

/* Whether packets that were sent may be lost: the first of several addresses of a name
 * that is in vain costs none. */
static bool
was_away(const struct hep_send_stats *out)
{
	return out->connects > 1 || (out->connects == 0 && out->failures > 0);
}

/* What is not in the answer, for a bound that was reached. */
static void
tell_gone(const struct session *s)
{
	bool counted = s->options.max_calls > 0 || (s->live && s->settings.capture_limit > 0);
	struct store_kept kept;

	store_kept(s->engine.store, &kept);
	if (kept.gone > 0)
		complain("%" PRIu64 " calls evicted to keep within %s, %" PRIu64 " of them "
			 "unfinished", kept.gone, kept.gone_pressed > kept.gone / 2 ?
			 "--spool, or what temporary files have room for" :
			 !counted ? "--memory" : s->memory > 0 ? "-l and --memory" : "-l",
			 kept.gone_unfinished);
	if (kept.gone_streams > 0)
		complain("%" PRIu64 " streams of no call evicted to keep within --memory",
			 kept.gone_streams);
	if (s->engine.refused > 0)
		complain("%" PRIu64 " calls not taken: those that -l keeps were all unfinished "
			 "(with -R the oldest makes room)", s->engine.refused);
}

void
session_finish(struct session *s)
{
	struct hep_listen_stats in;
	struct hep_send_stats out;

	recording_finish(s);
	tell_gone(s);
	if (s->hep_out) {
		hep_out_finish(s->hep_out);
		hep_out_stats(s->hep_out, &out);
		if (out.dropped > 0)
			complain("-H: %" PRIu64 " of %" PRIu64 " packets were not sent%s%s",
				 out.dropped, out.packets, *hep_out_error(s->hep_out) ? ": " : "",
				 hep_out_error(s->hep_out));
		else if (out.packets > 0 && was_away(&out))
			complain("-H: the collector was away for a time and may lack packets: %s",
				 hep_out_error(s->hep_out));
		if (out.too_long > 0)
			complain("-H: %" PRIu64 " not sent: too long for HEP (65535 bytes)",
				 out.too_long);
	}
	devices_tell_drops(s);
	if (s->live) {
		capture_hep_stats(s->engine.capture, &in);
		if (in.refused > 0)
			complain("-L: %" PRIu64 " dropped: without the password", in.refused);
		if (in.bad > 0)
			complain("-L: %" PRIu64 " dropped: no HEP, or not whole", in.bad);
		if (in.dropped > 0)
			complain("-L: %" PRIu64 " connections refused: too many at once",
				 in.dropped);
	}
}

/* ---- choosing ---- */

static bool
is_wanted_id(const struct options *o, struct str id)
{
	if (o->call_ids.n == 0)
		return true;
	for (size_t i = 0; i < o->call_ids.n; i++)
		if (str_eq(str_of(o->call_ids.list[i]), id))
			return true;
	return false;
}

static bool
is_wanted_call(const struct session *s, const struct call *call)
{
	if (s->options.given[OPTION_CALLS] && call->method != SIP_METHOD_INVITE)
		return false;
	return is_wanted_id(&s->options, call_id(call));
}

bool
session_takes_call(struct session *s, uint32_t call)
{
	struct query_item item = query_call(&s->query, call);

	return !query_is_gone(&s->query, QUERY_CALL, call) && is_wanted_call(s, item.call) &&
		(!s->filter || filter_match(s->filter, &s->query, &item));
}

bool
session_takes_message(struct session *s, uint32_t message)
{
	struct query_item item = query_message(&s->query, message);

	if (query_is_gone(&s->query, QUERY_MESSAGE, message))
		return false;
	return is_wanted_call(s, item.call) &&
		(!s->filter || filter_match(s->filter, &s->query, &item));
}

struct query_item
session_stream(const struct session *s, uint32_t stream)
{
	struct query_item item = query_stream(&s->query, stream);
	const struct stream_link *link;
	uint32_t cursor = 0;

	while ((link = query_next_link(&s->query, item.stream, &cursor)) != NULL) {
		const struct call *call = store_call(s->engine.store, link->call);

		if (!is_wanted_call(s, call))
			continue;
		item.call = call;
		break;
	}
	return item;
}

bool
session_takes_stream(struct session *s, uint32_t stream)
{
	struct query_item item = session_stream(s, stream);
	bool of_calls = s->options.given[OPTION_CALLS] || s->options.call_ids.n > 0;

	if (query_is_gone(&s->query, QUERY_STREAM, stream))
		return false;
	if (of_calls && (!item.call || !is_wanted_call(s, item.call)))
		return false;
	return !s->filter || filter_match(s->filter, &s->query, &item);
}

/* ---- how to show ---- */

bool
session_utc(const struct session *s)
{
	return s->settings.utc;
}

bool
session_ascii(const struct session *s)
{
	if (s->settings.ascii == SETTING_ASCII_ON)
		return true;
	return s->settings.ascii == SETTING_ASCII_AUTO &&
		strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}
