/*
 * One file a call, in the same two passes over the inputs that one file takes, however
 * many calls there are. Each call is a save of its own (a job) that is shown the records
 * that may concern it: those of its messages by number, those of its connections and its
 * media by their ends; of what many share, see save_trunks.h. So what a job writes is what
 * saving that call alone writes.
 *
 * The packets wait in memory, and beyond SPLIT_BUFFER bytes of all in a spool: files are
 * written when the passes are over, some at a time, which the disk takes in less time than
 * one after the other; and none is there before all that could go wrong with reading has
 * gone well.
 */
#include <errno.h>
#include <stdlib.h>

#include "app/save_int.h"
#include "app/save_trunks.h"
#include "base/mem.h"
#include "base/text.h"
#include "capture/spool.h"

#define SPLIT_BUFFER	((size_t)32 << 20)	/* bytes of packets in memory */
#define SPLIT_FILES	32u	/* open at a time */
#define NO_JOB		UINT32_MAX

/* A piece of a file, in the spool. */
struct piece {
	uint64_t offset;
	size_t n;
	size_t next;		/* SIZE_MAX: none */
};

struct job {
	struct save save;
	size_t first, last;	/* pieces; SIZE_MAX: none */
};

/* Jobs that want to see what has a hash; the newest first. */
struct link {
	uint32_t job, next;
};

struct save_split {
	struct job *jobs;		/* owned; NULL: not begun */
	size_t n;
	struct frame_owners owners;	/* of messages of streams; NO_JOB: not chosen */
	struct frame_owners wants;	/* records that jobs want */
	struct link *links;
	size_t link_n, link_cap;
	struct hash_map map;		/* hash of ends to the first link */
	uint32_t *wide;			/* jobs that must see all */
	size_t wide_n, wide_cap;
	struct save_trunks trunks;
	struct save_viewers viewers;	/* the jobs for the record at hand */
	bool news;			/* save_conn_news() of its segment */
	uint64_t wanted, seen;		/* of all jobs */
	bool streams;			/* one has connections */
	bool media;
	struct spool spool;
	struct spool_budget budget;	/* of it */
	struct piece *pieces;
	size_t piece_n, piece_cap;
	size_t buffered;		/* about the bytes that wait in memory */
	struct save_progress *done;	/* of each file */
};

static int
add_name(struct err *err, const char *name)
{
	struct err cause = *err;

	return err_set(err, "%.200s: %.300s", name, cause.text);
}

/* ---- who is to see what ---- */

/* The first link of those with the hash; others may be among them, which does no harm. */
static uint32_t
links_of(const struct save_split *x, uint64_t hash)
{
	return hash_map_first(&x->map, hash);
}

static void
link_job(struct save_split *x, uint64_t hash, uint32_t job)
{
	uint32_t head = links_of(x, hash);

	if (head != HASH_NONE && x->links[head].job == job)
		return;
	ARRAY_GROW(x->links, x->link_cap, x->link_n + 1);
	x->links[x->link_n] = (struct link){ job, head };
	if (head == HASH_NONE)
		hash_map_add(&x->map, hash, (uint32_t)x->link_n);
	else
		hash_map_replace(&x->map, hash, head, (uint32_t)x->link_n);
	x->link_n++;
}

static void
link_conns(struct save_split *x, uint32_t job, size_t from)
{
	const struct save_conns *c = &x->jobs[job].save.conns;

	for (size_t i = from; i < c->n; i++) {
		struct save_conn *conn = &c->list[i];

		conn->lives[conn->n - 1].other |= save_trunks_link(&x->trunks, conn, job);
	}
	x->streams |= c->n > 0;
}

static void
link_media(struct save_split *x, uint32_t job)
{
	const struct save_media *m = &x->jobs[job].save.media;

	if (m->n == 0)
		return;
	x->media = true;
	/* What is told of these are ends inside of packets. */
	if (m->carriages & (1u << STREAM_OVER_TURN | 1u << STREAM_OVER_HEP)) {
		ARRAY_GROW(x->wide, x->wide_cap, x->wide_n + 1);
		x->wide[x->wide_n++] = job;
	}
	/* Whatever a span is of, its first end is one of the packet's. */
	for (size_t i = 0; i < m->span_n; i++)
		link_job(x, net_endpoint_hash(&m->spans[i].a), job);
}

static void
show_links(struct save_split *x, uint64_t hash)
{
	for (uint32_t i = links_of(x, hash); i != HASH_NONE; i = x->links[i].next)
		save_viewers_add(&x->viewers, x->links[i].job);
}

static void
show_wanted(struct save_split *x, uint16_t source, uint64_t frame)
{
	size_t n;
	const struct frame_owner *list = frame_owners_of(&x->wants, source, frame, &n);

	for (size_t i = 0; i < n; i++)
		save_viewers_add(&x->viewers, list[i].owner);
}

/* Those that may have media in the segment. */
static void
show_media(struct save_split *x, const struct segment *seg)
{
	if (!x->media)
		return;
	show_links(x, net_endpoint_hash(&seg->src));
	show_links(x, net_endpoint_hash(&seg->dst));
	for (size_t i = 0; i < x->wide_n; i++)
		save_viewers_add(&x->viewers, x->wide[i]);
}

static bool
needs_all(void *ctx, uint32_t job, const struct segment *seg)
{
	struct save_split *x = ctx;
	const struct save_conn *conn = save_conns_find(&x->jobs[job].save.conns, seg);

	return conn && save_conn_needs_all(conn);
}

/* ---- what is chosen ---- */

static int
by_index(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static char *
comment_of(const struct save *s, const struct call *c)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s%s", s->request.comment ? s->request.comment : "",
		   s->request.comment ? "; Call-ID " : "Call-ID ");
	text_add_visible(&b, call_id(c), false);
	buf_cstr(&b);
	return b.p;
}

static void
begin_job(struct save *s, uint32_t i)
{
	struct save_split *x = s->split;
	struct save *job = &x->jobs[i].save;
	const struct call *c = store_call(s->store, s->request.calls[i]);

	x->jobs[i].first = x->jobs[i].last = SIZE_MAX;
	job->session = s->session;
	job->store = s->store;
	job->request = s->request;
	job->request.path = s->request.paths[i];
	job->request.calls = NULL;
	job->request.n = 0;
	job->request.comment = comment_of(s, c);
	job->limits = s->limits;
	job->limit_n = s->limit_n;
	job->limited = s->limited;
	job->owners = &x->owners;
	job->job = i;
	job->n = store_call_messages(s->store, c, &job->messages, &job->cap);
	/* In order of arrival, as when saved together. */
	if (job->n > 1)
		qsort(job->messages, job->n, sizeof(*job->messages), by_index);
	for (size_t k = 0; k < job->n; k++)
		save_note_message(job, job->messages[k]);
	save_note_events(job, c);
	if (job->request.rtp) {
		save_note_media(job, c);
		save_media_seal(&job->media, s->store);
	}
	frame_set_seal(&job->wanted);
	job->news = &x->news;
	s->streams |= job->streams;
	s->carried |= job->carried;
	link_conns(x, i, 0);
	link_media(x, i);
}

enum save_turn
save_split_note(struct save *s, struct err *err)
{
	struct save_split *x = s->split;
	size_t taken = 0;

	(void)err;
	if (!x) {
		x = s->split = xcalloc(1, sizeof(*x));
		x->n = s->request.n;
		x->jobs = xcalloc(x->n, sizeof(*x->jobs));
		x->done = xcalloc(x->n, sizeof(*x->done));
		x->viewers.shown = xcalloc(x->n, sizeof(*x->viewers.shown));
		x->viewers.list = xcalloc(x->n, sizeof(*x->viewers.list));
		x->trunks.needs_all = needs_all;
		x->trunks.ctx = x;
		x->budget.cap = SPOOL_CAP;
		spool_init(&x->spool, &x->budget);
	}
	for (; s->at < x->n && taken < SAVE_TURN; s->at++) {
		begin_job(s, s->at);
		taken += 1 + x->jobs[s->at].save.n;
	}
	return s->at < x->n ? SAVE_TURN_BUSY : SAVE_TURN_OVER;
}

static uint32_t
job_of(const struct save *s, uint32_t call)
{
	const uint32_t *found = call == CALL_NONE ? NULL :
		bsearch(&call, s->request.calls, s->request.n, sizeof(call), by_index);

	return found ? (uint32_t)(found - s->request.calls) : NO_JOB;
}

/* The records of streams and whose messages they have, of calls that are not chosen too. */
enum save_turn
save_split_owners(struct save *s, struct err *err)
{
	struct save_split *x = s->split;
	uint32_t count = store_message_count(s->store);

	(void)err;
	for (unsigned n = 0; s->streams && n < 16 * SAVE_TURN && s->at < count; n++, s->at++) {
		const struct message *m = store_message(s->store, s->at);
		const struct path *p = store_path(s->store, m->path);
		struct carriage c;
		uint32_t job;

		if (p->transport == TRANSPORT_UDP && p->carrier == CARRIER_NONE)
			continue;
		job = job_of(s, m->call);
		store_carriage(s->store, s->at, &c);
		for (uint32_t k = 0; k < c.frame_n; k++)
			frame_owners_add(&x->owners, c.sources ? c.sources[k] : c.source,
					 carriage_frame(&c, k), job);
	}
	if (s->streams && s->at < count)
		return SAVE_TURN_BUSY;
	frame_owners_seal(&x->owners);
	return SAVE_TURN_OVER;
}

/* ---- the passes ---- */

/* Learn anew what records the jobs want. */
static void
index_wanted(struct save *s)
{
	struct save_split *x = s->split;

	frame_owners_release(&x->wants);
	x->wanted = x->seen = 0;
	for (size_t i = 0; i < x->n; i++) {
		struct save *job = &x->jobs[i].save;

		job->seen = 0;
		job->decoder = s->decoder;
		x->wanted += job->wanted.n;
		for (size_t k = 0; k < job->wanted.n; k++)
			frame_owners_add(&x->wants, frame_key_source(job->wanted.keys[k]),
					 frame_key_frame(job->wanted.keys[k]), (uint32_t)i);
	}
	frame_owners_seal(&x->wants);
}

enum save_turn
save_split_find_begin(struct save *s, struct err *err)
{
	enum save_turn turn = save_find_begin(s, err);

	for (size_t i = 0; i < s->split->n; i++)
		s->split->jobs[i].save.tls = s->tls;
	if (turn != SAVE_TURN_FAILED)
		index_wanted(s);
	return turn;
}

/* Who is to look at a segment of a connection. */
static void
show_stream(struct save *s, const struct segment *seg)
{
	struct save_split *x = s->split;
	const struct frame_owner *owners;
	const struct stamp *stamps;
	size_t n;

	owners = frame_owners_of(&x->owners, seg->source, seg->frame, &n);
	if (n > 0 && s->carried)
		save_trunks_add(&x->trunks, seg);
	save_trunks_look(&x->trunks, seg, owners, n, decode_fragments(s->decoder, &stamps) > 0,
			 &x->viewers);
}

static void
find_segment(struct save *s, const struct segment *seg)
{
	struct save_split *x = s->split;

	save_viewers_clear(&x->viewers);
	show_wanted(x, seg->source, seg->frame);
	if (x->streams && save_is_stream(seg) && !save_is_unknown(s, seg))
		show_stream(s, seg);
	show_media(x, seg);
	for (size_t i = 0; i < x->viewers.n; i++) {
		uint32_t job = x->viewers.list[i];
		size_t conns = x->jobs[job].save.conns.n;

		save_find_segment(&x->jobs[job].save, seg);
		if (x->jobs[job].save.conns.n > conns)
			link_conns(x, job, conns);
	}
}

static void
note_there(struct save_split *x, const struct record *rec)
{
	size_t n;
	const struct frame_owner *list = frame_owners_of(&x->wants, rec->source, rec->frame, &n);

	for (size_t i = 0; i < n; i++)
		save_note_there(&x->jobs[list[i].owner].save, rec);
	x->seen += n;
}

static enum save_turn
find_end(struct save *s)
{
	struct save_split *x = s->split;

	for (size_t i = 0; i < x->n; i++) {
		struct save *job = &x->jobs[i].save;

		save_find_close(job);
		job->at = 0;
		while (save_find_gone(job, NULL) == SAVE_TURN_BUSY)
			;
		job->at = 0;
		job->decoder = NULL;
	}
	return save_pass_end(s);
}

static void
find_expired(struct save *s, int64_t now)
{
	struct segment seg;

	while (decode_expired(s->decoder, now, &seg))
		find_segment(s, &seg);
}

enum save_turn
save_split_find(struct save *s, struct err *err)
{
	struct save_split *x = s->split;
	struct segment seg;
	struct record rec;

	(void)err;
	save_tell_progress(s);
	for (unsigned n = 0; n < SAVE_TURN; n++) {
		enum capture_status status = save_pass_next(s, &rec);

		if (status == CAPTURE_WAIT)
			return SAVE_TURN_BUSY;
		if (status == CAPTURE_END) {
			find_expired(s, INT64_MAX);
			return find_end(s);
		}
		save_note_fine(s, &rec);
		note_there(x, &rec);
		if (decode_record(s->decoder, &rec, &seg) == DECODE_SEGMENT)
			find_segment(s, &seg);
		if (decode_has_expired(s->decoder, rec.time))
			find_expired(s, rec.time);
		if (x->seen == x->wanted && !x->streams && !x->media &&
		    !decode_has_expired(s->decoder, INT64_MAX))
			return find_end(s);
	}
	return SAVE_TURN_BUSY;
}

enum save_turn
save_split_write_begin(struct save *s, struct err *err)
{
	struct save_split *x = s->split;
	enum save_turn turn;

	save_collect_comments(s);
	for (size_t i = 0; i < x->n; i++) {
		struct save *job = &x->jobs[i].save;

		job->fine = s->fine;
		job->fine_n = s->fine_n;
		job->comments = s->comments;
		job->comment_n = s->comment_n;
		save_writer_begin(job);
	}
	turn = save_pass_begin(s, err);
	if (turn != SAVE_TURN_FAILED)
		index_wanted(s);
	return turn;
}

/* Put what waits in memory aside, but for what is little. */
static int
spill(struct save_split *x, struct err *err)
{
	size_t least = x->buffered / x->n / 2;

	x->buffered = 0;
	for (size_t i = 0; i < x->n; i++) {
		struct job *job = &x->jobs[i];
		struct buf *b = &job->save.writer.sink.buf;

		if (b->n <= least) {
			x->buffered += b->n;
			continue;
		}
		ARRAY_GROW(x->pieces, x->piece_cap, x->piece_n + 1);
		x->pieces[x->piece_n] = (struct piece){ spool_size(&x->spool), b->n, SIZE_MAX };
		if (spool_add(&x->spool, b->p, b->n, err) != 0)
			return -1;
		if (job->first == SIZE_MAX)
			job->first = x->piece_n;
		else
			x->pieces[job->last].next = x->piece_n;
		job->last = x->piece_n++;
		buf_release(b);
	}
	return 0;
}

/* Who may keep a segment. */
static void
show_segment(struct save *s, const struct segment *seg)
{
	struct save_split *x = s->split;
	const struct frame_owner *wants;
	size_t wanted, owned;

	show_wanted(x, seg->source, seg->frame);
	show_media(x, seg);
	if (!x->streams || !save_is_stream(seg) || save_is_unknown(s, seg))
		return;
	frame_owners_of(&x->owners, seg->source, seg->frame, &owned);
	wants = frame_owners_of(&x->wants, seg->source, seg->frame, &wanted);
	x->news = save_trunks_take(&x->trunks, seg, wants, wanted, owned > 0, &x->viewers);
}

static int
write_record(struct save *s, const struct record *rec, const struct segment *seg, struct err *err)
{
	struct save_split *x = s->split;

	save_viewers_clear(&x->viewers);
	show_wanted(x, rec->source, rec->frame);
	x->seen += x->viewers.n;
	if (seg)
		show_segment(s, seg);
	for (size_t i = 0; i < x->viewers.n; i++) {
		struct save *job = &x->jobs[x->viewers.list[i]].save;
		size_t before = job->writer.sink.buf.n;

		if (save_write_packet(job, rec, seg, err) != 0)
			return add_name(err, job->request.path);
		x->buffered += job->writer.sink.buf.n - before;
	}
	return x->buffered > SPLIT_BUFFER ? spill(x, err) : 0;
}

static bool
has_all(const struct save *s)
{
	return s->split->seen == s->split->wanted;
}

enum save_turn
save_split_write(struct save *s, struct err *err)
{
	const struct save_writing w = {
		.decodes = s->split->streams || s->split->media,
		.has_all = has_all, .take = write_record,
	};

	return save_pass_write(s, &w, err);
}

/* ---- the files ---- */

static void
add_up(struct save_progress *to, const struct save_progress *p)
{
	to->packets += p->packets;
	to->rtp_packets += p->rtp_packets;
	to->messages += p->messages;
	to->missing += p->missing;
	to->built += p->built;
	to->tls += p->tls;
	to->tls_secrets += p->tls_secrets;
	to->decrypted += p->decrypted;
	to->media_gone |= p->media_gone;
	to->media_unkept |= p->media_unkept;
}

/* What waits in the spool. */
static int
copy_pieces(struct save_split *x, const struct job *job, struct err *err)
{
	char block[65536];

	for (size_t i = job->first; i != SIZE_MAX; i = x->pieces[i].next) {
		const struct piece *p = &x->pieces[i];

		for (size_t at = 0; at < p->n;) {
			size_t n = p->n - at < sizeof(block) ? p->n - at : sizeof(block);

			if (spool_read(&x->spool, p->offset + at, block, n, err) != 0)
				return -1;
			errno = 0;
			if (fwrite(block, 1, n, job->save.file.out) != n)
				return err_set(err, "write: %s", strerror(errno ? errno : EIO));
			at += n;
		}
	}
	return 0;
}

/* Let go of what a job has, and of nothing that is borrowed. */
static void
release_job(struct save *job)
{
	save_write_stop(job);
	save_file_discard(&job->file);
	job->decoder = NULL;
	job->limits = NULL;
	job->fine = NULL;
	job->comments = NULL;
	save_packets_release(job);
	free(job->messages);
	free((char *)(uintptr_t)job->request.comment);
	free(job->list);
	*job = (struct save){ .progress = job->progress };
}

static int
write_file(struct save_split *x, struct job *job, struct err *err)
{
	struct save *s = &job->save;

	if (save_file_open(&s->file, s->request.path, s->request.overwrite, err) != 0)
		return -1;
	if (copy_pieces(x, job, err) != 0)
		return add_name(err, s->request.path);
	s->writer.sink.file = s->file.out;
	if (save_writer_end(s, err) != 0)
		return add_name(err, s->request.path);
	s->file.in_lot = true;
	save_file_push(&s->file);
	return 0;
}

static enum save_turn
file_over(struct save *s, int result, const struct save_progress *p, struct err *err)
{
	struct save_split *x = s->split;

	if (result != 0 && s->at > 0) {
		struct err cause = *err;

		err_set(err, "%.400s (%u of %zu files are written)", cause.text, s->at, x->n);
	}
	if (result != 0)
		return SAVE_TURN_FAILED;
	x->done[s->at++] = *p;
	add_up(&s->progress, p);
	return s->at < x->n ? SAVE_TURN_BUSY : SAVE_TURN_OVER;
}

enum save_turn
save_split_files(struct save *s, struct err *err)
{
	struct save_split *x = s->split;
	size_t from = s->at, to = x->n - from > SPLIT_FILES ? from + SPLIT_FILES : x->n;
	enum save_turn turn = SAVE_TURN_BUSY;
	int r = 0;

	for (size_t i = from; i < to && r == 0; i++)
		r = write_file(x, &x->jobs[i], err);
	for (size_t i = from; i < to && turn == SAVE_TURN_BUSY; i++) {
		struct save *job = &x->jobs[i].save;

		if (r == 0 && save_file_commit(&job->file, err) != 0)
			r = add_name(err, job->request.path);
		release_job(job);
		turn = file_over(s, r, &job->progress, err);
	}
	if (turn != SAVE_TURN_BUSY || to == x->n)
		save_file_sync_folder(s->request.paths[0]);
	return turn;
}

/* Texts come out of the store: each file is a save of its own. */
enum save_turn
save_split_texts(struct save *s, struct err *err)
{
	struct save_request request = s->request;
	struct save_progress p = { .done = 0 };
	enum save_state state;
	struct save *one;

	if (!s->split) {
		s->split = xcalloc(1, sizeof(*s->split));
		s->split->n = s->request.n;
		s->split->done = xcalloc(s->split->n, sizeof(*s->split->done));
		spool_init(&s->split->spool, &s->split->budget);
		s->progress.total = s->split->n;
	}
	request.path = s->request.paths[s->at];
	request.paths = NULL;
	request.calls = &s->request.calls[s->at];
	request.n = 1;
	one = save_start(s->session, &request, err);
	if (!one)
		return file_over(s, -1, &p, err);
	do
		state = save_step(one, 100, &p, err);
	while (state == SAVE_RUNNING);
	save_end(one);
	s->progress.done = s->at + 1;
	return file_over(s, state == SAVE_DONE ? 0 : -1, &p, err);
}

const struct save_progress *
save_file_progress(const struct save *s, size_t i)
{
	return s->split && s->state == SAVE_DONE ? &s->split->done[i] : NULL;
}

void
save_split_release(struct save *s)
{
	struct save_split *x = s->split;

	if (!x)
		return;
	for (size_t i = 0; x->jobs && i < x->n; i++)
		release_job(&x->jobs[i].save);
	free(x->jobs);
	free(x->done);
	free(x->links);
	free(x->wide);
	save_trunks_release(&x->trunks);
	free(x->viewers.list);
	free(x->viewers.shown);
	free(x->pieces);
	hash_map_release(&x->map);
	frame_owners_release(&x->owners);
	frame_owners_release(&x->wants);
	spool_release(&x->spool);
	free(x);
	s->split = NULL;
}
