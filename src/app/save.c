/*
 * Saving is a row of phases, each done in turns: the chosen messages are marked and
 * put in order, then packets are looked for and written, or texts are. The file
 * gets its name when all are over.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/save_int.h"

#include "app/answer.h"
#include "base/mem.h"

/* ---- what is chosen ---- */

static void
mark(struct save *s, uint32_t message)
{
	size_t word = message / 64, words = s->mark_words;

	if (word >= words) {
		ARRAY_GROW(s->marks, s->mark_words, word + 1);
		memset(s->marks + words, 0, (s->mark_words - words) * sizeof(*s->marks));
	}
	s->marks[word] |= UINT64_C(1) << message % 64;
}

static bool
has_packets(const struct save *s)
{
	return s->request.format == SAVE_PCAP || s->request.format == SAVE_PCAPNG;
}

/* Streams have no messages. */
static enum save_turn
mark_streams(struct save *s, struct err *err)
{
	for (unsigned n = 0; n < 16 * SAVE_TURN && s->at < s->request.stream_n; n++)
		save_note_stream(s, s->request.streams[s->at++]);
	if (s->at < s->request.stream_n)
		return SAVE_TURN_BUSY;
	if (save_any_media(s))
		return SAVE_TURN_OVER;
	err_set(err, s->progress.media_unkept ? "RTP was measured, not kept: start rung with -r to "
		"save it" : "the streams were evicted meanwhile");
	return SAVE_TURN_FAILED;
}

/* The messages of the calls: these may be in any order among those of others. */
static enum save_turn
mark_calls(struct save *s, struct err *err)
{
	const struct store *store = s->session->engine.store;
	size_t taken = 0;

	if (s->request.stream_n > 0)
		return mark_streams(s, err);
	if (s->request.message != MESSAGE_NONE) {
		const struct message *m = store_message(store, s->request.message);

		mark(s, s->request.message);
		if (s->request.rtp && has_packets(s) && (m->flags & MESSAGE_SDP))
			save_note_media(s, store_call(store, m->call));
		return SAVE_TURN_OVER;
	}
	for (; s->at < s->request.n && taken < 16 * SAVE_TURN; s->at++) {
		const struct call *c = store_call(store, s->request.calls[s->at]);
		size_t n = c ? store_call_messages(store, c, &s->list, &s->list_cap) : 0;

		for (size_t i = 0; i < n; i++)
			mark(s, s->list[i]);
		if (c && has_packets(s))
			save_note_events(s, c);
		if (c && has_packets(s) && s->request.rtp)
			save_note_media(s, c);
		taken += n + 1;
	}
	return s->at < s->request.n ? SAVE_TURN_BUSY : SAVE_TURN_OVER;
}

static enum save_turn
collect(struct save *s, struct err *err)
{
	size_t until = s->n + 8 * SAVE_TURN;

	(void)err;
	for (unsigned n = 0; n < 16 * SAVE_TURN && s->n < until && s->at < s->mark_words;
	     n++, s->at++) {
		for (uint64_t word = s->marks[s->at]; word; word &= word - 1) {
			uint32_t i = s->at * 64 + (uint32_t)__builtin_ctzll(word);

			ARRAY_GROW(s->messages, s->cap, s->n + 1);
			s->messages[s->n++] = i;
			if (has_packets(s))
				save_note_message(s, i);
			n++;
		}
	}
	return s->at < s->mark_words ? SAVE_TURN_BUSY : SAVE_TURN_OVER;
}

/* ---- texts ---- */

static enum save_turn
text_begin(struct save *s, struct err *err)
{
	struct messages_text_options texts = {
		.utc = session_utc(s->session), .ascii = session_ascii(s->session),
		.name = host_names_lookup, .name_ctx = &s->session->names,
	};
	const char *name = save_format_defs[s->request.format].name;
	struct table_options table = { .utc = texts.utc, .ascii = texts.ascii };
	size_t n;

	(void)err;
	answer_put_in_time(s->session, s->messages, s->n);
	s->progress.total = s->n;
	if (s->request.format == SAVE_TEXT) {
		messages_text_begin(&s->texts, &s->session->query, &texts, s->file.out);
		s->texting = true;
		return SAVE_TURN_OVER;
	}
	field_list_default(QUERY_MESSAGE, &s->fields, &n);
	table_begin(&s->table, exporter_find(str_of(name)), &s->session->query, s->fields, n,
		    &table, s->file.out);
	s->tabling = true;
	return SAVE_TURN_OVER;
}

static bool
write_text(struct save *s, uint32_t i)
{
	struct query_item item;

	if (s->texting)
		return messages_text_add(&s->texts, i);
	item = query_message(&s->session->query, i);
	return table_row(&s->table, &item);
}

static int
text_end(struct save *s, struct err *err)
{
	int r = 0;

	if (s->texting)
		r = messages_text_end(&s->texts, err);
	if (s->tabling)
		r = table_end(&s->table, err);
	s->texting = s->tabling = false;
	return r;
}

static enum save_turn
text_write(struct save *s, struct err *err)
{
	bool fine = true;

	for (unsigned n = 0; n < SAVE_TURN / 4 && s->at < s->n && fine; n++)
		fine = write_text(s, s->messages[s->at++]);
	s->progress.done = s->progress.messages = s->at;
	if (fine && s->at < s->n)
		return SAVE_TURN_BUSY;
	return text_end(s, err) == 0 ? SAVE_TURN_OVER : SAVE_TURN_FAILED;
}

/* ---- from beginning to end ---- */

/* The last step waits for the disk: of a large file most goes there before, in turns. */
static enum save_turn
settle(struct save *s, struct err *err)
{
	(void)err;
	return save_file_settle(&s->file) ? SAVE_TURN_BUSY : SAVE_TURN_OVER;
}

static enum save_turn
commit(struct save *s, struct err *err)
{
	return save_file_commit(&s->file, err) == 0 ? SAVE_TURN_OVER : SAVE_TURN_FAILED;
}

static save_phase_fn *const packet_phases[] = {
	mark_calls, collect, save_note_others, save_find_begin, save_find, save_find_gone,
	save_write_begin, save_write, save_write_end, settle, commit, NULL
};
static save_phase_fn *const text_phases[] = {
	mark_calls, collect, text_begin, text_write, settle, commit, NULL
};
static save_phase_fn *const split_packet_phases[] = {
	save_split_note, save_split_owners, save_split_find_begin, save_split_find,
	save_split_write_begin, save_split_write, save_split_files, NULL
};
static save_phase_fn *const split_text_phases[] = { save_split_texts, NULL };

static bool
is_input(const struct session *session, const char *path)
{
	bool stream = save_file_is_stream(path);
	struct stat st;

	/* What reads and writes the same pipe is a shell's. */
	return (stream ? fstat(STDOUT_FILENO, &st) : stat(path, &st)) == 0 &&
		(!stream || S_ISREG(st.st_mode)) &&
		capture_is_input(session->engine.capture, &st);
}

static const char *
name_of(const char *path)
{
	return save_file_is_stream(path) ? "standard output" : path;
}

/* Whether all files of several may be written, before any is. */
static int
check_paths(const struct session *session, const struct save_request *request, struct err *err)
{
	for (size_t i = 0; i < request->n; i++) {
		const char *path = request->paths[i];

		if (is_input(session, path))
			return err_set(err, "%s: is what is read", path);
		if (save_file_check(path, request->overwrite, err) != 0)
			return -1;
	}
	return 0;
}

/* @return NULL for none. */
static uint32_t *
copy_indexes(const uint32_t *list, size_t n)
{
	uint32_t *copy = n > 0 ? xreallocarray(NULL, n, sizeof(*copy)) : NULL;

	if (copy)
		memcpy(copy, list, n * sizeof(*copy));
	return copy;
}

/* What is asked for stays as it is. */
static void
copy_request(struct save *s, const struct save_request *request)
{
	size_t n = request->n;

	s->request = *request;
	s->request.path = xstrdup(request->path);
	s->request.comment = request->comment ? xstrdup(request->comment) : NULL;
	s->request.calls = copy_indexes(request->calls, n);
	s->request.streams = copy_indexes(request->streams, request->stream_n);
	s->request.paths = NULL;
	if (request->paths) {
		char **paths = xreallocarray(NULL, n, sizeof(*paths));

		for (size_t i = 0; i < n; i++)
			paths[i] = xstrdup(request->paths[i]);
		s->request.paths = paths;
	}
}

static void
release_request(struct save *s)
{
	for (size_t i = 0; s->request.paths && i < s->request.n; i++)
		free(s->request.paths[i]);
	free((char **)(uintptr_t)s->request.paths);
	free((char *)(uintptr_t)s->request.path);
	free((char *)(uintptr_t)s->request.comment);
	free((uint32_t *)(uintptr_t)s->request.calls);
	free((uint32_t *)(uintptr_t)s->request.streams);
}

struct save *
save_start(struct session *session, const struct save_request *request, struct err *err)
{
	struct save *s;

	if (request->n == 0 && request->message == MESSAGE_NONE && request->stream_n == 0) {
		err_set(err, "no calls to save");
		return NULL;
	}
	if (request->stream_n > 0 && request->format != SAVE_PCAP &&
	    request->format != SAVE_PCAPNG) {
		err_set(err, "streams are saved as packets: choose pcap or pcapng");
		return NULL;
	}
	if (request->secrecy == SAVE_WITH_SECRETS && request->format != SAVE_PCAPNG) {
		err_set(err, "%s has no place for secrets: choose pcapng",
			save_format_defs[request->format].name);
		return NULL;
	}
	if (!request->paths && is_input(session, request->path)) {
		err_set(err, "%s: is what is read", name_of(request->path));
		return NULL;
	}
	s = xcalloc(1, sizeof(*s));
	s->session = session;
	s->store = session->engine.store;
	copy_request(s, request);
	s->phases = has_packets(s) ? packet_phases : text_phases;
	if (request->paths)
		s->phases = has_packets(s) ? split_packet_phases : split_text_phases;
	save_note_limits(s);
	if (request->paths ? check_paths(session, request, err) != 0
	    : save_file_open(&s->file, request->path, request->overwrite, err) != 0) {
		int cause = errno;

		save_packets_release(s);
		release_request(s);
		free(s);
		errno = cause;
		return NULL;
	}
	return s;
}

/* Leave the file, and nothing of it behind. */
static void
leave_file(struct save *s)
{
	text_end(s, NULL);
	save_write_stop(s);
	save_file_discard(&s->file);
}

enum save_state
save_step(struct save *s, int budget_ms, struct save_progress *progress, struct err *err)
{
	int64_t until = time_monotonic() + budget_ms * NS_PER_MS;

	while (s->state == SAVE_RUNNING) {
		enum save_turn turn = SAVE_TURN_FAILED;

		if (s->session->engine.store != s->store)
			err_set(&s->err, "what was to be saved was closed");
		else
			turn = (*s->phases)(s, &s->err);
		if (turn == SAVE_TURN_FAILED) {
			struct err cause = s->err;

			if (!s->request.paths)
				err_set(&s->err, "%.200s: %.300s", name_of(s->request.path),
					cause.text);
			/* A disk that is full has room for others again. */
			leave_file(s);
			s->state = SAVE_FAILED;
		} else if (turn == SAVE_TURN_OVER) {
			s->phases++;
			s->at = 0;
			if (!*s->phases)
				s->state = SAVE_DONE;
		}
		if (time_monotonic() >= until)
			break;
	}
	*progress = s->progress;
	if (s->state == SAVE_FAILED && err)
		*err = s->err;
	return s->state;
}

void
save_end(struct save *s)
{
	if (!s)
		return;
	leave_file(s);
	save_split_release(s);
	save_packets_release(s);
	free(s->messages);
	free(s->list);
	free(s->marks);
	free(s->fields);
	release_request(s);
	free(s);
}
