/*
 * What was gathered for a file is a piece, and goes to the writer (base/writer.h), so that
 * no disk is waited for. All pieces that wait are of the file that is open: before it is left
 * they are done. One that fails is the end of those behind it, which are not begun then.
 */
#include <unistd.h>

#include "base/mem.h"
#include "export/record_int.h"

#define SPARE_MAX	4u	/* pieces whose memory is kept */

#define HEAD_RECORD	16u	/* of pcap */
#define BLOCK_SIMPLE	3u
#define BLOCK_PACKET	6u

/* ---- what is whole ---- */

static uint32_t
word_at(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

size_t
record_block_size(const struct recorder *r, const char *p, bool *is_packet)
{
	*is_packet = !r->o.ng || word_at(p) == BLOCK_PACKET || word_at(p) == BLOCK_SIMPLE;
	return r->o.ng ? word_at(p + 4) : HEAD_RECORD + (size_t)word_at(p + 8);
}

size_t
record_whole_bytes(const struct recorder *r, const struct buf *b, size_t cut, size_t n,
		   uint64_t *packets)
{
	size_t at = cut;
	bool is_packet;

	*packets = 0;
	if (at > n)
		return 0;
	while (at < n) {
		size_t size = record_block_size(r, b->p + at, &is_packet);

		if (size > n - at)
			break;
		*packets += is_packet;
		at += size;
	}
	return at;
}

/* ---- pieces ---- */

static void
piece_free(struct record_piece *p)
{
	buf_release(&p->buf);
	free(p);
}

static struct record_piece *
piece_shift(struct recorder *r)
{
	struct record_piece *p = r->pieces.first;

	r->pieces.first = p->next;
	r->pieces.bytes -= p->buf.n;
	return p;
}

static void
piece_recycle(struct recorder *r, struct record_piece *p)
{
	if (r->pieces.spare_n == SPARE_MAX) {
		piece_free(p);
		return;
	}
	p->next = r->pieces.spare;
	r->pieces.spare = p;
	r->pieces.spare_n++;
}

static struct record_piece *
piece_new(struct recorder *r)
{
	struct record_piece *p = r->pieces.spare;

	if (!p)
		return xcalloc(1, sizeof(*p));
	r->pieces.spare = p->next;
	r->pieces.spare_n--;
	return p;
}

/* Those behind one that failed are not in the file. @return the packets in them. */
static uint64_t
drop_rest(struct recorder *r)
{
	uint64_t all = 0, packets;

	while (r->pieces.first) {
		struct record_piece *p = r->pieces.first;

		writer_wait(&p->job);
		record_whole_bytes(r, &p->buf, p->cut, p->buf.n, &packets);
		all += packets;
		piece_recycle(r, piece_shift(r));
	}
	r->pieces.broken = false;
	return all;
}

static void
settle(struct recorder *r, struct record_piece *p)
{
	uint64_t packets;

	if (p->job.error != 0) {
		uint64_t behind = drop_rest(r);

		record_whole_bytes(r, &r->w.sink.buf, r->cut, r->w.sink.buf.n, &packets);
		record_fail_write(r, p->job.error, &p->buf, p->cut, p->job.done,
				  behind + packets);
	} else {
		r->written += p->buf.n;
		/* The head of a file alone finds room where packets find none. */
		if (UNLIKELY(r->failed)) {
			record_whole_bytes(r, &p->buf, p->cut, p->buf.n, &packets);
			if (packets > 0)
				record_tell_again(r);
		}
	}
	piece_recycle(r, p);
}

void
record_reap(struct recorder *r)
{
	while (r->pieces.first && writer_is_done(&r->pieces.first->job))
		settle(r, piece_shift(r));
}

void
record_drain(struct recorder *r)
{
	while (r->pieces.first) {
		writer_wait(&r->pieces.first->job);
		record_reap(r);
	}
}

/* See that one more may wait. @return false: it may not now, or writing failed. */
static bool
make_way(struct recorder *r, bool last)
{
	record_reap(r);
	while (r->pieces.first &&
	       r->pieces.bytes + r->w.sink.buf.n > r->pieces.bytes_max) {
		if (r->o.drops && !last)
			return false;
		writer_wait(&r->pieces.first->job);
		record_reap(r);
	}
	return r->fd >= 0 && r->w.sink.buf.n > 0;
}

bool
record_put_piece(struct recorder *r, bool last)
{
	struct buf *gathered = &r->w.sink.buf, other;
	struct record_piece *p;

	if (!make_way(r, last))
		return false;
	p = piece_new(r);
	other = p->buf;
	p->buf = *gathered;
	p->cut = r->cut;
	p->next = NULL;
	p->job = (struct writer_job){
		.fd = r->fd, .at = WRITER_GO_ON, .p = p->buf.p, .n = p->buf.n,
		.broken = &r->pieces.broken,
	};
	*gathered = other;
	buf_clear(gathered);
	r->cut = 0;
	if (!r->pieces.first)
		r->pieces.last = &r->pieces.first;
	*r->pieces.last = p;
	r->pieces.last = &p->next;
	r->pieces.bytes += p->buf.n;
	writer_put(&p->job);
	/* Without the thread it is done. */
	record_reap(r);
	return true;
}

void
record_pieces_release(struct recorder *r)
{
	while (r->pieces.first) {
		writer_wait(&r->pieces.first->job);
		piece_free(piece_shift(r));
	}
	while (r->pieces.spare) {
		struct record_piece *p = r->pieces.spare;

		r->pieces.spare = p->next;
		piece_free(p);
	}
	r->pieces.spare_n = 0;
	r->pieces.broken = false;
}
