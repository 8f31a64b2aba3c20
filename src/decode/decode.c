#include "decode/decode_int.h"

#include "base/mem.h"

struct decoder *
decoder_new(void)
{
	struct decoder *d = xcalloc(1, sizeof(*d));

	fragments_init(&d->fragments, &d->counts);
	return d;
}

void
decoder_free(struct decoder *d)
{
	if (!d)
		return;
	fragments_release(&d->fragments);
	free(d);
}

void
decoder_set_fragment_cap(struct decoder *d, size_t bytes)
{
	d->fragments.cap = bytes;
}

/* Run the layers from @layer on. */
static enum decode_result
walk(struct packet *pk, enum layer layer)
{
	for (;;) {
		switch (layer) {
		case LAYER_ETHERNET:
			layer = ether_decode(pk);
			break;
		case LAYER_ETHERTYPE:
			layer = ether_type_decode(pk);
			break;
		case LAYER_MPLS:
			layer = mpls_decode(pk);
			break;
		case LAYER_PPP:
			layer = ppp_decode(pk);
			break;
		case LAYER_IP:
			layer = ip_decode(pk);
			break;
		case LAYER_IP4:
			layer = ip4_decode(pk);
			break;
		case LAYER_IP6:
			layer = ip6_decode(pk);
			break;
		case LAYER_PAYLOAD4:
			layer = ip4_payload(pk);
			break;
		case LAYER_PAYLOAD6:
			layer = ip6_payload(pk);
			break;
		case LAYER_SEGMENT:
		case LAYER_HELD:
		case LAYER_OTHER:
		case LAYER_BAD:
			return (enum decode_result)(layer - LAYER_SEGMENT);
		}
	}
}

/* Most packets. The answer is what the layers would give. */
static inline void
fill_usual(const struct record *rec, const struct glance *g, struct segment *seg)
{
	const uint8_t *ip = g->ip;
	const uint8_t *payload = ip + GLANCE_HEADERS;
	uint32_t captured = glance_captured(rec, payload, g->payload);

	net_addr_set_ip4(&seg->src.addr, ip + 12);
	seg->src.port = (uint16_t)(g->ports >> 16);
	net_addr_set_ip4(&seg->dst.addr, ip + 16);
	seg->dst.port = (uint16_t)g->ports;
	seg->kind = SEGMENT_UDP;
	seg->ttl = ip[8];
	seg->ip_id = get_be16(ip + 4);
	seg->vlan = 0;
	seg->tunnels = 0;
	seg->fragments = 0;
	seg->flaws = UNLIKELY(captured < g->payload) ? SEGMENT_FLAW_CUT : 0;
	seg->payload = (struct str){ (const char *)payload, captured };
	seg->wire_length = g->payload;
	seg->in_record = true;
	seg->before = (uint32_t)(payload - rec->data);
	seg->place.offset = rec->place.offset + seg->before;
	seg->place.source = rec->place.source;
	seg->tcp_seq = 0;
	seg->tcp_ack = 0;
	seg->tcp_window = 0;
	seg->tcp_flags = 0;
	seg->time = rec->time;
	seg->frame = rec->frame;
	seg->source = rec->source;
	seg->pdu = NULL;
}

static NOINLINE enum decode_result
decode_layers(struct decoder *d, const struct record *rec, struct segment *seg)
{
	struct packet pk = {
		.d = d, .rec = rec, .seg = seg, .p = rec->data, .n = rec->caplen,
		.wire = rec->wirelen > rec->caplen ? rec->wirelen : rec->caplen,
		.in_record = true,
	};
	enum decode_result result;

	seg->time = rec->time;
	seg->frame = rec->frame;
	seg->source = rec->source;
	if (UNLIKELY(!d->link || d->link->link != rec->link)) {
		d->link = link_find(rec->link);
		if (!d->link) {
			counts_other(&d->counts, OTHER_LINK, rec->link);
			return DECODE_OTHER;
		}
	}
	result = walk(&pk, d->link->decode(&pk));
	d->stamps = pk.stamps;
	d->stamp_n = result == DECODE_SEGMENT ? pk.stamp_n : 0;
	if (UNLIKELY(result == DECODE_HELD))
		d->counts.held++;
	return result;
}

void
decode_count_tag(struct decoder *d)
{
	d->counts.tunnels[TUNNEL_VLAN]++;
}

enum decode_result
decode_glanced(struct decoder *d, const struct record *rec, const struct glance *g,
	       struct segment *seg)
{
	if (UNLIKELY(d->fragments.taken))
		fragments_drop_taken(&d->fragments);
	d->stamp_n = 0;
	if (UNLIKELY(!g->ip))
		return decode_layers(d, rec, seg);
	fill_usual(rec, g, seg);
	if (UNLIKELY(glance_is_tagged(rec, g->ip))) {
		decode_count_tag(d);
		seg->vlan = glance_vlan(rec, g->ip);
	}
	return DECODE_SEGMENT;
}

enum decode_result
decode_record(struct decoder *d, const struct record *rec, struct segment *seg)
{
	struct glance g;

	glance_udp4(rec, &g);
	return decode_glanced(d, rec, &g, seg);
}

size_t
decode_fragments(const struct decoder *d, const struct stamp **stamps)
{
	*stamps = d->stamps;
	return d->stamp_n;
}

bool
decode_has_expired(const struct decoder *d, int64_t now)
{
	return fragments_expired(&d->fragments, now);
}

bool
decode_expired(struct decoder *d, int64_t now, struct segment *seg)
{
	fragments_drop_taken(&d->fragments);
	d->stamp_n = 0;
	/* What is given up can itself be a fragment of another datagram; that
	 * one is a tunnel deeper, so this ends. */
	while (fragments_expired(&d->fragments, now)) {
		struct packet pk = { .d = d, .seg = seg };
		enum layer layer = fragment_give_up(&pk, now);

		if (walk(&pk, layer) == DECODE_SEGMENT) {
			d->stamps = pk.stamps;
			d->stamp_n = pk.stamp_n;
			return true;
		}
		fragments_drop_taken(&d->fragments);
	}
	return false;
}

bool
decode_count_at(const struct decoder *d, size_t i, struct decode_count *count)
{
	return counts_at(&d->counts, i, count);
}
