/*
 * pcapng files: blocks that say their type and, at both ends, their length. A
 * section header sets the byte order and forgets the interfaces before it.
 * A damaged block is left out: the next one is where a known type stands and
 * both lengths agree.
 */
#include "base/bytes.h"
#include "base/mem.h"
#include "capture/capture_int.h"

#define BLOCK_SHB	0x0a0d0d0au
#define BLOCK_IDB	1u
#define BLOCK_PB	2u	/* obsolete */
#define BLOCK_SPB	3u
#define BLOCK_NRB	4u
#define BLOCK_ISB	5u
#define BLOCK_EPB	6u
#define BLOCK_JOURNAL	9u	/* systemd */
#define BLOCK_DSB	10u
#define BLOCK_CUSTOM	0x00000badu
#define BLOCK_CUSTOM_OWN 0x40000badu	/* not to be copied */
#define BLOCK_EDGES	12u	/* bytes of type and the two lengths */
#define BLOCK_MIN	12u
#define SHB_MIN		28u
#define PACKET_AT	28u	/* of an EPB: where its packet is */
#define PACKET_MIN	(PACKET_AT + 4)
#define RESYNC_MAX	((size_t)64 << 20)	/* bytes skipped at most */
#define RESYNC_BLOCK	((uint32_t)1 << 20)	/* a block believed in a resync */
#define BOM		0x1a2b3c4du

/* What a packet block claims. */
struct ng_packet {
	size_t at;		/* where the bytes begin in the body */
	uint32_t caplen, wirelen;
	uint64_t stamp;
	uint32_t interface;
};

static inline uint32_t
get32(bool big, const uint8_t *p)
{
	return UNLIKELY(big) ? get_be32(p) : get_le32(p);
}

static inline uint16_t
get16(bool big, const uint8_t *p)
{
	return UNLIKELY(big) ? get_be16(p) : get_le16(p);
}

static bool
known_type(uint32_t type)
{
	return (type >= BLOCK_IDB && type <= BLOCK_EPB) || type == BLOCK_DSB;
}

/*
 * Whether a whole block seems to begin @p skip bytes from here: a known type
 * and lengths that agree. INPUT_END: not enough bytes to say.
 */
static enum input_status
block_at(struct stream *s, size_t skip, bool *yes)
{
	struct input *in = &s->in;
	const uint8_t *p;
	bool big = s->ng.big;
	uint32_t n;
	enum input_status st = input_need(in, skip + BLOCK_MIN);

	*yes = false;
	if (st != INPUT_OK)
		return st;
	p = input_at(in) + skip;
	if (get_le32(p) == BLOCK_SHB) {
		big = get_be32(p + 8) == BOM;
		if (!big && get_le32(p + 8) != BOM)
			return INPUT_OK;
	} else if (!known_type(get32(big, p))) {
		return INPUT_OK;
	}
	n = get32(big, p + 4);
	if (n < BLOCK_MIN || n % 4 != 0 || n > RESYNC_BLOCK)
		return INPUT_OK;
	st = input_need(in, skip + n);
	if (st == INPUT_WAIT)
		return st;
	if (st == INPUT_OK)
		*yes = get32(big, input_at(in) + skip + n - 4) == n;
	return INPUT_OK;
}

/* Skip to the next block after the damaged one here. @return READ_BUSY to go
 * on; READ_END when there is none, READ_WAIT. One notice in the first two. */
static enum read_status
broken(struct stream *s, const char *what)
{
	struct input *in = &s->in;

	for (size_t i = s->scanned + 1; i < RESYNC_MAX - RESYNC_BLOCK; i++) {
		bool yes;
		enum input_status st = block_at(s, i, &yes);

		s->scanned = i - 1;
		if (st == INPUT_WAIT)
			return READ_WAIT;
		if (st == INPUT_END)
			break;
		if (yes) {
			stream_notice(s, input_offset(in), "%s; skipped %zu bytes", what, i);
			s->scanned = 0;
			in->pos += i;
			return READ_BUSY;
		}
	}
	stream_notice(s, input_offset(in), "%s, and no block was found in the %zu bytes from there",
		      what, input_left(in));
	return READ_END;
}

/* The end came before that of a block of @p n bytes (0: before its header's). */
static enum read_status
cut(struct stream *s, size_t n)
{
	struct input *in = &s->in;
	size_t left = input_left(in);

	if (in->why[0]) {
		stream_notice(s, input_offset(in), "%s", in->why);
		return READ_END;
	}
	if (left == 0)
		return READ_END;
	/* What is still to come is not missing. */
	if (n == 0 && s->follow)
		return READ_END;
	if (n == 0) {
		stream_notice(s, input_offset(in), "cut inside a block header: %zu of %u bytes",
			      left, BLOCK_EDGES);
		return READ_END;
	}
	/* A wrong length looks like a cut, but blocks go on after it. */
	for (size_t i = 1; i < left && i < RESYNC_MAX - RESYNC_BLOCK; i++) {
		bool yes;
		char what[100];

		if (block_at(s, i, &yes) != INPUT_OK)
			break;
		if (!yes)
			continue;
		snprintf(what, sizeof(what), "a block of %zu bytes where %zu are left", n, left);
		return broken(s, what);
	}
	if (!s->follow)
		stream_notice(s, input_offset(in), "cut inside a block: %zu of %zu bytes", left, n);
	return READ_END;
}

/* The byte order of the section header here, which is in the window up to it. */
static bool
byte_order(const uint8_t *p, bool *big)
{
	*big = get_be32(p + 8) == BOM;
	return *big || get_le32(p + 8) == BOM;
}

/*
 * Bring the next block into the window whole and pass it.
 * READ_RECORD: *b is filled; READ_BUSY: something was skipped, ask again.
 */
static enum read_status
next_block(struct stream *s, struct ng_block *b)
{
	struct input *in = &s->in;
	enum input_status st = input_need(in, BLOCK_MIN);
	const uint8_t *p;
	char what[100];
	uint32_t n, again;
	size_t whole;
	bool big = s->ng.big;

	if (UNLIKELY(st != INPUT_OK))
		return st == INPUT_WAIT ? READ_WAIT : cut(s, 0);
	p = input_at(in);
	b->type = get32(big, p);
	if (UNLIKELY(b->type == BLOCK_SHB && !byte_order(p, &big)))
		return broken(s, "a section header without a byte order");
	n = get32(big, p + 4);
	if (UNLIKELY(n < BLOCK_MIN || n > INPUT_MAX - 4)) {
		snprintf(what, sizeof(what), "a block of %u bytes (type 0x%08x) cannot be", n,
			 b->type);
		return broken(s, what);
	}
	/* Some writers count without the padding they write. */
	whole = ((size_t)n + 3) & ~(size_t)3;
	st = input_need(in, whole);
	if (UNLIKELY(st != INPUT_OK))
		return st == INPUT_WAIT ? READ_WAIT : cut(s, whole);
	p = input_at(in);
	again = get32(big, p + whole - 4);
	if (UNLIKELY(again != n)) {
		bool follows;

		snprintf(what, sizeof(what),
			 "the lengths at a block's ends differ: %u and %u", n, again);
		/* When a good block follows, only the second length is wrong. */
		if (block_at(s, whole, &follows) == INPUT_WAIT)
			return READ_WAIT;
		if (!follows)
			return broken(s, what);
		stream_notice(s, input_offset(in), "%s", what);
		p = input_at(in);
	}
	b->offset = input_offset(in);
	b->body = p + 8;
	b->n = whole - BLOCK_EDGES;
	in->pos += whole;
	return READ_RECORD;
}

/* A new section. @return whether its records can be read. */
static bool
section_begin(struct stream *s, const struct ng_block *b)
{
	struct ng_reader *r = &s->ng;
	unsigned major, minor;

	r->n = 0;
	if (b->n < SHB_MIN - BLOCK_EDGES) {
		stream_notice(s, b->offset, "a section header of %zu bytes cannot be",
			      b->n + BLOCK_EDGES);
		return false;
	}
	byte_order(b->body - 8, &r->big);
	major = get16(r->big, b->body + 4);
	minor = get16(r->big, b->body + 6);
	if (major != 1) {
		stream_notice(s, b->offset, "pcapng version %u.%u, which is not known", major,
			      minor);
		return false;
	}
	/* 1.2 is 1.0 by another name; more is news to us. */
	if (minor != 0 && minor != 2 && !r->odd_version) {
		r->odd_version = true;
		stream_notice(s, b->offset, "pcapng version %u.%u, read as 1.0", major, minor);
	}
	ng_comments(s, b, b->body + 16, 0);
	return true;
}

enum read_status
ng_reader_open(struct stream *s)
{
	struct input *in = &s->in;
	const uint8_t *p;
	bool big;
	uint32_t n;
	enum input_status st = input_need(in, SHB_MIN);

	if (st == INPUT_WAIT)
		return READ_WAIT;
	if (st == INPUT_END)
		return stream_refuse(s, "cut inside the section header: %zu of %u bytes%s%s",
				     input_left(in), SHB_MIN, in->why[0] ? "; " : "", in->why);
	p = input_at(in);
	if (!byte_order(p, &big))
		return stream_refuse(s, "a section header without a byte order");
	n = get32(big, p + 4);
	if (n < SHB_MIN || n > INPUT_MAX - 4)
		return stream_refuse(s, "a section header of %u bytes cannot be", n);
	if (get16(big, p + 12) != 1)
		return stream_refuse(s, "pcapng version %u.%u, which is not known",
				     get16(big, p + 12), get16(big, p + 14));
	st = input_need(in, n);
	if (st == INPUT_WAIT)
		return READ_WAIT;
	if (st == INPUT_END)
		return stream_refuse(s, "cut inside the section header: %zu of %u bytes%s%s",
				     input_left(in), n, in->why[0] ? "; " : "", in->why);
	s->ng = (struct ng_reader){ .big = big };
	return stream_publish(s, "pcapng") ? READ_RECORD : READ_END;
}

void
ng_reader_close(struct stream *s)
{
	free(s->ng.interfaces);
	s->ng.interfaces = NULL;
	s->ng.n = s->ng.cap = 0;
}

/* Fill what the packet blocks share. @return false after a notice. */
static bool
packet_fill(struct stream *s, const struct ng_block *b, const struct ng_packet *k,
	    struct record *rec)
{
	const struct ng_interface *f;
	uint32_t caplen = k->caplen;

	if (UNLIKELY(k->interface >= s->ng.n)) {
		stream_notice(s, b->offset,
			      "a packet of interface %u, where the section has %zu; left out",
			      k->interface, s->ng.n);
		return false;
	}
	if (UNLIKELY(caplen > b->n - k->at)) {
		stream_notice(s, b->offset,
			      "a packet of %u bytes in a block with room for %zu; cut", caplen,
			      b->n - k->at);
		caplen = (uint32_t)(b->n - k->at);
	}
	f = &s->ng.interfaces[k->interface];
	rec->data = b->body + k->at;
	rec->caplen = caplen;
	rec->wirelen = k->wirelen < caplen ? caplen : k->wirelen;
	rec->place.offset = b->offset + 8 + k->at;
	rec->interface = (uint16_t)k->interface;
	rec->link = f->link;
	return true;
}

/* EPB and the obsolete packet block. */
static bool
packet_block(struct stream *s, const struct ng_block *b, struct record *rec)
{
	const struct ng_reader *r = &s->ng;
	const uint8_t *p = b->body;
	struct ng_packet k;
	size_t after;

	if (UNLIKELY(b->n < 20)) {
		stream_notice(s, b->offset, "a packet block of %zu bytes cannot be",
			      b->n + BLOCK_EDGES);
		return false;
	}
	k.at = 20;
	k.interface = b->type == BLOCK_EPB ? get32(r->big, p) : get16(r->big, p);
	k.stamp = (uint64_t)get32(r->big, p + 4) << 32 | get32(r->big, p + 8);
	k.caplen = get32(r->big, p + 12);
	k.wirelen = get32(r->big, p + 16);
	if (!packet_fill(s, b, &k, rec))
		return false;
	rec->time = ticks_to_ns(&r->interfaces[k.interface].ticks, k.stamp);
	after = k.at + (((size_t)rec->caplen + 3) & ~(size_t)3);
	if (UNLIKELY(b->n > after + 4))
		ng_comments(s, b, p + after, s->frame + 1);
	return true;
}

static bool
simple_block(struct stream *s, const struct ng_block *b, struct record *rec)
{
	const struct ng_reader *r = &s->ng;
	struct ng_packet k = { .at = 4 };

	if (b->n < 4) {
		stream_notice(s, b->offset, "a simple packet block of %zu bytes cannot be",
			      b->n + BLOCK_EDGES);
		return false;
	}
	k.wirelen = get32(r->big, b->body);
	k.caplen = k.wirelen;
	if (r->n > 0 && r->interfaces[0].snaplen && k.caplen > r->interfaces[0].snaplen)
		k.caplen = r->interfaces[0].snaplen;
	/* How much was captured is not written: a packet may be cut at the
	 * snaplen of whoever wrote it. */
	if (k.caplen > b->n - 4)
		k.caplen = (uint32_t)(b->n - 4);
	if (!packet_fill(s, b, &k, rec))
		return false;
	rec->time = TIME_NONE;
	return true;
}

/* All blocks that are no packets. */
static enum read_status
other_block(struct stream *s, const struct ng_block *b)
{
	switch (b->type) {
	case BLOCK_SHB:
		return section_begin(s, b) ? READ_BUSY : READ_END;
	case BLOCK_IDB:
		ng_interface_add(s, b);
		break;
	case BLOCK_NRB:
		ng_names_block(s, b);
		break;
	case BLOCK_ISB:
		ng_stats_block(s, b);
		break;
	case BLOCK_DSB:
		ng_secrets_block(s, b);
		break;
	case BLOCK_JOURNAL:
	case BLOCK_CUSTOM:
	case BLOCK_CUSTOM_OWN:
		/* Wireshark shows them in its list: our numbers shall be its. */
		s->frame++;
		s->source->pub.stats.unknown_blocks++;
		break;
	default:
		s->source->pub.stats.unknown_blocks++;
		break;
	}
	return READ_BUSY;
}

/*
 * The packet block here, if it is one that nothing is to be told of but the packet, and
 * whole within @left bytes. @return its size; 0: it is not, *rec is anything.
 */
static ALWAYS_INLINE size_t
plain_packet(const struct ng_reader *r, const uint8_t *p, size_t left, bool big,
	     struct record *rec)
{
	const struct ng_interface *f;
	uint32_t n, interface, caplen, wirelen;
	size_t after;

	if (left < PACKET_MIN || get32(big, p) != BLOCK_EPB)
		return 0;
	n = get32(big, p + 4);
	interface = get32(big, p + 8);
	caplen = get32(big, p + 20);
	wirelen = get32(big, p + 24);
	if (n < PACKET_MIN || n > left || n % 4 != 0 || get32(big, p + n - 4) != n ||
	    interface >= r->n || caplen > n - PACKET_MIN)
		return 0;
	after = PACKET_AT + (((size_t)caplen + 3) & ~(size_t)3);
	if (n > after + 8 && !ng_no_comments(big, p + after, p + n - 4))
		return 0;
	f = &r->interfaces[interface];
	rec->time = ticks_to_ns_fast(&f->ticks, (uint64_t)get32(big, p + 12) << 32 |
				     get32(big, p + 16));
	rec->data = p + PACKET_AT;
	rec->caplen = caplen;
	rec->wirelen = wirelen < caplen ? caplen : wirelen;
	rec->interface = (uint16_t)interface;
	rec->link = f->link;
	return n;
}

bool
ng_reader_stays(const struct stream *s)
{
	struct record rec;

	return plain_packet(&s->ng, input_at(&s->in), input_left(&s->in), s->ng.big, &rec) > 0;
}

static ALWAYS_INLINE size_t
few(struct stream *s, struct record *recs, size_t n, struct few *sum, bool big)
{
	const struct ng_reader *r = &s->ng;
	const uint8_t *p = input_at(&s->in);
	uint64_t offset = input_offset(&s->in) + PACKET_AT, frame = s->frame;
	size_t left = input_left(&s->in), got = 0;
	uint16_t place = s->seekable ? s->index : PLACE_NONE, source = s->index;
	int64_t before = s->last_time;
	uint32_t cut = 0;
	bool back = false;

	sum->bytes = 0;
	for (; got < n; got++) {
		struct record *rec = &recs[got];
		size_t size = plain_packet(r, p, left, big, rec);

		if (size == 0 || rec->link != recs->link || rec->time == TIME_NONE)
			break;
		RECORD_PREFETCH(p);
		rec->place.offset = offset;
		rec->place.source = place;
		rec->frame = ++frame;
		rec->source = source;
		rec->fleeting = false;
		sum->bytes += rec->caplen;
		cut |= rec->caplen ^ rec->wirelen;
		back |= rec->time < before;
		before = rec->time;
		p += size;
		offset += size;
		left -= size;
	}
	sum->odd = cut != 0 || back;
	s->frame = frame;
	s->in.pos = s->in.end - left;
	return got;
}

size_t
ng_reader_few(struct stream *s, struct record *recs, size_t n, struct few *sum)
{
	return LIKELY(!s->ng.big) ? few(s, recs, n, sum, false) : few(s, recs, n, sum, true);
}

enum read_status
ng_reader_next(struct stream *s, struct record *rec)
{
	/* A file of nothing but small other blocks must not hold a turn. */
	for (unsigned turn = 0; turn < 4096; turn++) {
		struct ng_block b;
		enum read_status st = next_block(s, &b);

		if (UNLIKELY(st != READ_RECORD))
			return st;
		if (LIKELY(b.type == BLOCK_EPB) || b.type == BLOCK_PB) {
			if (packet_block(s, &b, rec))
				return READ_RECORD;
		} else if (b.type == BLOCK_SPB) {
			if (simple_block(s, &b, rec))
				return READ_RECORD;
		} else if (other_block(s, &b) == READ_END) {
			return READ_END;
		}
	}
	return READ_BUSY;
}
