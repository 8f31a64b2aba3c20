/**
 * @file call_media.h  What the streams of a call tell of it.
 */
#ifndef QUERY_CALL_MEDIA_H
#define QUERY_CALL_MEDIA_H

#include "query/call_astray.h"
#include "query/digits.h"
#include "query/query.h"

/** id, name: who was heard between answer and end, for 200 ms and for a twentieth of the time
 * in which descriptions let it send; less is a rest of ringing, or a stray packet. Or the
 * other side reports that it hears what is not in the capture. What cannot arrive where the
 * other side is, see call_astray.h, is not heard. */
#define CALL_AUDIOS(_) \
	_(NONE,   "none") \
	_(CALLER, "caller") \
	_(CALLEE, "callee") \
	_(BOTH,   "both")

enum call_audio {
#define CALL_AUDIO_ID(id, ...) CALL_AUDIO_##id,
	CALL_AUDIOS(CALL_AUDIO_ID)
#undef CALL_AUDIO_ID
	CALL_AUDIO_COUNT	/**< not to be told: never answered, no sound was agreed on,
				     who sent it is not known, or it would not be here */
};

/** "none", ... Static; NULL past the last. */
const char *call_audio_name(unsigned int audio);

/** id, name: what is wrong with the media of an answered call. It is asked only where
 * both sides described sound, neither on hold, one should have sent for 3 s, and the
 * capture would have it: see call_media.c. */
#define CALL_FAULTS(_) \
	_(ONE_WAY,  "one_way")		/* one side was heard, the other one was not */ \
	_(NO_AUDIO, "no_audio")		/* nobody was, and it would be here */ \
	_(BAD_AUDIO, "bad_audio")	/* a stream was bad for long, see quality_windows() */ \
	_(LATE_AUDIO, "late_audio")	/* a side was heard, but not for 3 s after the answer */ \
	_(CUT_AUDIO, "cut_audio")	/* a side was heard, but not in the last 5 s */ \
	_(LOSS_UNSEEN, "loss_unseen")	/* RTCP tells of losses that the capture does not have,
					   as many as are a warning */

enum call_fault {
#define CALL_FAULT_ID(id, ...) CALL_FAULT_##id,
	CALL_FAULTS(CALL_FAULT_ID)
#undef CALL_FAULT_ID
	CALL_FAULT_COUNT
};

/** Static; NULL past the last. */
const char *call_fault_name(unsigned int fault);

/** id, name: what RTCP tells of the sound of a side, in an answered call, of which the
 * capture has nothing */
#define CALL_UNSEENS(_) \
	_(CALLER_SENT,  "caller_sent")		/* it reports packets that it sent */ \
	_(CALLEE_SENT,  "callee_sent") \
	_(CALLER_HEARD, "caller_heard")		/* the callee reports packets that came */ \
	_(CALLEE_HEARD, "callee_heard")

enum call_unseen {
#define CALL_UNSEEN_ID(id, ...) CALL_UNSEEN_##id,
	CALL_UNSEENS(CALL_UNSEEN_ID)
#undef CALL_UNSEEN_ID
	CALL_UNSEEN_COUNT
};

/** Static; NULL past the last. */
const char *call_unseen_name(unsigned int unseen);

/** The worst of the streams of a call. */
struct call_media {
	uint32_t streams;
	uint8_t audio;		/**< enum call_audio */
	bool should[3];		/**< by enum call_side: it should have sent sound for 3 s, and
				     that would be here */
	uint8_t unseen;		/**< bits by enum call_unseen */
	uint8_t astray[3];	/**< enum call_astray, by enum call_side: it is here, and all that
				     there is of it cannot have arrived */
	bool late[3], cut[3];	/**< likewise: it should have been heard at once; until the end */
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
	const struct stream_claim **claims;
	size_t claim_cap;
	struct query_digits digits;
};

void query_media_free(struct query_media *m);

/**
 * Look at the streams of a call. O(streams), some hundred ns each; nothing but a walk over
 * them when it is the call of the last question and no packet came. The answer is valid
 * until the next.
 */
const struct call_media *query_call_media(struct query *q, const struct call *c);

/** A number that is another one when the answer may be, or that of the faults. A walk over
 * the streams of the call, for those who keep what they were told. */
uint64_t query_call_media_mark(struct query *q, const struct call *c);

/** What is wrong with the media of a call, bits by enum call_fault. As query_call_media(),
 * and O(seconds) of its streams, each time. */
unsigned int query_call_faults(struct query *q, const struct call *c);

/** Who was not heard, in words: of all of these faults but bad_audio, the worst. Static; NULL:
 * it has none. As query_call_media(). */
const char *query_call_unheard(struct query *q, const struct call *c);

/** Add the codecs of a call that carry sound, pictures, text or fax, once each in the
 * order of their streams, with blanks between. */
void query_call_codecs(const struct query *q, const struct call *c, struct buf *b);

/** Add the digits of a call in order of time, each once. Reads texts, as
 * query_call_digits(). */
void query_call_dtmf(struct query *q, const struct call *c, struct buf *b);

#endif
