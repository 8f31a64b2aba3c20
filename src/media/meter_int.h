/** @file meter_int.h  Inside the meter. */
#ifndef MEDIA_METER_INT_H
#define MEDIA_METER_INT_H

#include "media/meter.h"

/* ---- meter.c ---- */

/** A copy of a meter to sum up; it must not be given more. */
struct meter_view {
	struct meter m;
	struct meter_window window;
	struct meter_odd odd;
};

/** A meter as if no run went on: itself, or in *view. */
const struct meter *meter_view(const struct meter *m, struct meter_view *view);

/** What is odd of it; all zero where nothing is. */
static inline const struct meter_odd *
meter_odd_of(const struct meter *m)
{
	static const struct meter_odd none;

	return m->window && m->window->odd ? m->window->odd : &none;
}

/** What is counted of missing packets; all zero where there are none. */
static inline const struct meter_window *
meter_window_of(const struct meter *m)
{
	static const struct meter_window none;

	return m->window ? m->window : &none;
}

/** The same, to be written to; made where there is none. A packet came before. */
struct meter_window *meter_window_new(struct meter *m);
struct meter_odd *meter_odd_new(struct meter *m);

static inline struct meter_window *
meter_window(struct meter *m)
{
	return m->window ? m->window : meter_window_new(m);
}

static inline struct meter_odd *
meter_odd(struct meter *m)
{
	return m->window && m->window->odd ? m->window->odd : meter_odd_new(m);
}

/** Where @p time is on the axis of seconds, which begins with the stream; ns. Where times
 * go back it goes on with them. */
static inline uint64_t
meter_axis(const struct meter *m, int64_t time)
{
	return (uint64_t)time - (uint64_t)m->start + meter_odd_of(m)->back;
}

/** ns of a unit of timestamps; 0: not known. */
static inline double
meter_tick(const struct meter *m)
{
	return m->clock_rate > 0 ? (double)NS_PER_S / m->clock_rate : 0;
}

/* ---- meter_seconds.c ---- */

/** The current second is over: keep it, and begin the one that holds @p at, which is ns
 * on the axis of seconds and not before m->second_end. @p most: of them to be kept; 0: all. */
void meter_turn_second(struct meter *m, uint64_t at, uint32_t most);

/** A packet that was counted as lost has come: take it back from the second that
 * counted it. */
void meter_unlose(struct meter *m);

/** A new current second. */
void meter_clear_second(struct meter *m);

/* ---- meter_sequence.c ---- */

/** Note in a new window that all numbers came so far. */
void meter_begin_window(const struct meter *m, struct meter_window *w);

/** Begin a run of sequence numbers with @p sequence, which came. */
void meter_begin_run(struct meter *m, uint16_t sequence);

/** The highest number is @p to now, which came; those passed over are lost. */
void meter_advance(struct meter *m, uint64_t to);

/** The same for the next @p n numbers, all of which came. */
void meter_advance_run(struct meter *m, unsigned int n);

/** What became of a packet with a number not above the highest one. */
enum meter_old {
	METER_OLD_COPY,		/**< it had come before */
	METER_OLD_FOUND,	/**< it was taken for lost */
	METER_OLD_BEFORE,	/**< it is from before the first one */
	METER_OLD_UNKNOWN,	/**< too old to tell */
};

enum meter_old meter_take_old(struct meter *m, uint64_t sequence);

/** Whether the candidate that waits is a copy, as far as can be told now. */
bool meter_waits_copy(const struct meter *m);

/** The number at @p sequence of the window was late. */
void meter_mark_late(struct meter *m, uint64_t sequence);

/** Count a step of timestamps between two packets in sequence; the usual one may be another
 * then. */
void meter_count_step(struct meter *m, uint32_t step);

/** Steps are told in a clock of @p rate from now on; that before was known, and so is this. */
void meter_scale_steps(struct meter *m, uint32_t rate);

static inline void
meter_set_usual(struct meter *m)
{
	m->usual = m->usual_step.step * meter_tick(m);
}

/* ---- meter_bursts.c ---- */

/** Settle what became of the numbers up to before @p to. */
void meter_settle(struct meter *m, uint64_t to);

/** Fill in what meter_figures tells of bursts; f->interval is known. */
void meter_sum_bursts(const struct meter *m, struct meter_figures *f);

/* ---- meter_segments.c ---- */

/** Packets that were sent, as numbers tell. There is one. */
static inline uint64_t
meter_expected(const struct meter *m)
{
	return meter_odd_of(m)->expected_before + (m->highest - m->base + 1);
}

/** Those that came, copies aside. */
static inline uint64_t
meter_seen(const struct meter *m)
{
	return meter_expected(m) - meter_window_of(m)->lost;
}

/** A segment begins with @p p at @p time, whose number was taken in. */
void meter_begin_segment(struct meter *m, enum meter_reason reason, int64_t time, int64_t pause,
			 const struct meter_packet *p);

/** The one that began last was none: the one before it goes on. There is one. */
void meter_undo_segment(struct meter *m);

#endif
