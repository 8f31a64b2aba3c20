#include <errno.h>

#include "app/answer.h"
#include "app/commands.h"
#include "base/mem.h"
#include "export/ladder_text.h"

#define SILENCE	(10 * NS_PER_S)		/* a pause worth a row of its own */

static void
write_ladder(struct session *s, const uint32_t *calls, size_t n, struct sink *sink)
{
	struct ladder_options options = {
		.sdp = (enum ladder_sdp)s->options.sdp,
		.split_ports = s->options.given[OPTION_PORTS],
		.unfold = s->options.given[OPTION_UNFOLD],
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

/* For programs a ladder is its messages, call after call, or by time. */
static void
take_messages(const struct answer *calls, struct session *s, struct answer *messages)
{
	for (size_t i = 0; i < calls->n; i++) {
		const uint32_t *list;
		size_t n = query_messages(&s->query, store_call(s->engine.store, calls->items[i]),
					  &list);

		ARRAY_GROW(messages->items, messages->cap, messages->n + n);
		for (size_t k = 0; k < n; k++)
			messages->items[messages->n++] = list[k];
	}
}

static int
by_arrival(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

enum exit_code
flow_run(struct session *s)
{
	struct answer a, messages = { 0 };
	enum exit_code code = answer_choose(&a, s, QUERY_CALL);

	if (code == EXIT_DONE && s->options.format == OUTPUT_TEXT) {
		code = write_ladders(&a, s);
	} else if (code == EXIT_DONE) {
		take_messages(&a, s, &messages);
		if (s->options.given[OPTION_MERGE])
			qsort(messages.items, messages.n, sizeof(*messages.items), by_arrival);
		code = answer_table(&messages, s, QUERY_MESSAGE, NULL);
	}
	answer_release(&a);
	answer_release(&messages);
	return answer_end(s, code);
}
