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

/*
 * Most packets by one look: Ethernet, IPv4 without options or fragments, UDP of
 * the length that IPv4 says, all of it captured, on no port of a tunnel. The
 * answer is what the layers would give. False: let them.
 */
static inline bool
decode_usual(const struct record *rec, struct segment *seg)
{
	const uint8_t *p = rec->data;
	uint16_t src, dst;
	uint32_t total;

	if (rec->link != 1 || rec->caplen < 42 || get_be16(p + 12) != 0x0800 || p[14] != 0x45 ||
	    p[23] != SEGMENT_UDP || (get_be16(p + 20) & 0x3fff) != 0)
		return false;
	total = get_be16(p + 16);
	src = get_be16(p + 34);
	dst = get_be16(p + 36);
	if (total < 28 || total > rec->caplen - 14 || get_be16(p + 38) != total - 20 ||
	    udp_is_tunnel_port(src) || udp_is_tunnel_port(dst))
		return false;
	net_addr_set_ip4(&seg->src.addr, p + 26);
	seg->src.port = src;
	net_addr_set_ip4(&seg->dst.addr, p + 30);
	seg->dst.port = dst;
	seg->kind = SEGMENT_UDP;
	seg->ttl = p[22];
	seg->ip_id = get_be16(p + 18);
	seg->vlan = 0;
	seg->tunnels = 0;
	seg->fragments = 0;
	seg->flaws = 0;
	seg->payload = (struct str){ (const char *)p + 42, total - 28 };
	seg->wire_length = total - 28;
	seg->in_record = true;
	seg->place.offset = rec->place.offset + 42;
	seg->place.source = rec->place.source;
	seg->tcp_seq = 0;
	seg->tcp_ack = 0;
	seg->tcp_window = 0;
	seg->tcp_flags = 0;
	seg->time = rec->time;
	seg->frame = rec->frame;
	seg->source = rec->source;
	seg->pdu = NULL;
	return true;
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

enum decode_result
decode_record(struct decoder *d, const struct record *rec, struct segment *seg)
{
	if (UNLIKELY(d->fragments.taken))
		fragments_drop_taken(&d->fragments);
	d->stamp_n = 0;
	return LIKELY(decode_usual(rec, seg)) ? DECODE_SEGMENT : decode_layers(d, rec, seg);
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
