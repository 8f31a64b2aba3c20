/*
 * Calls are asked about their media while packets still come. What was found of a call
 * holds as long as what it was made from: its streams, their packets, the round trips
 * that were measured, when it was answered and ended, and where a side is missing what
 * the capture has of others.
 *
 * What is not there tells something only where it would be: a capture may have been made
 * where media does not pass, or passes one way. So a side is said to be silent by what
 * its host and the other one are seen to send and to get at all.
 */
#include "query/call_media.h"

#include <math.h>

#include "base/hash.h"
#include "base/mem.h"
#include "query/field_int.h"
#include "sip/sdp.h"

const char *
call_audio_name(unsigned int audio)
{
	static const char *const names[] = {
#define CALL_AUDIO_NAME(id, name) name,
		CALL_AUDIOS(CALL_AUDIO_NAME)
#undef CALL_AUDIO_NAME
	};

	return audio < ARRAY_SIZE(names) ? names[audio] : NULL;
}

const char *
call_fault_name(unsigned int fault)
{
	static const char *const names[] = {
#define CALL_FAULT_NAME(id, name) name,
		CALL_FAULTS(CALL_FAULT_NAME)
#undef CALL_FAULT_NAME
	};

	return fault < ARRAY_SIZE(names) ? names[fault] : NULL;
}

const char *
call_unseen_name(unsigned int unseen)
{
	static const char *const names[] = {
#define CALL_UNSEEN_NAME(id, name) name,
		CALL_UNSEENS(CALL_UNSEEN_NAME)
#undef CALL_UNSEEN_NAME
	};

	return unseen < ARRAY_SIZE(names) ? names[unseen] : NULL;
}

/* ---- who was heard ---- */

/* What a medium of a call is, as it was described last: redundancy is of any kind. */
static bool
is_of_sound(struct query *q, const struct call *c, const struct stream_link *link)
{
	struct query_media *m = q->media;
	size_t n = store_call_claims(q->store, c, &m->claims, &m->claim_cap);

	while (n-- > 0)
		if (m->claims[n]->medium == link->medium)
			return m->claims[n]->kind == CODEC_AUDIO;
	return true;
}

/* Comfort noise says that its sender is silent, and that what it sends comes. */
static bool
has_noise(const struct stream *st)
{
	for (uint8_t i = 0; i < st->codec_n; i++)
		if (st->codecs[i].codec && st->codecs[i].codec->kind == CODEC_NOISE)
			return true;
	return false;
}

/* Sound, or what no description tells of; events alone are none. */
static bool
is_audio(struct query *q, const struct call *c, const struct stream_link *link,
	 const struct stream *st)
{
	const struct stream_codec *codec = stream_codec(st);

	if (st->kind == STREAM_T38)
		return false;
	if (!codec)
		return has_noise(st);
	if (!codec->codec)
		return true;
	if (codec->codec->kind == CODEC_RED)
		return is_of_sound(q, c, link);
	return codec->codec->kind == CODEC_AUDIO || codec->codec->kind == CODEC_OTHER;
}

#define HEARD	(200 * NS_PER_MS)	/* less than that is the rest of a ringing tone */
#define SHOULD	(3 * NS_PER_S)		/* less time to send in tells nothing */
#define PART	20			/* of that time a side is heard at least */
#define ASTRAY_MAX	64u		/* streams of a call; of more it is not asked */
#define LEAST	100u			/* packets of which a report tells something */
#define CUT	(5 * NS_PER_S)		/* a BYE that is lost is sent again by then */

/* Who was heard, as it is summed up. */
struct heard {
	int64_t end;		/* of the call, as far as it is seen */
	bool for_long[3];	/* by enum call_side: some stream was, for its time */
	int64_t span[3];	/* all together */
	int64_t should[3];	/* time in which descriptions let it send, and it would be here */
	int64_t last[3];	/* packet of it that is here; TIME_NONE */
	int64_t from[3], to[3];	/* first and last packet of those that were for their time */
	int64_t before[3], behind[3];	/* of that time, what was before it and behind it */
	bool pauses[3];		/* it may be silent without being cut off */
	bool arrives[3];	/* some of it does not go astray */
	bool sent[3], told[3];	/* it reports that it sends; the other side, that it hears it:
				   of what is not here */
	bool agreed;		/* both sides described sound, and it would be here */
};

/* How long packets came between the answer and the end. */
static int64_t
span_in_call(const struct call *c, int64_t end, const struct stream *st,
	     const struct meter_figures *f)
{
	int64_t from, to;

	if (f->packets == 0 || f->start == TIME_NONE)
		return -1;
	/* Where the clock of the capture was set back its packets tell how long. */
	if (st->flaws & RTP_FLAW_TIME_BACK && f->interval != TIME_NONE)
		return (int64_t)(f->packets - f->duplicates) * f->interval;
	from = f->start > c->answered ? f->start : c->answered;
	to = f->end < end ? f->end : end;
	return to - from;
}

/* Where no description tells, the address of the signalling may. */
static enum call_side
side_of(const struct query *q, const struct call *c, const struct stream_link *link,
	const struct stream *st)
{
	const struct path *p = store_path(q->store, c->path);

	if (link->side != CALL_SIDE_NONE)
		return (enum call_side)link->side;
	if (net_addr_eq(&st->src.addr, &p->src.addr))
		return CALL_SIDE_CALLER;
	return net_addr_eq(&st->src.addr, &p->dst.addr) ? CALL_SIDE_CALLEE : CALL_SIDE_NONE;
}

/* The end of an answered call: what told of it last, where no BYE did; and where nothing
 * did, the clock. */
static int64_t
end_of(struct query *q, const struct call *c, size_t n)
{
	int64_t end = c->end_seen, now = store_now(q->store);

	if (c->ended != TIME_NONE)
		return c->ended;
	for (size_t i = 0; i < n; i++) {
		const struct stream *st = store_stream(q->store, q->media->list[i]->stream);
		const struct meter_figures *f = query_figures(q, st);

		if (is_audio(q, c, q->media->list[i], st) && f->end != TIME_NONE && f->end > end)
			end = f->end;
	}
	if (end <= c->end_seen && now != TIME_NONE && now > end)
		end = now;
	return end;
}

/* Whether @p from may send to @p to by what both described (RFC 3264 5.1, 6.1). */
static bool
may_send(const struct stream_claim *from, const struct stream_claim *to)
{
	return !stream_claim_is_rejected(from) && !stream_claim_is_rejected(to) &&
		!from->hold && !to->hold &&
		from->direction != SDP_RECVONLY && from->direction != SDP_INACTIVE &&
		to->direction != SDP_SENDONLY && to->direction != SDP_INACTIVE;
}

/* A side should have been heard from @p at to @p to. */
static void
add_time(struct heard *h, enum call_side side, int64_t at, int64_t to)
{
	h->should[side] += to - at;
	if (h->from[side] == TIME_NONE)
		return;
	if (at < h->from[side])
		h->before[side] += (to < h->from[side] ? to : h->from[side]) - at;
	if (to > h->to[side])
		h->behind[side] += to - (at > h->to[side] ? at : h->to[side]);
}

static void
add_should(struct query *q, struct heard *h, const struct stream_claim *const now[3],
	   int64_t at, int64_t to)
{
	const struct stream_claim *caller = now[CALL_SIDE_CALLER], *callee = now[CALL_SIDE_CALLEE];
	bool of_caller, of_callee;

	if (!caller || !callee || to < at)
		return;
	of_caller = store_media_would_be_here(q->store, caller, callee,
					      h->last[CALL_SIDE_CALLEE]);
	of_callee = store_media_would_be_here(q->store, callee, caller,
					      h->last[CALL_SIDE_CALLER]);
	h->agreed |= !stream_claim_is_rejected(caller) && !stream_claim_is_rejected(callee) &&
		(of_caller || of_callee);
	if (of_caller && may_send(caller, callee))
		add_time(h, CALL_SIDE_CALLER, at, to);
	if (of_callee && may_send(callee, caller))
		add_time(h, CALL_SIDE_CALLEE, at, to);
}

static enum call_side
other_side(unsigned int side)
{
	return side == CALL_SIDE_CALLER ? CALL_SIDE_CALLEE : CALL_SIDE_CALLER;
}

/* Go through the descriptions of the first sound there is, in order of time. */
static void
walk_claims(struct query *q, const struct call *c, struct heard *h)
{
	struct query_media *m = q->media;
	size_t n = store_call_claims(q->store, c, &m->claims, &m->claim_cap);
	const struct stream_claim *now[3] = { NULL }, *first = NULL;
	int64_t at = c->answered;

	for (size_t i = 0; i < n; i++) {
		const struct stream_claim *claim = m->claims[i];
		int64_t to = claim->time < h->end ? claim->time : h->end, heard;
		bool sound = claim->kind == CODEC_AUDIO;

		if (claim->side == CALL_SIDE_NONE || (first ? claim->medium != first->medium : !sound))
			continue;
		first = claim;
		if (to > at) {
			add_should(q, h, now, at, to);
			at = to;
		}
		/* It may have become a fax. */
		now[claim->side] = sound ? claim : NULL;
		h->sent[claim->side] |= sound && claim->sends_unseen;
		heard = store_claim_hears_unseen(q->store, claim);
		if (sound && heard != TIME_NONE && heard >= c->answered)
			h->told[other_side(claim->side)] = true;
	}
	add_should(q, h, now, at, h->end);
}

static bool
is_heard(const struct heard *h, enum call_side side)
{
	return h->told[side] ||
		(h->for_long[side] && h->arrives[side] &&
		 h->span[side] >= h->should[side] / PART);
}

/* A side that somebody may have been is not said to be silent. */
static enum call_audio
audio_of(const struct heard *h)
{
	unsigned int audio = (is_heard(h, CALL_SIDE_CALLER) ? CALL_AUDIO_CALLER : 0) |
		(is_heard(h, CALL_SIDE_CALLEE) ? CALL_AUDIO_CALLEE : 0);

	if (audio != CALL_AUDIO_BOTH && h->for_long[CALL_SIDE_NONE])
		return CALL_AUDIO_COUNT;
	return audio == CALL_AUDIO_NONE && !h->agreed ? CALL_AUDIO_COUNT : (enum call_audio)audio;
}

static uint8_t
unseen_of(const struct heard *h)
{
	unsigned int unseen = 0;

	if (h->last[CALL_SIDE_CALLER] == TIME_NONE)
		unseen |= (unsigned int)h->sent[CALL_SIDE_CALLER] << CALL_UNSEEN_CALLER_SENT |
			(unsigned int)h->told[CALL_SIDE_CALLER] << CALL_UNSEEN_CALLER_HEARD;
	if (h->last[CALL_SIDE_CALLEE] == TIME_NONE)
		unseen |= (unsigned int)h->sent[CALL_SIDE_CALLEE] << CALL_UNSEEN_CALLEE_SENT |
			(unsigned int)h->told[CALL_SIDE_CALLEE] << CALL_UNSEEN_CALLEE_HEARD;
	return (uint8_t)unseen;
}

/* ---- the worst ---- */

static void
add_stream(struct query *q, const struct call *c, const struct stream_link *link,
	   struct call_media *m, struct heard *h)
{
	const struct stream *st = store_stream(q->store, link->stream);
	const struct meter_figures *f = query_figures(q, st);
	const struct quality *quality = query_quality(q, st);
	double loss = f->expected > 0 ? 100.0 * (double)f->lost / (double)f->expected : NAN;
	int64_t span, least = HEARD;
	enum call_side side;

	if (!isnan(loss) && !(m->loss_percent >= loss))
		m->loss_percent = loss;
	if (quality->known && !(m->mos <= quality->mos))
		m->mos = quality->mos;
	if (f->mean_jitter != TIME_NONE && (m->jitter == TIME_NONE || f->mean_jitter > m->jitter))
		m->jitter = f->mean_jitter;
	if (c->answered == TIME_NONE || !is_audio(q, c, link, st))
		return;
	/* Of a short call, half of it. */
	if (c->ended != TIME_NONE && (c->ended - c->answered) / 2 < least)
		least = (c->ended - c->answered) / 2;
	span = span_in_call(c, h->end, st, f);
	side = side_of(q, c, link, st);
	if (span < 0)
		return;
	if (h->last[side] == TIME_NONE || f->end > h->last[side])
		h->last[side] = f->end;
	h->span[side] += span;
	h->pauses[side] |= f->gaps > 0 || has_noise(st) || (st->flaws & RTP_FLAW_TIME_BACK);
	if (span < least)
		return;
	h->for_long[side] = true;
	if (h->from[side] == TIME_NONE || f->start < h->from[side])
		h->from[side] = f->start;
	if (h->to[side] == TIME_NONE || f->end > h->to[side])
		h->to[side] = f->end;
}

/* Whether what a side sent arrives, if any of it does. */
static void
look_astray(struct query *q, const struct call *c, size_t n, struct call_media *m,
	    struct heard *h)
{
	struct query_media *all = q->media;
	size_t claim_n = store_call_claims(q->store, c, &all->claims, &all->claim_cap);

	for (size_t i = 0; i < n; i++) {
		const struct stream_link *link = all->list[i];
		const struct stream *st = store_stream(q->store, link->stream);
		enum call_side side = side_of(q, c, link, st);
		enum call_astray astray;

		if (h->arrives[side] || !is_audio(q, c, link, st))
			continue;
		/* Each is compared with all. */
		astray = n > ASTRAY_MAX ? CALL_ASTRAY_NONE :
			call_stream_astray(q, all->list, n, all->claims, claim_n, i);
		h->arrives[side] = astray == CALL_ASTRAY_NONE;
		m->astray[side] = (uint8_t)astray;
	}
}

static void
look(struct query *q, const struct call *c, size_t n)
{
	struct call_media *m = &q->media->answer;
	bool answered = c->kind == CALL_INVITE && c->answered != TIME_NONE;
	struct heard h = {
		.end = TIME_NONE, .last = { TIME_NONE, TIME_NONE, TIME_NONE },
		.from = { TIME_NONE, TIME_NONE, TIME_NONE },
		.to = { TIME_NONE, TIME_NONE, TIME_NONE },
	};

	*m = (struct call_media){
		.streams = (uint32_t)n, .audio = CALL_AUDIO_COUNT, .mos = NAN,
		.loss_percent = NAN, .jitter = TIME_NONE,
	};
	if (answered)
		h.end = end_of(q, c, n);
	for (size_t i = 0; i < n; i++)
		add_stream(q, c, q->media->list[i], m, &h);
	if (!answered || !store_media_is_told(q->store))
		return;
	look_astray(q, c, n, m, &h);
	walk_claims(q, c, &h);
	m->unseen = unseen_of(&h);
	/* In a capture without media none is missing. */
	if (store_stream_count(q->store) == 0) {
		if (h.told[CALL_SIDE_CALLER] && h.told[CALL_SIDE_CALLEE])
			m->audio = CALL_AUDIO_BOTH;
		return;
	}
	m->audio = (uint8_t)audio_of(&h);
	for (enum call_side side = CALL_SIDE_CALLER; side <= CALL_SIDE_CALLEE; side++) {
		bool sure = is_heard(&h, side) && !h.told[side] && !h.pauses[side] &&
			!h.for_long[CALL_SIDE_NONE];

		m->should[side] = h.should[side] >= SHOULD;
		m->late[side] = sure && h.before[side] >= SHOULD;
		m->cut[side] = sure && h.behind[side] >= CUT;
	}
}

/* What the answer is made from, as one number: it changes with each of it. */
static uint64_t
sum_of(const struct query *q, const struct call *c, size_t n)
{
	int64_t now = store_now(q->store);
	bool here[3] = { false };
	uint64_t sum = n + hash_u64((uint64_t)c->answered) + hash_u64((uint64_t)c->ended + 1);

	sum += hash_u64(c->messages) + hash_u64(store_call_state(q->store, c) + UINT64_C(1000000));
	sum += store_link_count(q->store) > 0 ? 3 : 0;
	sum += store_stream_count(q->store) > 0 ? 5 : 0;
	/* Where nothing comes, the clock alone tells that something should have. */
	if (c->answered != TIME_NONE && c->ended == TIME_NONE && now > c->answered)
		sum += now - c->answered >= SHOULD ? 7 : 0;
	for (size_t i = 0; i < n; i++) {
		const struct stream_link *link = q->media->list[i];
		const struct stream *st = store_stream(q->store, link->stream);

		sum += meter_packets(&st->meter) + hash_u64((uint64_t)st->round_trip);
		here[side_of(q, c, link, st)] = true;
	}
	/* What the capture has of others tells something where one is missing. */
	if (!here[CALL_SIDE_CALLER] || !here[CALL_SIDE_CALLEE])
		sum += store_media_mark(q->store);
	return sum;
}

static struct query_media *
media_of(struct query *q)
{
	if (!q->media) {
		q->media = xcalloc(1, sizeof(*q->media));
		q->media->of = CALL_NONE;
	}
	return q->media;
}

const struct call_media *
query_call_media(struct query *q, const struct call *c)
{
	struct query_media *m = media_of(q);
	size_t n = store_call_streams(q->store, c, &m->list, &m->cap);
	uint64_t sum = sum_of(q, c, n);

	if (m->of != c->index || m->sum != sum)
		look(q, c, n);
	m->of = c->index;
	m->sum = sum;
	return &m->answer;
}

/* Whether a stream of sound was bad for long. */
static bool
is_bad(struct query *q, const struct call *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct stream *st = store_stream(q->store, q->media->list[i]->stream);
		uint8_t level;

		if (!is_audio(q, c, q->media->list[i], st))
			continue;
		level = query_windows(q, st)->level;
		if (level == QUALITY_WARNING || level == QUALITY_CRITICAL)
			return true;
	}
	return false;
}

/* Whether its receiver lost of a stream what the capture has: behind it, on the way. What was
 * captured from the middle on has other sums than its receiver. */
static bool
is_lost_behind(struct query *q, const struct stream *st)
{
	const struct meter_figures *f = query_figures(q, st);
	const struct report *list;
	int64_t lost = REPORT_ABSENT;
	uint64_t total;
	size_t n = store_stream_reports(q->store, st, &list, &total);

	for (size_t i = 0; i < n; i++)
		if (!list[i].sender && list[i].source != REPORT_XR && list[i].lost != REPORT_ABSENT)
			lost = list[i].lost;
	if (lost == REPORT_ABSENT || f->expected < LEAST || lost <= (int64_t)f->lost ||
	    lost > (int64_t)f->expected || q->limits.warning.loss_percent <= 0)
		return false;
	return 100.0 * (double)(lost - (int64_t)f->lost) / (double)f->expected >=
		q->limits.warning.loss_percent;
}

static bool
has_loss_behind(struct query *q, const struct call *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct stream *st = store_stream(q->store, q->media->list[i]->stream);

		if (is_audio(q, c, q->media->list[i], st) && is_lost_behind(q, st))
			return true;
	}
	return false;
}

/* What is wrong with who was heard, bits by enum call_fault; *media: NULL where nothing is asked
 * of the call. */
static unsigned int
faults_of_hearing(struct query *q, const struct call *c, const struct call_media **media)
{
	enum call_state state = store_call_state(q->store, c);
	const struct call_media *m;
	unsigned int faults = 0;

	*media = NULL;
	if (c->kind != CALL_INVITE || c->answered == TIME_NONE ||
	    (state != CALL_STATE_IN_CALL && state != CALL_STATE_COMPLETED) ||
	    store_link_count(q->store) == 0)
		return 0;
	*media = m = query_call_media(q, c);
	if ((m->audio == CALL_AUDIO_CALLER && m->should[CALL_SIDE_CALLEE]) ||
	    (m->audio == CALL_AUDIO_CALLEE && m->should[CALL_SIDE_CALLER]))
		faults |= 1u << CALL_FAULT_ONE_WAY;
	if (m->audio == CALL_AUDIO_NONE &&
	    (m->should[CALL_SIDE_CALLER] || m->should[CALL_SIDE_CALLEE]))
		faults |= 1u << CALL_FAULT_NO_AUDIO;
	if (m->late[CALL_SIDE_CALLER] || m->late[CALL_SIDE_CALLEE])
		faults |= 1u << CALL_FAULT_LATE_AUDIO;
	if (m->cut[CALL_SIDE_CALLER] || m->cut[CALL_SIDE_CALLEE])
		faults |= 1u << CALL_FAULT_CUT_AUDIO;
	return faults;
}

/* Who it is of, of both, of the caller, of the callee. */
static const char *
words_of(const bool of[3], const char *const words[3])
{
	return of[CALL_SIDE_CALLER] && of[CALL_SIDE_CALLEE] ? words[0] :
		words[of[CALL_SIDE_CALLER] ? 1 : 2];
}

/* Of a side that was not heard while the other one was. */
static const char *
words_of_one_way(enum call_side side, enum call_astray astray)
{
	static const char *const words[2][CALL_ASTRAY_COUNT] = {
#define CALLER_WORDS(id, where) \
		[CALL_ASTRAY_##id] = "one-way: caller not heard" where,
#define CALLEE_WORDS(id, where) \
		[CALL_ASTRAY_##id] = "one-way: callee not heard" where,
		{ CALL_ASTRAYS(CALLER_WORDS) },
		{ CALL_ASTRAYS(CALLEE_WORDS) },
#undef CALLER_WORDS
#undef CALLEE_WORDS
	};

	return words[side == CALL_SIDE_CALLEE][astray];
}

const char *
query_call_unheard(struct query *q, const struct call *c)
{
	static const char *const cut[3] = {
		"audio stops early", "audio of caller stops early", "audio of callee stops early",
	};
	static const char *const late[3] = {
		"audio late", "audio of caller late", "audio of callee late",
	};
	const struct call_media *m;
	unsigned int faults = faults_of_hearing(q, c, &m);

	if (faults & 1u << CALL_FAULT_NO_AUDIO)
		return "no audio";
	if (faults & 1u << CALL_FAULT_ONE_WAY) {
		enum call_side side = m->audio == CALL_AUDIO_CALLER ? CALL_SIDE_CALLEE :
			CALL_SIDE_CALLER;

		return words_of_one_way(side, (enum call_astray)m->astray[side]);
	}
	if (faults & 1u << CALL_FAULT_CUT_AUDIO)
		return words_of(m->cut, cut);
	if (faults & 1u << CALL_FAULT_LATE_AUDIO)
		return words_of(m->late, late);
	return m && has_loss_behind(q, c, m->streams) ? "loss behind the capture" : NULL;
}

unsigned int
query_call_faults(struct query *q, const struct call *c)
{
	const struct call_media *m;
	unsigned int faults = faults_of_hearing(q, c, &m);

	if (m && is_bad(q, c, m->streams))
		faults |= 1u << CALL_FAULT_BAD_AUDIO;
	if (m && has_loss_behind(q, c, m->streams))
		faults |= 1u << CALL_FAULT_LOSS_UNSEEN;
	return faults;
}

uint64_t
query_call_media_mark(struct query *q, const struct call *c)
{
	struct query_media *m = media_of(q);
	size_t n = store_call_streams(q->store, c, &m->list, &m->cap);

	return sum_of(q, c, n);
}

void
query_media_free(struct query_media *m)
{
	if (!m)
		return;
	query_digits_release(&m->digits);
	free(m->list);
	free(m->claims);
	free(m);
}

/* ---- texts ---- */

static bool
is_told(const struct stream_codec *c)
{
	return !c->codec || c->codec->kind == CODEC_AUDIO || c->codec->kind == CODEC_VIDEO ||
		c->codec->kind == CODEC_TEXT || c->codec->kind == CODEC_FAX ||
		c->codec->kind == CODEC_OTHER;
}

void
query_call_codecs(const struct query *q, const struct call *c, struct buf *b)
{
	const struct stream_link **list = NULL;
	size_t cap = 0, n = store_call_streams(q->store, c, &list, &cap);

	for (size_t i = 0; i < n; i++) {
		const struct stream *st = store_stream(q->store, list[i]->stream);
		const struct stream_codec *codec = stream_codec(st);

		for (uint8_t k = 0; k < st->codec_n; k++)
			if (st->codecs[k].name && is_told(&st->codecs[k]))
				query_add_word(b, str_of(st->codecs[k].name));
		/* All that was sent may be in it. */
		if (codec && codec->codec && codec->codec->kind == CODEC_RED)
			query_add_word(b, str_of(codec->name));
		if (st->kind == STREAM_T38 && st->codec_n == 0)
			query_add_word(b, STR("t38"));
	}
	free(list);
}

void
query_call_dtmf(struct query *q, const struct call *c, struct buf *b)
{
	struct query_digits *digits = &media_of(q)->digits;

	query_call_digits(q, c, digits);
	query_digits_text(digits, CALL_SIDE_NONE, b);
}
