/**
 * @file stream.h  Media as it was seen, and which call it is of.
 *
 * A stream is source, destination and SSRC. Which call it belongs to is told by the
 * addresses that session descriptions name, where it fits by what was seen else, see
 * enum stream_how; a stream of no call is an orphan. One stream may belong to several
 * calls: the legs of one that a server sent on without touching its media.
 */
#ifndef STORE_STREAM_H
#define STORE_STREAM_H

#include "media/codec.h"
#include "media/meter.h"
#include "media/quality.h"
#include "media/report.h"
#include "media/rtp.h"
#include "net/addr.h"
#include "net/record.h"

struct sip_scan;
struct store;
struct call;

#define STREAM_NONE	UINT32_MAX	/* no such stream */

/** id, name, what it is */
#define STREAM_KINDS(_) \
	_(RTP,  "rtp",  "RTP") \
	_(SRTP, "srtp", "SRTP: the header is measured, the payload is not read") \
	_(T38,  "t38",  "fax by T.38 over UDPTL")

enum stream_kind {
#define STREAM_KIND_ID(id, ...) STREAM_##id,
	STREAM_KINDS(STREAM_KIND_ID)
#undef STREAM_KIND_ID
	STREAM_KIND_COUNT
};

/** id, name, what it is: what carried it */
#define STREAM_CARRIAGES(_) \
	_(UDP,  "udp",  "UDP") \
	_(TCP,  "tcp",  "TCP (RFC 4571)") \
	_(TURN, "turn", "a TURN relay, in ChannelData or a Data indication (RFC 8656)") \
	_(HEP,  "hep",  "a capture agent, by HEP") \
	_(PDU,  "pdu",  "exported PDUs")

enum stream_carriage {
#define STREAM_CARRIAGE_ID(id, ...) STREAM_OVER_##id,
	STREAM_CARRIAGES(STREAM_CARRIAGE_ID)
#undef STREAM_CARRIAGE_ID
	STREAM_CARRIAGE_COUNT
};

/** id, name, what it is: why a stream is said to be of a call, from the sure on */
#define STREAM_HOWS(_) \
	_(SDP,       "sdp",       "it goes where a session description says that media is received") \
	_(ICE,       "ice",       "it goes to an ICE candidate of the description") \
	_(SYMMETRIC, "symmetric", "it comes from where a description says that media is received") \
	_(SSRC,      "ssrc",      "a description names its SSRC") \
	_(RTCP,      "rtcp",      "reports of a stream of the call name its SSRC") \
	_(NAT,       "nat",       "it goes between the hosts of the call: an end of it is behind a NAT, or told by name")

enum stream_how {
#define STREAM_HOW_ID(id, ...) STREAM_HOW_##id,
	STREAM_HOWS(STREAM_HOW_ID)
#undef STREAM_HOW_ID
	STREAM_HOW_COUNT
};

/** Static names, NULL past the last. */
const char *stream_kind_name(unsigned int kind);
const char *stream_carriage_name(unsigned int carriage);
const char *stream_how_name(unsigned int how);

/** A payload type that was seen in a stream. */
struct stream_codec {
	const struct codec *codec;	/**< NULL: not known */
	const char *name;	/**< as the description has it, else as known; NULL: not known */
	uint32_t clock_rate;	/**< Hz; 0: not known */
	uint32_t ptime_ms;	/**< that was asked for; 0: not told */
	uint8_t payload_type;
	uint8_t channels;
	bool described;		/**< by a session description, not by its number alone */
	uint64_t packets;	/**< private: see stream_codec_packets() */
};

#define STREAM_CODECS_MAX	6u	/* payload types kept of a stream; for more the last one stands */

/** id, name: what protects a stream, as its description has it: suites of SDES (RFC 4568,
 * 6188, 7714), or keys agreed by DTLS (RFC 5763) */
#define STREAM_CRYPTOS(_) \
	_(AES_128_80,  "AES_CM_128_HMAC_SHA1_80") \
	_(AES_128_32,  "AES_CM_128_HMAC_SHA1_32") \
	_(F8_128_80,   "F8_128_HMAC_SHA1_80") \
	_(AES_192_80,  "AES_192_CM_HMAC_SHA1_80") \
	_(AES_192_32,  "AES_192_CM_HMAC_SHA1_32") \
	_(AES_256_80,  "AES_256_CM_HMAC_SHA1_80") \
	_(AES_256_32,  "AES_256_CM_HMAC_SHA1_32") \
	_(GCM_128,     "AEAD_AES_128_GCM") \
	_(GCM_256,     "AEAD_AES_256_GCM") \
	_(OTHER,       "another suite") \
	_(DTLS,        "DTLS-SRTP")

enum stream_crypto {
#define STREAM_CRYPTO_ID(id, ...) STREAM_CRYPTO_##id,
	STREAM_CRYPTOS(STREAM_CRYPTO_ID)
#undef STREAM_CRYPTO_ID
	STREAM_CRYPTO_COUNT
};

/** Its name; static, NULL past the last. */
const char *stream_crypto_name(unsigned int crypto);

struct stream {
	/* What every packet touches comes first, two lines of the cache: these, and what a
	 * meter begins with. */
	_Alignas(64) uint64_t key[2];	/**< private: source, destination and SSRC */
	uint32_t run;		/**< private: packets that are not counted elsewhere */
	uint8_t check;		/**< private: what to see to at the next packet */
	uint8_t payload_type;	/**< private: of the last packet; 255: none yet */
	uint8_t codec_i;	/**< private: in codecs, of that type */
	uint8_t codec_n;
	struct meter meter;

	struct stream_codec *codecs;	/**< in the order they came; STREAM_CODECS_MAX at most */
	struct stream_reports *reports;	/**< private; NULL: none */
	struct net_endpoint src, dst;
	uint32_t prev_from, prev_to, prev_ssrc;	/**< private: that has it as its next one */
	uint32_t first_link;	/**< private: first of its calls */

	/* A line: what is looked at of others with its ends or SSRC. */
	uint32_t ssrc;		/**< 0 of T.38 */
	uint32_t index;		/**< in the store, from 0 */
	uint8_t kind;		/**< enum stream_kind */
	uint8_t carriage;	/**< enum stream_carriage */
	/** That it is RTP at all, in percent: 100 where a description says so or reports name
	 * it, less where only its shape does. */
	uint8_t confidence;
	uint8_t link_n;		/**< private */
	uint16_t flaws;		/**< enum rtp_flaw */
	uint16_t sequence;	/**< private: of the last packet before .run */
	uint32_t timestamp;	/**< private: likewise */
	uint16_t vlan;		/**< outermost VLAN id of its first packet; 0: none */
	uint16_t source;	/**< of the capture set, of that packet */
	int64_t last;		/**< private: time of the last packet, the latest, likewise */
	uint32_t src_end, dst_end;	/**< private: its ends */
	uint32_t next_from, next_to;	/**< private: the stream of each end before it */
	uint32_t next_ssrc;	/**< private: the stream with that SSRC before it */
	uint32_t reverse;	/**< private: see store_stream_reverse() */
	uint32_t rival;		/**< private: one with its SSRC to the same address */
	uint32_t orphan;	/**< private: its place among those of no call; UINT32_MAX: none */

	uint32_t first_event;	/**< private: newest digit */
	uint32_t first_frame;	/**< private: stream_first_frame() */

	struct stream_codec one_codec;	/**< private: most have no more */
	int64_t round_trip;	/**< by RTCP, whole path, latest; TIME_NONE: not measured */
	uint32_t recovered;	/**< T38: packets that did not come, but again with a later one */
	uint16_t crypto;	/**< bits by enum stream_crypto that its description offers */
	uint16_t first_high;	/**< private: bits 32 to 47 of first_frame */
};

/** Frame number of its first packet in its file; 0: not known. */
static inline uint64_t
stream_first_frame(const struct stream *st)
{
	return (uint64_t)st->first_high << 32 | st->first_frame;
}

/** That a stream is of a call. */
struct stream_link {
	uint32_t stream, call;
	uint32_t next_of_stream, next_of_call;	/**< private */
	uint8_t how;		/**< enum stream_how */
	uint8_t side;		/**< enum call_side: who sent it; NONE: not known */
	uint8_t medium;		/**< m= line of the description, from 0; 255: not known */
	uint8_t fit;		/**< private: how well, more is better */
	uint32_t rest;		/**< private: a multiple of 8 bytes can be dropped */
};

/** An address at which a side of a call receives, as one description told. 64 bytes: there
 * are as many as media in all descriptions. */
struct stream_claim {
	int64_t time;		/**< of the message, or of one before it that told the same */
	uint32_t call, message;	/**< of the store */
	struct net_endpoint at;	/**< family NET_NONE where there is none; port 0: rejected */
	uint32_t next_of_call;	/**< private */
	uint32_t ends;		/**< private: the first struct end_claim of it, the others follow */
	uint32_t tag, path;	/**< private: whose it is, and on which hop it was told */
	uint32_t map;		/**< private: of its payload types */
	uint32_t crypto : 11;	/**< bits by enum stream_crypto */
	uint32_t ordinal : 9;	/**< private: in the call */
	uint32_t medium : 5;	/**< m= line, from 0 */
	uint32_t has_rest : 1;	/**< private: there is a struct claim_rest of it */
	uint32_t kind : 4;	/**< enum codec_kind: AUDIO, VIDEO, TEXT, FAX, OTHER */
	uint32_t direction : 2;	/**< enum sdp_direction */
	uint16_t ptime_ms;	/**< 0: not told */
	uint8_t end_n;		/**< private: how many name an end or SSRC for it */
	uint8_t side : 2;	/**< enum call_side: who receives there */
	bool hold : 1;		/**< sdp_is_hold() */
	bool mux : 1;		/**< RTCP comes on the same port */
	bool secure : 1;	/**< SRTP was offered or answered, by keys or fingerprint */
	bool framed : 1;	/**< over TCP (RFC 4571) */
	bool replaced : 1;	/**< private: a later one stands for it */
	bool sends_unseen : 1;	/**< by RTCP from there: it sends what the capture does not have */
};

/** sdp_is_rejected() */
static inline bool
stream_claim_is_rejected(const struct stream_claim *claim)
{
	return claim->at.port == 0;
}

/** id, name: how a digit was told */
#define DIGIT_SOURCES(_) \
	_(RTP,  "rfc4733") \
	_(INFO, "info") \
	_(KPML, "kpml")

enum digit_source {
#define DIGIT_SOURCE_ID(id, ...) DIGIT_##id,
	DIGIT_SOURCES(DIGIT_SOURCE_ID)
#undef DIGIT_SOURCE_ID
	DIGIT_SOURCE_COUNT
};

/** Static; NULL past the last. */
const char *digit_source_name(unsigned int source);

/** A digit that was pressed, told once however often it was sent. */
struct digit {
	int64_t time;		/**< of its first packet or message */
	int64_t duration;	/**< ns; TIME_NONE: not told */
	uint32_t stream;	/**< that told it; STREAM_NONE: a message */
	uint32_t message;	/**< that told it; MESSAGE_NONE: a stream */
	uint32_t before;	/**< private: the one before it in its stream */
	uint32_t number;	/**< in its stream or message, from 0 */
	char text[4];		/**< "5", "*", "A"; "!" is a flash; "" for an event that is no digit */
	uint8_t event;		/**< RFC 4733 code; 255: told as text */
	int8_t volume;		/**< dBm0, 0 to -63; 1: not told */
	uint8_t source;		/**< enum digit_source */
	bool ended;		/**< its end was seen */
	uint8_t packets;	/**< that told it, 255: or more */
	/* Private: of a stream. */
	bool runs;		/* its timestamp does, though it should stay */
	uint16_t sequence;	/* of the last packet that told it */
	int64_t last;		/* when it was told last */
	uint32_t timestamp;	/* of its present segment */
	uint32_t units;		/* duration of that */
	uint32_t units_before;	/* of the segments before */
};

#define DIGITS_MAX		(1024u * 1024)	/* kept */
#define DIGITS_STREAM_MAX	8192u	/* kept of a stream */

/* ---- on the way in ---- */

/** A payload that may be media. Borrowed for the call. */
struct media_input {
	const struct net_endpoint *src, *dst;
	struct str payload;	/**< what was captured of it */
	uint32_t wire_length;	/**< bytes on the wire */
	int64_t time;
	uint64_t frame;
	uint16_t source;	/**< of the capture set */
	uint16_t vlan;
	uint16_t ip_id;
	bool has_ip_id;
	uint8_t ttl;
	uint8_t carriage;	/**< enum stream_carriage */
	bool partial;		/**< fragments of it never came: it comes when nobody waits for them
				     any more, long after its time */
};

/** Learn nothing of media: what descriptions tell of it is not looked at. Before the first
 * message. */
void store_media_off(struct store *s);
bool store_media_is_off(const struct store *s);

/** How media is taken in; set before the first packet. */
void store_media_setup(struct store *s, const struct meter_setup *setup);
const struct meter_setup *store_media_setup_get(const struct store *s);

/**
 * Take what has the shape of RTP. Where no description tells of its addresses, a few
 * packets in a row that fit each other make it a stream, and count from the first on.
 * O(1). @return whether it is of a stream, or may become one.
 */
bool store_add_rtp(struct store *s, const struct media_input *in);

/** Whether a description told that media goes over TCP to one of two ends at that time:
 * what has the shape of it is believed at once. O(1), amortised. */
bool store_expects_framed(struct store *s, const struct net_endpoint *a,
			  const struct net_endpoint *b, int64_t time);

/** Take what has the shape of RTCP, compound or not. @return whether it is RTCP. */
bool store_add_rtcp(struct store *s, const struct media_input *in);

/** Whether a description told of T.38 at one of these ports, or may have: no media was
 * seen so far. O(1), amortised. */
bool store_may_be_udptl(struct store *s, uint16_t src_port, uint16_t dst_port);

/** Take what may be UDPTL: it is where a description told of T.38 there.
 * @return whether it was taken. */
bool store_add_udptl(struct store *s, const struct media_input *in);

/**
 * Nothing is learned of descriptions before media is seen: then those that came before are
 * read again, the first ones at once, more of them by this, which does a few ms of it.
 * @return whether there is more to do.
 */
bool store_media_work(struct store *s);

/**
 * An ICMP error tells that media from one end to another does not arrive. It counts once for
 * a stream, and not behind the end of its call: then ports are closed. O(1).
 * @return the call of the stream; CALL_NONE: no stream of a call goes there, or it was told
 */
uint32_t store_media_refused(struct store *s, const struct net_endpoint *src,
			     const struct net_endpoint *dst);

/** All is read: what waits for more to be sure of is decided. */
void store_media_end(struct store *s);

/* ---- asking ---- */

uint32_t store_stream_count(const struct store *s);

/** Whether media was seen that came from a host; that went to one; from one to another. Of
 * streams that were let go of, for a while. O(1), amortised. */
bool store_media_from(const struct store *s, const struct net_addr *host);
bool store_media_to(const struct store *s, const struct net_addr *host);
bool store_media_between(const struct store *s, const struct net_addr *from,
			 const struct net_addr *to);

/**
 * Whether what one side of a call sends to the other one, by a description of each, would be
 * in the capture: it may have been made where their media does not pass, or passes one way.
 * O(1), amortised.
 * @param last_back  when the last packet came that the other side sent in the call; TIME_NONE
 */
bool store_media_would_be_here(const struct store *s, const struct stream_claim *from,
			       const struct stream_claim *to, int64_t last_back);

/** Whether there were streams, or RTCP told of some that are not in the capture. O(1). */
bool store_media_is_told(const struct store *s);

/** A number that is another one when one of these answers may be, or a claim was told of
 * media that the capture does not have. O(1), amortised. */
uint64_t store_media_mark(const struct store *s);

/** How many links of streams to calls were made. O(1). */
uint32_t store_link_count(const struct store *s);
/** Stream @p i, in the order they began; NULL past the end. One that went is an empty one,
 * without packets, ends and calls. O(1). */
const struct stream *store_stream(const struct store *s, uint32_t i);

/** Whether stream @p i was let go of, see store/store.h. */
bool store_stream_is_gone(const struct store *s, uint32_t i);
/** None before it is there; store_stream_count() where none is. Amortised O(1). */
uint32_t store_first_stream(const struct store *s);
/** The next one after @p i that is there; store_stream_count() at the end. */
uint32_t store_next_stream(const struct store *s, uint32_t i);
/** How many are there. O(1). */
uint32_t store_streams_there(const struct store *s);
/** The stream the other way between the same ends; STREAM_NONE: there is none. O(1). */
uint32_t store_stream_reverse(const struct store *s, const struct stream *st);

/**
 * Streams that went, in the order they did: begin with *cursor = 0.
 * @return STREAM_NONE at the end; or STREAM_LOST once, when the cursor lags so far behind
 *         that some are not told: whoever asks looks at all it knows of.
 */
uint32_t store_next_gone_stream(const struct store *s, uint64_t *cursor);

#define STREAM_LOST	(UINT32_MAX - 1)

/** The codec that most packets of a stream had, events and comfort noise aside; NULL
 * when it had none. */
const struct stream_codec *stream_codec(const struct stream *st);

/** The codec that a second of a stream had at its end: while it were events or comfort noise,
 * that of most packets of the stream; NULL: not known. O(1). */
const struct codec *stream_codec_of_second(const struct stream *st,
					   const struct meter_second *second);

/** Judge a stream by its codec, the round trip that was measured, and the jitter buffer set.
 * O(1). */
struct quality store_stream_quality(const struct store *s, const struct stream *st);

/** The same through its windows. O(seconds). */
void store_stream_windows(const struct store *s, const struct stream *st,
			  const struct quality_limits *limits, struct quality_windows *windows);

/** Packets of a stream that had codec @p i of its codecs. */
static inline uint64_t
stream_codec_packets(const struct stream *st, unsigned int i)
{
	return st->codecs[i].packets + (i == st->codec_i ? st->run : 0);
}

/** The next link of a stream: begin with *cursor = 0; NULL at the end. The first is the one
 * that fits best. */
const struct stream_link *store_stream_links(const struct store *s, const struct stream *st,
					     uint32_t *cursor);

/** The call a stream is of, the one that fits best; CALL_NONE: an orphan. */
uint32_t store_stream_call(const struct store *s, const struct stream *st);

/** The links of a call, in order of the start of their streams.
 * @param list  grown as needed (ARRAY_GROW), owned by the caller. @return how many. */
size_t store_call_streams(const struct store *s, const struct call *c,
			  const struct stream_link ***list, size_t *cap);

/** What descriptions of a call told, in order of their messages.
 * @param list  grown as needed, owned by the caller. @return how many. */
size_t store_call_claims(const struct store *s, const struct call *c,
			 const struct stream_claim ***list, size_t *cap);

/** Where a claim has RTCP go; family NET_NONE where that is not told. O(1). */
struct net_endpoint store_claim_rtcp(const struct store *s, const struct stream_claim *claim);

/** When RTCP from where a claim has media go told last that it receives some that the capture
 * does not have; TIME_NONE: never. O(1). */
int64_t store_claim_hears_unseen(const struct store *s, const struct stream_claim *claim);

/** The digits of a stream, in order of time. Likewise. */
size_t store_stream_digits(const struct store *s, const struct stream *st,
			   const struct digit ***list, size_t *cap);

/** What the receiver of a stream, or its sender, said of it by RTCP: of many reports those
 * kept are spread over its time, with the last and the worst of each kind; of what its
 * sender said the last one is.
 * @param total  how many there were
 * @return how many are kept, *list at the first, in order of time; valid until those of
 *         another stream are asked for, or the next is added. */
#define STREAM_REPORTS_MAX	16u
size_t store_stream_reports(const struct store *s, const struct stream *st,
			    const struct report **list, uint64_t *total);

/** What RTCP of a stream tells altogether. Spans in ns, TIME_NONE where not known. */
struct stream_reported {
	uint64_t senders;	/**< sender reports of its sender */
	uint64_t receivers;	/**< report blocks of its receiver */
	uint64_t extended;	/**< XR packets of its receiver with blocks about it */
	uint64_t secure;	/**< SRTCP packets of its sender: what they say is encrypted */
	int64_t bye;		/**< when its sender took leave */
	struct str cname;	/**< of its sender; empty: not told. Lives as long as the store */
	uint32_t round_trip_n;	/**< measurements of the whole path; latest: stream.round_trip */
	int64_t round_trip_min, round_trip_max, round_trip_mean;
	int64_t to_receiver, to_sender;	/**< from the capture to that end and back, latest:
					     parts of the path, not all of it */
	/** The last ones of each kind, and the worst of its receiver; those that never came
	 * say nothing, see report_says(). */
	struct report sent, received, worst, extended_last;
};

/** @return false where there was no RTCP of it. O(1). */
bool store_stream_reported(const struct store *s, const struct stream *st,
			   struct stream_reported *reported);

/** Messages with a voice quality report (RFC 6035) that may be about @p call_id: begin with
 * *cursor = 0; MESSAGE_NONE at the end. Found by a hash: compare the Call-ID in the text. */
uint32_t store_next_vq(const struct store *s, struct str call_id, size_t *cursor);

/** The voice quality report in a message: its body, or a part of it; empty: there is none. */
struct str store_vq_body(const struct sip_scan *scan);

/** Sums over all media. */
struct media_stats {
	uint64_t rtp, rtcp, udptl;	/**< packets taken */
	uint64_t unsure;	/**< shaped like RTP, and never enough in a row */
	uint64_t rtcp_bad;	/**< shaped like RTCP, with lengths that do not fit */
	uint64_t rtcp_secure;	/**< SRTCP */
	uint64_t rtcp_flawed;	/**< RTCP with a flaw inside: blocks that are not there, ... */
	uint64_t rtcp_unmatched;	/**< reports of no stream that was seen; those that wait for
				     theirs are counted when all is read, or room is needed */
	uint64_t vq;		/**< voice quality reports in PUBLISH and NOTIFY */
	uint64_t vq_lost;	/**< those beyond what is kept */
	uint64_t streams_lost;	/**< packets of streams beyond those that are kept */
	uint64_t ssrcs_lost;	/**< packets of further SSRCs between two ends that had too many */
	uint64_t digits_lost;	/**< packets of digits beyond those that are kept */
	uint64_t claims_lost;	/**< media described in calls that had too many before */
	uint64_t flaws[RTP_FLAW_COUNT];	/**< packets; of CLOCK, LOOP and COLLISION streams */
	uint64_t memory;	/**< bytes that media takes, without the table of what is unsure */
};

void store_media_stats(const struct store *s, struct media_stats *stats);

/** What is counted as it comes: without unsure and memory. O(1). Valid as long as the
 * store. */
const struct media_stats *store_media_counts(const struct store *s);

#define STREAMS_MAX		(4u * 1024 * 1024)	/* kept */
#define STREAM_SSRCS_MAX	64u	/* kept between two ends, of those no description names */
#define STREAM_SSRCS_TOLD_MAX	1024u	/* the same of those that one names, for each call */
#define STREAM_LINKS_MAX	64u	/* calls of a stream */
#define CALL_CLAIMS_MAX		512	/* kept of a call */

#endif
