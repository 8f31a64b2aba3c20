/**
 * @file codec.h  What payload types and encoding names stand for.
 *
 * RFC 3551 section 6 and the registry of RTP payload formats; Ie and Bpl by ITU-T
 * G.113 appendix I.
 */
#ifndef MEDIA_CODEC_H
#define MEDIA_CODEC_H

#include "base/str.h"

/** id, name */
#define CODEC_KINDS(_) \
	_(AUDIO, "audio") \
	_(VIDEO, "video") \
	_(TEXT,  "text") \
	_(NOISE, "comfort-noise") \
	_(EVENT, "telephone-event") \
	_(TONE,  "tone") \
	_(RED,   "redundancy") \
	_(FEC,   "error-correction") \
	_(RTX,   "retransmission") \
	_(FAX,   "fax") \
	_(OTHER, "other")

enum codec_kind {
#define CODEC_KIND_ID(id, ...) CODEC_##id,
	CODEC_KINDS(CODEC_KIND_ID)
#undef CODEC_KIND_ID
	CODEC_KIND_COUNT
};

/** "audio", ... Static. */
const char *codec_kind_name(enum codec_kind kind);

#define CODEC_PARAMETER_NONE	(-1.0f)	/* G.113 gives none */
#define CODEC_DYNAMIC		255	/* no static payload type */

struct codec {
	const char *name;	/**< as in SDP: "PCMU"; in any case there */
	uint8_t kind;		/**< enum codec_kind */
	uint8_t payload_type;	/**< static one; CODEC_DYNAMIC: none */
	uint8_t channels;	/**< usual number */
	uint8_t frame_ms;	/**< of one frame; 0: it has no frames, or varies */
	uint32_t clock_rate;	/**< of RTP timestamps, Hz: 8000 of G.722, 48000 of Opus; 0: several */
	float ie, bpl;		/**< CODEC_PARAMETER_NONE: not known; both are needed to judge */
};

/** In the order of names, letters folded; ends with a NULL name. */
extern const struct codec codecs[];

/** The codec of static payload type @p payload_type (RFC 3551 section 6, and those that
 * are reserved there for what they were before: 1, 2, 19); NULL: none. O(1). */
const struct codec *codec_static(unsigned int payload_type);

/**
 * The codec with that encoding name, in any case, and clock rate (0: any). Where it
 * cannot have that rate it is found all the same if it has no Ie and Bpl that could be
 * misapplied; the rate of the stream is then that of its description, not of the row.
 * @return NULL: not known. O(log n), no allocation.
 */
const struct codec *codec_find(struct str name, uint32_t clock_rate);

#endif
