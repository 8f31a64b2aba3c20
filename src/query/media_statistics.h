/**
 * @file media_statistics.h  Figures over streams: codecs, and how many were how good.
 *
 * They are made anew by looking at all streams, a piece at a time; what was found before is
 * there until then.
 */
#ifndef QUERY_MEDIA_STATISTICS_H
#define QUERY_MEDIA_STATISTICS_H

#include <math.h>

#include "query/query.h"

/** id, the most percent, name */
#define MEDIA_LOSS_BANDS(_) \
	_(NONE,   0,   "none") \
	_(LITTLE, 1,   "up to 1 %") \
	_(SOME,   3,   "1 to 3 %") \
	_(MUCH,   5,   "3 to 5 %") \
	_(MOST,   101, "more than 5 %")

/** id, the most ms in the mean, name */
#define MEDIA_JITTER_BANDS(_) \
	_(5,    5,        "up to 5 ms") \
	_(10,   10,       "5 to 10 ms") \
	_(20,   20,       "10 to 20 ms") \
	_(50,   50,       "20 to 50 ms") \
	_(MORE, INFINITY, "more than 50 ms")

/** From which R on, the best first, told as the MOS of it: what table B.1 of ITU-T G.107 calls
 * very satisfied, satisfied, some users dissatisfied, many, nearly all, and what is below. */
#define MEDIA_MOS_BANDS(_) \
	_(BEST,   90, "4.34 and more") \
	_(GOOD,   80, "4.02 to 4.34") \
	_(FAIR,   70, "3.60 to 4.02") \
	_(POOR,   60, "3.10 to 3.60") \
	_(BAD,    50, "2.58 to 3.10") \
	_(LOWEST, 0,  "below 2.58")

enum media_loss_band {
#define MEDIA_LOSS_ID(id, most, name) MEDIA_LOSS_##id,
	MEDIA_LOSS_BANDS(MEDIA_LOSS_ID)
#undef MEDIA_LOSS_ID
	MEDIA_LOSS_COUNT
};

enum media_jitter_band {
#define MEDIA_JITTER_ID(id, most, name) MEDIA_JITTER_##id,
	MEDIA_JITTER_BANDS(MEDIA_JITTER_ID)
#undef MEDIA_JITTER_ID
	MEDIA_JITTER_COUNT
};

enum media_mos_band {
#define MEDIA_MOS_ID(id, least, name) MEDIA_MOS_##id,
	MEDIA_MOS_BANDS(MEDIA_MOS_ID)
#undef MEDIA_MOS_ID
	MEDIA_MOS_COUNT
};

extern const char *const media_loss_names[MEDIA_LOSS_COUNT];
extern const char *const media_jitter_names[MEDIA_JITTER_COUNT];
extern const char *const media_mos_names[MEDIA_MOS_COUNT];

#define MEDIA_CODECS_MAX	32u	/* told apart; the last one stands for more */
#define MEDIA_CODEC_BYTES	23u	/* kept of a name */
#define MEDIA_WORST_MAX		10u

struct media_codec_count {
	char name[MEDIA_CODEC_BYTES + 1];	/**< "" not known; as the first stream has it */
	uint32_t streams;
};

/** A stream that is listed among the worst. */
struct media_worst {
	uint32_t stream;
	double bad_percent;	/**< lost or late */
	double jitter_ms;	/**< mean; NAN: not measured */
};

struct media_counts {
	uint32_t streams, orphans, fax, secure;
	uint64_t packets, expected, lost, late, duplicates, bytes;
	struct media_codec_count codecs[MEDIA_CODECS_MAX];
	uint32_t codec_n;
	bool codecs_cut;	/**< the last one stands for more */
	uint32_t loss[MEDIA_LOSS_COUNT], jitter[MEDIA_JITTER_COUNT], mos[MEDIA_MOS_COUNT];
	uint32_t no_loss, no_jitter, no_mos;	/**< streams of which it is not known */
	struct media_worst worst[MEDIA_WORST_MAX];	/**< the worst first */
	uint32_t worst_n;
};

struct media_statistics {
	struct query *query;
	/** Which calls are of interest. NULL: all, and streams of none. */
	bool (*takes)(void *ctx, uint32_t call);
	void *ctx;
	struct media_counts counts;	/**< of the last look at all */
	uint32_t version;	/**< changes with them */
	/* private */
	struct media_counts next;
	uint32_t looked;
	bool looking;
};

void media_statistics_init(struct media_statistics *s, struct query *q,
			   bool (*takes)(void *ctx, uint32_t call), void *ctx);

/** Begin to look at all anew; nothing while a look goes on. */
void media_statistics_look(struct media_statistics *s);

/** Do some more, for a fraction of a ms. @return whether there is more to do. */
bool media_statistics_step(struct media_statistics *s);

#endif
