/*
 * Measuring a stream, packet by packet.
 *
 * The short way, meter_go_on(), is for the packet that most are: the next number, the
 * usual step of timestamps, no marker, on time and in the same second. Packets that take it
 * in a row are a run; what it adds to counters is added at its end. All else takes the
 * long way, which does the same and more.
 *
 * Order (RFC 3550 A.1). A number up to MAX_DROPOUT ahead is the next one, and what it
 * passes over is lost until it comes. One up to MAX_MISORDER behind is late in sequence,
 * or a copy: the window tells (meter_sequence.c). Any other is a candidate: the
 * sequence starts anew there if the very next packet follows it, else it is a stray
 * that counts as expected and received, as its own sequence of one. Ahead also means
 * anew where the packets passed over could not have been sent since, or where timestamps
 * start anew together with the numbers. More than MAX_DROPOUT ahead is next as well
 * where the time that passed and the timestamps both are those of so many packets: an
 * outage.
 *
 * Jitter (A.8) is told over all packets in the order they came, copies aside, as the RFC
 * wants. Telephone events, whose timestamps stand still, and repair data neither change it
 * nor are compared. As Wireshark does, deltas and jitter after a pause are not rated:
 * packets with the marker, comfort noise and what follows it change the jitter, but no
 * minimum, maximum or mean; in the mean they stand with the mean so far (of jitter: 0
 * before the first that is rated). Some put the marker on each packet of sound: one that goes
 * on from another by usual steps begins no talk, and is rated. A step of timestamps that has
 * nothing to do with the time that passed, as after hold, is no jitter: the comparison begins
 * again behind it.
 *
 * A stall. Numbers and timestamps that go on after a pause as if it had not been are
 * those of a sender that was on hold and kept its clock, or of packets that were stuck. The
 * next packet tells: those that were stuck come in a rush, and then the pause is a delta
 * and jitter like any other, and no segment began. Until then it is taken for hold.
 *
 * Late. Transit is arrival minus timestamp, from where the comparison began. A jitter
 * buffer is thought to play the fastest packet of the last seconds when it is full:
 * what took longer than that packet by more than the depth of the buffer comes too late.
 * The least transit is that of the last 5 to 10 seconds, in two halves: clocks that differ
 * by 100 parts in a million drift 1 ms in that time, so that drift over hours makes no
 * packet late. Where all come too late for 100 ms the buffer runs dry and is filled anew:
 * from then on they are in time, so that a path that got longer for good costs no more. It
 * does so after hold, too.
 * A packet that is late counts as received and as late.
 *
 * Times that go back (by a clock that was set) are counted as if no time had passed.
 */
#include <math.h>

#include "media/codec.h"
#include "media/meter_int.h"
#include "media/rtp.h"

#include "base/mem.h"

#define MAX_DROPOUT	3000	/* RFC 3550 A.1 */
#define MAX_MISORDER	100
#define FOLLOWING	4	/* so far ahead of a candidate is next to it */
#define FAR_AHEAD	100	/* a loss of that many is doubted */
#define PAUSE		NS_PER_S	/* without packets: hold */
#define LATE_SPAN	(100 * NS_PER_MS)	/* in which all packets came too late */
#define SLIP		(100 * NS_PER_MS)	/* of timestamps against time: no jitter any more */

void
meter_release(struct meter *m)
{
	free(m->seconds);
	if (m->window) {
		if (m->window->odd)
			free(m->window->odd->segments);
		free(m->window->odd);
	}
	free(m->window);
	*m = (struct meter){ 0 };
}

struct meter_window *
meter_window_new(struct meter *m)
{
	m->window = xmalloc(sizeof(*m->window));
	*m->window = (struct meter_window){ 0 };
	meter_begin_window(m, m->window);
	return m->window;
}

/* What is settled was good. */
static void
begin_odd(const struct meter *m, struct meter_odd *odd)
{
	odd->bursts.total = odd->bursts.good = m->window->settled - m->base;
}

struct meter_odd *
meter_odd_new(struct meter *m)
{
	struct meter_window *w = meter_window(m);

	w->odd = xcalloc(1, sizeof(*w->odd));
	begin_odd(m, w->odd);
	return w->odd;
}

/* ---- what each packet adds ---- */

static ALWAYS_INLINE void
count_delta(struct meter *m, int64_t delta)
{
	m->delta_sum += (double)delta;
	m->delta_n++;
	if (delta < m->min_delta)
		m->min_delta = delta;
	if (delta > m->now_max_delta)
		m->now_max_delta = delta;
}

static ALWAYS_INLINE void
count_jitter(struct meter *m)
{
	m->now_jitter += m->jitter;
	m->now_jitter_n++;
	if (m->jitter < m->min_jitter)
		m->min_jitter = m->jitter;
	if (m->jitter > m->max_jitter)
		m->max_jitter = m->jitter;
}

/* One more transit, which differs by @p d from the one before. @return whether the
 * packet is too late. */
static ALWAYS_INLINE bool
take_transit(struct meter *m, double d, const struct meter_setup *setup)
{
	m->jitter += (fabs(d) - m->jitter) * (1.0 / 16);
	m->transit += d;
	if (m->transit < m->least_now) {
		m->least_now = m->transit;
		if (m->transit < m->least)
			m->least = m->transit;
	}
	return m->transit - m->least > (double)setup->jitter_buffer;
}

static void
note_late(struct meter *m, uint64_t sequence)
{
	struct meter_window *w = meter_window(m);

	meter_odd(m)->late_n++;
	w->now_late++;
	if (!m->late_before && w->now_runs < UINT16_MAX)
		w->now_runs++;
	m->late_before = true;
	m->plain = false;
	meter_mark_late(m, sequence);
}

/* Where nothing comes in time any more, the buffer begins again at what comes now. */
static void
fill_again(struct meter *m)
{
	if (m->late_row == 0)
		meter_odd(m)->late_since = m->media;
	if (m->late_row < METER_LATE_ROW)
		m->late_row++;
	if (m->late_row < METER_LATE_ROW ||
	    span_between(meter_odd_of(m)->late_since, m->media) < LATE_SPAN)
		return;
	m->least = m->least_now = m->transit;
	m->late_row = 0;
}

/* What is not rated stands in the mean with the mean so far. */
static void
pass_over(struct meter *m, bool jitter)
{
	double sum = m->jitter_sum + m->now_jitter, n = m->jitter_n + m->now_jitter_n;

	if (m->delta_n > 0) {
		m->delta_sum += m->delta_sum / m->delta_n;
		m->delta_n++;
	}
	if (jitter) {
		m->jitter_sum += n > 0 ? sum / n : 0;
		m->jitter_n++;
	}
}

/* ---- timestamps ---- */

/* Transit is compared from here on anew. */
static void
begin_transit(struct meter *m)
{
	m->transit = m->least = m->least_now = 0;
}

/* The clock of timestamps changes, or becomes known: steps are told in the new one. */
static void
set_clock(struct meter *m, uint32_t rate)
{
	if (m->clock_rate > 0 && rate > 0)
		meter_scale_steps(m, rate);
	m->clock_rate = rate;
	meter_set_usual(m);
	begin_transit(m);
}

/* ---- kinds ---- */

/* Events and repair: their timestamps tell no time of sending. */
static bool
is_aside(uint8_t kind)
{
	return kind == CODEC_EVENT || kind == CODEC_TONE || kind == CODEC_FEC || kind == CODEC_RTX;
}

static bool
is_media(uint8_t kind)
{
	return !is_aside(kind) && kind != CODEC_NOISE;
}

/* ---- the long way ---- */

/* What is told of a packet before it is counted. */
struct arrival {
	int64_t time;
	int64_t delta;		/* since the last packet; below 0: time went back */
	int ahead;		/* of the highest number */
	bool timed;		/* its timestamp can be compared with the one before */
	double span;		/* ns since the last media packet */
	double advance;		/* ns of timestamps since then */
};

static void
look(const struct meter *m, const struct meter_packet *p, struct arrival *a)
{
	a->delta = span_between(m->last, a->time);
	a->ahead = (int16_t)(uint16_t)(p->sequence - (uint16_t)m->highest);
	a->timed = m->clock_rate > 0 && p->clock_rate == m->clock_rate && !is_aside(p->kind) &&
		!is_aside(m->kind) && m->media != TIME_NONE;
	a->span = a->timed ? (double)span_between(m->media, a->time) : 0;
	a->advance = a->timed ? (int32_t)(p->timestamp - m->timestamp) * meter_tick(m) : 0;
}

/* Timestamps that have nothing to do with the time that passed, by more than @p most,
 * and are not those of packets on their way either. */
static bool
slips(const struct meter *m, const struct arrival *a, double most)
{
	if (m->usual * 3 > most)
		most = m->usual * 3;
	return a->timed && fabs(a->advance - a->span) > most &&
		fabs(a->advance - (a->ahead + meter_window_of(m)->behind) * m->usual) > most;
}

/* The time that so many packets take. Of video several make a frame, with one timestamp. */
static double
time_of(const struct meter *m, int packets)
{
	double mean = m->delta_n > 0 ? m->delta_sum / m->delta_n : 0;

	return packets * (mean > 0 && mean < m->usual ? mean : m->usual);
}

/* Whether a number ahead is one that the stream can have got to. */
static bool
is_next(const struct meter *m, const struct arrival *a)
{
	double way;

	if (a->ahead <= 0)
		return false;
	if (a->ahead == 1 || !a->timed)
		return a->ahead < MAX_DROPOUT;
	if (slips(m, a, NS_PER_S))
		return false;
	if (a->ahead < FAR_AHEAD)
		return true;
	way = time_of(m, a->ahead);
	/* So far only where time and timestamps both say so. */
	if (a->ahead >= MAX_DROPOUT)
		return a->span > way / 2 && a->span < way * 2 &&
			a->advance > way / 2 && a->advance < way * 2;
	return m->usual <= 0 || a->span > way / 4 ||
		(a->advance > way / 2 && a->advance < way * 2);
}

/* Whether a number not above the highest one may be of the same sequence. */
static bool
is_old(const struct meter *m, const struct meter_packet *p, const struct arrival *a)
{
	uint32_t most = m->clock_rate ? m->clock_rate : 90000;
	int32_t step = (int32_t)(p->timestamp - m->timestamp);

	if (a->ahead > 0)
		return false;
	/* Farther back, as a copy by another way may be, its timestamp must fit too. */
	if (a->ahead < -MAX_MISORDER)
		return a->timed && m->usual > 0 &&
			fabs(a->advance - a->ahead * m->usual) < 3 * m->usual;
	most = most < INT32_MAX / 10 ? most * 10 : INT32_MAX;
	return is_aside(p->kind) || is_aside(m->kind) ||
		(step <= (int32_t)most && step >= -(int32_t)most);
}

static void
note_disorder(struct meter *m)
{
	struct meter_window *w = meter_window(m);

	w->out_of_order++;
	if (w->now_out_of_order < UINT8_MAX)
		w->now_out_of_order++;
}

/* What waits is no beginning. */
static void
end_candidate(struct meter *m)
{
	int ahead = (int16_t)(uint16_t)(meter_odd_of(m)->candidate.sequence -
				       (uint16_t)m->highest);
	enum meter_old old = METER_OLD_UNKNOWN;

	m->pending = false;
	if (ahead <= 0)
		old = meter_take_old(m, m->highest - (uint64_t)-ahead);
	if (old == METER_OLD_COPY) {
		m->copies++;
		m->now_copies++;
		return;
	}
	if (old == METER_OLD_FOUND)
		meter_unlose(m);
	if (old == METER_OLD_UNKNOWN)
		meter_odd(m)->expected_before++;
	m->now_received++;
	note_disorder(m);
}

/* The first packet of a sequence. */
static void
begin_sequence(struct meter *m, const struct meter_packet *p, int64_t time,
	       enum meter_reason reason)
{
	int64_t pause = m->segment_n ? span_between(m->last, time) : 0;

	meter_begin_run(m, p->sequence);
	meter_begin_segment(m, reason, time, pause > 0 ? pause : 0, p);
	if (p->clock_rate != m->clock_rate)
		set_clock(m, p->clock_rate);
	begin_transit(m);
	m->payload_type = p->payload_type;
	m->kind = p->kind;
	m->timestamp = p->timestamp;
	m->last = m->media = time;
	m->quiet = p->kind == CODEC_NOISE;
	m->steady = is_media(p->kind);
	m->plain = m->late_before = false;
	m->doubts = false;
	m->now_received++;
}

static void
begin(struct meter *m, const struct meter_packet *p, int64_t time)
{
	m->start = time;
	m->second_end = NS_PER_S;
	m->min_delta = INT64_MAX;
	m->max_delta = -1;
	m->min_jitter = INFINITY;
	m->max_jitter = -INFINITY;
	m->major_type = p->payload_type;
	meter_clear_second(m);
	begin_sequence(m, p, time, METER_REASON_START);
}

/* A candidate is followed: the sequence starts anew with it. */
static void
restart(struct meter *m)
{
	const struct meter_candidate *c = &meter_odd_of(m)->candidate;
	struct meter_packet first = {
		.timestamp = c->timestamp, .sequence = c->sequence, .clock_rate = c->clock_rate,
		.payload_type = c->payload_type, .kind = c->kind,
	};

	m->pending = false;
	begin_sequence(m, &first, c->time, METER_REASON_SEQUENCE);
}

/* Redundancy (RFC 2198) is another wrapping of what is sent without it, packet by packet
 * where there is nothing to repeat or no room for it. */
static bool
is_other_payload(const struct meter *m, const struct meter_packet *p)
{
	return p->payload_type != m->payload_type && p->kind != CODEC_RED && m->kind != CODEC_RED;
}

/* Whether a long step of timestamps is that of the packet before, too. */
static bool
keeps_pace(struct meter *m, const struct meter_packet *p)
{
	struct meter_pace *pace = &meter_odd(m)->pace, before = *pace;

	*pace = (struct meter_pace){ .at = m->highest, .step = p->timestamp - m->timestamp };
	return before.step == pace->step && before.at + 1 == pace->at;
}

/* Why a segment begins with the next packet of media; START: it does not. */
static enum meter_reason
reason_of(struct meter *m, const struct meter_packet *p, const struct arrival *a)
{
	double interval = m->usual, pause = (double)a->delta - a->ahead * interval;
	bool longer = interval > 0 && pause >= 2 * interval && a->advance >= 3 * interval &&
		a->timed && a->ahead == 1;

	if (slips(m, a, SLIP)) {
		meter_odd(m)->jumps++;
		m->now_flags |= METER_SECOND_STEP;
	}
	if ((longer || pause >= PAUSE) && a->ahead == 1) {
		/* Packets that go on in longer steps have a new pace, or mark one silence. */
		if (keeps_pace(m, p) && pause < PAUSE) {
			longer = false;
		} else {
			meter_odd(m)->gaps++;
			m->now_flags |= METER_SECOND_GAP;
		}
	}
	if (is_media(m->kind) && (is_other_payload(m, p) ||
				  (p->clock_rate != m->clock_rate && p->clock_rate > 0 &&
				   m->clock_rate > 0)))
		return METER_REASON_PAYLOAD;
	if (slips(m, a, NS_PER_S))
		return METER_REASON_TIME;
	if (pause >= PAUSE && (a->ahead == 1 || interval > 0))
		return METER_REASON_SILENCE;
	/* A marker begins speech after a pause; in video it ends a frame. */
	if (m->quiet || (longer && p->marker && p->kind != CODEC_VIDEO))
		return METER_REASON_SILENCE;
	return METER_REASON_START;
}

/* A pause of which neither numbers nor timestamps know. */
static void
begin_doubt(struct meter *m, const struct meter_packet *p, const struct arrival *a)
{
	double d = a->span - a->advance;

	if (!a->timed || m->quiet || p->marker || p->payload_type != m->payload_type ||
	    a->advance < 0 || a->advance > (a->ahead + 2) * m->usual)
		return;
	m->doubts = a->delta > 0;
	meter_odd(m)->doubt = (struct meter_doubt){
		.delta = a->delta, .d = d, .behind = m->transit - m->least + d,
	};
}

/* The packet after such a pause: in a rush, the one before it was stuck. */
static void
end_doubt(struct meter *m, const struct meter_packet *p, const struct arrival *a,
	  const struct meter_setup *setup)
{
	struct meter_odd *odd = meter_odd(m);
	struct meter_doubt doubt = odd->doubt;

	/* One more of the same frame tells nothing. */
	if (a->timed && a->advance <= 0 && p->payload_type == m->payload_type)
		return;
	m->doubts = false;
	if (!a->timed || p->payload_type != m->payload_type || a->span < 0 ||
	    a->span * 2 > a->advance)
		return;
	meter_undo_segment(m);
	odd->gaps -= odd->gaps > 0;
	m->now_flags &= (uint8_t)~(METER_SECOND_SEGMENT | METER_SECOND_GAP);
	count_delta(m, doubt.delta);
	m->jitter += (fabs(doubt.d) - m->jitter) * (1.0 / 16);
	count_jitter(m);
	m->least = m->least_now = m->transit - doubt.behind;
	if (doubt.behind > (double)setup->jitter_buffer)
		note_late(m, m->highest);
}

/* Media, in sequence or late in it: the jitter. @return whether it changed. */
static bool
take_media(struct meter *m, const struct meter_packet *p, const struct arrival *a,
	   enum meter_reason reason, const struct meter_setup *setup)
{
	double d = a->span - a->advance;
	bool compared = a->timed;

	if (p->clock_rate == 0)
		return false;
	if (p->clock_rate != m->clock_rate)
		set_clock(m, p->clock_rate);
	if (compared && ((reason != METER_REASON_START && fabs(d) > SLIP) ||
			 a->delta <= -PAUSE || slips(m, a, SLIP))) {
		compared = false;
		begin_transit(m);
	}
	if (compared && a->ahead == 1 && m->steady && reason == METER_REASON_START)
		meter_count_step(m, p->timestamp - m->timestamp);
	m->timestamp = p->timestamp;
	m->media = a->time;
	if (a->ahead < 0)
		meter_window(m)->behind = (uint8_t)(a->ahead < -UINT8_MAX ? UINT8_MAX : -a->ahead);
	else if (m->window)
		m->window->behind = 0;
	if (!compared)
		return false;
	/* After hold the buffer begins anew: what timestamps are off then is the sender's. */
	if (reason == METER_REASON_SILENCE && a->delta >= PAUSE)
		m->least = m->least_now = m->transit + d;
	if (take_transit(m, d, setup)) {
		note_late(m, m->highest + (uint64_t)(int64_t)(a->ahead < 0 ? a->ahead : 0));
		fill_again(m);
	} else {
		m->late_before = false;
		m->late_row = 0;
	}
	return true;
}

/* Whether a marker begins something: not where a sender of sound puts it on each packet. */
static bool
begins_talk(const struct meter *m, const struct meter_packet *p, const struct arrival *a)
{
	return p->marker && !(m->marked && p->kind == CODEC_AUDIO && a->timed && a->ahead > 0 &&
			      m->usual_step.count > 0 &&
			      p->timestamp - m->timestamp == (uint32_t)a->ahead * m->usual_step.step);
}

/* A packet whose place is known, and which is no copy. */
static void
take(struct meter *m, const struct meter_packet *p, const struct arrival *a,
     const struct meter_setup *setup)
{
	enum meter_reason reason = METER_REASON_START;
	bool media = is_media(p->kind), jitter = false;
	bool first = (m->quiet && media) || begins_talk(m, p, a);
	double pause = (double)a->delta - (a->ahead > 0 ? a->ahead : 0) * m->usual;

	if (UNLIKELY(m->doubts) && a->ahead > 0)
		end_doubt(m, p, a, setup);
	m->late_before = m->late_before && a->ahead == 1;
	if (a->ahead > 1) {
		struct meter_window *w = meter_window(m);

		w->now_lost += (uint32_t)a->ahead - 1;
		if (w->now_runs < UINT16_MAX)
			w->now_runs++;
	}
	if (a->ahead > 0) {
		meter_advance(m, m->highest + (uint64_t)a->ahead);
		if (media)
			reason = reason_of(m, p, a);
		if (reason == METER_REASON_SILENCE && pause >= PAUSE)
			begin_doubt(m, p, a);
		if (reason != METER_REASON_START)
			meter_begin_segment(m, reason, a->time, a->delta > 0 ? a->delta : 0, p);
	}
	m->now_received++;
	if (media) {
		m->payload_type = p->payload_type;
		m->kind = p->kind;
	}
	if (!is_aside(p->kind)) {
		if (is_aside(m->kind))
			m->kind = p->kind;
		jitter = take_media(m, p, a, reason, setup);
		m->quiet = !media;
	}
	if (first || p->kind == CODEC_NOISE)
		pass_over(m, jitter);
	else if (a->delta >= 0 && pause < PAUSE)
		count_delta(m, a->delta);
	if (jitter && media && !first && a->delta >= 0 && pause < PAUSE)
		count_jitter(m);
	m->last = a->time;
	m->marked = p->marker;
	m->steady = media && a->ahead > 0;
	m->plain = m->steady && m->media == m->last && m->clock_rate > 0 &&
		m->usual_step.count > 0 && !m->late_before && !m->doubts;
}

/* Where a time is on the axis of seconds; what goes back does not move on it. */
static unsigned int
tell_time(struct meter *m, int64_t time, uint32_t most)
{
	unsigned int flaws = 0;
	uint64_t at;

	if (time < m->last) {
		flaws = RTP_FLAW_TIME_BACK;
		meter_odd(m)->back += (uint64_t)m->last - (uint64_t)time;
	}
	at = meter_axis(m, time);
	if (at >= m->second_end)
		meter_turn_second(m, at, most);
	return flaws;
}

static void
note_copy(struct meter *m)
{
	m->copies++;
	m->now_copies++;
}

/* Out of all sequence: what waits before it was too. */
static void
note_candidate(struct meter *m, const struct meter_packet *p, int64_t time)
{
	if (m->pending)
		end_candidate(m);
	m->pending = true;
	meter_odd(m)->candidate = (struct meter_candidate){
		.time = time, .timestamp = p->timestamp, .clock_rate = p->clock_rate,
		.sequence = p->sequence, .payload_type = p->payload_type, .kind = p->kind,
	};
	m->plain = false;
}

static void
place(struct meter *m, const struct meter_packet *p, struct arrival *a,
      const struct meter_setup *setup)
{
	look(m, p, a);
	if (m->pending && a->ahead != 1) {
		const struct meter_candidate *c = &meter_odd_of(m)->candidate;
		uint16_t follows = (uint16_t)(p->sequence - c->sequence);

		if (follows == 0 && p->timestamp == c->timestamp) {
			note_copy(m);
			return;
		}
		if (follows > 0 && follows <= FOLLOWING) {
			restart(m);
			look(m, p, a);
		}
	}
	if (is_old(m, p, a)) {
		switch (meter_take_old(m, m->highest - (uint64_t)-a->ahead)) {
		case METER_OLD_COPY:
			note_copy(m);
			return;
		case METER_OLD_FOUND:
			meter_unlose(m);
			break;
		case METER_OLD_BEFORE:
			break;
		case METER_OLD_UNKNOWN:
			note_candidate(m, p, a->time);
			return;
		}
		note_disorder(m);
	} else if (!is_next(m, a)) {
		note_candidate(m, p, a->time);
		return;
	}
	if (m->pending && a->ahead > 0)
		end_candidate(m);
	take(m, p, a, setup);
}

/* ---- runs ---- */

/* Count what came in the run so far, and end it. */
static void
end_run(struct meter *m)
{
	unsigned int n = m->run;
	uint32_t passed = m->run_left - m->left;

	m->left = 0;
	if (n == 0)
		return;
	m->run = 0;
	m->marked = false;
	meter_advance_run(m, n);
	m->media = m->last;
	m->now_received += n;
	m->now_jitter_n += n;
	m->delta_n += n;
	m->delta_sum += passed;
	m->usual_step.count += n;
	m->bytes += m->run_bytes;
	if (m->run_least < m->min_delta)
		m->min_delta = m->run_least;
	if (m->run_most > m->now_max_delta)
		m->now_max_delta = m->run_most;
	if (m->least_now < m->least)
		m->least = m->least_now;
}

static void
begin_run(struct meter *m, const struct meter_setup *setup)
{
	uint64_t at = meter_axis(m, m->last);

	if (!m->plain || at >= m->second_end)
		return;
	m->left = m->second_end - at < NS_PER_S ? (uint32_t)(m->second_end - at) : NS_PER_S;
	m->step = m->usual_step.step;
	m->next = (uint16_t)(m->highest + 1);
	m->limit = m->least + (double)setup->jitter_buffer;
	m->run_left = m->left;
	m->run_bytes = 0;
	m->run_least = UINT32_MAX;
	m->run_most = 0;
}

const struct meter *
meter_view(const struct meter *m, struct meter_view *view)
{
	if (m->run == 0)
		return m;
	view->m = *m;
	/* What the run settles is written there. */
	if (m->window) {
		view->window = *m->window;
		view->m.window = &view->window;
		view->odd = *meter_odd_of(m);
		view->window.odd = &view->odd;
		if (!m->window->odd)
			begin_odd(m, &view->odd);
	}
	end_run(&view->m);
	return &view->m;
}

static bool
is_as_before(const struct meter *m, const struct meter_packet *p)
{
	return !p->marker && p->payload_type == m->payload_type && p->kind == m->kind &&
		p->clock_rate == m->clock_rate;
}

/* What goes on as before, but in another second. */
static bool
go_on_anew(struct meter *m, const struct meter_packet *p, const struct meter_setup *setup)
{
	if (!m->plain || !is_as_before(m, p) || p->time < m->last ||
	    span_between(m->last, p->time) >= NS_PER_S)
		return false;
	tell_time(m, p->time, setup->seconds_max);
	begin_run(m, setup);
	return meter_go_on(m, p->time, p->timestamp, p->sequence, p->payload_type, p->bytes, setup);
}

static unsigned int
add_long(struct meter *m, const struct meter_packet *p, const struct meter_setup *setup)
{
	struct arrival a = { .time = p->time };
	unsigned int flaws = 0;

	end_run(m);
	if (go_on_anew(m, p, setup))
		return 0;
	m->left = 0;
	if (a.time == TIME_NONE)
		a.time = m->segment_n ? m->last : 0;
	if (m->segment_n == 0)
		begin(m, p, a.time);
	else {
		flaws = tell_time(m, a.time, setup->seconds_max);
		place(m, p, &a, setup);
	}
	m->bytes += p->bytes;
	m->markers += p->marker;
	m->now_flags |= (uint8_t)((p->marker ? METER_SECOND_MARKER : 0) |
				  (p->kind == CODEC_EVENT ? METER_SECOND_EVENT : 0) |
				  (p->kind == CODEC_NOISE ? METER_SECOND_NOISE : 0));
	if (p->payload_type == m->payload_type && p->kind == m->kind &&
	    p->clock_rate == m->clock_rate)
		begin_run(m, setup);
	return flaws;
}

unsigned int
meter_add(struct meter *m, const struct meter_packet *p, const struct meter_setup *setup)
{
	if (LIKELY(is_as_before(m, p) && meter_go_on(m, p->time, p->timestamp, p->sequence,
						     p->payload_type, p->bytes, setup)))
		return 0;
	return add_long(m, p, setup);
}
