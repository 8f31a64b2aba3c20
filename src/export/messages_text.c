#include "export/messages_text.h"

#include <inttypes.h>

#include "export/carriage_text.h"
#include "export/visible.h"

void
messages_text_begin(struct messages_text *t, struct query *query,
		    const struct messages_text_options *options, FILE *out)
{
	*t = (struct messages_text){ .query = query, .o = *options, .origin = TIME_NONE };
	sink_init(&t->sink, out);
}

static void
add_time(struct messages_text *t, int64_t time)
{
	struct buf *b = &t->sink.buf;
	int64_t span = 0;
	uint64_t us;

	if (time == TIME_NONE) {
		buf_add_cstr(b, "no time");
		return;
	}
	if (t->o.time == MESSAGES_TIME_ABSOLUTE) {
		time_add(b, time, TIME_FULL, t->o.utc);
		return;
	}
	if (t->origin == TIME_NONE || __builtin_sub_overflow(time, t->origin, &span))
		span = 0;
	us = (span < 0 ? -(uint64_t)span : (uint64_t)span) / (uint64_t)NS_PER_US;
	buf_printf(b, "%s%" PRIu64 ".%06" PRIu64, span < 0 ? "-" : "+", us / 1000000, us % 1000000);
	if (t->origin == TIME_NONE || t->o.time == MESSAGES_TIME_DELTA)
		t->origin = time;
}

static void
add_end(struct messages_text *t, const struct net_endpoint *at)
{
	struct buf *b = &t->sink.buf;
	struct str name = t->o.name ? t->o.name(t->o.name_ctx, at) : STR_NONE;

	if (at->addr.family == NET_NONE)
		buf_add_char(b, '?');
	else
		net_endpoint_add(b, at);
	if (name.n > 0) {
		buf_add_cstr(b, " (");
		visible_add(b, name, false, t->o.ascii);
		buf_add_char(b, ')');
	}
}

static void
add_head(struct messages_text *t, uint32_t index, const struct message *m)
{
	static const struct {
		enum message_flag flag;
		const char *name;
	} flags[] = {
		{ MESSAGE_RETRANSMISSION, "retransmission" },
		{ MESSAGE_DUPLICATE, "duplicate" },
	};
	const struct path *p = store_path(t->query->store, m->path);
	struct buf *b = &t->sink.buf;
	struct carriage c;

	buf_printf(b, "#%" PRIu64 "  ", store_message_frame(t->query->store, index));
	add_time(t, m->time);
	buf_add_cstr(b, "  ");
	add_end(t, &p->src);
	buf_add_cstr(b, " -> ");
	add_end(t, &p->dst);
	buf_add_cstr(b, "  ");
	for (const char *n = transport_name((enum transport)p->transport); *n; n++)
		buf_add_char(b, *n >= 'a' && *n <= 'z' ? (char)(*n - 32) : *n);
	store_carriage(t->query->store, index, &c);
	if (c.frame_n > 1) {
		buf_add_cstr(b, "  ");
		carriage_frames_add(b, t->query->store, index);
	}
	carriage_rest_add(b, t->query->store, index,
			  t->o.time != MESSAGES_TIME_ABSOLUTE ? CARRIAGE_TIME_SPAN :
			  t->o.utc ? CARRIAGE_TIME_CLOCK_UTC : CARRIAGE_TIME_CLOCK);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (m->flags & flags[i].flag)
			buf_printf(b, "  %s", flags[i].name);
	buf_add_char(b, '\n');
}

static void
add_flaws(struct messages_text *t, uint32_t flaws)
{
	for (unsigned int i = 0; i < SIP_FLAW_COUNT; i++)
		if (flaws & 1u << i)
			buf_printf(&t->sink.buf, "! %s: %s\n", sip_flaw_defs[i].name,
				   sip_flaw_defs[i].help);
}

bool
messages_text_add(struct messages_text *t, uint32_t index)
{
	const struct message *m = store_message(t->query->store, index);
	struct buf *b = &t->sink.buf;
	struct str text;
	size_t from;

	if (!m)
		BUG("no message %" PRIu32, index);
	if (!t->o.no_head)
		add_head(t, index, m);
	text = query_text(t->query, index);
	from = b->n;
	if (t->o.raw)
		buf_add_str(b, text);
	else
		visible_add(b, text, true, t->o.ascii);
	if (!t->o.raw || !t->o.no_head) {
		if (b->n > from && b->p[b->n - 1] != '\n')
			buf_add_char(b, '\n');
		/* The empty line that ends a head without a body is the one
		 * between messages as well. */
		if (!t->o.raw && b->n > from + 1 && b->p[b->n - 2] == '\n')
			b->n--;
	}
	if (!t->o.no_head) {
		if (text.n == 0 && m->length > 0)
			buf_add_cstr(b, "! its text cannot be read again\n");
		add_flaws(t, query_flaws(t->query, index));
	}
	if (!t->o.raw || !t->o.no_head)
		buf_add_char(b, '\n');
	t->messages++;
	return sink_step(&t->sink);
}

int
messages_text_end(struct messages_text *t, struct err *err)
{
	return sink_end(&t->sink, err);
}
