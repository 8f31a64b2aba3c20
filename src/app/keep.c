#include "app/keep.h"

#include "app/streams.h"
#include "base/hash.h"
#include "base/mem.h"

#define UNSURE_MAX	(512u << 10)	/* bytes of a connection that showed no SIP yet */
#define ASSOCIATIONS	4096u		/* known by the hash of their ends; a power of 2 */
#define UNSURE_PACKETS	64u		/* of an association, likewise */

/** What is known of associations; two with one hash share it. */
struct association {
	uint32_t tag;
	uint16_t unsure;	/* packets kept without knowing of SIP */
	bool sip;
};

struct keep {
	struct association associations[ASSOCIATIONS];
};

void
keep_free(struct keep *k)
{
	free(k);
}

static bool
keep_record(struct engine *e)
{
	if (!e->kept)
		e->kept = capture_keep(e->capture, e->fleeting);
	return e->kept;
}

struct place
keep_text(struct engine *e, struct str text)
{
	const struct record *rec = e->fleeting;
	struct place place = rec->place;
	const char *data = (const char *)rec->data;

	/* Before the text, which would take its place. */
	if (!keep_record(e) || text.p < data || text.p > data + rec->caplen ||
	    text.n > (size_t)(data + rec->caplen - text.p))
		return capture_keep_text(e->capture, rec->source, text.p, text.n);
	place.offset += (uint64_t)(text.p - data);
	return place;
}

/* ---- connections ---- */

/* How many bytes of it are kept while it may yet carry SIP that can be read. */
static uint32_t
unsure_max(const struct engine *e, const struct channel *ch)
{
	switch ((enum channel_protocol)ch->protocol) {
	case CHANNEL_TLS:
		if (ch->inner)
			return unsure_max(e, ch->inner);
		return tls_keys_any(e->streams->keys) ? UNSURE_MAX : 0;
	case CHANNEL_OTHER:
		return UNSURE_MAX / 4;
	case CHANNEL_RTP:
	case CHANNEL_TURN:
		return 0;
	default:
		return UNSURE_MAX;
	}
}

/* What is known of it, of its text where it is TLS. */
static bool
is_wanted(const struct engine *e, const struct channel *ch)
{
	switch ((enum channel_protocol)ch->protocol) {
	case CHANNEL_SIP:
	case CHANNEL_HEP:
		return true;
	case CHANNEL_RTP:
	case CHANNEL_TURN:
		return e->keep_media;
	default:
		return ch->sip || (ch->inner && is_wanted(e, ch->inner));
	}
}

void
keep_tcp(struct engine *e, const struct segment *seg, const struct tcp_connection *c)
{
	struct channel *ch = c->user;

	/* A handshake; what follows tells what it is of. */
	if (e->wanted || !ch || is_wanted(e, ch)) {
		e->wanted = true;
	} else if (ch->kept < unsure_max(e, ch)) {
		e->wanted = true;
		ch->kept += (uint32_t)(seg->payload.n < UNSURE_MAX ? seg->payload.n : UNSURE_MAX) + 1;
	}
}

/* ---- associations ---- */

static struct association *
association_of(struct engine *e, const struct segment *seg)
{
	/* Either way is the same one. */
	uint64_t hash = hash_u64(net_endpoint_hash(&seg->src) + net_endpoint_hash(&seg->dst));
	struct association *a;

	if (!e->keep)
		e->keep = xcalloc(1, sizeof(*e->keep));
	a = &e->keep->associations[hash & (ASSOCIATIONS - 1)];
	if (a->tag != (uint32_t)(hash >> 32))
		*a = (struct association){ .tag = (uint32_t)(hash >> 32) };
	return a;
}

void
keep_sctp(struct engine *e, const struct segment *seg, bool sip)
{
	struct association *a = association_of(e, seg);

	a->sip |= sip;
	if (a->sip || e->wanted) {
		e->wanted = true;
	} else if (a->unsure < UNSURE_PACKETS) {
		a->unsure++;
		e->wanted = true;
	}
}

/* ---- what is kept ---- */

void
keep_judge(struct engine *e, unsigned decode_result, enum payload payload)
{
	switch (payload) {
	case PAYLOAD_SIP:
	case PAYLOAD_HEP:
		e->wanted = true;
		break;
	case PAYLOAD_RTP:
	case PAYLOAD_RTCP:
	case PAYLOAD_T38:
	case PAYLOAD_STUN:
	case PAYLOAD_TURN:
		e->wanted |= e->keep_media;
		break;
	default:
		break;
	}
	/* Of a fragment it is not known what it is of. */
	if (decode_result == DECODE_HELD)
		e->wanted = true;
	if (e->wanted)
		keep_record(e);
}
