/*
 * Figures of a run, gathered once as a list of (group, name, number), and
 * written as text or as JSON from that list: what one shows, the other does.
 */
#include <inttypes.h>

#include "app/summary.h"

#include "app/streams.h"
#include "decode/hep.h"
#include "store/stream.h"

#include <jansson.h>

#include "base/mem.h"

struct figure {
	const char *group;
	char name[64];
	uint64_t n;
};

struct figures {
	struct figure *list;
	size_t n, cap;
};

static void
add(struct figures *f, const char *group, const char *name, uint64_t n)
{
	struct figure *figure;

	ARRAY_GROW(f->list, f->cap, f->n + 1);
	figure = &f->list[f->n++];
	figure->group = group;
	figure->n = n;
	snprintf(figure->name, sizeof(figure->name), "%s", name);
}

static void
add_some(struct figures *f, const char *group, const char *name, uint64_t n)
{
	if (n > 0)
		add(f, group, name, n);
}

static void
add_reading(struct figures *f, const struct engine *e)
{
	struct capture_stats st;
	uint64_t n;
	uint16_t link;

	capture_stats(e->capture, &st);
	add(f, "read", "sources", capture_source_count(e->capture));
	add(f, "read", "records", st.records);
	add(f, "read", "bytes", st.bytes);
	add_some(f, "read", "not matched by the BPF filter", st.filtered);
	add_some(f, "read", "cut by the snap length", st.cut);
	add_some(f, "read", "without a time", st.no_time);
	add_some(f, "read", "earlier than the record before", st.back);
	add_some(f, "read", "unknown blocks", st.unknown_blocks);
	if (st.has_drops) {
		add(f, "read", "dropped by the kernel", st.dropped);
		add(f, "read", "dropped by the interface", st.if_dropped);
	}
	for (size_t i = 0; (n = capture_link_at(e->capture, i, &link)) > 0; i++) {
		const char *name = decode_link_name(link);
		char number[32];

		snprintf(number, sizeof(number), "link type %u", link);
		add(f, "links", name ? name : number, n);
	}
}

static void
add_decoding(struct figures *f, const struct engine *e)
{
	static const char *const groups[] = {
		[DECODE_COUNT_OTHER] = "other protocols",
		[DECODE_COUNT_FLAW] = "undecodable",
		[DECODE_COUNT_TUNNEL] = "tunnels",
		[DECODE_COUNT_FRAGMENT] = "fragments",
	};
	static const char *const flaws[SEGMENT_FLAW_COUNT] = {
#define FLAW_NAME(id, name, help) [SEGMENT_FLAW_BIT_##id] = name,
		SEGMENT_FLAWS(FLAW_NAME)
#undef FLAW_NAME
	};
	struct decode_count count;

	for (size_t i = 0; decode_count_at(e->decoder, i, &count); i++)
		add(f, groups[count.kind], count.name, count.n);
	for (size_t i = 0; i < SEGMENT_FLAW_COUNT; i++)
		add_some(f, "flaws of packets", flaws[i], e->segment_flaws[i]);
	for (int i = 0; i < PAYLOAD_COUNT; i++)
		add_some(f, "payloads", payload_name((enum payload)i), e->payloads[i]);
}

static void
add_tcp(struct figures *f, const struct streams *s)
{
	struct tcp_stats t;
	char name[64];

	tcp_stats(s->tcp, &t);
	if (t.segments == 0)
		return;
	add(f, "tcp", "connections", t.connections);
	add(f, "tcp", "connections that carried sip", s->with_sip);
	add_some(f, "tcp", "connections that never carried sip", t.connections - s->with_sip);
	for (int i = 0; i < CHANNEL_COUNT; i++) {
		snprintf(name, sizeof(name), "connections %s",
			 channel_name((enum channel_protocol)i));
		add_some(f, "tcp", name, s->channels[i]);
	}
	add_some(f, "tcp", "begun before the capture", t.middle);
	add_some(f, "tcp", "syn unanswered", t.unanswered);
	add_some(f, "tcp", "refused", t.refused);
	add_some(f, "tcp", "reset", t.reset);
	add_some(f, "tcp", "ended by fin", t.closed);
	add_some(f, "tcp", "on ports used before", t.reused);
	add_some(f, "tcp", "forgotten for their number", t.evicted);
	add(f, "tcp", "gaps", t.gaps);
	add_some(f, "tcp", "gaps, bytes", t.gap_bytes);
	add_some(f, "tcp", "gaps, cut by the snap length", t.cut);
	add_some(f, "tcp", "segments retransmitted", t.retransmitted);
	add_some(f, "tcp", "segments retransmitted in part", t.partly);
	add_some(f, "tcp", "segments out of order", t.out_of_order);
	add_some(f, "tcp", "segments with other content for the same bytes", t.overlaps);
	add_some(f, "tcp", "segments outside of the window", t.outside);
	add_some(f, "tcp", "keep-alives", t.keepalives);
	add_some(f, "tcp", "crlf keep-alives", s->keepalives);
	add_some(f, "tcp", "bytes between messages that are no sip", s->garbage);
	add_some(f, "tcp", "streams given up for memory", s->given_up);
	add_some(f, "tcp", "frames not listed with their message", s->stamps_lost);
}

static void
add_tls(struct figures *f, const struct streams *s)
{
	struct tls_keys_stats keys;
	char name[64];

	tls_keys_stats(s->keys, &keys);
	add_some(f, "tls", "secrets", keys.secrets);
	add_some(f, "tls", "rsa private keys", keys.rsa);
	add_some(f, "tls", "lines of key logs that cannot be read", keys.bad);
	if (s->tls_connections == 0)
		return;
	add(f, "tls", "connections", s->tls_connections);
	add(f, "tls", "connections decrypted", s->tls_decrypted);
	add(f, "tls", "connections not decrypted", s->tls_connections - s->tls_decrypted);
	for (int i = 0; i < TLS_FLAW_COUNT; i++) {
		snprintf(name, sizeof(name), "flaw %s", tls_flaw_name((enum tls_flaw_bit)i));
		add_some(f, "tls", name, s->tls_flaws[i]);
	}
}

static void
add_others(struct figures *f, const struct streams *s, const struct hep_listen_stats *listen)
{
	struct sctp_stats t;
	char name[64];

	for (int i = 0; i < WS_FLAW_COUNT; i++) {
		snprintf(name, sizeof(name), "flaw %s", ws_flaw_name((enum ws_flaw_bit)i));
		add_some(f, "websocket", name, s->ws_flaws[i]);
	}
	sctp_stats(s->sctp, &t);
	add_some(f, "sctp", "associations", t.associations);
	add_some(f, "sctp", "data chunks", t.data);
	add_some(f, "sctp", "data chunks retransmitted", t.retransmitted);
	add_some(f, "sctp", "messages", t.messages);
	add_some(f, "sctp", "messages not captured whole", t.incomplete);
	add_some(f, "sctp", "init unanswered", t.init_unanswered);
	add_some(f, "sctp", "aborted", t.aborted);
	add_some(f, "sctp", "shut down", t.shut);
	add_some(f, "sctp", "packets with a wrong length", t.bad);
	add_some(f, "sctp", "forgotten for their number", t.evicted);

	add_some(f, "hep", "packets", s->hep_packets);
	add_some(f, "hep", "with sip", s->hep_sip);
	add_some(f, "hep", "with rtcp reports", s->hep_reports);
	add_some(f, "hep", "with log lines", s->hep_logs);
	add_some(f, "hep", "with rtp", s->hep_rtp);
	add_some(f, "hep", "with something else", s->hep_other);
	add_some(f, "hep", "that cannot be read", s->hep_bad);
	for (int i = 0; i < HEP_FLAW_COUNT; i++) {
		snprintf(name, sizeof(name), "flaw %s", hep_flaw_name((enum hep_flaw_bit)i));
		add_some(f, "hep", name, s->hep_flaws[i]);
	}
	add_some(f, "hep listener", "packets", listen->packets);
	add_some(f, "hep listener", "connections", listen->connections);
	add_some(f, "hep listener", "without the password", listen->refused);
	add_some(f, "hep listener", "no hep, or not whole", listen->bad);
	add_some(f, "hep listener", "connections too many", listen->dropped);
	add_some(f, "icmp", "errors", s->icmp_errors);
	add_some(f, "icmp", "errors tied to a call", s->icmp_tied);
}

static void
add_messages(struct figures *f, const struct engine *e)
{
	struct capture_kept_stats kept;
	struct store_kept there;
	struct store_stats st;
	uint64_t states[CALL_STATE_COUNT] = { 0 };

	store_stats(e->store, &st);
	add(f, "sip", "messages", st.requests + st.responses);
	add(f, "sip", "requests", st.requests);
	add(f, "sip", "responses", st.responses);
	add(f, "sip", "retransmissions", st.retransmissions);
	add(f, "sip", "duplicates", st.duplicates);
	add_some(f, "sip", "datagrams with bytes after the last message", e->trailing);
	add_some(f, "sip", "messages without text", e->unspooled);
	capture_kept_stats(e->capture, &kept);
	add_some(f, "sip", "packets that could not be kept for saving", kept.lost);
	add_some(f, "sip", "events not kept for their number", st.events_lost);
	store_kept(e->store, &there);
	add(f, "sip", "calls", there.calls + there.gone);
	add_some(f, "sip", "calls evicted", there.gone);
	add_some(f, "sip", "calls evicted unfinished", there.gone_unfinished);
	add_some(f, "sip", "calls not taken", e->refused);
	for (size_t i = 0; i < SIP_FLAW_COUNT; i++)
		add_some(f, "flaws of messages", sip_flaw_defs[i].name, st.flaws[i]);
	for (uint32_t i = there.first_call; i < store_call_count(e->store); i++)
		if (!store_call_is_gone(e->store, i))
			states[store_call_state(e->store, store_call(e->store, i))]++;
	for (int i = 0; i < CALL_STATE_COUNT; i++)
		add_some(f, "calls", call_state_name((enum call_state)i), states[i]);
}

static void
add_media(struct figures *f, const struct engine *e)
{
	uint32_t n = store_stream_count(e->store), orphans = 0;
	uint64_t kinds[STREAM_KIND_COUNT] = { 0 };
	struct media_stats st;
	char name[64];

	store_media_stats(e->store, &st);
	for (uint32_t i = store_first_stream(e->store); i < n;
	     i = store_next_stream(e->store, i)) {
		const struct stream *stream = store_stream(e->store, i);

		orphans += store_stream_call(e->store, stream) == CALL_NONE;
		kinds[stream->kind]++;
	}
	add_some(f, "media", "streams", n);
	add_some(f, "media", "streams evicted", n - store_streams_there(e->store));
	for (unsigned int i = 0; i < STREAM_KIND_COUNT; i++) {
		snprintf(name, sizeof(name), "streams, %s", stream_kind_name(i));
		add_some(f, "media", name, kinds[i]);
	}
	add_some(f, "media", "streams of no call", orphans);
	add_some(f, "media", "rtp packets", st.rtp);
	add_some(f, "media", "rtcp packets", st.rtcp);
	add_some(f, "media", "rtcp packets, encrypted", st.rtcp_secure);
	add_some(f, "media", "rtcp packets with flaws", st.rtcp_flawed);
	add_some(f, "media", "reports of no stream that was seen", st.rtcp_unmatched);
	add_some(f, "media", "voice quality reports in sip", st.vq);
	add_some(f, "media", "t.38 packets", st.udptl);
	add_some(f, "media", "shaped like rtp, too few to be sure", st.unsure);
	add_some(f, "media", "rtcp with lengths that do not fit", st.rtcp_bad);
	add_some(f, "media", "packets of streams not kept for their number", st.streams_lost);
	add_some(f, "media", "packets of ssrcs not kept for their number", st.ssrcs_lost);
	add_some(f, "media", "voice quality reports not kept", st.vq_lost);
	add_some(f, "media", "digits not kept for their number", st.digits_lost);
	add_some(f, "media", "descriptions not kept for their number", st.claims_lost);
	add_some(f, "media", "messages of turn with data", e->streams->turn_data);
	add_some(f, "media", "channels of turn not kept", e->streams->turn_lost);
	add_some(f, "media", "bytes of tcp streams in no frame", e->streams->framed_lost);
	for (int i = 0; i < RTP_FLAW_COUNT; i++) {
		snprintf(name, sizeof(name), "flaw %s", rtp_flaw_defs[i].name);
		add_some(f, "media", name, st.flaws[i]);
	}
}

static void
gather(struct figures *f, const struct engine *e)
{
	struct hep_listen_stats listen;

	*f = (struct figures){ 0 };
	add_reading(f, e);
	add_decoding(f, e);
	add_tcp(f, e->streams);
	add_tls(f, e->streams);
	capture_hep_stats(e->capture, &listen);
	add_others(f, e->streams, &listen);
	add_messages(f, e);
	add_media(f, e);
}

void
summary_add(struct buf *b, const struct engine *e)
{
	struct figures f;
	const char *group = "";

	gather(&f, e);
	for (size_t i = 0; i < f.n; i++) {
		if (strcmp(group, f.list[i].group) != 0) {
			group = f.list[i].group;
			buf_printf(b, "%s:\n", group);
		}
		buf_printf(b, "  %-44s %12" PRIu64 "\n", f.list[i].name, f.list[i].n);
	}
	free(f.list);
}

void
summary_add_json(struct buf *b, const struct engine *e)
{
	json_t *root = json_object(), *groups = json_object();
	struct figures f;
	char *text;

	gather(&f, e);
	json_object_set_new(root, "summary", groups);
	for (size_t i = 0; i < f.n; i++) {
		json_t *group = json_object_get(groups, f.list[i].group);

		if (!group) {
			group = json_object();
			json_object_set_new(groups, f.list[i].group, group);
		}
		json_object_set_new(group, f.list[i].name, json_integer((json_int_t)f.list[i].n));
	}
	text = json_dumps(root, JSON_COMPACT | JSON_PRESERVE_ORDER);
	buf_printf(b, "%s\n", text ? text : "{}");
	free(text);
	json_decref(root);
	free(f.list);
}

/* ---- no SIP ---- */

#define TOP_PORTS	5

static void
add_line(struct buf *b, const char *name, uint64_t n)
{
	buf_printf(b, "  %-44s %12" PRIu64 "\n", name, n);
}

static void
add_top_ports(struct buf *b, const uint32_t *ports, const char *transport)
{
	uint32_t top[TOP_PORTS] = { 0 };	/* ports, the busiest first */
	size_t count = 0;

	for (uint32_t port = 0; port < 65536; port++) {
		size_t at = count;

		if (ports[port] == 0)
			continue;
		while (at > 0 && ports[port] > ports[top[at - 1]])
			at--;
		if (at == TOP_PORTS)
			continue;
		if (count < TOP_PORTS)
			count++;
		memmove(&top[at + 1], &top[at], (count - 1 - at) * sizeof(*top));
		top[at] = port;
	}
	for (size_t i = 0; i < count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%s port %" PRIu32, transport, top[i]);
		add_line(b, name, ports[top[i]]);
	}
}

static void
add_hints(struct buf *b, const struct engine *e)
{
	struct hep_listen_stats listen;
	struct capture_stats st;

	capture_stats(e->capture, &st);
	capture_hep_stats(e->capture, &listen);
	if (st.records == 0 && listen.refused + listen.bad > 0)
		buf_add_cstr(b, "No HEP packet came that could be taken.\n");
	else if (st.records == 0)
		buf_add_cstr(b, "There is no packet in it.\n");
	if (st.records > 0 && st.records == st.filtered)
		buf_add_cstr(b, "The BPF filter matches no packet.\n");
	if (e->streams->tls_connections > e->streams->tls_decrypted)
		buf_add_cstr(b, "There is TLS that is not decrypted.\n"
			     "The option --keylog FILE or -k FILE gives the keys;\n"
			     "\"rung messages --tls FILE\" tells about each connection.\n");
	if (st.cut > 0 && st.cut * 2 > st.records)
		buf_add_cstr(b, "Most packets are cut: captured with a small snap length.\n");
}

/* Without headings "connections" may be those of TCP or TLS. */
static void
add_grouped(struct buf *b, const struct figure *figure)
{
	static const char *const groups[] = { "tcp", "tls", "sctp", "hep", "media" };
	char name[80];

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if (strcmp(figure->group, groups[i]) != 0)
			continue;
		snprintf(name, sizeof(name), "%s %s", figure->group, figure->name);
		add_line(b, name, figure->n);
		return;
	}
	add_line(b, figure->name, figure->n);
}

void
summary_add_no_sip(struct buf *b, const struct engine *e)
{
	struct figures f;

	gather(&f, e);
	buf_add_cstr(b, "No SIP message was found. What there is:\n");
	for (size_t i = 0; i < f.n; i++)
		if (strcmp(f.list[i].group, "sip") != 0 && strcmp(f.list[i].group, "calls") != 0)
			add_grouped(b, &f.list[i]);
	free(f.list);
	add_top_ports(b, e->ports, "udp");
	add_top_ports(b, e->ports + 65536, "tcp");
	add_hints(b, e);
}
