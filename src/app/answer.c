#include <errno.h>
#include <inttypes.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/answer.h"

#include "app/limits.h"
#include "app/safe.h"
#include "app/streams.h"
#include "app/summary.h"
#include "base/mem.h"
#include "export/ladder_order.h"
#include "query/order.h"
#include "query/stream_fields.h"

void
answer_release(struct answer *a)
{
	free(a->items);
	*a = (struct answer){ 0 };
}

/* Whether a message may have come into the store later than others of its time:
 * behind a hole of its stream, or from a capture agent. */
static bool
may_be_late(const struct session *s)
{
	const struct streams *streams = s->engine.streams;

	return streams->with_sip > 0 || streams->hep_packets > 0 ||
		s->engine.payloads[PAYLOAD_SCTP_SIP] > 0;
}

void
answer_put_in_time(const struct session *s, uint32_t *messages, size_t n)
{
	struct ladder_order order = { .store = s->engine.store };

	if (!may_be_late(s))
		return;
	for (size_t i = 0; i < n; i++)
		ladder_order_add_message(&order, messages[i]);
	ladder_order_sort(&order);
	for (size_t i = 0; i < n; i++)
		messages[i] = order.items[i].index;
	ladder_order_release(&order);
}

/* What had to go for a bound is no answer. */
static bool
is_gone(const struct store *store, enum query_subject of, uint32_t i)
{
	return of == QUERY_CALL ? store_call_is_gone(store, i) :
		of == QUERY_STREAM ? store_stream_is_gone(store, i) :
		store_message_is_gone(store, i);
}

static void
choose(struct answer *a, struct session *s, enum query_subject of)
{
	bool late = of == QUERY_MESSAGE && may_be_late(s);
	const struct store *store = s->engine.store;
	uint32_t count = of == QUERY_CALL ? store_call_count(store) :
		of == QUERY_STREAM ? store_stream_count(store) : store_message_count(store);
	bool (*takes)(struct session *, uint32_t) =
		of == QUERY_CALL ? session_takes_call :
		of == QUERY_STREAM ? session_takes_stream : session_takes_message;
	/* Without an order of their own the first ones are the answer. */
	size_t enough = s->options.sort || s->options.given[OPTION_REVERSE] || late ? SIZE_MAX
		: s->options.limit;

	for (uint32_t i = 0; i < count && a->n < enough; i++) {
		if (is_gone(store, of, i) || !takes(s, i))
			continue;
		ARRAY_GROW(a->items, a->cap, a->n + 1);
		a->items[a->n++] = i;
	}
	if (late)
		answer_put_in_time(s, a->items, a->n);
}

static enum exit_code
put_in_order(struct answer *a, struct session *s, enum query_subject of)
{
	struct order_key keys[ORDER_MAX_KEYS];
	struct err err;

	if (s->options.sort) {
		int n = order_parse(of, str_of(s->options.sort), keys, &err);

		if (n < 0) {
			complain("--sort: %s", err.text);
			return EXIT_USAGE;
		}
		order_sort(&s->query, of, keys, (size_t)n, a->items, a->n);
	}
	if (s->options.given[OPTION_REVERSE]) {
		for (size_t i = 0; i < a->n / 2; i++) {
			uint32_t item = a->items[i];

			a->items[i] = a->items[a->n - 1 - i];
			a->items[a->n - 1 - i] = item;
		}
	}
	if (a->n > s->options.limit)
		a->n = s->options.limit;
	return EXIT_DONE;
}

enum exit_code
answer_check(const struct session *s, enum query_subject of)
{
	struct order_key keys[ORDER_MAX_KEYS];
	struct field *fields;
	struct err err;
	size_t n;

	if (s->options.sort && order_parse(of, str_of(s->options.sort), keys, &err) < 0) {
		complain("--sort: %s", err.text);
		return EXIT_USAGE;
	}
	if (s->options.columns &&
	    (s->options.given[OPTION_SERIES] ?
	     second_list_parse(s->options.columns, &fields, &n, &err) :
	     field_list_parse(of, str_of(s->options.columns), &fields, &n, &err)) != 0) {
		complain("--columns: %s", err.text);
		return EXIT_USAGE;
	}
	if (s->options.columns)
		free(fields);
	return EXIT_DONE;
}

/* Of streams. */
static void
tell_no_stream(const struct session *s)
{
	uint32_t n = store_stream_count(s->engine.store);

	if (s->options.given[OPTION_NO_RTP])
		complain("no stream: with --no-rtp media is not looked at");
	else if (n > 0)
		complain("no match among %" PRIu32 " streams", n);
	else
		complain("no RTP stream beside %" PRIu32 " SIP messages",
			 store_message_count(s->engine.store));
}

void
answer_tell_nothing(const struct session *s)
{
	struct buf b = BUF_INIT;
	FILE *out = s->options.format == OUTPUT_TEXT ? stdout : stderr;

	if (store_message_count(s->engine.store) > 0) {
		complain("no match among %" PRIu32 " messages of %" PRIu32 " calls",
			 store_message_count(s->engine.store), store_call_count(s->engine.store));
		return;
	}
	summary_add_no_sip(&b, &s->engine);
	fputs(buf_cstr(&b), out);
	buf_release(&b);
}

enum exit_code
answer_open(struct session *s, enum query_subject of)
{
	enum exit_code code = session_open(s, of);

	return code == EXIT_DONE ? safe_enter(s, SAFE_ANSWERS) : code;
}

enum exit_code
answer_choose(struct answer *a, struct session *s, enum query_subject of)
{
	enum exit_code code = answer_check(s, of);

	*a = (struct answer){ 0 };
	if (code == EXIT_DONE)
		code = answer_open(s, of);
	if (code == EXIT_DONE)
		code = session_read(s);
	if (code != EXIT_DONE)
		return code;
	choose(a, s, of);
	if (a->n == 0) {
		if (of == QUERY_STREAM)
			tell_no_stream(s);
		else
			answer_tell_nothing(s);
		return EXIT_NOTHING;
	}
	return put_in_order(a, s, of);
}

enum exit_code
answer_written(int result, const struct err *err)
{
	if (result == 0)
		return EXIT_DONE;
	if (errno != EPIPE)
		complain("%s", err->text);
	return errno == EPIPE ? EXIT_DONE : EXIT_INPUT;
}

int
answer_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

void
answer_begin(struct table *table, struct session *s, struct field *fields, size_t n)
{
	static const char *const formats[] = { "text", "json", "csv" };
	const struct exporter *how = exporter_find(str_of(formats[s->options.format]));
	struct table_options options = {
		.width = answer_width(),
		.terminal = isatty(STDOUT_FILENO),
		.utc = session_utc(s),
		.ascii = session_ascii(s),
		.time = (enum table_time)s->options.time,
		.time_form = TIME_FULL,
	};

	table_begin(table, how, &s->query, fields, n, &options, stdout);
}

struct field *
answer_fields(const struct session *s, enum query_subject of, const char *columns, size_t *n)
{
	struct field *fields = NULL;
	struct err err;

	if (s->options.columns)
		columns = s->options.columns;
	else if (s->options.format != OUTPUT_TEXT)
		columns = NULL;
	if (!columns)
		field_list_default(of, &fields, n);
	else if (field_list_parse(of, str_of(columns), &fields, n, &err) != 0)
		BUG("columns \"%s\": %s", columns, err.text);
	return fields;
}

enum exit_code
answer_table(const struct answer *a, struct session *s, enum query_subject of,
	     const char *columns)
{
	struct field *fields;
	struct table table;
	struct err err;
	size_t n;

	fields = answer_fields(s, of, columns, &n);
	answer_begin(&table, s, fields, n);
	for (size_t i = 0; i < a->n; i++) {
		struct query_item item = of == QUERY_STREAM ?
			session_stream(s, a->items[i]) :
			query_item_of(&s->query, of, a->items[i]);

		if (!table_row(&table, &item))
			break;
	}
	errno = 0;
	n = (size_t)table_end(&table, &err);
	free(fields);
	return answer_written((int)n, &err);
}

void
answer_texts_begin(struct messages_text *texts, struct session *s)
{
	struct messages_text_options options = {
		.raw = s->options.given[OPTION_RAW],
		.no_head = s->options.given[OPTION_RAW],
		.utc = session_utc(s),
		.ascii = session_ascii(s),
		.time = (enum messages_time)s->options.time,
		.name = host_names_lookup,
		.name_ctx = &s->names,
	};

	messages_text_begin(texts, &s->query, &options, stdout);
}

enum exit_code
answer_tls(const struct session *s, FILE *out)
{
	const struct streams *streams = s->engine.streams;
	struct tls_list_options options = {
		.format = s->options.format, .utc = session_utc(s), .ascii = session_ascii(s),
		.terminal = isatty(fileno(out)),
	};
	struct err err;
	int result;

	errno = 0;
	result = tls_list_write(streams->tls_list, streams->tls_n, &options, out, &err);
	if (streams->tls_unlisted > 0)
		complain("%" PRIu64 " more TLS connections are not listed", streams->tls_unlisted);
	return answer_written(result, &err);
}

static void
print_summary(const struct session *s)
{
	FILE *out = s->options.format == OUTPUT_CSV ? stderr : stdout;
	struct buf b = BUF_INIT;

	if (s->options.format == OUTPUT_JSON)
		summary_add_json(&b, &s->engine);
	else
		summary_add(&b, &s->engine);
	if (s->engine.streams->tls_n > 0 && !s->options.given[OPTION_TLS] &&
	    s->options.format != OUTPUT_JSON)
		buf_add_cstr(&b, "tls connections:\n");
	fputs(buf_cstr(&b), out);
	buf_release(&b);
	/* Already said by --tls. */
	if (s->engine.streams->tls_n > 0 && !s->options.given[OPTION_TLS])
		answer_tls(s, out);
}

/* The figures lack what was left out for its number. */
static void
tell_limits(const struct session *s)
{
	struct limit limits[LIMITS_MAX];
	size_t n = limits_reached(&s->engine, limits);

	for (size_t i = 0; i < n; i++)
		complain("%" PRIu64 " %s", limits[i].n, limits[i].what);
}

enum exit_code
answer_end(struct session *s, enum exit_code code)
{
	if (s->query.unread > 0)
		complain("%" PRIu64 " messages could not be read again: %s", s->query.unread,
			 s->query.err.text);
	if (s->filter && filter_given_up(s->filter) > 0)
		complain("--where: %" PRIu64 " texts were too much work for a pattern",
			 filter_given_up(s->filter));
	if (code == EXIT_DONE || code == EXIT_NOTHING)
		tell_limits(s);
	if (s->options.given[OPTION_SUMMARY] && (code == EXIT_DONE || code == EXIT_NOTHING))
		print_summary(s);
	if (fflush(stdout) != 0 && errno != EPIPE &&
	    (code == EXIT_DONE || code == EXIT_NOTHING)) {
		complain("write: %s", strerror(errno));
		return EXIT_INPUT;
	}
	return code;
}
