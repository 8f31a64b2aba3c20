/*
 * Capture files: pcap of both byte orders, in µs and ns, and pcapng. Output is
 * gathered and written by the megabyte; the first failure is kept and told at
 * the end.
 */
#include "gen.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define GATHER	(1u << 20)

static void
flush(struct out *o)
{
	size_t done = 0;

	while (done < o->b.n && !o->failed) {
		ssize_t n = write(o->fd, o->b.p + done, o->b.n - done);

		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			o->failed = errno;
	}
	buf_clear(&o->b);
}

static void
put_16(struct out *o, unsigned v)
{
	char p[2] = { (char)v, (char)(v >> 8) };

	if (o->config.big)
		put_be16(&o->b, v);
	else
		buf_add(&o->b, p, 2);
}

static void
put_32(struct out *o, uint32_t v)
{
	char p[4] = { (char)v, (char)(v >> 8), (char)(v >> 16), (char)(v >> 24) };

	if (o->config.big)
		put_be32(&o->b, v);
	else
		buf_add(&o->b, p, 4);
}

static void
put_64(struct out *o, uint64_t v)
{
	put_32(o, (uint32_t)(o->config.big ? v >> 32 : v));
	put_32(o, (uint32_t)(o->config.big ? v : v >> 32));
}

int
out_open(struct out *o, const char *path, struct err *err)
{
	*o = (struct out){ .fd = STDOUT_FILENO, .path = path };
	if (strcmp(path, "-") == 0)
		return 0;
	o->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return o->fd >= 0 ? 0 : err_set(err, "%s: %s", path, strerror(errno));
}

/* ---- pcapng blocks ---- */

static size_t
block_begin(struct out *o, uint32_t type)
{
	size_t at = o->b.n;

	put_32(o, type);
	put_32(o, 0);
	return at;
}

static void
block_end(struct out *o, size_t at)
{
	uint32_t n = (uint32_t)(o->b.n - at) + 4;
	size_t end = o->b.n + 4;
	char *p;

	put_32(o, n);
	p = o->b.p;
	memcpy(p + at + 4, p + end - 4, 4);
}

static void
pad(struct out *o, size_t n)
{
	buf_add(&o->b, "\0\0\0", -n & 3);
}

static void
option(struct out *o, unsigned code, const void *p, size_t n)
{
	put_16(o, code);
	put_16(o, (unsigned)n);
	buf_add(&o->b, p, n);
	pad(o, n);
}

static void
option_64(struct out *o, unsigned code, uint64_t v)
{
	put_16(o, code);
	put_16(o, 8);
	put_64(o, v);
}

static void
interface_block(struct out *o, const struct out_interface *i)
{
	size_t at = block_begin(o, 1);
	const struct out_config *c = &o->config;

	put_16(o, i->link);
	put_16(o, 0);
	put_32(o, c->snaplen);
	if (i->name.n)
		option(o, 2, i->name.p, i->name.n);
	if (c->tsresol != 6)
		option(o, 9, &c->tsresol, 1);
	if (c->tsoffset_s)
		option_64(o, 14, (uint64_t)c->tsoffset_s);
	option(o, 0, NULL, 0);
	block_end(o, at);
}

static void
section_block(struct out *o, struct str comment)
{
	size_t at = block_begin(o, 0x0a0d0d0a);

	put_32(o, 0x1a2b3c4d);
	put_16(o, 1);
	put_16(o, 0);
	put_64(o, UINT64_MAX);
	if (comment.n)
		option(o, 1, comment.p, comment.n);
	option(o, 4, "rung-gen", 8);
	option(o, 0, NULL, 0);
	block_end(o, at);
}

void
out_begin(struct out *o, const struct out_config *config,
	  const struct out_interface *interfaces, size_t count, struct str comment)
{
	o->config = *config;
	if (config->format == OUT_PCAPNG) {
		section_block(o, comment);
		for (size_t i = 0; i < count; i++)
			interface_block(o, &interfaces[i]);
		return;
	}
	put_32(o, config->tsresol == 9 ? 0xa1b23c4d : 0xa1b2c3d4);
	put_16(o, 2);
	put_16(o, 4);
	put_32(o, 0);
	put_32(o, 0);
	put_32(o, config->snaplen);
	put_32(o, interfaces[0].link);
}

void
out_names(struct out *o, const struct out_name *names, size_t count)
{
	size_t at;

	if (o->config.format != OUT_PCAPNG || count == 0)
		return;
	at = block_begin(o, 4);
	for (size_t i = 0; i < count; i++) {
		size_t width = names[i].addr.family == NET_IP4 ? 4 : 16;

		put_16(o, width == 4 ? 1 : 2);
		put_16(o, (unsigned)(width + names[i].name.n + 1));
		buf_add(&o->b, names[i].addr.bytes, width);
		buf_add_str(&o->b, names[i].name);
		buf_add_char(&o->b, '\0');
		pad(o, width + names[i].name.n + 1);
	}
	put_32(o, 0);
	block_end(o, at);
}

/* The moment in units of if_tsresol since the epoch (less if_tsoffset). */
static uint64_t
ticks(const struct out_config *c, int64_t time)
{
	__extension__ typedef unsigned __int128 u128;
	u128 ns = (u128)(time - c->tsoffset_s * NS_PER_S);
	u128 scale = 1;

	if (c->tsresol & 0x80)
		return (uint64_t)((ns << (c->tsresol & 0x7f)) / (u128)NS_PER_S);
	for (int i = 0; i < c->tsresol; i++)
		scale *= 10;
	return (uint64_t)(ns * scale / (u128)NS_PER_S);
}

static void
pcapng_packet(struct out *o, const struct out_packet *p)
{
	static const uint32_t types[] = { 6, 3, 2 };
	size_t at = block_begin(o, types[p->block]);
	uint64_t t = ticks(&o->config, p->time);

	if (p->block == OUT_ENHANCED) {
		put_32(o, p->interface);
	} else if (p->block == OUT_OBSOLETE) {
		put_16(o, p->interface);
		put_16(o, 0xffff);
	}
	if (p->block != OUT_SIMPLE) {
		put_32(o, (uint32_t)(t >> 32));
		put_32(o, (uint32_t)t);
		put_32(o, p->caplen);
	}
	put_32(o, p->wirelen);
	buf_add(&o->b, p->bytes, p->caplen);
	pad(o, p->caplen);
	if (p->comment.n && p->block != OUT_SIMPLE) {
		option(o, 1, p->comment.p, p->comment.n);
		option(o, 0, NULL, 0);
	}
	block_end(o, at);
}

void
out_packet(struct out *o, const struct out_packet *p)
{
	int64_t unit = o->config.tsresol == 9 ? 1 : NS_PER_US;

	if (o->config.format == OUT_PCAPNG) {
		pcapng_packet(o, p);
	} else {
		put_32(o, (uint32_t)(p->time / NS_PER_S));
		put_32(o, (uint32_t)(p->time % NS_PER_S / unit));
		put_32(o, p->caplen);
		put_32(o, p->wirelen);
		buf_add(&o->b, p->bytes, p->caplen);
	}
	if (o->b.n >= GATHER)
		flush(o);
}

void
out_statistics(struct out *o, const struct out_interface *interfaces, size_t count, int64_t time)
{
	uint64_t t = ticks(&o->config, time);

	for (size_t i = 0; i < count && o->config.format == OUT_PCAPNG; i++) {
		size_t at;

		if (!interfaces[i].has_drops)
			continue;
		at = block_begin(o, 5);
		put_32(o, (uint32_t)i);
		put_32(o, (uint32_t)(t >> 32));
		put_32(o, (uint32_t)t);
		option_64(o, 5, interfaces[i].drops);
		option(o, 0, NULL, 0);
		block_end(o, at);
	}
}

int
out_close(struct out *o, struct err *err)
{
	flush(o);
	buf_release(&o->b);
	if (o->fd != STDOUT_FILENO && close(o->fd) != 0 && !o->failed)
		o->failed = errno;
	return o->failed ? err_set(err, "%s: %s", o->path, strerror(o->failed)) : 0;
}
