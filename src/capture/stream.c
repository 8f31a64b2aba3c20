/*
 * One input from its first byte to its end: what it is, its records, what was
 * counted of them.
 */
#include <stdarg.h>
#include <unistd.h>

#include "base/mem.h"
#include "capture/capture_int.h"
#include "capture/hep_listen.h"
#include "capture/live.h"
#include "capture/sniff.h"

uint64_t stream_frame_start;

struct stream *
stream_new(struct capture *c, const char *name, const struct input *in)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	s->c = c;
	s->name = xstrdup(name);
	s->in = *in;
	s->last_time = TIME_NONE;
	s->frame = stream_frame_start;
	s->order = c->orders++ * (MEMBERS_MAX + 1);
	return s;
}

static void
close_reader(struct stream *s)
{
	if (s->state == STREAM_PCAPNG)
		ng_reader_close(s);
	if (s->state == STREAM_EXTRACT)
		free(s->extract.member);
	if (s->state == STREAM_HEP)
		hep_listener_free(s->hep);
	if (s->state == STREAM_LOG)
		log_reader_free(s->log);
	if (s->state == STREAM_LIVE)
		live_free(s->live);
}

void
stream_free(struct stream *s)
{
	if (!s)
		return;
	stream_notices_end(s);
	close_reader(s);
	if (s->c->pack_owner == s)
		s->c->pack_owner = NULL;
	/* What was jumped over counts as done. */
	if (s->in.done && s->in.kind == INPUT_FILE && s->in.limit != UINT64_MAX &&
	    s->in.limit - s->in.start > s->in.counted)
		*s->in.done += s->in.limit - s->in.start - s->in.counted;
	input_release(&s->in);
	if (s->owns_fd)
		close(s->in.fd);
	free(s->name);
	free(s);
}

enum read_status
stream_refuse(struct stream *s, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	notice_add(s->c, s->name, true, "%s", text);
	return READ_END;
}

bool
stream_publish(struct stream *s, const char *format)
{
	struct capture *c = s->c;
	struct source *src;

	if (c->source_n >= SOURCES_MAX) {
		stream_refuse(s, "more than %u sources", SOURCES_MAX);
		return false;
	}
	s->seekable = !input_is_packed(&s->in) && s->in.kind != INPUT_PIPE;
	s->fleeting = !s->again;
	src = xcalloc(1, sizeof(*src));
	src->name = xstrdup(s->name);
	src->fd = -1;
	src->of = PLACE_NONE;
	src->pub = (struct capture_source){
		.name = src->name, .format = format, .packing = s->packing,
		.seekable = s->seekable, .kept = s->fleeting,
		.stats = { .first = TIME_NONE, .last = TIME_NONE, .until = TIME_NONE },
	};
	if (s->seekable && s->in.kind == INPUT_FILE) {
		src->fd = s->in.fd;
		src->owns_fd = s->owns_fd;
		s->owns_fd = false;
	} else if (s->seekable) {
		src->spool = s->in.spool;
		src->spool_start = s->in.start;
		src->spool_n = s->in.limit - s->in.start;
	}
	ARRAY_GROW(c->sources, c->source_cap, c->source_n + 1);
	s->index = (uint16_t)c->source_n;
	s->source = src;
	c->sources[c->source_n++] = src;
	s->link_count = NULL;
	if (s->follow && s->input != SIZE_MAX)
		c->inputs[s->input].ready = true;
	return true;
}

/* What the first bytes are: no more is done with them. @return READ_RECORD: *kind is a
 * capture or packed; READ_WAIT, READ_END: it is none. */
static enum read_status
look(struct stream *s, enum sniff *kind)
{
	struct input *in = &s->in;
	enum input_status st = input_need(in, SNIFF_BYTES);
	size_t n = input_left(in);

	/* Four bytes tell a capture; a live pipe may give no more for long. */
	if (st == INPUT_WAIT && n < 4)
		return READ_WAIT;
	if (n == 0)
		return stream_refuse(s, "%s", in->why[0] ? in->why : "an empty file");
	*kind = sniff_kind(input_at(in), n);
	if (*kind == SNIFF_PCAP || *kind == SNIFF_PCAPNG)
		return READ_RECORD;
	if (st == INPUT_WAIT && !s->follow)
		return READ_WAIT;
	if (*kind != SNIFF_PACKED)
		return stream_refuse(s, "not a capture: %s%s%s", sniff_name(input_at(in), n),
				     in->why[0] ? "; " : "", in->why);
	if (s->follow)
		return stream_refuse(s, "packed (%s), and cannot be followed",
				     sniff_packing(input_at(in), n));
	return READ_RECORD;
}

enum read_status
stream_look(struct stream *s)
{
	enum sniff kind;

	return look(s, &kind);
}

/* Packed ones are opened and looked into again. */
static enum read_status
sniff(struct stream *s)
{
	struct input *in = &s->in;
	enum sniff kind = SNIFF_OTHER;
	enum read_status rs = look(s, &kind);

	if (rs != READ_RECORD)
		return rs;
	if (in->gunzip && kind != SNIFF_PACKED)
		input_raw_forget(in);
	if (kind == SNIFF_PCAP) {
		rs = pcap_reader_open(s);
		if (rs == READ_RECORD)
			s->state = STREAM_PCAP;
		return rs;
	}
	if (kind == SNIFF_PCAPNG) {
		rs = ng_reader_open(s);
		if (rs == READ_RECORD)
			s->state = STREAM_PCAPNG;
		return rs;
	}
	if (in->gunzip) {
		input_raw_again(in);
		return pack_open(s);
	}
	s->packing = sniff_packing(input_at(in), input_left(in));
	if (in->unpack)
		return stream_refuse(s, "not a capture: packed again inside (%s)", s->packing);
	if (s->packing[0] != 'g')
		return pack_open(s);
	input_gunzip(in);
	return READ_BUSY;
}

enum read_status
stream_start(struct stream *s)
{
	for (;;) {
		enum read_status rs;

		switch (s->state) {
		case STREAM_SNIFF:
			rs = sniff(s);
			break;
		case STREAM_GATHER:
			rs = pack_gather(s);
			break;
		case STREAM_EXTRACT:
			return pack_extract(s);
		case STREAM_DONE:
			return READ_END;
		default:
			return READ_RECORD;
		}
		if (rs == READ_END || rs == READ_WAIT)
			return rs;
		if (rs == READ_BUSY && s->state == STREAM_GATHER)
			return rs;
	}
}

static inline void
count(struct stream *s, const struct record *rec)
{
	struct capture_stats *stats = &s->source->pub.stats;

	stats->records++;
	stats->cut += rec->caplen < rec->wirelen;
	if (UNLIKELY(rec->time == TIME_NONE)) {
		stats->no_time++;
	} else {
		stats->back += s->last_time != TIME_NONE && rec->time < s->last_time;
		s->last_time = rec->time;
		if (UNLIKELY(stats->first == TIME_NONE || rec->time < stats->first))
			stats->first = rec->time;
		if (stats->last == TIME_NONE || rec->time > stats->last)
			stats->last = rec->time;
	}
	if (UNLIKELY(!s->link_count || s->link != rec->link)) {
		s->link = rec->link;
		s->link_count = link_counter(s->c, rec->link);
	}
	++*s->link_count;
}

size_t
stream_next_few(struct stream *s, struct record *recs, size_t n)
{
	struct capture_stats *stats = &s->source->pub.stats;
	int64_t before = s->last_time;
	struct few few;

	n = s->state == STREAM_PCAP ? pcap_reader_few(s, recs, n, &few)
		: ng_reader_few(s, recs, n, &few);
	if (n == 0)
		return 0;
	stats->bytes += few.bytes;
	/* The first ones, which nothing was counted before, are seldom among them. */
	if (UNLIKELY(few.odd || !s->link_count || s->link != recs->link || before == TIME_NONE)) {
		for (size_t i = 0; i < n; i++)
			count(s, &recs[i]);
		return n;
	}
	/* Their times do not go back. */
	s->last_time = recs[n - 1].time;
	if (s->last_time > stats->last)
		stats->last = s->last_time;
	if (UNLIKELY(recs->time < stats->first))
		stats->first = recs->time;
	stats->records += n;
	*s->link_count += n;
	return n;
}

static enum read_status
finish(struct stream *s)
{
	close_reader(s);
	s->state = STREAM_DONE;
	return READ_END;
}

static enum read_status
hep_next(struct stream *s, struct record *rec)
{
	enum read_status rs = hep_listener_next(s->hep, rec);

	s->source->pub.stats.dropped = hep_listener_dropped(s->hep);
	s->source->pub.stats.has_drops = true;
	return rs;
}

/* As they were given once, of several sources. */
static enum read_status
log_next(struct stream *s, struct record *rec)
{
	enum read_status rs = log_reader_next(s->log, rec);

	if (rs != READ_RECORD)
		return finish(s);
	s->source = s->c->sources[rec->source];
	count(s, rec);
	s->source->pub.stats.bytes += rec->caplen;
	return rs;
}

enum read_status
stream_next(struct stream *s, struct record *rec)
{
	enum read_status rs;

	for (unsigned turn = 0; turn < FILTERED_TURN; turn++) {
		if (LIKELY(s->state == STREAM_PCAP))
			rs = pcap_reader_next(s, rec);
		else if (s->state == STREAM_PCAPNG)
			rs = ng_reader_next(s, rec);
		else if (s->state == STREAM_HEP)
			rs = hep_next(s, rec);
		else if (s->state == STREAM_LOG)
			return log_next(s, rec);
		else if (s->state == STREAM_LIVE)
			rs = live_next(s->live, rec, s->source);
		else {
			rs = stream_start(s);
			if (rs == READ_RECORD)
				continue;
		}
		if (UNLIKELY(rs != READ_RECORD)) {
			if (rs == READ_WAIT && s->follow)
				follow_look(s);
			return rs == READ_END ? finish(s) : rs;
		}
		rec->frame = ++s->frame;
		rec->source = s->index;
		rec->place.source = s->seekable ? s->index : PLACE_NONE;
		rec->fleeting = s->fleeting;
		count(s, rec);
		if (UNLIKELY(s->c->bpf != NULL) && !bpf_pass(s, rec)) {
			s->source->pub.stats.filtered++;
			continue;
		}
		s->source->pub.stats.bytes += rec->caplen;
		return READ_RECORD;
	}
	return READ_BUSY;
}
