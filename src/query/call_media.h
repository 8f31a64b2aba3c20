/**
 * @file call_media.h  What the streams of a call tell of it.
 */
#ifndef QUERY_CALL_MEDIA_H
#define QUERY_CALL_MEDIA_H

#include "query/digits.h"
#include "query/query.h"

/** id, name: who was heard between answer and end */
#define CALL_AUDIOS(_) \
	_(NONE,   "none") \
	_(CALLER, "caller") \
	_(CALLEE, "callee") \
	_(BOTH,   "both")

enum call_audio {
#define CALL_AUDIO_ID(id, ...) CALL_AUDIO_##id,
	CALL_AUDIOS(CALL_AUDIO_ID)
#undef CALL_AUDIO_ID
	CALL_AUDIO_COUNT	/**< not to be told: never answered, or there is no media at all */
};

/** "none", ... Static; NULL past the last. */
const char *call_audio_name(unsigned int audio);

/** The worst of the streams of a call. */
struct call_media {
	uint32_t streams;
	uint8_t audio;		/**< enum call_audio */
	double mos;		/**< lowest; NAN: of none it is known */
	double loss_percent;	/**< highest; NAN: nothing came */
	int64_t jitter;		/**< highest mean jitter, ns; TIME_NONE: of none it is known */
};

/** Private: the call asked last. */
struct query_media {
	uint32_t of;		/* call */
	uint64_t sum;		/* of what the answer was made from */
	struct call_media answer;
	const struct stream_link **list;
	size_t cap;
	struct query_digits digits;
};

void query_media_free(struct query_media *m);

/**
 * Look at the streams of a call. O(streams), some hundred ns each; nothing but a walk over
 * them when it is the call of the last question and no packet came. The answer is valid
 * until the next.
 */
const struct call_media *query_call_media(struct query *q, const struct call *c);

/** Add the codecs of a call that carry sound, pictures, text or fax, once each in the
 * order of their streams, with blanks between. */
void query_call_codecs(const struct query *q, const struct call *c, struct buf *b);

/** Add the digits of a call in order of time, each once. Reads texts, as
 * query_call_digits(). */
void query_call_dtmf(struct query *q, const struct call *c, struct buf *b);

#endif
