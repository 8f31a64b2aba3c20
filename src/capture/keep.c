/*
 * What has no place in a file: packets of live sources and pipes that carry what a saved
 * call needs, in the log, one after the other with what is known of each in front, and
 * among them the texts that were put together of them; other texts are in the spool. Both
 * take what capture_set_spool_cap() says together. Messages hold the segments they are in,
 * and with these the packets beside them: handshakes, fragments, other pieces. What nobody
 * holds stays as long as there is room, the oldest goes first.
 *
 * A record of the log never reaches over the end of a segment, so that each segment can be
 * read without the one before.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/statvfs.h>

#include "base/mem.h"
#include "capture/capture_int.h"

#define LIVE_CAP	(UINT64_C(4) << 30)	/* default cap where an input has no end */
#define CAP_LEAST	(UINT64_C(8) << 20)	/* of a default, however little is free */
#define AGAIN_NS	(10 * NS_PER_S)		/* between looks whether a disk has room again */
#define SHORT_PART	16u			/* of the cap: to be free of what is held */

/** In front of each packet; of a text the source is PLACE_NONE. */
struct logged {
	int64_t time;
	uint32_t caplen, wirelen, frame;
	uint16_t source, link, interface;
	uint16_t high;		/* of the frame: 48 bits of it are kept */
};

_Static_assert(sizeof(struct logged) == KEEP_HEADER, "records.place.offset tells of it");

/* ---- room ---- */

/* Half of what is free where temporary files lie. */
static uint64_t
half_free(struct capture *c)
{
	struct statvfs fs;
	int error;
	const char *dir = spool_folder(&error);

	if (error != 0)
		notice_add(c, "spool", false, "TMPDIR: %s: %s; temporary files are in %s",
			   getenv("TMPDIR"), strerror(error), dir);
	if (statvfs(dir, &fs) != 0 && statvfs("/tmp", &fs) != 0)
		return UINT64_MAX;
	return (uint64_t)fs.f_bavail * fs.f_frsize / 2;
}

static void
find_cap(struct capture *c)
{
	uint64_t cap = c->endless ? LIVE_CAP : SPOOL_CAP, half = half_free(c);

	if (half < CAP_LEAST)
		half = CAP_LEAST;
	c->kept.cap = cap < half ? cap : half;
	c->cap_known = true;
}

/* How many segments there are in files, which room can be made of. */
static size_t
segments(const struct capture *c)
{
	return spool_written(&c->log) + spool_written(&c->spool);
}

/* The disk has no room, so what is in the files is all there can be: the oldest of it
 * goes for what comes, as at the cap. */
static void
shrink_cap(struct capture *c)
{
	if (segments(c) == 0)
		return;
	if (c->cap_wanted == 0)
		c->cap_wanted = c->kept.cap;
	if (c->kept.used < c->kept.cap)
		c->kept.cap = c->kept.used;
	c->cap_again = time_monotonic() + AGAIN_NS;
}

static NOINLINE void
try_cap(struct capture *c)
{
	if (time_monotonic() < c->cap_again)
		return;
	c->kept.cap = c->cap_wanted;
	c->cap_wanted = 0;
}

/* The oldest of what nobody holds makes room. */
static void
make_room(struct capture *c, size_t n)
{
	if (UNLIKELY(!c->cap_known))
		find_cap(c);
	if (UNLIKELY(c->cap_wanted > 0))
		try_cap(c);
	/* The tail becomes a whole segment of the file, too. */
	while (UNLIKELY(c->kept.used + n + SPOOL_SEGMENT > c->kept.cap) &&
	       (spool_drop_oldest(&c->log) || spool_drop_oldest(&c->spool)))
		;
}

static void
tell_slow(struct capture *c, const struct err *err)
{
	c->slow++;
	if (!c->slow_told)
		notice_add(c, "spool", false, "%s; what comes meanwhile is counted, and cannot "
			   "be shown again or saved", err->text + strlen("spool: "));
	c->slow_told = true;
}

static void
tell_lost(struct capture *c, const struct spool *s, const struct err *err)
{
	if (s->slow) {
		tell_slow(c, err);
		return;
	}
	c->spool_failed = true;
	shrink_cap(c);
	if (!c->spool_told)
		notice_add(c, "spool", false, "%s; what comes from now on cannot be shown again "
			   "until there is room", err->text + strlen("spool: "));
	c->spool_told = true;
}

void
capture_set_spool_cap(struct capture *c, uint64_t bytes)
{
	c->kept.cap = bytes;
	c->cap_wanted = 0;
	c->cap_known = true;
	c->unpacked.cap = bytes;
}

void
capture_set_waiting_max(struct capture *c, uint64_t bytes)
{
	c->kept.waiting_max = bytes;
}

void
capture_kept_stats(const struct capture *c, struct capture_kept_stats *stats)
{
	*stats = (struct capture_kept_stats){
		.cap = c->cap_known ? c->kept.cap : 0, .used = c->kept.used,
		.held = c->kept.used - c->kept.unheld,
		.disk = spool_disk(&c->spool) + spool_disk(&c->log),
		.packets = c->log_packets, .lost = c->log_lost, .slow = c->slow,
	};
}

bool
capture_is_short(const struct capture *c)
{
	uint64_t held = c->kept.used - c->kept.unheld;

	/* Where nothing could be written, nothing comes of calls that go. */
	if (!c->cap_known || held == 0 || (c->spool_failed && segments(c) == 0))
		return false;
	return c->spool_failed || held > c->kept.cap - c->kept.cap / SHORT_PART;
}

/* ---- texts ---- */

struct place
capture_spool(struct capture *c, const void *bytes, size_t n)
{
	struct place place = { .source = PLACE_SPOOL };
	struct err err;

	make_room(c, n);
	place.offset = spool_size(&c->spool);
	if (LIKELY(spool_add(&c->spool, bytes, n, &err) == 0)) {
		c->spool_failed = false;
		return place;
	}
	tell_lost(c, &c->spool, &err);
	return (struct place){ .source = PLACE_NONE };
}

static struct spool *
spool_of(struct capture *c, struct place place)
{
	if (place.source == PLACE_SPOOL)
		return &c->spool;
	if (place.source < c->source_n && c->sources[place.source]->pub.kept &&
	    !c->sources[place.source]->emptied)
		return &c->log;
	return NULL;
}

bool
capture_hold(struct capture *c, struct place place, size_t n)
{
	struct spool *s = spool_of(c, place);

	return !s || spool_hold(s, place.offset, n);
}

void
capture_release(struct capture *c, struct place place, size_t n)
{
	struct spool *s = spool_of(c, place);

	if (s)
		spool_let_go(s, place.offset, n);
}

/* ---- packets ---- */

/* Room for @p n bytes behind a header, NULL: there is none. */
static uint8_t *
log_add(struct capture *c, const struct logged *head, size_t n)
{
	struct err err;
	uint8_t *p = NULL;

	if (LIKELY(n <= SPOOL_SEGMENT - KEEP_HEADER)) {
		make_room(c, KEEP_HEADER + n);
		p = spool_take(&c->log, KEEP_HEADER + n, &err);
		if (!p)
			tell_lost(c, &c->log, &err);
	}
	if (!p)
		return NULL;
	c->spool_failed = false;
	memcpy(p, head, KEEP_HEADER);
	return p + KEEP_HEADER;
}

bool
capture_keep(struct capture *c, const struct record *rec)
{
	struct logged head;
	uint8_t *p;

	if (!rec->fleeting)
		return true;
	memset(&head, 0, sizeof(head));
	head.time = rec->time;
	head.caplen = rec->caplen;
	head.wirelen = rec->wirelen;
	head.frame = (uint32_t)rec->frame;
	head.high = (uint16_t)(rec->frame >> 32);
	head.source = rec->source;
	head.link = rec->link;
	head.interface = rec->interface;
	p = log_add(c, &head, rec->caplen);
	if (UNLIKELY(!p)) {
		c->log_lost++;
		return false;
	}
	memcpy(p, rec->data, rec->caplen);
	c->log_packets++;
	return true;
}

struct place
capture_keep_text(struct capture *c, uint16_t source, const void *bytes, size_t n)
{
	struct logged head;
	uint8_t *p;

	if (n > SPOOL_SEGMENT - KEEP_HEADER || source >= c->source_n ||
	    !c->sources[source]->pub.kept)
		return capture_spool(c, bytes, n);
	memset(&head, 0, sizeof(head));
	head.caplen = (uint32_t)n;
	head.source = PLACE_NONE;
	p = log_add(c, &head, n);
	if (!p)
		return (struct place){ .source = PLACE_NONE };
	memcpy(p, bytes, n);
	return (struct place){ .offset = spool_size(&c->log) - n, .source = source };
}

/* ---- the log, read ---- */

/** Reads the log of another set up to where it went at the beginning. */
struct log_reader {
	const struct spool *log;
	uint64_t limit;
	uint64_t next;		/* offset of the segment to come */
	uint8_t *data;		/* a segment, owned */
	size_t n, at;
	uint64_t *done;		/* of the set that reads */
	uint64_t counted, total;
	uint16_t *sources;	/* by source of the other set, that of this one; owned */
	size_t source_n;
};

struct log_reader *
log_reader_new(const struct capture *of, uint64_t *done)
{
	struct log_reader *r = xcalloc(1, sizeof(*r));

	r->log = &of->log;
	r->limit = spool_size(&of->log);
	r->total = (uint64_t)(of->log.n - of->log.gone) * SPOOL_SEGMENT + of->log.tail_n;
	r->done = done;
	r->data = xmalloc(SPOOL_SEGMENT);
	r->source_n = of->source_n;
	r->sources = xcalloc(of->source_n + 1, sizeof(*r->sources));
	return r;
}

uint64_t
log_reader_total(const struct log_reader *r)
{
	return r->total;
}

void
log_reader_source(struct log_reader *r, size_t of, uint16_t source)
{
	r->sources[of] = source;
}

void
log_reader_free(struct log_reader *r)
{
	if (!r)
		return;
	*r->done += r->total - r->counted;
	free(r->sources);
	free(r->data);
	free(r);
}

static bool
log_load(struct log_reader *r)
{
	for (;;) {
		uint64_t at = spool_segment_from(r->log, r->next, &r->n);
		struct err err;

		if (at >= r->limit)
			return false;
		r->next = at + SPOOL_SEGMENT;
		if (r->n > r->limit - at)
			r->n = (size_t)(r->limit - at);
		r->at = 0;
		if (r->counted < r->total) {
			uint64_t left = r->total - r->counted;
			uint64_t n = left < SPOOL_SEGMENT ? left : SPOOL_SEGMENT;

			r->counted += n;
			*r->done += n;
		}
		if (spool_read(r->log, at, r->data, r->n, &err) == 0)
			return true;
	}
}

enum read_status
log_reader_next(struct log_reader *r, struct record *rec)
{
	struct logged head;

	for (;;) {
		if (r->n - r->at < KEEP_HEADER) {
			if (!log_load(r))
				return READ_END;
			continue;
		}
		memcpy(&head, r->data + r->at, KEEP_HEADER);
		if (head.caplen > r->n - r->at - KEEP_HEADER)
			r->at = r->n;
		else if (head.source < r->source_n)
			break;
		else
			r->at += KEEP_HEADER + head.caplen;
	}
	*rec = (struct record){
		.data = r->data + r->at + KEEP_HEADER, .caplen = head.caplen,
		.wirelen = head.wirelen, .time = head.time, .place = { 0, PLACE_NONE },
		.frame = (uint64_t)head.high << 32 | head.frame, .source = r->sources[head.source],
		.interface = head.interface, .link = head.link,
	};
	r->at += KEEP_HEADER + head.caplen;
	return READ_RECORD;
}
