/*
 * pcap files. A record is a header of 16 bytes (24 in the variant of Alexey
 * Kuznetzov's patched libpcap) and the bytes. Nothing marks where a record
 * begins: when a header cannot be one, the reader looks for the next place
 * where two plausible headers follow each other at about the same time, says
 * what it skipped, and goes on from there.
 */
#include "base/bytes.h"
#include "capture/capture_int.h"

#define FILE_HEADER	24u
#define RESYNC_MAX	((size_t)16 << 20)	/* bytes skipped at most */
#define RESYNC_SPAN	(INT64_C(86400) * NS_PER_S)	/* "about the same time" */
#define WIRE_USUAL	((uint32_t)16 << 20)	/* wirelen believed in a resync */

struct pcap_header {
	uint32_t seconds, fraction, caplen, wirelen;
};

static inline uint32_t
get32(const struct pcap_reader *r, const uint8_t *p)
{
	return UNLIKELY(r->big) ? get_be32(p) : get_le32(p);
}

static ALWAYS_INLINE struct pcap_header
header_at(const struct pcap_reader *r, const uint8_t *p)
{
	struct pcap_header h = {
		get32(r, p), get32(r, p + 4), get32(r, p + 8), get32(r, p + 12),
	};

	if (UNLIKELY(r->swapped)) {
		uint32_t n = h.caplen;

		h.caplen = h.wirelen;
		h.wirelen = n;
	}
	return h;
}

static inline int64_t
header_time(const struct pcap_reader *r, const struct pcap_header *h)
{
	return h->seconds * NS_PER_S + (int64_t)h->fraction * r->frac_ns;
}

enum read_status
pcap_reader_open(struct stream *s)
{
	struct pcap_reader *r = &s->pcap;
	const uint8_t *p;
	uint32_t magic, snaplen;
	unsigned major, minor;

	switch (input_need(&s->in, FILE_HEADER)) {
	case INPUT_WAIT:
		return READ_WAIT;
	case INPUT_END:
		return stream_refuse(s, "cut inside the file header: %zu of %u bytes%s%s",
				     input_left(&s->in), FILE_HEADER,
				     s->in.why[0] ? "; " : "", s->in.why);
	case INPUT_OK:
		break;
	}
	p = input_at(&s->in);
	*r = (struct pcap_reader){ .header_n = 16 };
	magic = get_le32(p);
	if (magic != 0xa1b2c3d4 && magic != 0xa1b23c4d && magic != 0xa1b2cd34) {
		r->big = true;
		magic = get_be32(p);
	}
	if (magic == 0xa1b2cd34)
		r->header_n = 24;
	r->frac_max = magic == 0xa1b23c4d ? 1000000000 : 1000000;
	r->frac_ns = magic == 0xa1b23c4d ? 1 : 1000;
	major = r->big ? get_be16(p + 4) : get_le16(p + 4);
	minor = r->big ? get_be16(p + 6) : get_le16(p + 6);
	if (major != 2 && major != 543)
		return stream_refuse(s, "pcap version %u.%u, which is not known", major, minor);
	/* Before 2.3 the two lengths stood the other way round. */
	r->swapped = major == 2 && minor < 3;
	snaplen = get32(r, p + 16);
	r->usual = snaplen > RECORD_USUAL && snaplen <= INPUT_MAX / 2 ? snaplen : RECORD_USUAL;
	/* The upper bits tell of an FCS at the frames' ends. */
	r->link = (uint16_t)get32(r, p + 20);
	s->in.pos += FILE_HEADER;
	return stream_publish(s, "pcap") ? READ_RECORD : READ_END;
}

static bool
plausible(const struct pcap_reader *r, const uint8_t *p, int64_t near)
{
	struct pcap_header h = header_at(r, p);
	int64_t d;

	if (h.caplen > r->usual || h.wirelen < h.caplen || h.wirelen > WIRE_USUAL ||
	    h.wirelen == 0 || h.fraction >= r->frac_max)
		return false;
	if (near == TIME_NONE)
		return h.seconds != 0;
	d = header_time(r, &h) - near;
	return d >= -RESYNC_SPAN && d <= RESYNC_SPAN;
}

/* Whether a record of @p size bytes in all at @p skip bytes from here is
 * followed by a plausible header or by the end. */
static enum input_status
followed(struct stream *s, size_t skip, size_t size, int64_t near, bool *yes)
{
	const struct pcap_reader *r = &s->pcap;
	size_t end = skip + size;
	enum input_status st;

	*yes = false;
	if (end + r->header_n > INPUT_MAX)
		return INPUT_OK;
	st = input_need(&s->in, end + r->header_n);
	if (st == INPUT_WAIT)
		return st;
	if (st == INPUT_OK)
		*yes = plausible(r, input_at(&s->in) + end, near);
	else
		*yes = input_left(&s->in) == end;
	return INPUT_OK;
}

/*
 * Look for the next record after the broken one here. *skip is how many bytes
 * to leave out; INPUT_END: none was found within bounds.
 */
static enum input_status
resync(struct stream *s, size_t *skip)
{
	const struct pcap_reader *r = &s->pcap;
	enum input_status st;
	bool yes;

	for (size_t i = s->scanned + 1; i < RESYNC_MAX; i++) {
		const uint8_t *p;
		struct pcap_header h;
		int64_t t;

		s->scanned = i - 1;
		st = input_need(&s->in, i + r->header_n);
		if (st != INPUT_OK)
			return st;
		p = input_at(&s->in) + i;
		if (!plausible(r, p, s->last_time))
			continue;
		h = header_at(r, p);
		t = header_time(r, &h);
		st = followed(s, i, r->header_n + (size_t)h.caplen, t, &yes);
		if (st != INPUT_OK)
			return st;
		if (yes) {
			*skip = i;
			return INPUT_OK;
		}
	}
	return INPUT_END;
}

/* The rest of a stream holds nothing readable: say so and stop. */
static enum read_status
give_up(struct stream *s, const char *what)
{
	struct input *in = &s->in;

	stream_notice(s, input_offset(in),
		      "%s, and no record was found in the %zu bytes from there", what,
		      input_left(in));
	return READ_END;
}

/* What stands here is no record header. */
static enum read_status
broken(struct stream *s, const char *what)
{
	size_t skip = 0;

	switch (resync(s, &skip)) {
	case INPUT_WAIT:
		return READ_WAIT;
	case INPUT_END:
		return give_up(s, what);
	case INPUT_OK:
		break;
	}
	stream_notice(s, input_offset(&s->in), "%s; skipped %zu bytes", what, skip);
	s->scanned = 0;
	s->in.pos += skip;
	return READ_BUSY;
}

/* The end came before the end of a record of @p size bytes. */
static enum read_status
cut(struct stream *s, size_t size)
{
	struct input *in = &s->in;
	size_t left = input_left(in), skip;
	char what[120];

	if (left == 0 && in->why[0] == '\0')
		return READ_END;
	if (in->why[0]) {
		stream_notice(s, input_offset(in), "%s", in->why);
		return READ_END;
	}
	/* What is still to come is not missing. */
	if (left < s->pcap.header_n && s->follow)
		return READ_END;
	if (left < s->pcap.header_n) {
		stream_notice(s, input_offset(in),
			      "cut inside a record header: %zu of %u bytes", left,
			      s->pcap.header_n);
		return READ_END;
	}
	/* A wrong length looks like a cut, but records go on after it. */
	snprintf(what, sizeof(what), "a record of %zu bytes where %zu are left", size, left);
	s->scanned = 0;
	if (resync(s, &skip) == INPUT_OK)
		return broken(s, what);
	if (!s->follow)
		stream_notice(s, input_offset(in), "cut inside a record: %zu of %zu bytes", left,
			      size);
	return READ_END;
}

/*
 * A header that a usual record does not have. *odd is set when it is one after
 * all; otherwise what to answer.
 */
static enum read_status
doubtful(struct stream *s, const struct pcap_header *h, bool *odd)
{
	const struct pcap_reader *r = &s->pcap;
	char what[120];
	int64_t t = header_time(r, h);
	enum input_status st = INPUT_OK;

	*odd = false;
	if (h->caplen == 0 && h->wirelen == 0 && h->seconds == 0)
		return broken(s, "zero bytes where a record header belongs");
	if (h->caplen <= INPUT_MAX - 64)
		st = followed(s, 0, r->header_n + (size_t)h->caplen, t, odd);
	if (st == INPUT_WAIT)
		return READ_WAIT;
	if (*odd)
		return READ_RECORD;
	if (h->caplen > r->usual)
		snprintf(what, sizeof(what), "a record of %u bytes cannot be", h->caplen);
	else if (h->fraction >= r->frac_max)
		snprintf(what, sizeof(what), "a fraction of a second of %u cannot be",
			 h->fraction);
	else
		snprintf(what, sizeof(what), "a record of no length on the wire");
	return broken(s, what);
}

bool
pcap_reader_stays(const struct stream *s)
{
	const struct pcap_reader *r = &s->pcap;
	struct pcap_header h;

	if (input_left(&s->in) < r->header_n)
		return false;
	h = header_at(r, input_at(&s->in));
	return h.caplen <= r->usual && h.fraction < r->frac_max && h.wirelen != 0 &&
		h.caplen <= input_left(&s->in) - r->header_n;
}

/* As pcap_reader_few(); @odd: headers are not as most have them, of @header bytes. */
static ALWAYS_INLINE size_t
few(struct stream *s, struct record *recs, size_t n, struct few *sum, bool odd, size_t header)
{
	const struct pcap_reader *r = &s->pcap;
	const uint8_t *start = input_at(&s->in), *p = start;
	/* Those of a length that cannot be reach beyond the end. */
	size_t left = input_left(&s->in), most = header + r->usual;
	const uint8_t *end = p + (left < most ? left : most);
	/* What is added to an address for the place in the file. */
	uint64_t offset = input_offset(&s->in) - (uintptr_t)start, frame = s->frame;
	struct record_tail tail = record_tail(s->index, r->link);
	uint32_t frac_max = r->frac_max, frac_ns = r->frac_ns, cut = 0;
	uint16_t place = s->seekable ? s->index : PLACE_NONE;
	struct record *rec = recs, *last = recs + n;
	uint64_t before = (uint64_t)s->last_time, back = 0;	/* the highest bit tells */

	for (; rec < last && (size_t)(end - p) >= header; rec++) {
		uint64_t lengths = get_le64(p + 8);
		struct pcap_header h = { get_le32(p), get_le32(p + 4), (uint32_t)lengths,
					 (uint32_t)(lengths >> 32) };

		if (odd)
			h = header_at(r, p);
		if (h.fraction >= frac_max || h.wirelen == 0 ||
		    h.caplen > (size_t)(end - p) - header)
			break;
		RECORD_PREFETCH(p);
		p += header;
		rec->data = p;
		rec->caplen = h.caplen;
		rec->wirelen = h.wirelen;
		rec->time = h.seconds * NS_PER_S + (int64_t)((uint64_t)h.fraction * frac_ns);
		rec->place.offset = offset + (uintptr_t)p;
		rec->place.source = place;
		rec->frame = ++frame;
		record_set_tail(rec, tail);
		cut |= h.caplen ^ h.wirelen;
		back |= (uint64_t)rec->time - before;
		before = (uint64_t)rec->time;
		p += h.caplen;
	}
	n = (size_t)(rec - recs);
	sum->bytes = (uint64_t)(p - start) - n * header;
	sum->odd = cut != 0 || (int64_t)back < 0;
	s->frame = frame;
	s->in.pos += (size_t)(p - start);
	for (size_t i = 0; UNLIKELY(cut) && i < n; i++)
		if (recs[i].wirelen < recs[i].caplen)
			recs[i].wirelen = recs[i].caplen;
	return n;
}

size_t
pcap_reader_few(struct stream *s, struct record *recs, size_t n, struct few *sum)
{
	return LIKELY(!s->pcap.big && !s->pcap.swapped && s->pcap.header_n == 16)
		? few(s, recs, n, sum, false, 16)
		: few(s, recs, n, sum, true, s->pcap.header_n);
}

enum read_status
pcap_reader_next(struct stream *s, struct record *rec)
{
	const struct pcap_reader *r = &s->pcap;
	struct input *in = &s->in;
	struct pcap_header h;
	enum input_status st;
	size_t size;
	bool odd;

	st = input_need(in, r->header_n);
	if (UNLIKELY(st != INPUT_OK))
		return st == INPUT_WAIT ? READ_WAIT : cut(s, 0);
	h = header_at(r, input_at(in));
	if (UNLIKELY(h.caplen > r->usual || h.fraction >= r->frac_max || h.wirelen == 0)) {
		enum read_status rs = doubtful(s, &h, &odd);

		if (!odd)
			return rs;
	}
	size = r->header_n + (size_t)h.caplen;
	st = input_need(in, size);
	if (UNLIKELY(st != INPUT_OK))
		return st == INPUT_WAIT ? READ_WAIT : cut(s, size);

	rec->data = input_at(in) + r->header_n;
	rec->caplen = h.caplen;
	rec->wirelen = h.wirelen < h.caplen ? h.caplen : h.wirelen;
	rec->time = header_time(r, &h);
	rec->place.offset = input_offset(in) + r->header_n;
	rec->interface = 0;
	rec->link = r->link;
	in->pos += size;
	return READ_RECORD;
}
