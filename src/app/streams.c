#include "app/streams.h"

#include "app/keep.h"
#include "app/media_in.h"
#include "base/mem.h"

struct streams *
streams_new(void)
{
	struct streams *s = xcalloc(1, sizeof(*s));

	s->kept_max = STREAMS_KEPT_MAX;
	s->tls_max = STREAMS_TLS_MAX;
	s->tcp = tcp_new(NULL);
	s->sctp = sctp_new(NULL);
	s->keys = tls_keys_new();
	s->tls = tls_context_new(s->keys);
	s->turn = turn_channels_new();
	return s;
}

void
streams_free(struct streams *s)
{
	struct tcp_connection *c;
	struct flow_event ev;

	if (!s)
		return;
	/* Where the input was not read to its end, connections are still known. */
	tcp_end(s->tcp);
	while (tcp_next(s->tcp, &ev, &c))
		if (ev.kind == FLOW_FORGET && c->user)
			channel_free(c->user, s);
	tcp_free(s->tcp);
	sctp_free(s->sctp);
	tls_context_free(s->tls);
	tls_keys_free(s->keys);
	for (size_t i = 0; i < s->tls_n; i++)
		tls_info_release(&s->tls_list[i].info);
	free(s->tls_list);
	turn_channels_free(s->turn);
	free(s);
}

void
streams_take_secrets(struct engine *e)
{
	struct streams *s = e->streams;

	/* Those who write secrets into a capture do so when they learn them, which
	 * may be after the first records that need them. */
	for (; s->sources_seen < capture_source_count(e->capture); s->sources_seen++)
		if (strcmp(capture_source_at(e->capture, s->sources_seen)->format, "pcapng") == 0)
			tls_keys_expect(s->keys);
	for (; s->secrets_taken < capture_secrets_count(e->capture); s->secrets_taken++) {
		const struct capture_secrets *block = capture_secrets_at(e->capture,
									 s->secrets_taken);

		if (block->type == CAPTURE_SECRETS_TLS)
			tls_keys_add_text(s->keys, (struct str){ (const char *)block->data,
								 block->n });
	}
}

/* ---- TCP ---- */

void
streams_count(struct streams *s, const struct channel *ch, bool inner)
{
	if (!inner) {
		s->channels[ch->protocol]++;
		s->with_sip += ch->sip;
	}
	for (int i = 0; ch->readers && i < 2; i++) {
		s->garbage += ch->protocol == CHANNEL_SIP ? ch->readers[i].garbage : 0;
		s->keepalives += ch->readers[i].keepalives;
		s->stamps_lost += ch->readers[i].in.stamps_lost;
	}
	for (int i = 0; ch->ws && i < WS_FLAW_COUNT; i++)
		s->ws_flaws[i] += ws_info(ch->ws)->flaws[i];
}

static void
list_tls(struct streams *s, const struct tcp_connection *c, const struct channel *ch)
{
	const struct tls_info *info = tls_info(ch->tls);
	struct tls_connection *record;

	s->tls_connections++;
	s->tls_decrypted += info->decrypted;
	for (int i = 0; i < TLS_FLAW_COUNT; i++)
		s->tls_flaws[i] += info->flaws[i];
	if (s->tls_n >= s->tls_max) {
		s->tls_unlisted++;
		return;
	}
	ARRAY_GROW(s->tls_list, s->tls_cap, s->tls_n + 1);
	record = &s->tls_list[s->tls_n++];
	*record = (struct tls_connection){
		.client = c->ends[info->client], .server = c->ends[!info->client],
		.first = c->first, .last = c->last, .frame = c->frame, .source = c->source,
	};
	tls_info_take(ch->tls, &record->info);
}

/* Whether messages went between the two, either way, not long before @time. */
static bool
had_messages(struct engine *e, const struct net_endpoint *a, const struct net_endpoint *b,
	     uint8_t transport, int64_t time)
{
	engine_flush(e);
	return store_path_last(e->store, a, b, transport, 0, time) != MESSAGE_NONE ||
		store_path_last(e->store, b, a, transport, 0, time) != MESSAGE_NONE;
}

/* A SYN that found nobody: told where calls went between the two shortly before. */
static void
tell_failure(struct engine *e, const struct tcp_connection *c, const struct stamp *stamp,
	     enum event_kind kind, const char *text)
{
	const struct net_endpoint *a = &c->ends[0], *b = &c->ends[1];
	struct delivery d = {
		.e = e, .src = a, .dst = b, .transport = TRANSPORT_TCP,
		.stamps = stamp, .stamp_n = 1, .time = TIME_NONE,
	};

	if (had_messages(e, a, b, TRANSPORT_TCP, stamp->time))
		deliver_event(&d, kind, STR_NONE, str_of(text));
}

static void
forget(struct engine *e, struct tcp_connection *c)
{
	struct channel *ch = c->user;
	struct stamp first = { .time = c->first, .frame = c->frame, .source = c->source };

	if (!ch) {
		e->streams->channels[CHANNEL_NEW]++;
		if ((c->flags & TCP_SYN) && !(c->flags & (TCP_SYN_ACK | TCP_RST_0 | TCP_RST_1)))
			tell_failure(e, c, &first, EVENT_UNANSWERED, "nobody answers the SYN");
		return;
	}
	channel_end(ch, e, c->ends);
	if (ch->tls)
		list_tls(e->streams, c, ch);
	channel_free(ch, e->streams);
	c->user = NULL;
}

static void
take_event(struct engine *e, const struct segment *seg, struct tcp_connection *c,
	   const struct flow_event *ev)
{
	if (ev->kind == FLOW_FORGET) {
		forget(e, c);
		return;
	}
	if (!c->user) {
		if (ev->kind == FLOW_RESET && (c->flags & TCP_SYN) && !(c->flags & TCP_SYN_ACK))
			tell_failure(e, c, ev->stamps, EVENT_REFUSED, "connection refused");
		if (ev->kind != FLOW_BYTES)
			return;
		c->user = channel_new(TRANSPORT_TCP);
	}
	channel_take(c->user, e, seg, c->ends, ev);
}

enum payload
streams_tcp(struct engine *e, const struct segment *seg)
{
	static const uint8_t payloads[CHANNEL_COUNT] = {
		[CHANNEL_NEW] = PAYLOAD_TCP,
		[CHANNEL_SIP] = PAYLOAD_TCP_SIP,
		[CHANNEL_TLS] = PAYLOAD_TLS,
		[CHANNEL_WS] = PAYLOAD_WS,
		[CHANNEL_HEP] = PAYLOAD_HEP,
		[CHANNEL_RTP] = PAYLOAD_TCP_RTP,
		[CHANNEL_TURN] = PAYLOAD_TCP_TURN,
		[CHANNEL_OTHER] = PAYLOAD_TCP,
	};
	struct tcp_connection *c = tcp_take(e->streams->tcp, seg), *of;
	const struct channel *ch;
	struct flow_event ev;

	if (UNLIKELY(e->fleeting != NULL))
		keep_tcp(e, seg, c);
	/* Events of other connections may forget this one: ask for it first. */
	while (tcp_next(e->streams->tcp, &ev, &of)) {
		take_event(e, seg, of, &ev);
		if (of == c && ev.kind == FLOW_FORGET)
			c = NULL;
	}
	if (UNLIKELY(e->fleeting && c))
		keep_tcp(e, seg, c);
	if (seg->payload.n == 0)
		return PAYLOAD_TCP_EMPTY;
	ch = c ? c->user : NULL;
	return (enum payload)(ch ? payloads[ch->protocol] : PAYLOAD_TCP);
}

/* ---- SCTP ---- */

static bool
drain_sctp(struct engine *e, const struct segment *seg)
{
	struct net_endpoint src, dst;
	struct flow_event ev;
	bool sip = false;

	while (sctp_next(e->streams->sctp, &ev, &src, &dst)) {
		struct delivery d = {
			.e = e, .seg = seg, .src = &src, .dst = &dst,
			.transport = TRANSPORT_SCTP, .stamps = ev.stamps,
			.stamp_n = ev.stamp_n, .time = TIME_NONE,
			.flaws = ev.cut ? SIP_FLAW_CUT : 0u,
		};

		if (ev.kind == FLOW_MESSAGE) {
			sip = deliver_datagram(&d, ev.bytes, ev.place) || sip;
			continue;
		}
		/* Other protocols may have as many events as packets. */
		if (!had_messages(e, &src, &dst, TRANSPORT_SCTP, TIME_NONE))
			continue;
		if (ev.kind == FLOW_RESET)
			deliver_event(&d, EVENT_RESET, STR_NONE,
				      ev.text ? str_of(ev.text) : STR("association aborted"));
		else if (ev.kind == FLOW_GAP)
			deliver_event(&d, EVENT_GAP, STR_NONE,
				      STR("a message is not captured whole"));
	}
	return sip;
}

enum payload
streams_sctp(struct engine *e, const struct segment *seg)
{
	bool sip;

	sctp_take(e->streams->sctp, seg);
	sip = drain_sctp(e, seg);
	if (UNLIKELY(e->fleeting != NULL))
		keep_sctp(e, seg, sip);
	return sip ? PAYLOAD_SCTP_SIP : PAYLOAD_SCTP;
}

static int
by_time(const void *a, const void *b)
{
	const struct tls_connection *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->frame > y->frame) - (x->frame < y->frame);
}

void
streams_end(struct engine *e)
{
	struct streams *s = e->streams;
	struct tcp_connection *c;
	struct flow_event ev;

	tcp_end(e->streams->tcp);
	while (tcp_next(e->streams->tcp, &ev, &c))
		take_event(e, NULL, c, &ev);
	sctp_end(e->streams->sctp);
	drain_sctp(e, NULL);
	engine_flush(e);
	if (s->tls_n > 1)
		qsort(s->tls_list, s->tls_n, sizeof(*s->tls_list), by_time);
}
