#include "app/engine.h"

#include "app/framers.h"
#include "app/keep.h"
#include "app/rtp_in.h"
#include "app/streams.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/time.h"
#include "store/stream.h"

static const char *const payload_names[PAYLOAD_COUNT] = {
#define PAYLOAD_NAME(id, name, help) [PAYLOAD_##id] = name,
	PAYLOADS(PAYLOAD_NAME)
#undef PAYLOAD_NAME
};

const char *
payload_name(enum payload p)
{
	return payload_names[p];
}

static int
read_text(void *ctx, struct place place, void *to, size_t n, struct err *err)
{
	struct engine *e = ctx;

	return capture_read(e->capture, place, to, n, err);
}

/* What a message that went held. */
static void
release_text(void *ctx, struct place place, size_t n)
{
	struct engine *e = ctx;

	capture_release(e->capture, place, n);
}

static struct store *
make_store(struct engine *e)
{
	struct store *s = store_new();

	store_set_reader(s, read_text, e);
	store_set_releaser(s, release_text, e);
	return s;
}

void
engine_init(struct engine *e)
{
	*e = (struct engine){
		.capture = capture_new(),
		.decoder = decoder_new(),
		.streams = streams_new(),
		.rtp = rtp_batch_new(),
		.ports = xcalloc(2 * 65536, sizeof(*e->ports)),
	};
	e->store = make_store(e);
}

void
engine_release(struct engine *e)
{
	streams_free(e->streams);
	rtp_batch_free(e->rtp);
	store_free(e->store);
	decoder_free(e->decoder);
	capture_free(e->capture);
	keep_free(e->keep);
	free(e->ports);
	free(e->refused_ids);
	*e = (struct engine){ 0 };
}

void
engine_move(struct engine *to, struct engine *from)
{
	*to = *from;
	*from = (struct engine){ 0 };
	store_set_reader(to->store, read_text, to);
	store_set_releaser(to->store, release_text, to);
}

void
engine_renew_store(struct engine *e)
{
	e->store = store_renew(e->store);
	e->went = false;
	e->clock_told = 0;
}

#define REFUSED_IDS	4096u

/* Whether it is of a call that is there, or one more may begin. One that did not does not
 * begin in its middle either, when there is room again. */
static NOINLINE bool
has_room(struct engine *e, const struct store_input *in)
{
	uint64_t hash = hash_str(in->scan->call_id), *slot;
	bool has;

	if (store_find_call(e->store, in->scan->call_id) != CALL_NONE)
		return true;
	if (!e->refused_ids)
		e->refused_ids = xcalloc(REFUSED_IDS, sizeof(*e->refused_ids));
	slot = &e->refused_ids[hash % REFUSED_IDS];
	if (*slot == hash)
		return false;
	has = store_has_room(e->store);
	/* For room it may have let go of streams. */
	rtp_in_expect(e);
	if (has)
		return true;
	*slot = hash;
	e->refused++;
	return false;
}

void
engine_flush(struct engine *e)
{
	struct engine_batch *b = &e->batch;

	rtp_in_expect(e);
	if (b->n > 1 || rtp_in_waits(e) > 0) {
		/* By turns: what one asks for comes while the other asks. */
		for (unsigned i = 0; i < b->n; i++)
			store_expect_soon(e->store, &b->inputs[i]);
		store_expect_new(e->store, &e->rtp->new);
		for (unsigned i = 0; i < b->n; i++)
			store_expect_now(e->store, &b->inputs[i]);
		rtp_in_expect_whole(e);
		store_expect_calls(e->store, &e->rtp->new);
	}
	for (unsigned i = 0; i < b->n; i++) {
		const struct store_input *in = &b->inputs[i];

		rtp_in_add(e, b->rtp_before[i]);
		if (UNLIKELY(e->refuses) && !has_room(e, in))
			capture_release(e->capture, in->place, in->length);
		else
			store_add(e->store, in);
	}
	b->n = 0;
	rtp_in_end(e);
}

/* How far the capture reaches. Where agents tell times of their own, messages
 * alone say: the packets that carry them may be from another year. */
static void
advance_clock(struct engine *e, int64_t now)
{
	if (now != TIME_NONE && e->streams->hep_packets == 0)
		store_clock(e->store, now);
}

/* What capture files say of when capturing ended. */
static int64_t
end_of_capture(const struct engine *e)
{
	struct capture_stats stats;

	capture_stats(e->capture, &stats);
	return stats.until;
}

/* A record whose packet is lost unless it is kept: whether it is depends on what it turns
 * out to be. */
static NOINLINE enum decode_result
take_fleeting(struct engine *e, const struct record *rec)
{
	enum decode_result result;
	enum payload payload = PAYLOAD_OTHER;
	struct segment seg;

	e->fleeting = rec;
	e->kept = e->wanted = false;
	result = decode_record(e->decoder, rec, &seg);
	if (result == DECODE_SEGMENT)
		payload = framers_deliver(e, &seg);
	keep_judge(e, result, payload);
	e->fleeting = NULL;
	return result;
}

static void
deliver_expired(struct engine *e, int64_t now)
{
	struct segment seg;

	while (decode_expired(e->decoder, now, &seg))
		framers_deliver(e, &seg);
}

bool
engine_is_live(const struct engine *e)
{
	return capture_is_live(e->capture);
}

/* While nothing comes, timers go on by the time that went by here since the last that
 * came: agents and interfaces may have a clock of their own. */
static void
advance_idle_clock(struct engine *e)
{
	int64_t now = store_now(e->store), mono = time_monotonic();

	if (now == TIME_NONE || !engine_is_live(e))
		return;
	if (now != e->clock_told) {
		e->clock = e->clock_told = now;
		e->clock_mono = mono;
		return;
	}
	now = e->clock + (mono - e->clock_mono);
	store_clock(e->store, now);
	e->clock_told = now;
	if (e->streams->hep_packets == 0 && decode_has_expired(e->decoder, now))
		deliver_expired(e, now);
}

static enum engine_status
read_no_more(struct engine *e, enum capture_status status)
{
	if (status == CAPTURE_WAIT) {
		advance_idle_clock(e);
		return ENGINE_WAIT;
	}
	/* Asked again, it has ended still. */
	if (store_media_work(e->store))
		return ENGINE_BUSY;
	deliver_expired(e, INT64_MAX);
	streams_end(e);
	store_media_end(e->store);
	advance_clock(e, end_of_capture(e));
	e->ended = true;
	return ENGINE_END;
}

static enum decode_result
take_glanced(struct engine *e, const struct record *rec, const struct glance *g)
{
	struct segment *seg = rtp_in_room(e);
	enum decode_result result = decode_glanced(e->decoder, rec, g, seg);

	if (LIKELY(result == DECODE_SEGMENT))
		framers_deliver(e, seg);
	return result;
}

static NOINLINE enum decode_result
take_record(struct engine *e, const struct record *rec)
{
	struct glance g;

	if (e->tap_record)
		e->tap_record(e->tap_record_ctx, rec);
	if (rec->fleeting)
		return take_fleeting(e, rec);
	glance_udp4(rec, &g);
	return take_glanced(e, rec, &g);
}

/* One that glance_usual() does not tell. */
static NOINLINE enum decode_result
take_other(struct engine *e, const struct record *rec)
{
	struct glance g, g6;

	if (glance_udp4(rec, &g) ? rtp_in_glance(e, rec, &g, GLANCE_HEADERS)
	    : glance_udp6(rec, &g6) && rtp_in_glance(e, rec, &g6, GLANCE_HEADERS6))
		return DECODE_SEGMENT;
	return take_glanced(e, rec, &g);
}

static NOINLINE enum decode_result
take_media(struct engine *e, const struct record *rec, const struct glance *g)
{
	return rtp_in_glance(e, rec, g, GLANCE_HEADERS) ? DECODE_SEGMENT : take_glanced(e, rec, g);
}

/* One of which it told @p g, on low ports or not what most RTP is. */
static NOINLINE enum decode_result
take_usual(struct engine *e, const struct record *rec, const struct glance *g)
{
	struct str payload = { (const char *)g->ip + GLANCE_HEADERS, g->payload };

	if (UNLIKELY(glance_is_tunnel(g->ports)))
		return take_other(e, rec);
	if (shape_is_media(payload))
		return take_media(e, rec, g);
	return take_glanced(e, rec, g);
}

/* Whether nothing is to be done for records but to take them. */
static bool
is_plain(const struct engine *e, const struct record *rec)
{
	return !e->tap_record && !rec->fleeting && rec->time != TIME_NONE;
}

/* Take records in, in their order; they came together. @return the latest time of them and of
 * @now. */
static int64_t
take_records(struct engine *e, const struct record *recs, size_t n, int64_t now)
{
	const struct hash_map *map = store_rtp_map(e->store);
	bool plain = is_plain(e, recs);
	/* Whether anything that may expire waits, or has done so. */
	bool holds = decode_has_expired(e->decoder, INT64_MAX);

	for (size_t i = 0; i < n; i++) {
		const struct record *rec = &recs[i];
		struct glance g;

		if (rec->time > now)
			now = rec->time;
		if (UNLIKELY(!plain)) {
			holds |= take_record(e, rec) == DECODE_HELD;
		} else if (UNLIKELY(!glance_usual(rec, &g))) {
			holds |= take_other(e, rec) == DECODE_HELD;
		} else if (UNLIKELY(glance_low_ports(g.ports) || !rtp_in_usual(e, rec, &g, map))) {
			/* A copy: what was told of most is never in memory. */
			struct glance same = g;

			holds |= take_usual(e, rec, &same) == DECODE_HELD;
		}
		if (UNLIKELY(holds) && decode_has_expired(e->decoder, rec->time))
			deliver_expired(e, rec->time);
	}
	return now;
}

#define FEW	64u	/* records at a time */

/* The next records, at least one, up to @p most. @return how many; 0: *status tells why. */
static size_t
next_records(struct engine *e, struct record *recs, size_t most, enum capture_status *status)
{
	size_t n = capture_next_few(e->capture, recs, most);

	if (n > 0)
		return n;
	if ((e->batch.n > 0 || rtp_in_waits(e) > 0) && !capture_stays(e->capture))
		engine_flush(e);
	*status = capture_next(e->capture, recs);
	return *status == CAPTURE_RECORD ? 1 : 0;
}

static enum engine_status
read_some(struct engine *e, unsigned records)
{
	/* What waits points to them. */
	struct record recs[FEW];
	int64_t now = TIME_NONE;
	size_t at = 0;

	if (e->ended)
		return ENGINE_END;
	while (records > 0) {
		enum capture_status status = CAPTURE_RECORD;
		size_t room = FEW - at, n;

		n = next_records(e, &recs[at], records < room ? records : room, &status);
		if (UNLIKELY(n == 0)) {
			advance_clock(e, now);
			return read_no_more(e, status);
		}
		now = take_records(e, &recs[at], n, now);
		records -= (unsigned)n;
		at += n;
		if (at == FEW) {
			engine_flush(e);
			at = 0;
		}
	}
	engine_flush(e);
	store_media_work(e->store);
	advance_clock(e, now);
	return ENGINE_BUSY;
}

#define RETAIN_EVERY	256u	/* records */
#define PRESS		64u	/* calls that go when there is no room for the packets of new ones */

/* Read, and let go of what is too much, by turns. */
static NOINLINE enum engine_status
read_within_bounds(struct engine *e, unsigned records)
{
	enum engine_status status;

	do {
		unsigned n = records < RETAIN_EVERY ? records : RETAIN_EVERY;

		status = read_some(e, n);
		if (UNLIKELY(capture_is_short(e->capture)))
			store_press(e->store, PRESS);
		e->retaining = store_retain(e->store);
		e->went |= e->retaining;
		records -= n;
	} while (status == ENGINE_BUSY && records > 0);
	return status;
}

enum engine_status
engine_read(struct engine *e, unsigned records)
{
	return UNLIKELY(e->bounded) ? read_within_bounds(e, records) : read_some(e, records);
}
