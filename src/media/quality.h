/**
 * @file quality.h  How good it sounded, as an estimate: R and MOS by the E-model.
 *
 * ITU-T G.107 with the equipment impairments of G.113; formulas and check values are in
 * doc/quality.md.
 */
#ifndef MEDIA_QUALITY_H
#define MEDIA_QUALITY_H

#include "media/codec.h"
#include "media/meter.h"

/** What the network did to a stream, or to a second of it. */
struct quality_input {
	const struct codec *codec;	/**< NULL: not known */
	double loss_percent;	/**< Ppl, 0 to 100: lost and late */
	double burst_ratio;	/**< BurstR; below 1 or NAN: 1 */
	double delay_ms;	/**< Ta, mouth to ear; NAN: assumed */
};

struct quality {
	bool known;		/**< false: the codec has no parameters; the rest is 0 then */
	bool delay_assumed;	/**< no round trip was measured */
	double r_factor;	/**< 0 to 100 */
	double mos;		/**< 1 to 4.5, MOS-CQE */
	double delay_ms;	/**< that was used */
};

#define QUALITY_PACKETS_LEAST	10u	/* expected, of a stream that is judged as a whole */
#define QUALITY_DELAY_ASSUMED_MS	100.0	/* mouth to ear, where nothing was measured */

/** Judge. O(1), some microseconds. */
struct quality quality_judge(const struct quality_input *in);

/** R to MOS, G.107 annex B; never below 1. */
double quality_mos(double r_factor);

/** Mouth to ear in ms: half of @p round_trip, the jitter buffer and a packet of
 * @p interval ns (TIME_NONE: 20 ms); NAN where @p round_trip is not known. */
double quality_delay_ms(int64_t round_trip, int64_t interval, const struct meter_setup *setup);

/** Judge a stream; @p round_trip of the path in ns, TIME_NONE: not known. */
struct quality quality_of_meter(const struct meter *m, const struct codec *codec,
				int64_t round_trip, const struct meter_setup *setup);

/** Judge a second of it. Not known where nothing was received or lost. */
struct quality quality_of_second(const struct meter_second *second, const struct codec *codec,
				 int64_t round_trip, const struct meter_setup *setup);

/**
 * A threshold: loss or MOS of sliding windows as long as span are beyond it, for longer
 * than that, not counting pauses. One bad second, or an outage of no more than span,
 * never reaches it (doc/quality.md).
 */
struct quality_limit {
	double loss_percent;	/**< at or above; 0: loss is not looked at */
	double mos;		/**< at or below; 0: MOS is not looked at */
	int64_t span;		/**< ns; for longer than this */
};

struct quality_limits {
	struct quality_limit warning, critical;
};

#define QUALITY_LIMITS_USUAL \
	{ .warning = { 3.0, 3.0, 30 * NS_PER_S }, .critical = { 5.0, 2.5, 10 * NS_PER_S } }

enum quality_level {
	QUALITY_GOOD,
	QUALITY_BRIEF,		/**< the worst 10 s are beyond a limit, but for less than its time */
	QUALITY_WARNING,
	QUALITY_CRITICAL,
	QUALITY_UNKNOWN,	/**< too short for any window, or nothing to judge by */
};

/** "good", "brief", "warning", "critical"; NULL for unknown. Static. */
const char *quality_level_name(enum quality_level level);

/** The worst that windows over a stream showed. */
struct quality_windows {
	uint8_t level;		/**< enum quality_level */
	int64_t since;		/**< when the first time of that level began; TIME_NONE: never */
	int64_t duration;	/**< ns of all times of that level together, pauses not counted;
				 * 0: none */
	uint32_t times;		/**< of that level */
	double worst_loss_percent;	/**< of any 10 s; NAN: none was that long */
	double worst_mos;	/**< of any 10 s; NAN: not known */
	int64_t worst_at;	/**< when the 10 s of the worst loss began; TIME_NONE: no loss */
};

/** Look at a stream through its windows. O(seconds); allocates 32 bytes for each and
 * releases them. */
void quality_windows(const struct meter *m, const struct codec *codec, int64_t round_trip,
		     const struct meter_setup *setup, const struct quality_limits *limits,
		     struct quality_windows *windows);

#endif
