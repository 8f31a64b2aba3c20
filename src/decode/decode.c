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

enum decode_result
packet_walk(struct packet *pk, enum layer layer)
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

enum decode_result
decode_record(struct decoder *d, const struct record *rec, struct segment *seg)
{
	struct packet pk = {
		.d = d, .rec = rec, .seg = seg, .p = rec->data, .n = rec->caplen,
		.wire = rec->wirelen > rec->caplen ? rec->wirelen : rec->caplen,
		.in_record = true,
	};
	enum decode_result result;

	if (UNLIKELY(d->fragments.taken))
		fragments_drop_taken(&d->fragments);
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
	result = packet_walk(&pk, d->link->decode(&pk));
	if (UNLIKELY(result == DECODE_HELD))
		d->counts.held++;
	return result;
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
	/* What is given up can itself be a fragment of another datagram; that
	 * one is a tunnel deeper, so this ends. */
	while (fragments_expired(&d->fragments, now)) {
		struct packet pk = { .d = d, .seg = seg };
		enum layer layer = fragment_give_up(&pk, now);

		if (packet_walk(&pk, layer) == DECODE_SEGMENT)
			return true;
		fragments_drop_taken(&d->fragments);
	}
	return false;
}

bool
decode_count_at(const struct decoder *d, size_t i, struct decode_count *count)
{
	return counts_at(&d->counts, i, count);
}
