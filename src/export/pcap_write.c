/*
 * Capture files as draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng have them.
 * Numbers are in the byte order of this machine, which readers tell by the magic.
 */
#include "export/pcap_write.h"

#include <string.h>

#include "base/mem.h"

#define MAGIC_US	0xa1b2c3d4u
#define MAGIC_NS	0xa1b23c4du
#define SNAPLEN		262144u		/* what readers take without doubt */

#define BLOCK_SECTION	0x0a0d0d0au
#define BLOCK_INTERFACE	1u
#define BLOCK_SIMPLE	3u
#define BLOCK_NAMES	4u
#define BLOCK_STATISTICS 5u
#define BLOCK_PACKET	6u
#define BLOCK_SECRETS	10u

#define SECRETS_TLS	0x544c534bu	/* a key log */

#define OPTION_END	0u
#define OPTION_COMMENT	1u
#define OPTION_PROGRAM	4u		/* of a section */
#define OPTION_NAME	2u		/* if_name */
#define OPTION_ABOUT	3u		/* if_description */
#define OPTION_RESOLUTION 9u
#define OPTION_OFFSET	14u
#define OPTION_END_TIME	3u		/* isb_endtime */

#define OPTION_MAX	65535u
#define SECRETS_MOST	((size_t)1 << 20)
#define EARLY_S		INT64_C(-9223372037)	/* below every moment there is */

static void
add16(struct buf *b, uint32_t v)
{
	uint16_t word = (uint16_t)v;

	buf_add(b, &word, sizeof(word));
}

static void
add32(struct buf *b, uint32_t v)
{
	buf_add(b, &v, sizeof(v));
}

static void
add_padding(struct buf *b, size_t n)
{
	static const char zeroes[4];

	buf_add(b, zeroes, (4 - n % 4) % 4);
}

/* ---- pcapng blocks ---- */

static void
block_begin(struct pcap_writer *w, uint32_t type)
{
	buf_clear(&w->block);
	add32(&w->block, type);
	add32(&w->block, 0);
}

static void
add_option(struct buf *b, uint32_t code, const void *value, size_t n)
{
	if (n > OPTION_MAX)
		n = OPTION_MAX;
	add16(b, code);
	add16(b, (uint32_t)n);
	buf_add(b, value, n);
	add_padding(b, n);
}

static void
add_text(struct buf *b, uint32_t code, const char *text)
{
	if (text && *text)
		add_option(b, code, text, strlen(text));
}

/* Close the options, if there are any since @p from, and the block. */
static void
block_end(struct pcap_writer *w, size_t from)
{
	uint32_t n;

	if (w->block.n > from)
		add32(&w->block, OPTION_END);
	n = (uint32_t)w->block.n + 4;
	add32(&w->block, n);
	memcpy(w->block.p + 4, &n, sizeof(n));
	buf_add_str(&w->sink.buf, buf_str(&w->block));
}

static void
add_section(struct pcap_writer *w)
{
	size_t options;

	block_begin(w, BLOCK_SECTION);
	add32(&w->block, 0x1a2b3c4d);
	add16(&w->block, 1);
	add16(&w->block, 0);
	add32(&w->block, UINT32_MAX);	/* of what length is not known */
	add32(&w->block, UINT32_MAX);
	options = w->block.n;
	add_text(&w->block, OPTION_COMMENT, w->o.comment);
	add_text(&w->block, OPTION_PROGRAM, w->o.program);
	block_end(w, options);
}

void
pcap_write_begin(struct pcap_writer *w, const struct pcap_write_options *options, FILE *out)
{
	*w = (struct pcap_writer){ .o = *options, .last = TIME_NONE };
	sink_init(&w->sink, out);
	if (w->o.ng)
		add_section(w);
}

void
pcap_write_name(struct pcap_writer *w, const struct net_addr *addr, struct str name)
{
	size_t size = addr->family == NET_IP4 ? 4 : 16;

	if (!w->o.ng || name.n == 0 || memchr(name.p, '\0', name.n))
		return;
	/* A block each: one for all has to be whole in the memory of readers. */
	block_begin(w, BLOCK_NAMES);
	add16(&w->block, size == 4 ? 1 : 2);
	add16(&w->block, (uint32_t)(size + name.n + 1));
	buf_add(&w->block, addr->bytes, size);
	buf_add_str(&w->block, name);
	buf_add_char(&w->block, '\0');
	add_padding(&w->block, size + name.n + 1);
	add32(&w->block, 0);
	block_end(w, w->block.n);
}

void
pcap_write_secrets(struct pcap_writer *w, struct str lines)
{
	/* Readers refuse blocks that are too long; a block ends where a line does. */
	while (w->o.ng && lines.n > 0) {
		size_t n = lines.n < SECRETS_MOST ? lines.n : SECRETS_MOST;

		while (n < lines.n && n > 0 && lines.p[n - 1] != '\n')
			n--;
		if (n == 0)
			n = lines.n;
		block_begin(w, BLOCK_SECRETS);
		add32(&w->block, SECRETS_TLS);
		add32(&w->block, (uint32_t)n);
		buf_add(&w->block, lines.p, n);
		add_padding(&w->block, n);
		block_end(w, w->block.n);
		explicit_bzero(w->block.p, w->block.n);
		lines = str_skip(lines, n);
	}
}

static void
add_interface(struct pcap_writer *w, const struct pcap_interface *in,
	      const struct pcap_packet_note *note)
{
	const uint8_t nine = 9;
	const int64_t offset = EARLY_S;
	struct buf about = BUF_INIT;
	size_t options;

	block_begin(w, BLOCK_INTERFACE);
	add16(&w->block, in->link);
	add16(&w->block, 0);
	add32(&w->block, 0);		/* any length */
	options = w->block.n;
	if (note->device) {
		add_text(&w->block, OPTION_NAME, note->source);
	} else if (note->source) {
		buf_printf(&about, "interface %u of %s", in->interface, note->source);
		add_text(&w->block, OPTION_ABOUT, about.p);
		buf_release(&about);
	}
	if (in->fine)
		add_option(&w->block, OPTION_RESOLUTION, &nine, 1);
	if (in->early)
		add_option(&w->block, OPTION_OFFSET, &offset, sizeof(offset));
	block_end(w, options);
}

static bool
is_same(const struct pcap_interface *a, const struct pcap_interface *b)
{
	return a->source == b->source && a->interface == b->interface && a->link == b->link &&
		a->fine == b->fine && a->early == b->early;
}

/* The number of the interface of a packet, which is written when it is new. */
static uint32_t
find_interface(struct pcap_writer *w, const struct pcap_interface *want,
	       const struct pcap_packet_note *note)
{
	size_t i = w->recent;

	if (i < w->n && is_same(&w->interfaces[i], want))
		return (uint32_t)i;
	for (i = 0; i < w->n && !is_same(&w->interfaces[i], want); i++)
		;
	if (i == w->n) {
		ARRAY_GROW(w->interfaces, w->cap, w->n + 1);
		w->interfaces[w->n++] = *want;
		add_interface(w, want, note);
	}
	w->recent = i;
	return (uint32_t)i;
}

/* A time as the interface counts it. */
static uint64_t
ticks_of(const struct pcap_interface *in, int64_t time)
{
	uint64_t ticks = (uint64_t)time;

	if (in->early)
		ticks -= (uint64_t)EARLY_S * NS_PER_S;
	return in->fine ? ticks : ticks / NS_PER_US;
}

/* The same in its two words. */
static void
add_time(struct buf *b, const struct pcap_interface *in, int64_t time)
{
	uint64_t ticks = ticks_of(in, time);

	add32(b, (uint32_t)(ticks >> 32));
	add32(b, (uint32_t)ticks);
}

static void
add_simple(struct pcap_writer *w, const struct record *rec)
{
	block_begin(w, BLOCK_SIMPLE);
	add32(&w->block, rec->wirelen);
	buf_add(&w->block, rec->data, rec->caplen);
	add_padding(&w->block, rec->caplen);
	block_end(w, w->block.n);
}

/* The time to write, that of the packet before for one that has none. */
static int64_t
time_of(const struct pcap_writer *w, const struct record *rec)
{
	if (rec->time != TIME_NONE)
		return rec->time;
	return w->last > 0 ? w->last : 0;
}

/* A block without options, which nearly all are: straight to where it is written from. */
static void
add_plain_block(struct pcap_writer *w, const struct record *rec, uint32_t id, uint64_t ticks)
{
	size_t padding = (4 - rec->caplen % 4) % 4;
	uint32_t n = 32 + rec->caplen + (uint32_t)padding;
	const uint32_t head[] = {
		BLOCK_PACKET, n, id, (uint32_t)(ticks >> 32), (uint32_t)ticks, rec->caplen,
		rec->wirelen,
	};
	struct buf *b = &w->sink.buf;
	char *p = buf_reserve(b, n);

	memcpy(p, head, sizeof(head));
	p += sizeof(head);
	if (rec->caplen > 0)
		memcpy(p, rec->data, rec->caplen);
	p += rec->caplen;
	memset(p, 0, padding);
	memcpy(p + padding, &n, sizeof(n));
	b->n += n;
	b->p[b->n] = '\0';
}

static void
add_packet_block(struct pcap_writer *w, const struct record *rec,
		 const struct pcap_packet_note *note)
{
	int64_t time = time_of(w, rec);
	struct pcap_interface want = {
		.source = rec->source, .interface = rec->interface, .link = rec->link,
		.fine = note->fine, .early = time < 0,
	};
	uint32_t id = find_interface(w, &want, note);
	size_t options;

	if (rec->time == TIME_NONE && id == 0 && rec->caplen == rec->wirelen) {
		add_simple(w, rec);
		return;
	}
	w->last = time;
	if (!note->comment || !*note->comment) {
		add_plain_block(w, rec, id, ticks_of(&want, time));
		return;
	}
	block_begin(w, BLOCK_PACKET);
	add32(&w->block, id);
	add_time(&w->block, &want, time);
	add32(&w->block, rec->caplen);
	add32(&w->block, rec->wirelen);
	buf_add(&w->block, rec->data, rec->caplen);
	add_padding(&w->block, rec->caplen);
	options = w->block.n;
	add_text(&w->block, OPTION_COMMENT, note->comment);
	block_end(w, options);
}

void
pcap_write_until(struct pcap_writer *w, int64_t time)
{
	struct buf end = BUF_INIT;
	size_t options;

	if (!w->o.ng || time == TIME_NONE)
		return;
	for (size_t i = 0; i < w->n; i++) {
		if (w->interfaces[i].early != (time < 0))
			continue;
		add_time(&end, &w->interfaces[i], time);
		block_begin(w, BLOCK_STATISTICS);
		add32(&w->block, (uint32_t)i);
		buf_add_str(&w->block, buf_str(&end));
		options = w->block.n;
		add_option(&w->block, OPTION_END_TIME, end.p, end.n);
		block_end(w, options);
		buf_release(&end);
		return;
	}
}

/* ---- pcap ---- */

static void
add_head(struct pcap_writer *w, uint16_t link)
{
	struct buf *b = &w->sink.buf;

	add32(b, w->o.fine ? MAGIC_NS : MAGIC_US);
	add16(b, 2);
	add16(b, 4);
	add32(b, 0);
	add32(b, 0);
	add32(b, SNAPLEN);
	add32(b, link);
	ARRAY_GROW(w->interfaces, w->cap, 1);
	w->interfaces[w->n++] = (struct pcap_interface){ .link = link };
}

static int
add_packet(struct pcap_writer *w, const struct record *rec, struct err *err)
{
	int64_t time = time_of(w, rec);
	struct buf *b = &w->sink.buf;
	uint32_t head[4];
	char *p;

	if (w->n == 0)
		add_head(w, rec->link);
	if (rec->link != w->interfaces[0].link)
		return err_set(err, "pcap holds packets of one link type, and these are of types "
			       "%u and %u: choose pcapng", w->interfaces[0].link, rec->link);
	if (time < 0 || time / NS_PER_S > UINT32_MAX)
		return err_set(err, "pcap tells times from 1970 to 2106, and frame %llu is of "
			       "another: choose pcapng", (unsigned long long)rec->frame);
	head[0] = (uint32_t)(time / NS_PER_S);
	head[1] = (uint32_t)(time % NS_PER_S / (w->o.fine ? 1 : NS_PER_US));
	head[2] = rec->caplen;
	head[3] = rec->wirelen;
	p = buf_reserve(b, sizeof(head) + rec->caplen);
	memcpy(p, head, sizeof(head));
	if (rec->caplen > 0)
		memcpy(p + sizeof(head), rec->data, rec->caplen);
	b->n += sizeof(head) + rec->caplen;
	b->p[b->n] = '\0';
	w->last = time;
	return 0;
}

void
pcap_write_head(struct pcap_writer *w, uint16_t link)
{
	if (!w->o.ng && w->n == 0)
		add_head(w, link);
}

int
pcap_write_gather(struct pcap_writer *w, const struct record *rec,
		  const struct pcap_packet_note *note, struct err *err)
{
	static const struct pcap_packet_note none;

	if (w->o.ng)
		add_packet_block(w, rec, note ? note : &none);
	else if (add_packet(w, rec, err) != 0)
		return -1;
	w->packets++;
	return 0;
}

int
pcap_write_packet(struct pcap_writer *w, const struct record *rec,
		  const struct pcap_packet_note *note, struct err *err)
{
	if (pcap_write_gather(w, rec, note, err) != 0)
		return -1;
	return sink_step(&w->sink) ? 0 : sink_status(&w->sink, err);
}

void
pcap_write_drop(struct pcap_writer *w)
{
	free(w->interfaces);
	buf_release(&w->block);
	buf_release(&w->sink.buf);
}

int
pcap_write_end(struct pcap_writer *w, struct err *err)
{
	pcap_write_head(w, 1);
	free(w->interfaces);
	buf_release(&w->block);
	return sink_end(&w->sink, err);
}
