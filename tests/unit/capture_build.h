/**
 * @file capture_build.h  Capture files made byte by byte, for the tests.
 */
#ifndef TESTS_CAPTURE_BUILD_H
#define TESTS_CAPTURE_BUILD_H

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "capture/capture.h"

/** Bytes in the making; big: byte order of what is appended next. */
struct maker {
	struct buf b;
	bool big;
};

static inline void
put16(struct maker *m, uint16_t v)
{
	buf_add_char(&m->b, (char)(m->big ? v >> 8 : v));
	buf_add_char(&m->b, (char)(m->big ? v : v >> 8));
}

static inline void
put32(struct maker *m, uint32_t v)
{
	put16(m, (uint16_t)(m->big ? v >> 16 : v));
	put16(m, (uint16_t)(m->big ? v : v >> 16));
}

static inline void
put64(struct maker *m, uint64_t v)
{
	put32(m, (uint32_t)(m->big ? v >> 32 : v));
	put32(m, (uint32_t)(m->big ? v : v >> 32));
}

static inline void
put_pcap_header(struct maker *m, uint32_t magic, uint32_t link)
{
	put32(m, magic);
	put16(m, 2);
	put16(m, 4);
	put32(m, 0);
	put32(m, 0);
	put32(m, 65535);
	put32(m, link);
}

/** A record of @p n bytes of @p fill. */
static inline void
put_pcap_record(struct maker *m, uint32_t s, uint32_t frac, char fill, uint32_t n)
{
	put32(m, s);
	put32(m, frac);
	put32(m, n);
	put32(m, n);
	buf_add_chars(&m->b, fill, n);
}

/** Begin a block. @return where, for block_end(). */
static inline size_t
block_begin(struct maker *m, uint32_t type)
{
	put32(m, type);
	put32(m, 0);
	return m->b.n - 8;
}

static inline void
put_pad(struct maker *m, size_t n)
{
	buf_add_chars(&m->b, 0, (4 - n % 4) % 4);
}

static inline void
block_end(struct maker *m, size_t at)
{
	uint32_t n = (uint32_t)(m->b.n - at + 4);

	put32(m, n);
	memcpy(m->b.p + at + 4, m->b.p + m->b.n - 4, 4);
}

static inline void
put_option(struct maker *m, uint16_t code, const void *p, size_t n)
{
	put16(m, code);
	put16(m, (uint16_t)n);
	buf_add(&m->b, p, n);
	put_pad(m, n);
}

static inline void
put_section(struct maker *m)
{
	size_t at = block_begin(m, 0x0a0d0d0a);

	put32(m, 0x1a2b3c4d);
	put16(m, 1);
	put16(m, 0);
	put64(m, UINT64_MAX);
	block_end(m, at);
}

/** @p tsresol -1: without the option. */
static inline void
put_interface(struct maker *m, uint16_t link, int tsresol, int64_t offset_s)
{
	size_t at = block_begin(m, 1);
	char c = (char)tsresol;

	put16(m, link);
	put16(m, 0);
	put32(m, 0);
	if (tsresol >= 0)
		put_option(m, 9, &c, 1);
	if (offset_s) {
		put16(m, 14);
		put16(m, 8);
		put64(m, (uint64_t)offset_s);
	}
	put32(m, 0);
	block_end(m, at);
}

/** @p comment NULL: without. */
static inline void
put_epb(struct maker *m, uint32_t interface, uint64_t stamp, char fill, uint32_t n,
	const char *comment)
{
	size_t at = block_begin(m, 6);

	put32(m, interface);
	put32(m, (uint32_t)(stamp >> 32));
	put32(m, (uint32_t)stamp);
	put32(m, n);
	put32(m, n + 10);
	buf_add_chars(&m->b, fill, n);
	put_pad(m, n);
	if (comment) {
		put_option(m, 1, comment, strlen(comment));
		put32(m, 0);
	}
	block_end(m, at);
}

/** A descriptor of a nameless file that holds the bytes; to be closed. */
static inline int
file_of(const void *p, size_t n)
{
	char path[] = "/tmp/rung-test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	assert_true(write(fd, p, n) == (ssize_t)n);
	assert_true(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/** What came of reading all of it. */
struct outcome {
	size_t records, fatal, notices;
	int added;
};

/** Ask until there is a record or the end; polls on CAPTURE_WAIT. */
static inline bool
next_record(struct capture *c, struct record *rec)
{
	enum capture_status st;

	while ((st = capture_next(c, rec)) == CAPTURE_WAIT) {
		struct pollfd p = { .fd = capture_fd(c), .events = POLLIN };

		assert_true(p.fd >= 0);
		assert_int_equal(poll(&p, 1, 10000), 1);
	}
	return st == CAPTURE_RECORD;
}

/** Read all bytes as a file; each record's place must give its bytes. */
static inline struct outcome
read_all(const void *bytes, size_t n)
{
	struct capture *c = capture_new();
	struct outcome o = { 0 };
	struct record rec;
	struct err err;
	int fd = file_of(bytes, n);

	o.added = capture_add_fd(c, fd, "file", &err);
	while (next_record(c, &rec)) {
		char *copy = malloc(rec.caplen + 1u);

		assert_true(rec.wirelen >= rec.caplen);
		assert_int_equal(capture_read(c, rec.place, copy, rec.caplen, &err), 0);
		assert_memory_equal(copy, rec.data, rec.caplen);
		free(copy);
		o.records++;
		assert_true(rec.frame >= o.records);
	}
	assert_int_equal(capture_next(c, &rec), CAPTURE_END);
	o.notices = capture_notice_count(c);
	for (size_t i = 0; i < o.notices; i++)
		o.fatal += capture_notice_at(c, i)->fatal;
	capture_free(c);
	close(fd);
	return o;
}

#endif
