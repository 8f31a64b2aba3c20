#include "app/save_trunks.h"

#include <stdlib.h>

#include "base/mem.h"

#define FIN	0x01u
#define SYN	0x02u
#define RST	0x04u
#define ACK	0x10u

/* ---- who sees a packet ---- */

void
save_viewers_clear(struct save_viewers *v)
{
	v->serial++;
	v->n = 0;
}

void
save_viewers_add(struct save_viewers *v, uint32_t job)
{
	if (v->shown[job] == v->serial)
		return;
	v->shown[job] = v->serial;
	v->list[v->n++] = job;
}

static void
add_all(struct save_viewers *v, const uint32_t *jobs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		save_viewers_add(v, jobs[i]);
}

/* ---- connections ---- */

static struct save_trunk *
trunk_of(struct save_trunks *t, const struct save_conn *conn)
{
	size_t n = t->n, at = (size_t)(conn - t->conns.list);

	if (at >= n) {
		ARRAY_GROW(t->list, t->cap, at + 1);
		t->n = t->cap;
		memset(t->list + n, 0, (t->n - n) * sizeof(*t->list));
	}
	return &t->list[at];
}

bool
save_trunks_link(struct save_trunks *t, const struct save_conn *conn, uint32_t job)
{
	const struct save_conn *own = save_conns_add(&t->conns, conn->kind, &conn->ends[0],
						     &conn->ends[1], false);
	struct save_trunk *trunk = trunk_of(t, own);
	bool other = false;

	ARRAY_GROW(trunk->jobs, trunk->cap, trunk->n + 1);
	trunk->jobs[trunk->n++] = job;
	if (conn->whole) {
		ARRAY_GROW(trunk->all, trunk->all_cap, trunk->all_n + 1);
		trunk->all[trunk->all_n++] = job;
	}
	for (unsigned i = 0; i < trunk->owner_n; i++)
		other |= trunk->owners[i] != job;
	return other;
}

void
save_trunks_add(struct save_trunks *t, const struct segment *seg)
{
	trunk_of(t, save_conns_add(&t->conns, seg->kind, &seg->src, &seg->dst, false));
}

/* Two that differ say to each job that there are others.
 * @return whether one of these says it to a job first. */
static bool
note_owners(struct save_trunk *trunk, const struct frame_owner *owners, size_t n)
{
	bool news = false;

	for (size_t i = 0; i < n && trunk->owner_n < 2; i++) {
		if (trunk->owner_n == 1 && trunk->owners[0] == owners[i].owner)
			continue;
		trunk->owners[trunk->owner_n++] = owners[i].owner;
		news = true;
	}
	return news;
}

void
save_trunks_look(struct save_trunks *t, const struct segment *seg,
		 const struct frame_owner *owners, size_t n, bool fragments,
		 struct save_viewers *v)
{
	struct save_conn *conn = save_conns_find(&t->conns, seg);
	struct save_trunk *trunk;
	size_t lives;
	bool all;

	if (!conn)
		return;
	trunk = trunk_of(t, conn);
	lives = conn->n;
	save_conn_look(conn, seg, false, n > 0);
	all = conn->n > lives;
	if (all)
		trunk->owner_n = 0;
	/* The rest of a datagram is kept by all, if it is of nobody. */
	all |= n == 0 && fragments;
	all |= note_owners(trunk, owners, n);
	if (all)
		add_all(v, trunk->jobs, trunk->n);
	else
		add_all(v, trunk->all, trunk->all_n);
}

/* ---- the second look ---- */

static inline bool
seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static void
pieces_add(struct save_pieces *to, uint32_t job, uint32_t from, uint32_t end)
{
	size_t at = to->n;

	if (at < SAVE_TRUNK_RECENT) {
		ARRAY_GROW(to->list, to->cap, at + 1);
		to->n++;
	} else {
		at = to->next++ % SAVE_TRUNK_RECENT;
	}
	to->list[at] = (struct save_piece){ job, from, end };
}

/* Show to those of whom it has bytes again. */
static void
show_again(const struct save_pieces *bytes, const struct segment *seg, struct save_viewers *v)
{
	uint32_t from = seg->tcp_seq, end = from + seg->wire_length;

	for (size_t i = 0; i < bytes->n; i++) {
		const struct save_piece *p = &bytes->list[i];

		if (seq_before(from, p->to) && seq_before(p->from, end))
			save_viewers_add(v, p->job);
	}
}

/* Show to those who wait for it, and do no more. */
static void
show_acknowledged(struct save_pieces *due, uint32_t ack, struct save_viewers *v)
{
	size_t n = 0;

	for (size_t i = 0; i < due->n; i++) {
		if (seq_before(ack, due->list[i].to))
			due->list[n++] = due->list[i];
		else
			save_viewers_add(v, due->list[i].job);
	}
	due->n = n;
	due->next = 0;
}

/* Who of those that share it is to see a segment of TCP. @return all. */
static bool
show_tcp(struct save_trunk *trunk, const struct segment *seg, bool back,
	 const struct frame_owner *wants, size_t n, struct save_viewers *v)
{
	uint32_t end = seg->tcp_seq + seg->wire_length;

	if (seg->tcp_flags & (SYN | FIN | RST))
		return true;
	if (seg->wire_length == 0) {
		if (seg->tcp_flags & ACK)
			show_acknowledged(&trunk->due[back], seg->tcp_ack, v);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		pieces_add(&trunk->bytes[back], wants[i].owner, seg->tcp_seq, end);
		pieces_add(&trunk->due[!back], wants[i].owner, seg->tcp_seq, end);
	}
	return false;
}

/* Those that keep all of what has these ends now. */
static void
judge(struct save_trunks *t, struct save_trunk *trunk, const struct segment *seg)
{
	trunk->all_n = 0;
	for (size_t i = 0; i < trunk->n; i++) {
		if (!t->needs_all(t->ctx, trunk->jobs[i], seg))
			continue;
		ARRAY_GROW(trunk->all, trunk->all_cap, trunk->all_n + 1);
		trunk->all[trunk->all_n++] = trunk->jobs[i];
	}
	trunk->judged = true;
}

bool
save_trunks_take(struct save_trunks *t, const struct segment *seg,
		 const struct frame_owner *wants, size_t n, bool owned,
		 struct save_viewers *v)
{
	struct save_conn *conn = save_conns_find(&t->conns, seg);
	struct save_trunk *trunk;
	bool news, all, again, back;
	size_t life;

	if (!conn)
		return true;
	trunk = trunk_of(t, conn);
	if (!trunk->judged)
		judge(t, trunk, seg);
	life = conn->at;
	back = save_conn_is_back(conn, seg);
	again = conn->dirs[back].begun && seq_before(seg->tcp_seq, conn->dirs[back].end);
	news = save_conn_news(conn, seg);
	if (conn->kind == SEGMENT_TCP) {
		if (again && seg->wire_length > 0)
			show_again(&trunk->bytes[back], seg, v);
		all = show_tcp(trunk, seg, back, wants, n, v) ||
			(!owned && news && seg->wire_length > 0);
	} else {
		all = !owned && save_conn_is_control(seg);
	}
	/* Another one begins, for the jobs once they have seen this. */
	if (conn->at != life) {
		trunk->judged = false;
		for (unsigned d = 0; d < 2; d++)
			trunk->bytes[d].n = trunk->due[d].n = 0;
	}
	if (conn->at != life || all)
		add_all(v, trunk->jobs, trunk->n);
	else
		add_all(v, trunk->all, trunk->all_n);
	return news;
}

void
save_trunks_release(struct save_trunks *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct save_trunk *trunk = &t->list[i];

		free(trunk->jobs);
		free(trunk->all);
		for (unsigned d = 0; d < 2; d++) {
			free(trunk->bytes[d].list);
			free(trunk->due[d].list);
		}
	}
	free(t->list);
	save_conns_release(&t->conns);
	t->list = NULL;
	t->n = t->cap = 0;
}
