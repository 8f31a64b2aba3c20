#include "app/hep_out.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/mem.h"
#include "decode/hep.h"
#include "media/rtcp_json.h"
#include "sip/sdp.h"

#define PATIENCE	(5 * NS_PER_S)
#define MEDIA_MAX	65536u	/* addresses of media known; then they are forgotten */
#define MEDIA_TEXT_MAX	((size_t)32 << 20)	/* bytes of their Call-IDs, replaced ones too */

/* Where RTCP of a call is sent to. */
struct media {
	struct net_endpoint at;
	struct str call_id;
};

struct hep_out {
	struct engine *engine;
	struct hep_send *send;
	bool live;
	bool stuck;		/* waiting was in vain, and nothing went since then */
	uint64_t sent;		/* as of then */
	struct media *media;
	size_t media_n, media_cap;
	struct hash_map media_map;	/* by endpoint */
	struct arena text;
	struct buf json;
};

/* ---- whose RTCP it is ---- */

static void
media_forget(struct hep_out *o)
{
	o->media_n = 0;
	hash_map_release(&o->media_map);
	arena_release(&o->text);
	o->text = (struct arena)ARENA_INIT;
}

static struct media *
media_find(const struct hep_out *o, const struct net_endpoint *at)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&o->media_map, net_endpoint_hash(at), &cursor)) != HASH_NONE)
		if (net_endpoint_eq(&o->media[i].at, at))
			return &o->media[i];
	return NULL;
}

static void
media_add(struct hep_out *o, const struct net_endpoint *at, struct str call_id)
{
	struct media *m = media_find(o, at);

	if (m && str_eq(m->call_id, call_id))
		return;
	/* The ports of a proxy are used again and again: texts that are not valid any
	 * more are freed with all others. */
	if ((!m && o->media_n == MEDIA_MAX) || o->text.bytes > MEDIA_TEXT_MAX) {
		media_forget(o);
		m = NULL;
	}
	if (!m) {
		ARRAY_GROW(o->media, o->media_cap, o->media_n + 1);
		m = &o->media[o->media_n++];
		*m = (struct media){ .at = *at };
		hash_map_add(&o->media_map, net_endpoint_hash(at), (uint32_t)o->media_n - 1);
	}
	/* The newest description tells. */
	m->call_id = arena_str(&o->text, call_id);
}

static void
learn_media(struct hep_out *o, const struct sip_scan *scan)
{
	struct sdp sdp;
	size_t start = 0;

	/* Inside of a multipart body the description begins with its first line. */
	if (!str_starts(scan->body, STR("v=")))
		start = str_find_ci(scan->body, STR("\nv=0"));
	if (start == SIZE_MAX)
		return;
	sdp_parse(str_skip(scan->body, start ? start + 1 : 0), &sdp);
	for (uint32_t i = 0; i < sdp.media_count; i++) {
		const struct sdp_media *m = &sdp.media[i];
		const struct str text = m->rtcp.address.text.n ? m->rtcp.address.text
			: m->common.address.text;
		struct net_endpoint at = { .port = m->port };

		if (m->port == 0 || !net_addr_parse(text, &at.addr))
			continue;
		media_add(o, &at, scan->call_id);
		at.port = m->rtcp.present && m->rtcp.port ? m->rtcp.port : (uint16_t)(m->port + 1);
		media_add(o, &at, scan->call_id);
	}
}

/* ---- what is sent ---- */

static uint8_t
protocol_of(uint8_t transport)
{
	return transport == TRANSPORT_UDP ? SEGMENT_UDP :
		transport == TRANSPORT_SCTP ? SEGMENT_SCTP : SEGMENT_TCP;
}

static bool
is_stuck(const struct hep_out *o)
{
	struct hep_send_stats stats;

	hep_send_stats(o->send, &stats);
	return o->stuck && stats.sent == o->sent;
}

/* Patience is for the collector, not for each packet. */
static void
send_packet(struct hep_out *o, const struct hep_packet *packet)
{
	struct hep_send_stats stats;

	if (!o->live && hep_send_full(o->send) && !is_stuck(o)) {
		o->stuck = !hep_send_wait(o->send, false, PATIENCE);
		hep_send_stats(o->send, &stats);
		o->sent = stats.sent;
	}
	hep_send_add(o->send, packet);
}

static void
see_message(void *ctx, const struct store_input *in, struct str text)
{
	struct hep_out *o = ctx;
	struct hep_packet packet = {
		.src = in->src, .dst = in->dst, .time = in->time, .vlan = in->vlan,
		.protocol = protocol_of(in->transport), .type = HEP_SIP,
		.correlation = in->scan->call_id, .payload = text,
	};

	if (in->scan->sdp)
		learn_media(o, in->scan);
	send_packet(o, &packet);
}

static void
see_rtcp(void *ctx, const struct segment *seg)
{
	struct hep_out *o = ctx;
	const struct media *m = media_find(o, &seg->dst);
	struct hep_packet packet = {
		.src = seg->src, .dst = seg->dst, .time = seg->time, .vlan = seg->vlan,
		.protocol = SEGMENT_UDP, .type = HEP_RTCP_JSON,
	};

	if (!m)
		m = media_find(o, &seg->src);
	buf_clear(&o->json);
	if (!rtcp_json_add(&o->json, seg->payload))
		return;
	packet.correlation = m ? m->call_id : STR_NONE;
	packet.payload = buf_str(&o->json);
	send_packet(o, &packet);
}

/* ---- the face ---- */

struct hep_out *
hep_out_open(struct engine *e, const char *where, const struct hep_send_options *options,
	     bool live, struct err *err)
{
	struct hep_send *send = hep_send_open(where, options, err);
	struct hep_out *o;

	if (!send)
		return NULL;
	o = xcalloc(1, sizeof(*o));
	o->engine = e;
	o->send = send;
	o->live = live;
	o->text = (struct arena)ARENA_INIT;
	e->tap = see_message;
	e->tap_rtcp = see_rtcp;
	e->tap_ctx = o;
	return o;
}

void
hep_out_run(struct hep_out *o)
{
	hep_send_run(o->send);
}

void
hep_out_finish(struct hep_out *o)
{
	hep_send_wait(o->send, true, is_stuck(o) ? 0 : PATIENCE);
}

bool
hep_out_waits(const struct hep_out *o)
{
	struct hep_send_stats stats;

	hep_send_stats(o->send, &stats);
	return stats.packets > stats.sent + stats.dropped + stats.too_long;
}

const struct peers *
hep_out_peers(const struct hep_out *o)
{
	return hep_send_peers(o->send);
}

void
hep_out_stats(const struct hep_out *o, struct hep_send_stats *stats)
{
	hep_send_stats(o->send, stats);
}

const char *
hep_out_error(const struct hep_out *o)
{
	return hep_send_error(o->send);
}

void
hep_out_close(struct hep_out *o)
{
	if (!o)
		return;
	o->engine->tap = NULL;
	o->engine->tap_rtcp = NULL;
	hep_send_close(o->send);
	hash_map_release(&o->media_map);
	arena_release(&o->text);
	buf_release(&o->json);
	free(o->media);
	free(o);
}
