/*
 * What waits of a direction: pieces, and the lists in which the directions that
 * have a hole stand.
 *
 * Pieces are disjoint and ascending: of bytes that come twice the first stay, and
 * what is new of a segment becomes pieces of its own. The array of them is bounded
 * (PIECES_MAX), so that to find a place in it takes a handful of steps, and its end,
 * where they come as a rule, is looked at first.
 */
#include "transport/tcp_int.h"

#include "base/mem.h"

void
part_skip(struct part *p, uint32_t n)
{
	uint32_t bytes = n < p->bytes.n ? n : (uint32_t)p->bytes.n;

	p->bytes = str_skip(p->bytes, bytes);
	p->lost -= n - bytes;
	p->seq += n;
	p->place.offset += bytes;
}

void
part_clip(struct part *p, uint32_t n)
{
	if (n < p->bytes.n)
		p->bytes.n = n;
	p->lost = n - (uint32_t)p->bytes.n;
}

struct piece *
piece_new(struct tcp *t, const struct part *part)
{
	struct piece *p = xmalloc(sizeof(*p) + part->bytes.n);

	*p = (struct piece){
		.stamp = part->stamp, .place = part->place, .seq = part->seq,
		.n = (uint32_t)part->bytes.n, .lost = part->lost, .cut = part->cut,
	};
	if (p->n > 0)
		memcpy(p->bytes, part->bytes.p, p->n);
	t->stats.waiting_bytes += piece_cost(p);
	if (t->stats.waiting_bytes > t->stats.waiting_max)
		t->stats.waiting_max = t->stats.waiting_bytes;
	return p;
}

/* ---- lists ---- */

void
list_remove(struct waiting *w)
{
	struct waiting_list *list = w->list;

	if (!list)
		return;
	if (w->prev)
		w->prev->next = w->next;
	else
		list->first = w->next;
	if (w->next)
		w->next->prev = w->prev;
	else
		list->last = w->prev;
	w->prev = w->next = NULL;
	w->list = NULL;
}

void
list_append(struct waiting_list *list, struct waiting *w)
{
	list_remove(w);
	w->list = list;
	w->prev = list->last;
	if (list->last)
		list->last->next = w;
	else
		list->first = w;
	list->last = w;
}

struct waiting *
waiting_get(struct tcp *t, struct connection *c, unsigned dir)
{
	struct stream *s = &c->streams[dir];

	if (!s->waiting) {
		s->waiting = xcalloc(1, sizeof(*s->waiting));
		s->waiting->c = c;
		s->waiting->dir = (uint8_t)dir;
		s->waiting->bytes = sizeof(*s->waiting);
		t->stats.waiting_bytes += sizeof(*s->waiting);
	}
	return s->waiting;
}

void
waiting_free(struct tcp *t, struct stream *s)
{
	t->stats.waiting_bytes -= sizeof(*s->waiting);
	list_remove(s->waiting);
	free(s->waiting->pieces);
	free(s->waiting);
	s->waiting = NULL;
}

void
strays_drop(struct tcp *t, struct waiting *w)
{
	for (unsigned i = 0; i < w->stray_n; i++) {
		t->stats.waiting_bytes -= piece_cost(w->strays[i]);
		free(w->strays[i]);
	}
	w->stray_n = 0;
}

void
stream_release(struct tcp *t, struct stream *s)
{
	struct waiting *w = s->waiting;

	if (!w)
		return;
	for (size_t i = 0; i < w->n; i++)
		free(w->pieces[w->first + i]);
	for (unsigned i = 0; i < w->stray_n; i++)
		free(w->strays[i]);
	waiting_free(t, s);
}

/* ---- pieces ---- */

static void
piece_insert(struct waiting *w, size_t i, struct piece *p)
{
	struct piece **at;

	if (w->first + w->n == w->cap && w->first > w->cap / 2) {
		memmove(w->pieces, w->pieces + w->first, w->n * sizeof(struct piece *));
		w->first = 0;
	}
	ARRAY_GROW(w->pieces, w->cap, w->first + w->n + 1);
	at = w->pieces + w->first + i;
	memmove(at + 1, at, (w->n - i) * sizeof(struct piece *));
	*at = p;
	w->n++;
	w->bytes += piece_cost(p);
}

/* Index of the first piece that ends behind @seq. */
static size_t
piece_find(const struct waiting *w, uint32_t seq)
{
	struct piece *const *pieces;
	size_t low = 0, high = w->n;

	if (w->n == 0)
		return 0;
	pieces = w->pieces + w->first;
	if (seq_diff(piece_end(pieces[w->n - 1]), seq) <= 0)
		return w->n;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (seq_diff(piece_end(pieces[middle]), seq) > 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Whether the bytes of @part, which begins in @p, differ from those of it. */
static bool
piece_differs(const struct piece *p, const struct part *part)
{
	uint32_t at = part->seq - p->seq;
	size_t n;

	if (at >= p->n)
		return false;
	n = p->n - at < part->bytes.n ? p->n - at : part->bytes.n;
	return n > 0 && memcmp(p->bytes + at, part->bytes.p, n) != 0;
}

uint32_t
part_wait(struct tcp *t, struct connection *c, unsigned dir, struct part part, bool *differs)
{
	struct waiting *w = waiting_get(t, c, dir);
	uint32_t fresh = 0;

	for (size_t i = piece_find(w, part.seq); part_length(&part) > 0; i++) {
		struct piece *p = i < w->n ? w->pieces[w->first + i] : NULL;
		uint32_t length = part_length(&part), room = length;

		if (p && seq_diff(p->seq, part.seq) < (int32_t)length)
			room = p->seq - part.seq;
		if (room == 0 || (p && seq_diff(p->seq, part.seq) < 0)) {
			uint32_t same = piece_end(p) - part.seq;

			*differs |= piece_differs(p, &part);
			part_skip(&part, same < length ? same : length);
		} else {
			struct part front = part;

			part_clip(&front, room);
			piece_insert(w, i, piece_new(t, &front));
			fresh += room;
			part_skip(&part, room);
		}
	}
	return fresh;
}
