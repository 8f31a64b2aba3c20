#include <langinfo.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "app/session.h"

#include "base/text.h"
#include "conf/rc.h"
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
	engine_init(&s->engine);
	query_init(&s->query, s->engine.store);
	host_names_init(&s->names);
	keymap_init(&s->keymap);
	views_add_keys(&s->keymap);
}

void
session_release(struct session *s)
{
	filter_free(s->filter);
	host_names_release(&s->names);
	keymap_release(&s->keymap);
	query_release(&s->query);
	engine_release(&s->engine);
	options_release(&s->options);
}

/* ---- opening ---- */

static int
set_alias(void *ctx, struct str address, struct str name, struct err *err)
{
	struct session *s = ctx;

	return host_names_add_alias(&s->names, address, name, err);
}

static int
bind_keys(void *ctx, struct str view, struct str action, struct str keys, struct err *err)
{
	struct session *s = ctx;

	return keymap_bind(&s->keymap, view, action, keys, err);
}

static enum exit_code
read_settings(struct session *s)
{
	struct rc rc;
	enum exit_code code = EXIT_DONE;

	rc_init(&rc, &s->settings);
	rc.alias = set_alias;
	rc.bind = bind_keys;
	rc.ctx = s;
	if (!s->options.given[OPTION_NO_CONFIG])
		rc_read_default_files(&rc);
	if (s->options.config && rc_read_file(&rc, s->options.config, true) != 0)
		code = EXIT_INPUT;
	for (size_t i = 0; i < rc.errors_n; i++)
		complain("%s", rc.errors[i]);
	if (rc.errors_total > rc.errors_n)
		complain("%zu more wrong lines in settings files", rc.errors_total - rc.errors_n);
	rc_release(&rc);
	return code;
}

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

static enum exit_code
compile_filter(struct session *s, enum query_subject of)
{
	struct filter_options options = { .utc = session_utc(s) };
	struct filter_error error;

	if (!s->options.where)
		return EXIT_DONE;
	s->filter = filter_compile(of, str_of(s->options.where), &options, &error);
	if (s->filter)
		return EXIT_DONE;
	complain("--where: column %zu: %s", error.column, error.text);
	point_at(str_of(s->options.where), error.column);
	return EXIT_USAGE;
}

static bool
looks_like_file(const char *word)
{
	return strchr(word, '/') || strchr(word, '.') || strcmp(word, "-") == 0;
}

static enum exit_code
open_inputs(struct session *s)
{
	const struct options *o = &s->options;
	size_t opened = 0;
	struct err err;

	if (o->input_count == 0) {
		complain("no capture file given; \"rung --help\" tells how");
		return EXIT_USAGE;
	}
	if (o->bpf.n && capture_set_filter(s->engine.capture, buf_cstr(&o->bpf), &err) != 0) {
		complain("%s", err.text);
		if (looks_like_file(buf_cstr(&o->bpf)))
			complain("\"%s\" is not a file either", buf_cstr(&o->bpf));
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < o->input_count; i++)
		if (capture_add(s->engine.capture, o->inputs[i], &err) == 0)
			opened++;
	session_tell(s);
	return opened > 0 ? EXIT_DONE : EXIT_INPUT;
}

enum exit_code
session_open(struct session *s, enum query_subject of)
{
	enum exit_code code = read_settings(s);

	if (code == EXIT_DONE)
		code = compile_filter(s, of);
	if (code == EXIT_DONE)
		code = open_inputs(s);
	return code;
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

enum exit_code
session_read(struct session *s)
{
	enum engine_status status;

	while ((status = engine_read(&s->engine, READ_AT_ONCE)) != ENGINE_END) {
		struct pollfd wait = { .fd = capture_fd(s->engine.capture), .events = POLLIN };

		if (status == ENGINE_WAIT)
			poll(&wait, 1, wait.fd >= 0 ? -1 : 100);
	}
	session_take_names(s);
	session_tell(s);
	return capture_source_count(s->engine.capture) > 0 ? EXIT_DONE : EXIT_INPUT;
}

/* ---- choosing ---- */

static bool
is_wanted_id(const struct options *o, struct str id)
{
	if (o->call_id_count == 0)
		return true;
	for (size_t i = 0; i < o->call_id_count; i++)
		if (str_eq(str_of(o->call_ids[i]), id))
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

	return is_wanted_call(s, item.call) &&
		(!s->filter || filter_match(s->filter, &s->query, &item));
}

bool
session_takes_message(struct session *s, uint32_t message)
{
	struct query_item item = query_message(&s->query, message);

	return is_wanted_call(s, item.call) &&
		(!s->filter || filter_match(s->filter, &s->query, &item));
}

/* ---- how to show ---- */

bool
session_utc(const struct session *s)
{
	return s->options.given[OPTION_UTC] || s->settings.utc;
}

bool
session_ascii(const struct session *s)
{
	if (s->options.given[OPTION_ASCII] || s->settings.ascii == SETTING_ASCII_ON)
		return true;
	return s->settings.ascii == SETTING_ASCII_AUTO &&
		strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}
