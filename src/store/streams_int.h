/** @file streams_int.h  Inside the store: media, and whose it is. */
#ifndef STORE_STREAMS_INT_H
#define STORE_STREAMS_INT_H

#include "sip/sdp.h"
#include "store/candidates.h"
#include "store/store_int.h"
#include "store/stream.h"

/** Two ends between which there are streams, one way. */
struct media_pair {
	uint32_t from, to;	/* struct media_end */
	uint32_t newest;	/* stream; STREAM_NONE */
	uint32_t call;		/* of that one */
	uint32_t n;		/* streams for that call, or for none */
	uint32_t there;		/* streams; a pair without one is none */
};

/** An address of media: what descriptions say of it, and what was seen there. Most send to
 * one other end. */
struct media_end {
	struct net_endpoint at;
	uint32_t claims;	/* newest struct end_claim; UINT32_MAX: none */
	uint32_t claim;		/* of that one */
	uint32_t from, to;	/* newest stream of each; STREAM_NONE */
	struct media_pair pair;	/* of streams from it, .there 0: none; .from is its own index */
	uint32_t pairs;		/* more of them, in media.pairs */
};

_Static_assert(sizeof(struct media_end) == 64, "a line of the cache");

static inline uint32_t
media_end_index(const struct media_end *end)
{
	return end->pair.from;
}

/** That a claim names an end. */
struct end_claim {
	uint32_t claim;
	uint32_t next, before;	/* older, newer of the same end or SSRC; UINT32_MAX: none */
	uint32_t end;		/* struct media_end; of SSRC none */
	uint32_t ssrc;		/* of SSRC */
	uint8_t how;		/* SDP, ICE; RTCP: where its RTCP comes; NAT: not told, but its
				 * port at the host that the description came from */
	bool swapped;		/* it is the other side that receives there */
};

_Static_assert(sizeof(struct stream_claim) == 64, "a line of the cache");
_Static_assert(STREAM_CRYPTO_COUNT <= 11 && CALL_CLAIMS_MAX <= 512 && SDP_MEDIA_MAX <= 32 &&
	       CODEC_KIND_COUNT <= 16, "fields of a claim have so many bits");

/** What few claims have. */
struct claim_rest {
	int64_t hears_unseen;	/* see store_claim_hears_unseen() */
	uint32_t ends;		/* of the claim: no other one has that */
	struct net_endpoint rtcp;	/* by a=rtcp; family NET_NONE: claim_usual_rtcp() */
};

/** A payload type as a description has it. */
struct map_entry {
	const struct codec *codec;	/* NULL: not known */
	const char *name;
	uint32_t clock_rate;	/* 0: not told, or not possible */
	uint8_t payload_type, channels;
	bool bad_clock;
};

/** Those of one medium; the same ones are kept once. */
struct payload_map {
	const struct map_entry *list;
	uint64_t hash;		/* of what names them, keyed: all that tells them apart */
	uint32_t n;
	uint32_t claims;	/* that have it; without one it goes */
};

/** A stream of no call. */
struct orphan {
	int64_t last;		/* its last packet as far as known: it may have had more since */
	uint32_t stream;
};

/* Between which hosts there was media; see seen.c. */
struct media_seen {
	uint64_t *slots;	/* hashes of what was seen; 0: free */
	size_t mask, n;		/* slots - 1; used */
	uint32_t next;		/* the first stream not looked at */
};

struct media {
	struct chunks streams;	/* struct stream */
	struct chunks links;	/* struct stream_link */
	struct chunks claims;	/* struct stream_claim */
	struct chunks rests;	/* struct claim_rest */
	struct chunks digits;	/* struct digit */
	struct chunks ends;	/* struct media_end */
	struct chunks end_claims;	/* struct end_claim */
	struct chunks pairs;	/* struct media_pair, those beyond the first of an end */
	struct chunks maps;	/* struct payload_map; the first one is empty */
	struct hash_map map;	/* source, destination and SSRC to the newest stream */
	struct hash_map ssrc_map;	/* SSRC to the newest stream, with .by_ssrc */
	struct hash_map end_map;	/* address to end */
	struct hash_map pair_map;	/* ends to one of pairs */
	struct hash_map map_map;	/* text to payload map */
	struct hash_map rest_map;	/* .ends of a claim to its rest */
	struct hash_map ssrc_claims;	/* SSRC to the newest end_claim that names it */
	struct candidates *candidates;
	struct told_tails *tails;	/* of descriptions, store/claim_read.h; NULL: none yet */
	struct lesson *lesson;	/* of the message that is added, claims.c; NULL: none yet */
	struct arena text;	/* of payload maps, and codecs of streams */
	struct arena names;	/* of encodings */
	struct str *encodings;	/* as descriptions have them, where that is another way than
				 * usual; ENCODINGS_MAX; NULL: none yet */
	uint32_t encoding_n;
	struct hash_map encoding_map;
	struct meter_setup setup;
	struct media_stats stats;
	struct reports *reports;	/* store/reports_int.h; NULL: none yet */
	uint32_t *gone;		/* streams that went, a ring; NULL: none did */
	uint32_t streams_gone;	/* as many */
	uint32_t first_stream;	/* that is there; their number: none */
	uint32_t learned;	/* messages looked at for descriptions */
	bool awake;		/* media was seen */
	bool off;		/* nothing is learned */
	bool lesson_read;	/* .lesson is of a description */
	bool trickles;		/* some INFO had candidates */
	bool by_ssrc;		/* somebody asked for a stream by its SSRC */
	uint32_t fax;		/* claims of fax */
	uint16_t *fax_ports;	/* how many of them name each port, UINT16_MAX: or more; NULL:
				 * none ever did */
	struct orphan *orphans;	/* a heap, the oldest first */
	uint32_t orphan_n, orphan_cap;
	uint32_t digits_gone, maps_gone;	/* entries that were dropped */
	uint32_t links_made;
	uint32_t unseen;	/* claims noted to send, and to hear, what is not here */
	struct media_seen seen;
	size_t meters;		/* bytes they take beside their streams */
};

#define ENCODINGS_MAX	4096u	/* kept */
#define STREAMS_TOLD	65536u	/* that went are known for that long */

/** Whether it did not go: a dropped one is all zero. */
static inline bool
stream_is_there(const struct stream *st)
{
	return st->codecs;
}

/** Whether one goes where the other one comes from, and the other way. */
static inline bool
stream_is_back(const struct stream *a, const struct stream *b)
{
	return a->src_end == b->dst_end && a->dst_end == b->src_end;
}

/** What streams.check tells. */
enum stream_check {
	CHECK_CLAIM  = 1 << 0,	/* something was described at its ends */
	CHECK_RIVAL  = 1 << 1,	/* another source uses its SSRC */
	CHECK_GONE   = 1 << 2,	/* another stream has its key now */
	/* These stay, and keep packets from the short way, or most of it. */
	CHECK_TIME   = 1 << 3,	/* the last packet of its meter is not the latest one */
	CHECK_READ   = 1 << 4,	/* payloads of its payload type are looked at */
	CHECK_KEY    = 1 << 5,	/* its key is no proof: IPv6; or it is no RTP */
};

#define CHECK_ONCE	(CHECK_CLAIM | CHECK_RIVAL | CHECK_GONE)

/** Time of the last packet of a stream, the latest. */
static inline int64_t
stream_last(const struct stream *st)
{
	return st->check & CHECK_TIME ? st->last : st->meter.last;
}

/** Time of the first packet of a stream. */
static inline int64_t
stream_first(const struct stream *st)
{
	/* That is counted when the stream was made. */
	return meter_packets(&st->meter) > 0 ? st->meter.start : st->last;
}

#define MEDIA_EARLY	(5 * NS_PER_S)	/* before a description is seen its media may begin */
#define MEDIA_LINGER	(5 * NS_PER_S)	/* after the end of a call media may go on */

/** Count a packet of a stream. O(1). */
static inline void
media_measure(struct media *md, struct stream *st, const struct meter_packet *p)
{
	size_t before = meter_memory(&st->meter);

	meter_add(&st->meter, p, &md->setup);
	md->meters += meter_memory(&st->meter) - before;
}

struct media *media_new(void);
void media_free(struct media *m);

/* ---- seen.c ---- */

void media_seen_release(struct media_seen *m);

/** A stream is about to be let go of. O(1), amortised. */
void media_seen_drop(struct media *md, const struct stream *st);

/* ---- claims.c ---- */

/** Where media was seen, read what a message with a description tells, and ask for what it
 * needs, which is far away in memory: it comes while the message is added. O(n) of the text. */
void media_expect(struct store *s, const struct sip_scan *scan);

/** Take in what media_expect() read of @p message, which was added since. */
void media_learn(struct store *s, struct call *c, uint32_t message);

size_t claims_lesson_memory(void);

/** The same of an INFO, which may have candidates for a description. */
void media_learn_info(struct store *s, struct call *c, uint32_t message,
		      const struct sip_scan *scan);

/** Media was seen: learn what was described so far. */
void media_wake(struct store *s);

/** Let go of the claims of a call. */
void claims_drop(struct store *s, struct call *c);
/** Say of which paths they are: where that begins to be counted. */
void claims_count_paths(struct store *s);

/** Whether the tables have numbers for more: those of dropped entries are not used again. */
static inline bool
media_has_numbers(const struct media *md)
{
	/* What one description makes at most is left. */
	const uint32_t most = UINT32_MAX - 2 * (CHUNKS_MASK + 1);

	return md->streams.n < most && md->links.n < most && md->claims.n < most &&
		md->digits.n < most && md->ends.n < most && md->end_claims.n < most &&
		md->pairs.n < most && md->maps.n < most;
}

/* ---- payload_map.c ---- */

struct told_medium;

/** The map of a medium, made where it is new; NULL: of none. 0, that of none, where there are
 * too many. Without a claim it is for payload_map_put(). O(payload types), where new of lines. */
uint32_t payload_map_get(struct store *s, const struct told_medium *m);
/** A claim has it, or has it no more: without one it goes. O(1). */
void payload_map_ref(struct media *md, uint32_t map);
void payload_map_unref(struct media *md, uint32_t map);
/** Let it go if no claim has it. O(1). */
void payload_map_put(struct media *md, uint32_t map);
/** The entry of a map; NULL: none. */
const struct map_entry *payload_map_find(const struct media *md, uint32_t map, uint8_t payload_type);

/* ---- claim_trickle.c ---- */

struct told;

/** Whether a message has candidates of a description that came before; *text is what tells of
 * them. */
bool claim_is_trickle(const struct sip_scan *scan, struct str *text);

/** Of what was told before each medium with candidates of a fragment is; NULL: of nothing.
 * @param tag     of who sent it
 * @param claims  room for told->n */
void claims_trickled(const struct store *s, const struct call *c, uint32_t tag,
		     const struct told *told, const struct stream_claim **claims);

/* ---- claim_rest.c ---- */

/** The rest of a claim that names an end, made where it has none: there is a number for each,
 * as there was one for the claim. */
struct claim_rest *claim_rest_get(struct media *md, struct stream_claim *claim);
void claim_rest_drop(struct media *md, struct stream_claim *claim);

/** Where RTCP goes as its medium and a=rtcp-mux tell. */
struct net_endpoint claim_usual_rtcp(const struct stream_claim *claim);
/** Let it go to @p rtcp, for store_claim_rtcp(). */
void claim_keep_rtcp(struct media *md, struct stream_claim *claim,
		     const struct net_endpoint *rtcp);

/* ---- claims.c ---- */

/** The newest claim that names an address and stands at that time; NULL: none. O(1). */
const struct stream_claim *media_claim_at(const struct store *s, const struct net_endpoint *at,
					  int64_t time);

/** The same of an end, or NULL. */
const struct stream_claim *media_claim_of(const struct store *s, const struct media_end *end,
					  int64_t time);

/** Whether it may be of media at that time, later ones and the end of its call known. */
static inline bool
claim_stands(const struct store *s, const struct stream_claim *claim, int64_t time)
{
	const struct call *c;

	if (claim->time != TIME_NONE && span_between(claim->time, time) < -MEDIA_EARLY)
		return false;
	c = chunks_at(&s->calls, claim->call);
	return c->ended == TIME_NONE || span_between(c->ended, time) <= MEDIA_LINGER;
}

static inline bool
call_is_over(const struct call *c, int64_t time)
{
	return c->ended != TIME_NONE && time > c->ended;
}

/** The end with that address; NULL: not known. O(1). */
struct media_end *media_end_find(const struct media *md, const struct net_endpoint *at);
/** The same, made where it is new. @return its index. */
uint32_t media_end_get(struct media *md, const struct net_endpoint *at);

/* ---- stream_link.c ---- */

/** A call that a stream may be of. */
struct link_match {
	uint32_t call;
	int64_t time;		/* of the newest claim */
	uint8_t how, side, medium;
	uint8_t fit;
};

#define LINK_MATCHES_MAX	16u

/** The calls that a stream between these ends is of, best first.
 * @param matches  room for LINK_MATCHES_MAX. @return how many. */
size_t media_calls_of(const struct store *s, const struct media_end *src, const struct media_end *dst,
		 uint32_t ssrc, uint8_t payload_type, int64_t time, struct link_match *matches);

/** Tie a stream to the calls it is of at that time. */
void link_stream(struct store *s, struct stream *st, int64_t time);
void link_to(struct store *s, struct stream *st, const struct link_match *matches, size_t n,
	     int64_t time);

/** Whether a call that fits is the next one on the hop of one that a stream is of: told
 * after the last packet of the stream. */
bool link_is_next(const struct store *s, const struct stream *st, const struct link_match *m);

/** Whether all calls of a stream, and there is one, are over by then. */
bool link_is_over(const struct store *s, const struct stream *st, int64_t time, int64_t linger);

/** Take a link out of the list of its stream, and drop it. */
void link_release(struct store *s, struct stream *st, struct stream_link *link);

/** Something was described at an end: streams there are looked at. */
void link_end_changed(struct store *s, const struct media_end *end, int64_t time);
/** A description names an SSRC. */
void link_ssrc_told(struct store *s, uint32_t ssrc, int64_t time);

/**
 * Tie a stream to the calls of another one, where it has none yet: reports of the one
 * name the other. @param same_side  whether both have one sender.
 */
void media_link_as(struct store *s, struct stream *st, const struct stream *other,
		   enum stream_how how, bool same_side);

/* ---- stream_codec.c ---- */

/** What payload type @p payload_type of a stream is; it is in st->codecs then. */
struct stream_codec *media_codec(struct store *s, struct stream *st, uint8_t payload_type);

/** What a payload type of a stream would be, whether it was seen or not. O(descriptions). */
void media_codec_describe(const struct store *s, const struct stream *st, uint8_t payload_type,
			  struct stream_codec *codec);

/** What descriptions say of a stream may be another thing now. */
void media_codecs_again(struct store *s, struct stream *st);


/* ---- streams.c, stream_new.c, digits.c ---- */

/** Take in a packet of telephone events (RFC 4733) of a stream, or one of redundancy
 * (RFC 2198) that may hold some: a digit begins, goes on, ends, or is told again. Of SRTP
 * nothing is taken. O(1); allocates for a new digit. */
void media_digit(struct store *s, struct stream *st, const struct rtp *rtp,
		 const struct media_input *in, const struct stream_codec *codec);

/** Whether a packet of a payload type that nothing describes is one of telephone events:
 * it has their length, and says what they may. @p codec is then set to that. */
bool media_digit_guess(struct stream *st, const struct rtp *rtp, struct stream_codec *codec);

/** The stream with that key, the newest, or NULL. O(1). */
struct stream *media_find(struct store *s, const struct net_endpoint *src,
			  const struct net_endpoint *dst, uint32_t ssrc);

/** The stream with that key, made and tied to its calls where it is new; NULL: there are
 * too many. For what a description tells of and is no RTP. O(1). */
struct stream *media_stream(struct store *s, const struct media_input *in, uint32_t ssrc,
			    enum stream_kind kind);

/** The next stream with that SSRC, whatever its ends, newest first; begin with *cursor = 0;
 * NULL at the end, or after 64. O(1), the first time O(streams). */
struct stream *media_next_ssrc(struct store *s, uint32_t ssrc, uint64_t *cursor);

/* ---- udptl.c ---- */

/** Count a claim of fax at a port, or one less. */
void media_fax_add(struct media *md, uint16_t port);
void media_fax_remove(struct media *md, uint16_t port);

/* ---- reports.c ---- */

/** Give what was reported of a stream before it was known. To be called when one is new, its
 * ends set and it can be found. O(1) where nothing waits. */
void reports_stream_new(struct store *s, struct stream *st);

/** All is read: what still waits is tried once more, and counted. */
void reports_end(struct store *s);

/** Before the media of the store is freed. */
void reports_free(struct store *s);

/** Bytes that reports take. O(1). */
size_t reports_memory(const struct store *s);

/** Let go of what was reported of a stream. */
void reports_drop_stream(struct store *s, struct stream *st);

/** Take a report of a capture agent in, which is JSON. */
void reports_learn_json(struct store *s, const struct event_input *in);

/* ---- reports_vq.c ---- */

/** Take a PUBLISH or NOTIFY in that may hold a voice quality report. */
void reports_learn_vq(struct store *s, uint32_t message, const struct sip_scan *scan);

/** Let go of what is known of a message that is PUBLISH or NOTIFY. O(1). */
void reports_drop_vq(struct store *s, uint32_t message);

/* ---- media_drop.c ---- */

/** A stream is of no call, or no more. O(log orphans). */
void orphan_add(struct media *md, struct stream *st);
void orphan_remove(struct media *md, struct stream *st);

/** An end that nothing names and no stream has is none. */
void media_end_put(struct media *md, uint32_t end);

#endif
