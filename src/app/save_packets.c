/*
 * The packets of chosen messages, out of the inputs read again.
 *
 * The store knows the records of each message. What else belongs to them only the
 * packets tell, some of which come before: the other fragments of a datagram, the
 * handshake of a connection. So the first pass over the inputs looks, and the second
 * writes. Both decode as reading did, so that fragments meet in the same way.
 *
 * All sources are named by their index in the first set, to which store and
 * comments refer.
 */
#include <stdlib.h>

#include "app/save_built.h"
#include "app/save_int.h"
#include "base/mem.h"
#include "sip/type.h"

/* ---- how far ---- */

void
save_note_limits(struct save *s)
{
	const struct capture *c = s->session->engine.capture;

	s->limited = !s->session->engine.ended;
	s->limit_n = capture_source_count(c);
	if (s->limit_n == 0)
		return;
	s->limits = xcalloc(s->limit_n, sizeof(*s->limits));
	for (size_t i = 0; i < s->limit_n; i++) {
		uint64_t records = capture_source_at(c, i)->stats.records;

		/* The last one may have been looked at and not been given out. */
		if (records > 0)
			s->limits[i] = records - 1;
	}
}

bool
save_is_unknown(const struct save *s, const struct segment *seg)
{
	return s->limited && (seg->source >= s->limit_n || seg->frame > s->limits[seg->source]);
}

/* ---- what chosen messages tell ---- */

bool
save_is_kept(const struct save *s, uint16_t source)
{
	const struct capture_source *src = capture_source_at(s->session->engine.capture, source);

	return src && src->kept;
}

static void
note_address(struct save *s, const struct net_addr *a)
{
	struct net_endpoint at = { .addr = *a };
	uint64_t hash = net_endpoint_hash(&at);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->address_map, hash, &cursor)) != HASH_NONE)
		if (net_addr_eq(&s->addresses[i], a))
			return;
	ARRAY_GROW(s->addresses, s->address_cap, s->address_n + 1);
	s->addresses[s->address_n] = *a;
	hash_map_add(&s->address_map, hash, (uint32_t)s->address_n++);
}

static void
note_path(struct save *s, uint32_t path)
{
	const struct path *p = store_path(s->session->engine.store, path);
	size_t word = path / 64, words = s->path_words;

	if (word >= words) {
		ARRAY_GROW(s->paths, s->path_words, word + 1);
		memset(s->paths + words, 0, (s->path_words - words) * sizeof(*s->paths));
	}
	if (s->paths[word] >> path % 64 & 1)
		return;
	s->paths[word] |= UINT64_C(1) << path % 64;
	note_address(s, &p->src.addr);
	note_address(s, &p->dst.addr);
	if (p->transport != TRANSPORT_UDP || p->carrier != CARRIER_NONE)
		s->streams = true;
	s->carried |= p->carrier != CARRIER_NONE;
	/* Known now, for what comes before the first message of it. */
	if (p->transport != TRANSPORT_UDP && p->carrier == CARRIER_NONE)
		save_conns_add(&s->conns, p->transport == TRANSPORT_SCTP ? SEGMENT_SCTP
			       : SEGMENT_TCP, &p->src, &p->dst,
			       p->transport == TRANSPORT_TLS || p->transport == TRANSPORT_WS ||
			       p->transport == TRANSPORT_WSS);
}

static uint16_t
source_of(const struct carriage *c, uint32_t frame)
{
	return c->sources ? c->sources[frame] : c->source;
}

static bool
is_decrypted(const struct save *s)
{
	return s->request.secrecy == SAVE_DECRYPTED;
}

static bool
is_tls(const struct path *p)
{
	return p->carrier == CARRIER_NONE &&
		(p->transport == TRANSPORT_TLS || p->transport == TRANSPORT_WSS);
}

void
save_note_message(struct save *s, uint32_t i)
{
	const struct store *store = s->session->engine.store;
	struct carriage c;

	store_carriage(store, i, &c);
	for (uint32_t k = 0; k < c.frame_n; k++)
		frame_set_add(&s->wanted, source_of(&c, k), carriage_frame(&c, k));
	note_path(s, store_message(store, i)->path);
}

void
save_note_events(struct save *s, const struct call *c)
{
	const struct store *store = s->session->engine.store;
	uint64_t left = 0;
	size_t n = store_call_events(store, c, &s->list, &s->list_cap, &left);

	for (size_t i = 0; i < n; i++) {
		const struct event *e = store_event(store, s->list[i]);

		/* These two are found in packets of any call of the connection. */
		if (e->kind == EVENT_GAP || e->kind == EVENT_OVERLAP || event_frame(e) == 0)
			continue;
		frame_set_add(&s->wanted, e->file, event_frame(e));
	}
}

/* ---- what is not chosen ---- */

/* The records of other messages that came by streams: they may be of the same ones. */
enum save_turn
save_note_others(struct save *s, struct err *err)
{
	const struct store *store = s->session->engine.store;
	uint32_t count = store_message_count(store);
	size_t next = 0;

	(void)err;
	if (s->at == 0)
		save_media_seal(&s->media, store);
	frame_set_seal(&s->wanted);
	if (!s->streams)
		return SAVE_TURN_OVER;
	while (next < s->n && s->messages[next] < s->at)
		next++;
	for (unsigned n = 0; n < 16 * SAVE_TURN && s->at < count; n++, s->at++) {
		const struct path *p = store_path(store, store_message(store, s->at)->path);
		struct carriage c;

		while (next < s->n && s->messages[next] < s->at)
			next++;
		if ((next < s->n && s->messages[next] == s->at) ||
		    (p->transport == TRANSPORT_UDP && p->carrier == CARRIER_NONE))
			continue;
		store_carriage(store, s->at, &c);
		for (uint32_t k = 0; k < c.frame_n; k++)
			frame_set_add(&s->others, source_of(&c, k), carriage_frame(&c, k));
	}
	if (s->at < count)
		return SAVE_TURN_BUSY;
	frame_set_seal(&s->others);
	return SAVE_TURN_OVER;
}

/* ---- a pass ---- */

enum save_turn
save_pass_begin(struct save *s, struct err *err)
{
	s->source_n = 0;
	s->seen = 0;
	s->again = capture_again(s->session->engine.capture, err);
	if (!s->again)
		return SAVE_TURN_FAILED;
	s->decoder = decoder_new();
	return SAVE_TURN_OVER;
}

enum save_turn
save_pass_end(struct save *s)
{
	uint64_t done, total;

	capture_progress(s->again, &done, &total);
	s->bytes += total;
	decoder_free(s->decoder);
	capture_free(s->again);
	s->decoder = NULL;
	s->again = NULL;
	return SAVE_TURN_OVER;
}

void
save_tell_progress(struct save *s)
{
	uint64_t done, total;

	capture_progress(s->again, &done, &total);
	s->progress.done = s->bytes + done;
	s->progress.total = 2 * total;
}

/* The next record, told of the first set. */
enum capture_status
save_pass_next(struct save *s, struct record *rec)
{
	enum capture_status status;

	do {
		status = capture_next(s->again, rec);
		if (status != CAPTURE_RECORD)
			return status;
		for (; s->source_n <= rec->source; s->source_n++) {
			ARRAY_GROW(s->sources, s->source_cap, s->source_n + 1);
			s->sources[s->source_n] = capture_again_source(
				s->session->engine.capture, s->again, s->source_n);
		}
		rec->source = s->sources[rec->source];
	} while (rec->source == PLACE_NONE);
	return status;
}

bool
save_is_stream(const struct segment *seg)
{
	return (seg->kind == SEGMENT_TCP || seg->kind == SEGMENT_SCTP) && !seg->pdu;
}

/* ---- the first pass ---- */

enum save_turn
save_find_begin(struct save *s, struct err *err)
{
	if (s->streams || s->conns.n > 0)
		save_tls_learn(&s->own_tls, s->session->engine.streams);
	s->tls = &s->own_tls;
	return save_pass_begin(s, err);
}

/* A wanted segment may be of TLS. @return whether it is one not to be written. */
static bool
find_tls(struct save *s, const struct segment *seg, const struct stamp *stamps, size_t n)
{
	uint32_t tls = save_tls_find(s->tls, seg);

	if (tls == SAVE_TLS_NONE)
		return false;
	save_tls_set_add(&s->tls_set, tls);
	if (!is_decrypted(s))
		return false;
	s->progress.media_gone |= save_media_has_tcp(&s->media, seg);
	frame_set_add(&s->sealed, seg->source, seg->frame);
	for (size_t i = 0; i < n; i++)
		frame_set_add(&s->sealed, stamps[i].source, stamps[i].frame);
	return true;
}

/* Whether it has parts of messages that are not chosen. */
static bool
is_other(struct save *s, const struct segment *seg)
{
	return s->owners ? frame_owners_has_other(s->owners, seg->source, seg->frame, s->job)
		: frame_set_has(&s->others, seg->source, seg->frame);
}

void
save_find_segment(struct save *s, const struct segment *seg)
{
	bool wanted = frame_set_has(&s->wanted, seg->source, seg->frame);
	bool other = is_other(s, seg);
	struct save_conn *conn = NULL;
	const struct stamp *stamps;
	size_t n = decode_fragments(s->decoder, &stamps);

	if (!wanted && save_is_unknown(s, seg))
		return;
	if (save_is_stream(seg)) {
		/* One with media is kept whole. */
		bool media = save_media_has_tcp(&s->media, seg);

		wanted = wanted || media;
		if (wanted && find_tls(s, seg, stamps, n))
			return;
		conn = save_conns_find(&s->conns, seg);
		/* What carries others too is known late, and who came first counts. */
		if (!conn && (wanted || (other && s->carried && !s->owners)))
			conn = save_conns_add(&s->conns, seg->kind, &seg->src, &seg->dst, media);
		if (conn)
			save_conn_look(conn, seg, wanted, other);
	}
	if (n == 0 || (!wanted && (!conn || other) && !save_media_takes(&s->media, seg)))
		return;
	for (size_t i = 0; i < n; i++)
		frame_set_add(&s->found, stamps[i].source, stamps[i].frame);
}

void
save_note_fine(struct save *s, const struct record *rec)
{
	size_t n = s->fine_n;

	if (rec->source >= n) {
		ARRAY_GROW(s->fine, s->fine_cap, rec->source + 1u);
		s->fine_n = s->fine_cap;
		memset(s->fine + n, 0, (s->fine_n - n) * sizeof(*s->fine));
	}
	s->fine[rec->source] |= rec->time != TIME_NONE && rec->time % NS_PER_US != 0;
}

static void
find_expired(struct save *s, int64_t now)
{
	struct segment seg;

	while (decode_expired(s->decoder, now, &seg))
		save_find_segment(s, &seg);
}

/* Of what is wanted, take out what was kept once and had to make room for others. */
static void
split_gone(struct save *s)
{
	size_t n = 0;

	for (size_t i = 0; s->seen < s->wanted.n && i < s->wanted.n; i++) {
		uint64_t key = s->wanted.keys[i];

		if (!(s->there && s->there[i / 64] >> i % 64 & 1) &&
		    save_is_kept(s, frame_key_source(key)))
			frame_set_add(&s->gone, frame_key_source(key), frame_key_frame(key));
		else
			s->wanted.keys[n++] = key;
	}
	if (s->seen < s->wanted.n)
		s->wanted.n = n;
	free(s->there);
	s->there = NULL;
}

void
save_find_close(struct save *s)
{
	split_gone(s);
	for (size_t i = 0; i < s->found.n; i++)
		frame_set_add(&s->wanted, frame_key_source(s->found.keys[i]),
			      frame_key_frame(s->found.keys[i]));
	frame_set_release(&s->found);
	frame_set_seal(&s->wanted);
	frame_set_seal(&s->sealed);
}

void
save_note_there(struct save *s, const struct record *rec)
{
	uint64_t bit;

	if (!frame_set_has(&s->wanted, rec->source, rec->frame))
		return;
	bit = UINT64_C(1) << s->wanted.at % 64;
	if (!s->there)
		s->there = xcalloc(s->wanted.n / 64 + 1, sizeof(*s->there));
	s->seen += !(s->there[s->wanted.at / 64] & bit);
	s->there[s->wanted.at / 64] |= bit;
}

static enum save_turn
find_end(struct save *s)
{
	find_expired(s, INT64_MAX);
	save_find_close(s);
	return save_pass_end(s);
}

enum save_turn
save_find(struct save *s, struct err *err)
{
	struct segment seg;
	struct record rec;

	(void)err;
	save_tell_progress(s);
	for (unsigned n = 0; n < SAVE_TURN; n++) {
		enum capture_status status = save_pass_next(s, &rec);

		if (status == CAPTURE_WAIT)
			return SAVE_TURN_BUSY;
		if (status == CAPTURE_END)
			return find_end(s);
		save_note_fine(s, &rec);
		save_note_there(s, &rec);
		if (decode_record(s->decoder, &rec, &seg) == DECODE_SEGMENT)
			save_find_segment(s, &seg);
		if (decode_has_expired(s->decoder, rec.time))
			find_expired(s, rec.time);
		/* Nothing else is looked for, and no datagram waits for its rest. */
		if (s->seen == s->wanted.n && s->conns.n == 0 && s->media.n == 0 &&
		    !decode_has_expired(s->decoder, INT64_MAX))
			return find_end(s);
	}
	return SAVE_TURN_BUSY;
}

/* Messages of which a packet is gone are written from their texts. */
enum save_turn
save_find_gone(struct save *s, struct err *err)
{
	const struct store *store = s->session->engine.store;

	(void)err;
	for (unsigned n = 0; s->gone.n > 0 && n < 16 * SAVE_TURN && s->at < s->n; n++, s->at++) {
		uint32_t i = s->messages[s->at];
		const struct message *m = store_message(store, i);
		struct carriage c;
		bool gone = false;

		store_carriage(store, i, &c);
		for (uint32_t k = 0; k < c.frame_n && !gone; k++)
			gone = frame_set_has(&s->gone, source_of(&c, k), carriage_frame(&c, k));
		if (!gone)
			continue;
		ARRAY_GROW(s->built, s->built_cap, s->built_n + 1);
		s->built[s->built_n++] = (struct save_built){
			m->time, i, is_decrypted(s) && is_tls(store_path(store, m->path)),
		};
	}
	return s->gone.n > 0 && s->at < s->n ? SAVE_TURN_BUSY : SAVE_TURN_OVER;
}

/* ---- the second pass ---- */

static int
by_time(const void *a, const void *b)
{
	const struct save_built *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->message > y->message) - (x->message < y->message);
}

static int
by_frame(const void *a, const void *b)
{
	const struct save_comment *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

void
save_collect_comments(struct save *s)
{
	const struct capture *c = s->session->engine.capture;

	for (size_t i = 0; i < capture_comment_count(c); i++) {
		const struct capture_comment *comment = capture_comment_at(c, i);

		if (comment->frame == 0)
			continue;
		ARRAY_GROW(s->comments, s->comment_cap, s->comment_n + 1);
		s->comments[s->comment_n++] = (struct save_comment){
			frame_key(comment->source, comment->frame), comment->text,
		};
	}
	if (s->comment_n > 1)
		qsort(s->comments, s->comment_n, sizeof(*s->comments), by_frame);
}

/* The messages of what is not written as it was captured. */
static void
collect_decrypted(struct save *s)
{
	const struct store *store = s->session->engine.store;

	for (size_t i = 0; s->sealed.n > 0 && i < s->n; i++) {
		uint32_t message = s->messages[i];
		struct carriage c;
		bool sealed = false;

		store_carriage(store, message, &c);
		for (uint32_t k = 0; k < c.frame_n && !sealed; k++)
			sealed = frame_set_has(&s->sealed, source_of(&c, k), carriage_frame(&c, k));
		if (!sealed)
			continue;
		ARRAY_GROW(s->built, s->built_cap, s->built_n + 1);
		s->built[s->built_n++] = (struct save_built){
			store_message(store, message)->time, message, true,
		};
	}
}

static void
write_secrets(struct save *s)
{
	struct tls_keys *keys = s->session->engine.streams->keys;
	struct buf lines = BUF_INIT;

	tls_keys_refresh(keys);
	s->progress.tls_secrets = save_tls_secrets(s->tls, &s->tls_set, keys, &lines);
	pcap_write_secrets(&s->writer, buf_str(&lines));
	if (lines.n > 0)
		explicit_bzero(lines.p, lines.n);
	buf_release(&lines);
}

void
save_writer_begin(struct save *s)
{
	struct pcap_write_options options = {
		.ng = s->request.format == SAVE_PCAPNG, .comment = s->request.comment,
		.program = "rung " PACKAGE_VERSION,
	};

	collect_decrypted(s);
	for (size_t i = 0; i < s->fine_n; i++)
		options.fine |= s->fine[i];
	for (size_t i = 0; i < s->built_n; i++)
		options.fine |= s->built[i].time % NS_PER_US != 0;
	pcap_write_begin(&s->writer, &options, s->file.out);
	s->writing = true;
	for (size_t i = 0; i < s->address_n; i++) {
		struct net_endpoint at = { .addr = s->addresses[i] };

		pcap_write_name(&s->writer, &at.addr, host_names_find(&s->session->names, &at));
	}
	if (!is_decrypted(s))
		s->progress.tls = s->tls_set.n;
	if (s->request.secrecy == SAVE_WITH_SECRETS)
		write_secrets(s);
	if (s->built_n > 1)
		qsort(s->built, s->built_n, sizeof(*s->built), by_time);
}

enum save_turn
save_write_begin(struct save *s, struct err *err)
{
	save_collect_comments(s);
	save_writer_begin(s);
	return save_pass_begin(s, err);
}

/* A packet for a message whose own is gone. */
static int
write_built(struct save *s, const struct save_built *b, struct err *err)
{
	const struct store *store = s->session->engine.store;
	const struct message *m = store_message(store, b->message);
	const struct path *p = store_path(store, m->path);
	struct pcap_packet_note note = {
		.fine = b->time % NS_PER_US != 0, .comment = "built from the message: its packet "
		"could not be read again",
	};
	struct record rec = { .time = b->time, .source = PLACE_NONE,
			      .link = b->pdu ? SAVE_PDU_LINK : SAVE_BUILT_LINK };
	bool fine = store_text(store, m, &s->text, err) == 0;

	if (fine && b->pdu)
		fine = save_built_pdu(&s->scratch, &p->src, &p->dst, p->transport,
				      buf_str(&s->text));
	else if (fine)
		fine = save_built_packet(&s->scratch, &p->src, &p->dst, buf_str(&s->text));
	if (!fine) {
		s->progress.missing++;
		return 0;
	}
	if (b->pdu) {
		s->progress.decrypted++;
		note.comment = NULL;
	} else {
		s->progress.built++;
	}
	rec.data = (const uint8_t *)s->scratch.p;
	rec.caplen = rec.wirelen = (uint32_t)s->scratch.n;
	return pcap_write_packet(&s->writer, &rec, &note, err);
}

/* What is built up to @time. */
static int
write_due(struct save *s, int64_t time, struct err *err)
{
	for (; s->built_at < s->built_n && s->built[s->built_at].time <= time; s->built_at++)
		if (write_built(s, &s->built[s->built_at], err) != 0)
			return -1;
	return 0;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int
write_record(struct save *s, const struct record *rec, struct err *err)
{
	const struct capture *c = s->session->engine.capture;
	struct save_comment key = { .key = frame_key(rec->source, rec->frame) };
	struct pcap_packet_note note = {
		.fine = s->fine_n > rec->source && s->fine[rec->source],
		.source = base_name(capture_source_at(c, rec->source)->name),
	};
	const struct save_comment *comment;

	if (rec->time != TIME_NONE && write_due(s, rec->time, err) != 0)
		return -1;
	if (s->comment_n > 0 &&
	    (comment = bsearch(&key, s->comments, s->comment_n, sizeof(key), by_frame)))
		note.comment = comment->text;
	return pcap_write_packet(&s->writer, rec, &note, err);
}

/* Whether a packet is kept for the connection it is of, or as media. */
static bool
takes_segment(struct save *s, const struct segment *seg)
{
	bool wanted = frame_set_has(&s->wanted, seg->source, seg->frame);
	bool other = is_other(s, seg);
	struct save_conn *conn = save_is_stream(seg) ? save_conns_find(&s->conns, seg) : NULL;

	if (save_is_unknown(s, seg) || (is_decrypted(s) && save_is_stream(seg) &&
				   save_tls_find(s->tls, seg) != SAVE_TLS_NONE))
		return false;
	if (conn) {
		s->progress.rtp_packets += save_media_has_tcp(&s->media, seg);
		return save_conn_takes(conn, seg, wanted, other,
				       s->news ? *s->news : save_conn_news(conn, seg));
	}
	if (!save_media_takes(&s->media, seg))
		return false;
	s->progress.rtp_packets++;
	return true;
}

int
save_write_packet(struct save *s, const struct record *rec, const struct segment *seg,
		  struct err *err)
{
	bool take = frame_set_has(&s->wanted, rec->source, rec->frame);

	s->seen += take;
	take = take && !frame_set_has(&s->sealed, rec->source, rec->frame);
	if (seg)
		take |= takes_segment(s, seg);
	return take ? write_record(s, rec, err) : 0;
}

enum save_turn
save_pass_write(struct save *s, const struct save_writing *w, struct err *err)
{
	struct segment seg;
	struct record rec;

	save_tell_progress(s);
	for (unsigned n = 0; n < SAVE_TURN; n++) {
		enum capture_status status;
		bool whole;

		if (!w->decodes && w->has_all(s))
			return save_pass_end(s);
		status = save_pass_next(s, &rec);
		if (status == CAPTURE_WAIT)
			return SAVE_TURN_BUSY;
		if (status == CAPTURE_END)
			return save_pass_end(s);
		whole = w->decodes && decode_record(s->decoder, &rec, &seg) == DECODE_SEGMENT;
		if (w->take(s, &rec, whole ? &seg : NULL, err) != 0)
			return SAVE_TURN_FAILED;
		if (w->decodes && decode_has_expired(s->decoder, rec.time))
			while (decode_expired(s->decoder, rec.time, &seg))
				;
	}
	return SAVE_TURN_BUSY;
}

static bool
has_all(const struct save *s)
{
	return s->seen == s->wanted.n;
}

enum save_turn
save_write(struct save *s, struct err *err)
{
	const struct save_writing w = {
		.decodes = s->conns.n > 0 || s->media.n > 0,
		.has_all = has_all, .take = save_write_packet,
	};
	enum save_turn turn = save_pass_write(s, &w, err);

	s->progress.packets = s->writer.packets;
	return turn;
}

int
save_writer_end(struct save *s, struct err *err)
{
	int r = write_due(s, INT64_MAX, err);

	s->progress.packets = s->writer.packets;
	s->progress.messages = s->n;
	s->progress.missing += s->wanted.n - s->seen;
	s->progress.done = s->progress.total;
	s->writing = false;
	/* What never ended can be judged by time as before. */
	pcap_write_until(&s->writer, store_now(s->session->engine.store));
	if (pcap_write_end(&s->writer, r == 0 ? err : NULL) != 0)
		r = -1;
	return r;
}

enum save_turn
save_write_end(struct save *s, struct err *err)
{
	return save_writer_end(s, err) == 0 ? SAVE_TURN_OVER : SAVE_TURN_FAILED;
}

void
save_write_stop(struct save *s)
{
	if (s->writing)
		pcap_write_end(&s->writer, NULL);
	s->writing = false;
}

void
save_packets_release(struct save *s)
{
	decoder_free(s->decoder);
	capture_free(s->again);
	frame_set_release(&s->wanted);
	frame_set_release(&s->others);
	frame_set_release(&s->found);
	frame_set_release(&s->sealed);
	save_tls_release(&s->own_tls);
	save_tls_set_release(&s->tls_set);
	frame_set_release(&s->gone);
	free(s->there);
	save_conns_release(&s->conns);
	save_media_release(&s->media);
	free(s->paths);
	free(s->built);
	free(s->addresses);
	hash_map_release(&s->address_map);
	free(s->sources);
	free(s->fine);
	free(s->comments);
	free(s->limits);
	buf_release(&s->scratch);
	buf_release(&s->text);
}
