/*
 * T.38 over UDPTL has little in its packets that tells them from others: it is looked
 * for where descriptions say so, and nowhere else. Most captures have none of it: one
 * number says that, and for those that have some one for each port. As long as no media
 * was seen descriptions are not read: the first datagram that may be UDPTL makes it so.
 *
 * A port that takes fax took the audio of the call before, and takes it again where
 * the change was refused: what goes on with a stream of RTP there is RTP.
 */
#include "store/streams_int.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "media/udptl.h"
#include "sip/type.h"

#define FAX_PORTS	65536u
#define GAP_MAX		64	/* sequence numbers left out that what comes again may fill */
#define TYPE_NONE	255u	/* UDPTL has no payload types */
#define WALK_MAX	64u	/* claims looked at */

void
media_fax_add(struct media *md, uint16_t port)
{
	if (!md->fax_ports)
		md->fax_ports = xcalloc(FAX_PORTS, sizeof(*md->fax_ports));
	md->fax++;
	if (md->fax_ports[port] < UINT16_MAX)
		md->fax_ports[port]++;
}

/* What was counted no more is not known to be less, until there is none. */
void
media_fax_remove(struct media *md, uint16_t port)
{
	md->fax--;
	if (md->fax_ports[port] < UINT16_MAX)
		md->fax_ports[port]--;
	if (md->fax == 0)
		memset(md->fax_ports, 0, FAX_PORTS * sizeof(*md->fax_ports));
}

static bool
has_port(const struct media *md, uint16_t port)
{
	return md->fax_ports[port] > 0;
}

bool
store_may_be_udptl(struct store *s, uint16_t src_port, uint16_t dst_port)
{
	struct media *md = s->media;

	if (UNLIKELY(!md->awake))
		return !md->off && s->messages.n > 0;
	return UNLIKELY(md->fax > 0) && (has_port(md, src_port) || has_port(md, dst_port));
}

static bool
is_fax_end(const struct store *s, const struct net_endpoint *at, int64_t time)
{
	const struct stream_claim *claim = media_claim_at(s, at, time);

	return claim && claim->kind == CODEC_FAX;
}

/* Whether a description has fax at that port of an address which is another one here, a name or
 * behind a NAT: then the other end is the host that the description was sent to. */
static bool
is_fax_host(const struct store *s, const struct net_endpoint *at, const struct net_endpoint *other,
	    int64_t time)
{
	const struct media *md = s->media;
	const struct media_end *end = media_end_find(md, at);
	uint32_t i = end ? end->claims : UINT32_MAX;

	for (unsigned n = 0; i != UINT32_MAX && n < WALK_MAX; n++) {
		const struct end_claim *ec = chunks_at(&md->end_claims, i);
		const struct stream_claim *claim = chunks_at(&md->claims, ec->claim);

		i = ec->next;
		if (ec->how == STREAM_HOW_NAT && !claim->replaced && claim_stands(s, claim, time) &&
		    net_addr_eq(&store_path(s, claim->path)->dst.addr, &other->addr))
			return claim->kind == CODEC_FAX;
	}
	return false;
}

/* Whether a description has fax where it goes, or where it comes from. */
static bool
is_fax(const struct store *s, const struct media_input *in)
{
	return is_fax_end(s, in->dst, in->time) || is_fax_end(s, in->src, in->time) ||
		is_fax_host(s, in->dst, in->src, in->time) ||
		is_fax_host(s, in->src, in->dst, in->time);
}

/* Whether it goes on with a stream of RTP that is there. */
static bool
is_of_rtp(struct store *s, const struct media_input *in)
{
	const uint8_t *p = (const uint8_t *)in->payload.p;
	const struct stream *st;

	if (in->payload.n < RTP_HEADER || (p[0] & 0xc0) != 0x80)
		return false;
	st = media_find(s, in->src, in->dst, get_be32(p + 8));
	return st && st->kind != STREAM_T38;
}

static struct stream *
stream_of(struct store *s, const struct media_input *in)
{
	struct stream *st = media_stream(s, in, 0, STREAM_T38);

	if (st && st->codec_n == 0) {
		st->codecs[0] = (struct stream_codec){
			.codec = codec_find(STR("t38"), 0), .name = "t38",
			.payload_type = TYPE_NONE, .described = true,
		};
		st->codec_n = 1;
		st->payload_type = TYPE_NONE;
	}
	return st && st->kind == STREAM_T38 ? st : NULL;
}

/* Packets left out before this one that came again with it. */
static void
count_recovered(struct stream *st, const struct udptl *u)
{
	int missing = (int16_t)(u->sequence - st->sequence) - 1;

	if (st->codecs[0].packets > 0 && missing > 0 && missing <= GAP_MAX)
		st->recovered += (uint32_t)missing < u->again ? (uint32_t)missing : u->again;
}

bool
store_add_udptl(struct store *s, const struct media_input *in)
{
	struct stream *st;
	struct udptl u;

	if (in->time == TIME_NONE || !udptl_parse(in->payload, in->wire_length, &u))
		return false;
	media_wake(s);
	if (!store_may_be_udptl(s, in->src->port, in->dst->port) ||
	    !is_fax(s, in) || is_of_rtp(s, in))
		return false;
	st = stream_of(s, in);
	if (!st)
		return false;
	count_recovered(st, &u);
	st->codecs[0].packets++;
	if (st->codecs[0].packets == 1 || (int16_t)(u.sequence - st->sequence) > 0)
		st->sequence = u.sequence;
	if (in->time > st->last)
		st->last = in->time;
	media_measure(s->media, st, &(struct meter_packet){
		.time = in->time, .sequence = u.sequence, .payload_type = TYPE_NONE,
		.bytes = in->wire_length < UINT16_MAX ? (uint16_t)in->wire_length : UINT16_MAX,
		.kind = CODEC_FAX, .has_ip_id = in->has_ip_id, .ip_id = in->ip_id,
	});
	s->media->stats.udptl++;
	return true;
}
