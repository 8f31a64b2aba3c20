/*
 * What is packed, by libarchive. One packed file is unpacked as it is read; the
 * members of an archive are written to a spool first, since records of all of
 * them are wanted in the order of time and libarchive gives one after another.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <archive.h>
#include <archive_entry.h>

#include "base/mem.h"
#include "capture/capture_int.h"
#include "capture/sniff.h"

#define RAW_BLOCK	((size_t)64 << 10)
#define TURN		((size_t)1 << 20)	/* bytes in a turn: some 10 ms of xz */

static la_ssize_t
give_raw(struct archive *a, void *data, const void **block)
{
	struct input *in = data;
	ptrdiff_t r = input_raw(in, in->raw, RAW_BLOCK);

	*block = in->raw;
	if (r >= 0)
		return r;
	archive_set_error(a, EIO, "%s", in->why);
	return -1;
}

static la_int64_t
seek_raw(struct archive *a, void *data, la_int64_t offset, int whence)
{
	struct input *in = data;
	int64_t size = (int64_t)(in->limit - in->start), to;

	(void)a;
	if (whence == SEEK_CUR)
		to = (int64_t)(in->next - in->start);
	else
		to = whence == SEEK_END ? size : 0;
	if (__builtin_add_overflow(to, offset, &to) || to < 0 || to > size)
		return ARCHIVE_FATAL;
	in->next = in->start + (uint64_t)to;
	return to;
}

/* Without its library a filter would start a program instead: leave it out. */
static void
support(struct archive *a)
{
	if (archive_zlib_version())
		archive_read_support_filter_gzip(a);
	if (archive_liblzma_version())
		archive_read_support_filter_xz(a);
	if (archive_bzlib_version())
		archive_read_support_filter_bzip2(a);
	if (archive_liblz4_version())
		archive_read_support_filter_lz4(a);
	if (archive_libzstd_version())
		archive_read_support_filter_zstd(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_raw(a);
}

static const char *
packing_name(struct archive *a)
{
	int format = archive_format(a) & ARCHIVE_FORMAT_BASE_MASK;

	if (format == ARCHIVE_FORMAT_ZIP)
		return "zip";
	if (format == ARCHIVE_FORMAT_TAR)
		return "tar";
	switch (archive_filter_code(a, 0)) {
	case ARCHIVE_FILTER_GZIP:
		return "gzip";
	case ARCHIVE_FILTER_BZIP2:
		return "bzip2";
	case ARCHIVE_FILTER_XZ:
		return "xz";
	case ARCHIVE_FILTER_ZSTD:
		return "zstd";
	case ARCHIVE_FILTER_LZ4:
		return "lz4";
	default:
		return "packed";
	}
}

static const char *
error_text(struct archive *a)
{
	const char *text = archive_error_string(a);

	return text ? text : "damaged data";
}

static bool
own_packs(struct stream *s)
{
	struct capture *c = s->c;

	if (!c->pack_owner)
		c->pack_owner = s;
	return c->pack_owner == s;
}

enum read_status
pack_open(struct stream *s)
{
	struct input *in = &s->in;
	struct archive *a;
	struct archive_entry *entry;
	int r;

	if (in->kind == INPUT_PIPE) {
		s->state = STREAM_GATHER;
		s->gather.start = UINT64_MAX;
		return READ_BUSY;
	}
	/* From the start again, through libarchive. */
	if (in->done)
		*in->done -= in->counted;
	in->counted = 0;
	in->next = in->start;
	in->base = 0;
	in->pos = in->end = 0;
	in->eof = false;
	in->raw = xmalloc(RAW_BLOCK);
	a = archive_read_new();
	if (!a)
		return stream_refuse(s, "unpacking: out of memory");
	in->unpack = a;
	support(a);
	archive_read_set_read_callback(a, give_raw);
	archive_read_set_seek_callback(a, seek_raw);
	archive_read_set_callback_data(a, in);
	r = archive_read_open1(a);
	if (r >= ARCHIVE_WARN)
		r = archive_read_next_header(a, &entry);
	if (r < ARCHIVE_WARN)
		return stream_refuse(s, "%s: unpacking: %s", s->packing, error_text(a));
	if (r == ARCHIVE_EOF)
		return stream_refuse(s, "an empty archive");
	if ((archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAW) {
		if (archive_filter_code(a, 0) == ARCHIVE_FILTER_NONE)
			return stream_refuse(s, "damaged %s data", s->packing);
		s->packing = packing_name(a);
		return READ_BUSY;
	}
	s->packing = packing_name(a);
	if (s->nested)
		return stream_refuse(s, "not a capture: an archive inside an archive");
	s->state = STREAM_EXTRACT;
	memset(&s->extract, 0, sizeof(s->extract));
	s->extract.first = entry;
	return READ_BUSY;
}

enum read_status
pack_gather(struct stream *s)
{
	struct capture *c = s->c;
	struct input *in = &s->in;
	uint8_t block[16384];
	struct err err;

	if (!own_packs(s))
		return READ_WAIT;
	if (s->gather.start == UINT64_MAX) {
		s->gather.start = spool_size(&c->packs);
		if (spool_add(&c->packs, input_at(in), input_left(in), &err) != 0)
			return stream_refuse(s, "%s", err.text);
		in->pos = in->end = 0;
	}
	for (size_t turn = 0; turn < TURN;) {
		ptrdiff_t r = in->eof ? 0 : input_raw(in, block, sizeof(block));

		if (r == -2)
			return READ_WAIT;
		if (r > 0) {
			if (spool_add(&c->packs, block, (size_t)r, &err) != 0)
				return stream_refuse(s, "%s", err.text);
			turn += (size_t)r;
			continue;
		}
		if (s->owns_fd)
			close(in->fd);
		s->owns_fd = false;
		in->fd = -1;
		in->kind = INPUT_SPOOL;
		in->spool = &c->packs;
		in->start = s->gather.start;
		in->limit = spool_size(&c->packs);
		in->done = NULL;
		c->pack_owner = NULL;
		s->state = STREAM_SNIFF;
		return pack_open(s);
	}
	return READ_BUSY;
}

/* Read up to @p n bytes of the current entry. @return as read(2). */
static la_ssize_t
read_entry(struct archive *a, uint8_t *to, size_t n)
{
	size_t got = 0;
	int tries = 0;

	while (got < n) {
		la_ssize_t r = archive_read_data(a, to + got, n - got);

		if (r == ARCHIVE_RETRY && tries++ < 8)
			continue;
		if (r < 0 && got == 0)
			return -1;
		if (r <= 0)
			break;
		got += (size_t)r;
	}
	return (la_ssize_t)got;
}

/* A notice about the archive or a member of it, capped like others. */
static void
member_notice(struct stream *s, const char *member, const char *what)
{
	struct buf name = BUF_INIT;

	if (s->notices++ >= NOTICES_MAX)
		return;
	buf_printf(&name, "%s%s%s", s->name, member ? ":" : "", member ? member : "");
	notice_add(s->c, name.p, false, "%s", what);
	buf_release(&name);
}

/* The member is in the spool: a stream of its own from now on. */
static void
member_end(struct stream *s)
{
	struct capture *c = s->c;
	struct buf name = BUF_INIT;
	struct input in;
	struct stream *m;

	input_init(&in, INPUT_SPOOL, -1, s->in.block);
	in.spool = &c->packs;
	in.start = in.next = s->extract.start;
	in.limit = spool_size(&c->packs);
	buf_printf(&name, "%s:%s", s->name, s->extract.member);
	m = stream_new(c, name.p, &in);
	buf_release(&name);
	m->order = s->order + ++s->extract.members;
	m->nested = true;
	m->again = s->again;
	m->packing = s->packing;
	free(s->extract.member);
	s->extract.member = NULL;
	capture_enter(c, m);
}

/* Put bytes of the member into the spool. False, told, when it is full. */
static bool
member_add(struct stream *s, const uint8_t *p, size_t n)
{
	struct err err;

	if (spool_add(&s->c->packs, p, n, &err) == 0)
		return true;
	member_notice(s, s->extract.member, err.text);
	s->extract.over = true;
	return false;
}

/* Look at an entry; when it is a capture, begin to extract it. */
static void
member_begin(struct stream *s, struct archive_entry *entry)
{
	struct archive *a = s->in.unpack;
	const char *path = archive_entry_pathname(entry);
	uint8_t head[SNIFF_BYTES];
	char what[200];
	la_ssize_t n;

	if (!path)
		path = "?";
	if (archive_entry_filetype(entry) != AE_IFREG && archive_entry_filetype(entry) != 0)
		return;
	n = read_entry(a, head, sizeof(head));
	if (n < 0) {
		snprintf(what, sizeof(what), "left out: %.150s", error_text(a));
		member_notice(s, path, what);
		return;
	}
	if (sniff_kind(head, (size_t)n) == SNIFF_OTHER) {
		snprintf(what, sizeof(what), "left out: not a capture: %s",
			 sniff_name(head, (size_t)n));
		member_notice(s, path, what);
		return;
	}
	if (s->extract.members >= MEMBERS_MAX) {
		snprintf(what, sizeof(what), "more than %u captures; the rest is left out",
			 MEMBERS_MAX);
		member_notice(s, NULL, what);
		s->extract.over = true;
		return;
	}
	s->extract.member = xstrdup(path);
	s->extract.start = spool_size(&s->c->packs);
	if (!member_add(s, head, (size_t)n))
		member_end(s);
}

/* To the next entry. @return whether there is one. */
static bool
next_entry(struct stream *s)
{
	struct archive *a = s->in.unpack;
	struct archive_entry *entry;
	char what[200];
	int r;

	if (s->extract.over)
		return false;
	entry = s->extract.first;
	s->extract.first = NULL;
	if (!entry) {
		r = archive_read_next_header(a, &entry);
		if (r == ARCHIVE_EOF)
			return false;
		if (r < ARCHIVE_WARN) {
			snprintf(what, sizeof(what), "unpacking: %.150s", error_text(a));
			member_notice(s, NULL, what);
			return false;
		}
	}
	if (++s->extract.entries > ENTRIES_MAX) {
		snprintf(what, sizeof(what), "more than %u members; the rest is left out",
			 ENTRIES_MAX);
		member_notice(s, NULL, what);
		return false;
	}
	member_begin(s, entry);
	return true;
}

/* All entries were looked at. */
static enum read_status
extract_end(struct stream *s)
{
	s->c->pack_owner = NULL;
	if (s->extract.members == 0)
		return stream_refuse(s, "%s archive without a capture in it",
				     s->packing[0] == 'z' ? "a zip" : "a tar");
	return READ_END;
}

enum read_status
pack_extract(struct stream *s)
{
	uint8_t block[32768];
	size_t turn = 0;

	if (!own_packs(s))
		return READ_WAIT;
	while (turn < TURN) {
		la_ssize_t n;

		if (!s->extract.member) {
			turn += SNIFF_BYTES;
			if (!next_entry(s))
				return extract_end(s);
			continue;
		}
		n = read_entry(s->in.unpack, block, sizeof(block));
		if (n < 0) {
			char what[200];

			snprintf(what, sizeof(what), "unpacking: %.150s",
				 error_text(s->in.unpack));
			member_notice(s, s->extract.member, what);
		}
		if (n <= 0 || !member_add(s, block, (size_t)n))
			member_end(s);
		else
			turn += (size_t)n;
	}
	return READ_BUSY;
}
