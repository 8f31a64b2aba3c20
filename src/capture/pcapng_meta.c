/*
 * The pcapng blocks beside packets: interfaces, statistics, names, secrets, and
 * the comments of all of them. What a file can make us keep is capped.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "capture/capture_int.h"

#define OPT_END		0u
#define OPT_COMMENT	1u
#define IF_TSRESOL	9u
#define IF_TSOFFSET	14u
#define ISB_ENDTIME	3u
#define ISB_IFDROP	5u
#define ISB_OSDROP	7u
#define NRB_END		0u
#define NRB_IP4		1u
#define NRB_IP6		2u
#define TSRESOL_DEFAULT	6u

static uint16_t
get16(bool big, const uint8_t *p)
{
	return big ? get_be16(p) : get_le16(p);
}

static uint32_t
get32(bool big, const uint8_t *p)
{
	return big ? get_be32(p) : get_le32(p);
}

static uint64_t
get64(bool big, const uint8_t *p)
{
	return big ? get_be64(p) : get_le64(p);
}

/* Cut the next option off *p. @return 1; 0 at the end; -1 when it runs past @end. */
static int
option_next(const uint8_t **p, const uint8_t *end, bool big, struct ng_option *o)
{
	size_t left = (size_t)(end - *p), padded;

	if (left < 4)
		return 0;
	o->code = get16(big, *p);
	o->n = get16(big, *p + 2);
	o->p = *p + 4;
	if (o->code == OPT_END)
		return 0;
	if (o->n > left - 4)
		return -1;
	padded = ((size_t)o->n + 3) & ~(size_t)3;
	*p += padded > left - 4 ? left : padded + 4;
	return 1;
}

/* As option_next(); a bad option gives a notice and ends them. */
static bool
next_option(struct stream *s, const struct ng_block *b, const uint8_t **p,
	    struct ng_option *o)
{
	int r = option_next(p, b->body + b->n, s->ng.big, o);

	if (r < 0)
		stream_notice(s, b->offset, "option %u of %u bytes runs past its block",
			      o->code, o->n);
	return r > 0;
}

static void
comment_add(struct stream *s, const struct ng_block *b, const struct ng_option *o,
	    uint64_t frame)
{
	struct capture *c = s->c;

	if (c->comment_n >= COMMENTS_MAX || c->comment_bytes + o->n > TEXT_MAX) {
		if (c->comment_bytes <= TEXT_MAX)
			stream_notice(s, b->offset, "too many comments; no more are kept");
		c->comment_bytes = TEXT_MAX + 1;
		return;
	}
	ARRAY_GROW(c->comments, c->comment_cap, c->comment_n + 1);
	c->comments[c->comment_n++] = (struct capture_comment){
		.source = s->index, .frame = frame,
		.text = xstrndup((const char *)o->p, o->n),
	};
	c->comment_bytes += o->n;
}

void
ng_comments(struct stream *s, const struct ng_block *b, const uint8_t *options, uint64_t frame)
{
	struct ng_option o;

	while (next_option(s, b, &options, &o))
		if (o.code == OPT_COMMENT)
			comment_add(s, b, &o, frame);
}

bool
ng_no_comments(bool big, const uint8_t *options, const uint8_t *end)
{
	struct ng_option o;
	int r;

	while ((r = option_next(&options, end, big, &o)) > 0)
		if (o.code == OPT_COMMENT)
			return false;
	return r == 0;
}

void
ng_interface_add(struct stream *s, const struct ng_block *b)
{
	struct ng_reader *r = &s->ng;
	struct ng_interface *f;
	struct ng_option o;
	const uint8_t *p = b->body + 8;
	uint8_t tsresol = TSRESOL_DEFAULT;
	int64_t offset = 0;

	if (b->n < 8) {
		stream_notice(s, b->offset, "an interface block of %zu bytes cannot be",
			      b->n + 12);
		return;
	}
	if (r->n >= INTERFACES_MAX) {
		stream_notice(s, b->offset, "more than %u interfaces in a section; left out",
			      INTERFACES_MAX);
		return;
	}
	while (next_option(s, b, &p, &o)) {
		if (o.code == OPT_COMMENT)
			comment_add(s, b, &o, 0);
		else if (o.code == IF_TSRESOL && o.n == 1)
			tsresol = o.p[0];
		else if (o.code == IF_TSOFFSET && o.n == 8)
			offset = (int64_t)get64(r->big, o.p);
		else if (o.code == IF_TSRESOL || o.code == IF_TSOFFSET)
			stream_notice(s, b->offset, "%s of %u bytes is not used",
				      o.code == IF_TSRESOL ? "if_tsresol" : "if_tsoffset", o.n);
	}
	ARRAY_GROW(r->interfaces, r->cap, r->n + 1);
	f = &r->interfaces[r->n++];
	*f = (struct ng_interface){
		.link = get16(r->big, b->body), .snaplen = get32(r->big, b->body + 4),
	};
	ticks_set(&f->ticks, tsresol, offset);
}

void
ng_stats_block(struct stream *s, const struct ng_block *b)
{
	struct capture_stats *stats = &s->source->pub.stats;
	const uint8_t *p = b->body + 12;
	struct ng_interface *f;
	struct ng_option o;
	int64_t end;
	uint64_t v;

	if (b->n < 12) {
		stream_notice(s, b->offset, "an interface statistics block of %zu bytes cannot be",
			      b->n + 12);
		return;
	}
	if (get32(s->ng.big, b->body) >= s->ng.n) {
		stream_notice(s, b->offset,
			      "statistics of interface %u, where the section has %zu; left out",
			      get32(s->ng.big, b->body), s->ng.n);
		return;
	}
	f = &s->ng.interfaces[get32(s->ng.big, b->body)];
	while (next_option(s, b, &p, &o)) {
		if (o.code == OPT_COMMENT)
			comment_add(s, b, &o, 0);
		if (o.code == ISB_ENDTIME && o.n == 8) {
			v = (uint64_t)get32(s->ng.big, o.p) << 32 | get32(s->ng.big, o.p + 4);
			end = ticks_to_ns(&f->ticks, v);
			if (end > stats->until)
				stats->until = end;
		}
		if ((o.code != ISB_IFDROP && o.code != ISB_OSDROP) || o.n != 8)
			continue;
		v = get64(s->ng.big, o.p);
		f->has_stats = stats->has_drops = true;
		/* Each block counts from the start: the last one replaces. */
		if (o.code == ISB_OSDROP) {
			stats->dropped += v - f->dropped;
			f->dropped = v;
		} else {
			stats->if_dropped += v - f->if_dropped;
			f->if_dropped = v;
		}
	}
}

static bool
name_add(struct capture *c, struct net_addr addr, const uint8_t *name, size_t n)
{
	if (c->name_n >= NAMES_MAX || c->name_bytes + n > TEXT_MAX)
		return false;
	ARRAY_GROW(c->names, c->name_cap, c->name_n + 1);
	c->names[c->name_n++] = (struct capture_name){
		.addr = addr, .name = xstrndup((const char *)name, n),
	};
	c->name_bytes += n;
	return true;
}

/* The names of one record: strings, each with a NUL after it. */
static bool
names_add(struct capture *c, struct net_addr addr, const uint8_t *p, size_t n)
{
	while (n > 0) {
		const uint8_t *nul = memchr(p, 0, n);
		size_t len = nul ? (size_t)(nul - p) : n;

		if (len > 0 && !name_add(c, addr, p, len))
			return false;
		if (!nul)
			break;
		p += len + 1;
		n -= len + 1;
	}
	return true;
}

void
ng_names_block(struct stream *s, const struct ng_block *b)
{
	const uint8_t *p = b->body, *end = b->body + b->n;
	struct ng_option o;

	/* Records are shaped as options are. */
	while (next_option(s, b, &p, &o)) {
		bool kept = true;

		if (o.code == NRB_IP4 && o.n > 4)
			kept = names_add(s->c, net_addr_ip4(o.p), o.p + 4, o.n - 4u);
		else if (o.code == NRB_IP6 && o.n > 16)
			kept = names_add(s->c, net_addr_ip6(o.p), o.p + 16, o.n - 16u);
		if (!kept) {
			stream_notice(s, b->offset, "too many names; no more are kept");
			return;
		}
	}
	if (end - p >= 4 && get16(s->ng.big, p) == NRB_END)
		ng_comments(s, b, p + 4, 0);
}

void
ng_secrets_block(struct stream *s, const struct ng_block *b)
{
	struct capture *c = s->c;
	uint8_t *copy;
	uint32_t n;

	s->in.secret = true;
	if (b->n < 8) {
		stream_notice(s, b->offset, "a decryption secrets block of %zu bytes cannot be",
			      b->n + 12);
		return;
	}
	n = get32(s->ng.big, b->body + 4);
	if (n > b->n - 8) {
		stream_notice(s, b->offset, "secrets of %u bytes in a block with room for %zu; cut",
			      n, b->n - 8);
		n = (uint32_t)(b->n - 8);
	}
	if (c->secrets_bytes + n > SECRETS_MAX || c->secrets_n >= NAMES_MAX) {
		stream_notice(s, b->offset, "too many decryption secrets; these are left out");
		return;
	}
	copy = xmalloc(n + 1u);
	memcpy(copy, b->body + 8, n);
	copy[n] = '\0';
	ARRAY_GROW(c->secrets, c->secrets_cap, c->secrets_n + 1);
	c->secrets[c->secrets_n++] = (struct capture_secrets){
		.type = get32(s->ng.big, b->body), .data = copy, .n = n,
	};
	c->secrets_bytes += n;
}
