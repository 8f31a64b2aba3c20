#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "app/answer.h"
#include "app/commands.h"
#include "export/ladder_table.h"
#include "export/ladder_text.h"
#include "export/strip.h"
#include "query/call_media.h"

#define SILENCE	(10 * NS_PER_S)		/* a pause worth a row of its own */

/* What was heard when. Where no media was captured at all, that none came says nothing. */
static void
write_strips(struct session *s, const struct ladder *l, int width, struct sink *sink)
{
	const struct store *store = s->engine.store;
	struct strip strip = { .n = 0 };
	const char *unheard;
	size_t cells = width > STRIP_TEXT_LEFT + STRIP_MARKS + 10 ?
		(size_t)width - STRIP_TEXT_LEFT - STRIP_MARKS : 10;

	if (store_stream_count(store) == 0)
		return;
	for (uint32_t i = 0; i < l->call_count; i++) {
		if (!strip_make(&strip, store, &l->calls[i].call, cells) || !strip.media)
			continue;
		buf_add_char(&sink->buf, '\n');
		strip_text(&sink->buf, &strip, l->calls[i].call.index, session_ascii(s));
		unheard = query_call_unheard(&s->query, &l->calls[i].call);
		if (unheard)
			buf_printf(&sink->buf, "  ! %s\n", unheard);
		sink_step(sink);
	}
	strip_release(&strip);
}

static void
write_ladder(struct session *s, const uint32_t *calls, size_t n, struct sink *sink)
{
	struct ladder_options options = {
		.sdp = (enum ladder_sdp)s->options.sdp,
		.split_ports = s->options.given[OPTION_PORTS],
		.unfold = s->options.given[OPTION_UNFOLD],
		.media = !s->options.given[OPTION_NO_MEDIA],
		.limits = &s->query.limits,
		.join_names = true,
		.silence = SILENCE,
		.name = host_names_lookup,
		.name_ctx = &s->names,
	};
	struct ladder_text_options text = {
		.width = s->options.width > 0 ? s->options.width : answer_width(),
		.time = (enum ladder_time)s->options.time,
		.utc = session_utc(s),
		.ascii = session_ascii(s),
	};
	struct ladder ladder;

	ladder_layout(&ladder, s->engine.store, calls, n, &options);
	s->query.unread += ladder.unread;
	ladder_text_write(&ladder, &text, sink);
	if (options.media)
		write_strips(s, &ladder, text.width > 0 ? text.width : LADDER_TEXT_WIDTH, sink);
	ladder_release(&ladder);
}

static enum exit_code
write_ladders(const struct answer *a, struct session *s)
{
	struct sink sink;
	struct err err;
	int result;

	sink_init(&sink, stdout);
	if (s->options.given[OPTION_MERGE]) {
		write_ladder(s, a->items, a->n, &sink);
	} else {
		for (size_t i = 0; i < a->n && sink_step(&sink); i++) {
			if (i > 0)
				buf_add_char(&sink.buf, '\n');
			write_ladder(s, &a->items[i], 1, &sink);
		}
	}
	errno = 0;
	result = sink_end(&sink, &err);
	return answer_written(result, &err);
}

/* For programs a ladder is its messages and events, call after call, or by time. */
static enum exit_code
write_rows(const struct answer *a, struct session *s)
{
	const struct exporter *how =
		exporter_find(s->options.format == OUTPUT_JSON ? STR("json") : STR("csv"));
	struct table_options options = { .terminal = isatty(STDOUT_FILENO) };
	const char *columns = s->options.columns;
	struct field *fields = NULL;
	struct table table;
	struct err err;
	uint64_t left;
	size_t n;
	int result;

	if (!columns)
		ladder_table_fields(&fields, &n);
	else if (field_list_parse(QUERY_MESSAGE, str_of(columns), &fields, &n, &err) != 0)
		BUG("columns \"%s\": %s", columns, err.text);
	table_begin(&table, how, &s->query, fields, n, &options, stdout);
	left = ladder_table_write(&table, a->items, a->n, s->options.given[OPTION_MERGE],
				  !s->options.given[OPTION_NO_MEDIA]);
	if (left > 0)
		complain("%" PRIu64 " events of connections are left out: a call has at most %u",
			 left, STORE_CALL_EVENTS_MAX);
	errno = 0;
	result = table_end(&table, &err);
	free(fields);
	return answer_written(result, &err);
}

enum exit_code
flow_run(struct session *s)
{
	struct answer a;
	enum exit_code code = answer_choose(&a, s, QUERY_CALL);

	if (code == EXIT_DONE)
		code = s->options.format == OUTPUT_TEXT ? write_ladders(&a, s) : write_rows(&a, s);
	answer_release(&a);
	return answer_end(s, code);
}
