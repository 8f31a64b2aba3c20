/* What a set knows beside records: notices, link types, names, secrets. */
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "capture/capture_int.h"

/* Of all streams together. Fatal notices always get through: there are no more
 * of them than inputs and members. */
#define SET_NOTICES_MAX	20000u

static void
notice_take(struct capture *c, struct buf *text, bool fatal)
{
	if (c->notice_n >= SET_NOTICES_MAX && !fatal) {
		buf_release(text);
		return;
	}
	ARRAY_GROW(c->notices, c->notice_cap, c->notice_n + 1);
	c->notices[c->notice_n++] = (struct capture_notice){ .text = text->p, .fatal = fatal };
}

static void
text_add_va(struct buf *b, const char *fmt, va_list ap)
{
	char text[600];

	vsnprintf(text, sizeof(text), fmt, ap);
	buf_add_cstr(b, text);
}

void
notice_add(struct capture *c, const char *name, bool fatal, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	buf_printf(&b, "%s: ", name);
	va_start(ap, fmt);
	text_add_va(&b, fmt, ap);
	va_end(ap);
	notice_take(c, &b, fatal);
}

void
stream_notice(struct stream *s, uint64_t offset, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	if (s->notices++ >= NOTICES_MAX)
		return;
	buf_printf(&b, "%s: offset %llu, record %llu: ", s->name, (unsigned long long)offset,
		   (unsigned long long)s->frame + 1);
	va_start(ap, fmt);
	text_add_va(&b, fmt, ap);
	va_end(ap);
	notice_take(s->c, &b, false);
}

void
stream_notices_end(struct stream *s)
{
	if (s->notices > NOTICES_MAX)
		notice_add(s->c, s->name, false, "and %u more faults of this kind",
			   s->notices - NOTICES_MAX);
	s->notices = 0;
}

uint64_t *
link_counter(struct capture *c, uint16_t link)
{
	struct link_seen *seen;

	for (size_t i = 0; i < c->link_n; i++)
		if (c->links[i]->link == link)
			return &c->links[i]->n;
	ARRAY_GROW(c->links, c->link_cap, c->link_n + 1);
	seen = xcalloc(1, sizeof(*seen));
	seen->link = link;
	c->links[c->link_n++] = seen;
	return &seen->n;
}

void
info_release(struct capture *c)
{
	for (size_t i = 0; i < c->notice_n; i++)
		free((char *)(uintptr_t)c->notices[i].text);
	for (size_t i = 0; i < c->name_n; i++)
		free((char *)(uintptr_t)c->names[i].name);
	for (size_t i = 0; i < c->comment_n; i++)
		free((char *)(uintptr_t)c->comments[i].text);
	for (size_t i = 0; i < c->secrets_n; i++) {
		uint8_t *data = (uint8_t *)(uintptr_t)c->secrets[i].data;

		explicit_bzero(data, c->secrets[i].n);
		free(data);
	}
	for (size_t i = 0; i < c->link_n; i++)
		free(c->links[i]);
	free(c->notices);
	free(c->names);
	free(c->comments);
	free(c->secrets);
	free(c->links);
}

size_t
capture_source_count(const struct capture *c)
{
	return c->source_n;
}

const struct capture_source *
capture_source_at(const struct capture *c, size_t i)
{
	return i < c->source_n ? &c->sources[i]->pub : NULL;
}

void
capture_stats(const struct capture *c, struct capture_stats *sum)
{
	*sum = (struct capture_stats){
		.first = TIME_NONE, .last = TIME_NONE, .until = TIME_NONE,
	};
	for (size_t i = 0; i < c->source_n; i++) {
		const struct capture_stats *s = &c->sources[i]->pub.stats;

		sum->records += s->records;
		sum->filtered += s->filtered;
		sum->bytes += s->bytes;
		sum->cut += s->cut;
		sum->no_time += s->no_time;
		sum->back += s->back;
		sum->unknown_blocks += s->unknown_blocks;
		sum->dropped += s->dropped;
		sum->if_dropped += s->if_dropped;
		sum->has_drops |= s->has_drops;
		if (s->drop_cause)
			sum->drop_cause = s->drop_cause;
		if (s->first != TIME_NONE && (sum->first == TIME_NONE || s->first < sum->first))
			sum->first = s->first;
		if (s->until > sum->until)
			sum->until = s->until;
		if (s->last != TIME_NONE && (sum->last == TIME_NONE || s->last > sum->last))
			sum->last = s->last;
	}
}

size_t
capture_notice_count(const struct capture *c)
{
	return c->notice_n;
}

const struct capture_notice *
capture_notice_at(const struct capture *c, size_t i)
{
	return i < c->notice_n ? &c->notices[i] : NULL;
}

uint64_t
capture_link_at(const struct capture *c, size_t i, uint16_t *link)
{
	if (i >= c->link_n)
		return 0;
	*link = c->links[i]->link;
	return c->links[i]->n;
}

size_t
capture_name_count(const struct capture *c)
{
	return c->name_n;
}

const struct capture_name *
capture_name_at(const struct capture *c, size_t i)
{
	return i < c->name_n ? &c->names[i] : NULL;
}

size_t
capture_secrets_count(const struct capture *c)
{
	return c->secrets_n;
}

const struct capture_secrets *
capture_secrets_at(const struct capture *c, size_t i)
{
	return i < c->secrets_n ? &c->secrets[i] : NULL;
}

size_t
capture_comment_count(const struct capture *c)
{
	return c->comment_n;
}

const struct capture_comment *
capture_comment_at(const struct capture *c, size_t i)
{
	return i < c->comment_n ? &c->comments[i] : NULL;
}
