/*
 * Saving, step by step, and opening other captures, on the sample captures: what the
 * screens ask for while they go on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/save.h"
#include "app/save_built.h"
#include "app/save_conns.h"
#include "app/save_frames.h"
#include "export/pcap_write.h"

/* Of capture/capture_int.h, whose streams are others than those of the store. */
extern uint64_t stream_frame_start;

static char *folder;

/* ---- what the tests share ---- */

static const char *
sample(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/tests/captures/%s", getenv("top_srcdir"), name);
	return path;
}

static const char *
at(const char *name)
{
	static char paths[4][4096];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

/* A session that has read @p path. */
static void
open_session(struct session *s, const char *path)
{
	char *argv[] = { (char *)"rung", (char *)"-F", (char *)(uintptr_t)path, NULL };
	struct err err;

	session_init(s);
	assert_int_equal(options_parse(&s->options, 3, argv, SCOPE_SCREENS, &err), OPTIONS_OK);
	assert_int_equal(session_open(s, QUERY_CALL), EXIT_DONE);
	assert_int_equal(session_begin(s), EXIT_DONE);
	assert_int_equal(session_read(s), EXIT_DONE);
}

static uint32_t calls[1000];

static struct save_request
request_all(const struct session *s, const char *path, enum save_format format)
{
	uint32_t n = store_call_count(s->engine.store);

	for (uint32_t i = 0; i < n; i++)
		calls[i] = i;
	return (struct save_request){
		.path = path, .calls = calls, .n = n, .message = MESSAGE_NONE, .format = format,
	};
}

static enum save_state
run(struct save *save, struct save_progress *p, struct err *err)
{
	enum save_state state;

	do {
		state = save_step(save, 0, p, err);
		assert_true(p->total == 0 || p->done <= p->total);
	} while (state == SAVE_RUNNING);
	return state;
}

/* Files in the folder, the one saved included. */
static int
count_files(void)
{
	DIR *d = opendir(folder);
	int n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

static void
copy_file(const char *from, const char *to)
{
	char block[65536];
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	size_t n;

	assert_non_null(in);
	assert_non_null(out);
	while ((n = fread(block, 1, sizeof(block), in)) > 0)
		assert_int_equal(fwrite(block, 1, n, out), n);
	fclose(in);
	fclose(out);
}

static int
make_folder(void **state)
{
	static char name[] = "/tmp/test_save.XXXXXX";

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	folder = mkdtemp(name);
	return folder ? 0 : -1;
}

static int
remove_folder(void **state)
{
	DIR *d = opendir(folder);

	(void)state;
	for (struct dirent *e; d && (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.')
			unlink(at(e->d_name));
	closedir(d);
	return rmdir(folder);
}

/* ---- saving ---- */

static void
test_all(void **state)
{
	const char *const names[] = { "all.pcap", "all.pcapng", "all.txt", "all.json", "all.csv" };
	struct session s, again;
	struct save_progress p;
	struct err err;

	(void)state;
	open_session(&s, sample("tcp-order.pcap"));
	for (int f = 0; f < SAVE_FORMAT_COUNT; f++) {
		struct save_request request = request_all(&s, at(names[f]), (enum save_format)f);
		struct save *save = save_start(&s, &request, &err);

		assert_non_null(save);
		assert_int_equal(run(save, &p, &err), SAVE_DONE);
		assert_int_equal(p.messages, 37);
		assert_int_equal(p.packets, f <= SAVE_PCAPNG ? 128 : 0);
		assert_int_equal(p.missing, 0);
		save_end(save);
		assert_int_equal(count_files(), 1);
		if (f <= SAVE_PCAPNG) {
			open_session(&again, at(names[f]));
			assert_int_equal(store_message_count(again.engine.store), 37);
			session_release(&again);
		}
		unlink(at(names[f]));
	}
	session_release(&s);
}

static void
test_one_message(void **state)
{
	struct session s, again;
	struct save_request request;
	struct save_progress p;
	struct save *save;
	struct err err;

	(void)state;
	/* One in fragments: all of them, and nothing else. */
	open_session(&s, sample("fragments.pcap"));
	request = (struct save_request){ .path = at("one.pcap"), .message = 0 };
	save = save_start(&s, &request, &err);
	assert_non_null(save);
	assert_int_equal(run(save, &p, &err), SAVE_DONE);
	assert_int_equal(p.packets, 3);
	assert_int_equal(p.messages, 1);
	save_end(save);
	open_session(&again, at("one.pcap"));
	assert_int_equal(store_message_count(again.engine.store), 1);
	session_release(&again);
	session_release(&s);
	unlink(at("one.pcap"));
}

static void
test_cancelled(void **state)
{
	struct session s;
	struct save_progress p;
	struct err err;

	(void)state;
	open_session(&s, sample("tcp.pcap"));
	for (int f = 0; f < SAVE_FORMAT_COUNT; f++) {
		/* After each number of steps until it is done. */
		for (int steps = 0;; steps++) {
			struct save_request request = request_all(&s, at("x"), (enum save_format)f);
			struct save *save = save_start(&s, &request, &err);
			enum save_state now = SAVE_RUNNING;

			assert_non_null(save);
			for (int i = 0; i < steps; i++)
				now = save_step(save, 0, &p, &err);
			save_end(save);
			assert_int_equal(count_files(), now == SAVE_DONE);
			if (now == SAVE_DONE)
				break;
		}
		unlink(at("x"));
	}
	session_release(&s);
}

static void
test_in_the_way(void **state)
{
	struct session s;
	struct save_request request;
	struct save_progress p;
	struct save *save;
	struct err err;
	int fd;

	(void)state;
	open_session(&s, sample("sample.pcapng"));
	request = request_all(&s, at("late"), SAVE_PCAPNG);
	save = save_start(&s, &request, &err);
	assert_non_null(save);
	/* It comes while this goes on. */
	fd = open(at("late"), O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, "mine", 4), 4);
	close(fd);
	assert_int_equal(run(save, &p, &err), SAVE_FAILED);
	assert_non_null(strstr(err.text, "/late: rename: File exists"));
	save_end(save);
	assert_int_equal(count_files(), 1);

	errno = 0;
	assert_null(save_start(&s, &request, &err));
	assert_int_equal(errno, EEXIST);
	request.overwrite = true;
	save = save_start(&s, &request, &err);
	assert_non_null(save);
	assert_int_equal(run(save, &p, &err), SAVE_DONE);
	save_end(save);
	assert_int_equal(count_files(), 1);
	unlink(at("late"));
	session_release(&s);
}

/* The folder goes while this goes on. */
static void
test_no_folder(void **state)
{
	struct session s;
	struct save_request request;
	struct save_progress p;
	struct save *save;
	struct err err;

	(void)state;
	open_session(&s, sample("sample.pcapng"));
	assert_int_equal(mkdir(at("gone"), 0700), 0);
	request = request_all(&s, at("gone/x"), SAVE_PCAPNG);
	save = save_start(&s, &request, &err);
	assert_non_null(save);
	/* Not where a file system has no files without names. */
	if (rmdir(at("gone")) == 0) {
		assert_int_equal(run(save, &p, &err), SAVE_FAILED);
		assert_non_null(strstr(err.text, "/gone/x: rename: No such file or directory"));
	}
	save_end(save);
	rmdir(at("gone"));
	assert_int_equal(count_files(), 0);
	session_release(&s);
}

/* Several files, given up in the middle: none is there, and nothing is held. */
static void
test_several(void **state)
{
	struct session s;
	struct save_request request;
	struct save_progress p;
	struct save *save;
	char *paths[3], text[3][4200];
	struct err err;

	(void)state;
	open_session(&s, sample("tcp.pcap"));
	request = request_all(&s, at("several"), SAVE_PCAPNG);
	request.n = ARRAY_SIZE(paths);
	for (size_t i = 0; i < request.n; i++) {
		snprintf(text[i], sizeof(text[i]), "%s-%zu", at("several"), i);
		paths[i] = text[i];
	}
	request.paths = paths;
	for (int steps = 0; steps < 6; steps++) {
		enum save_state now = SAVE_RUNNING;

		save = save_start(&s, &request, &err);
		assert_non_null(save);
		assert_null(save_file_progress(save, 0));
		for (int i = 0; i < steps && now == SAVE_RUNNING; i++)
			now = save_step(save, 0, &p, &err);
		assert_int_equal(now, SAVE_RUNNING);
		save_end(save);
		assert_int_equal(count_files(), 0);
	}
	save = save_start(&s, &request, &err);
	assert_int_equal(run(save, &p, &err), SAVE_DONE);
	assert_int_equal(p.messages, save_file_progress(save, 0)->messages +
			 save_file_progress(save, 1)->messages +
			 save_file_progress(save, 2)->messages);
	save_end(save);
	assert_int_equal(count_files(), 3);
	errno = 0;
	assert_null(save_start(&s, &request, &err));
	assert_int_equal(errno, EEXIST);
	for (size_t i = 0; i < request.n; i++)
		unlink(paths[i]);
	session_release(&s);
}

static void
test_no_room(void **state)
{
	struct rlimit old, none = { .rlim_cur = 1000, .rlim_max = RLIM_INFINITY };
	struct session s;
	struct save_progress p;
	struct err err;

	(void)state;
	open_session(&s, sample("large.pcap"));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none.rlim_max = old.rlim_max;
	for (int f = 0; f < SAVE_FORMAT_COUNT; f++) {
		struct save_request request = request_all(&s, at("full"), (enum save_format)f);
		struct save *save;
		enum save_state end;

		assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
		save = save_start(&s, &request, &err);
		assert_non_null(save);
		end = run(save, &p, &err);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		if (f == SAVE_CSV || f == SAVE_JSON) {
			/* These may be small enough. */
			unlink(at("full"));
		} else {
			assert_int_equal(end, SAVE_FAILED);
			assert_non_null(strstr(err.text, "/full: write: File too large"));
		}
		assert_int_equal(count_files(), 0);
		save_end(save);
	}
	session_release(&s);
}

static void
test_changed(void **state)
{
	struct session s;
	struct save_request request;
	struct save_progress p;
	struct save *save;
	struct err err;
	int fd;

	(void)state;
	copy_file(sample("sample.pcapng"), at("in"));
	open_session(&s, at("in"));
	/* Bytes behind its end are not of what was read. */
	fd = open(at("in"), O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "rest", 4), 4);
	close(fd);
	request = request_all(&s, at("out"), SAVE_PCAPNG);
	save = save_start(&s, &request, &err);
	assert_int_equal(run(save, &p, &err), SAVE_DONE);
	assert_int_equal(p.packets, 140);
	assert_int_equal(p.missing, 0);
	save_end(save);
	unlink(at("out"));

	/* The name is gone, or is another's: it is kept open. */
	assert_int_equal(rename(at("in"), at("moved")), 0);
	copy_file(sample("tcp.pcap"), at("in"));
	request.path = at("out");
	save = save_start(&s, &request, &err);
	assert_int_equal(run(save, &p, &err), SAVE_DONE);
	assert_int_equal(p.packets, 140);
	save_end(save);
	unlink(at("out"));

	assert_int_equal(truncate(at("moved"), 3000), 0);
	request.path = at("out");
	save = save_start(&s, &request, &err);
	assert_int_equal(run(save, &p, &err), SAVE_FAILED);
	assert_non_null(strstr(err.text, "/in: has changed since it was read"));
	save_end(save);
	unlink(at("moved"));
	unlink(at("in"));
	assert_int_equal(count_files(), 0);
	session_release(&s);
}

/* While reading goes on: what is not known yet is of nobody. */
static void
test_while_reading(void **state)
{
	char *argv[] = { (char *)"rung", (char *)"-F", (char *)(uintptr_t)sample("tcp.pcap"), NULL };
	struct session s;
	struct save_request request;
	struct save_progress p;
	struct save *save;
	struct err err;

	(void)state;
	session_init(&s);
	assert_int_equal(options_parse(&s.options, 3, argv, SCOPE_SCREENS, &err), OPTIONS_OK);
	assert_int_equal(session_open(&s, QUERY_CALL), EXIT_DONE);
	assert_int_equal(session_begin(&s), EXIT_DONE);
	while (store_message_count(s.engine.store) < 5)
		assert_int_equal(engine_read(&s.engine, 1), ENGINE_BUSY);
	request = request_all(&s, at("part"), SAVE_PCAP);
	save = save_start(&s, &request, &err);
	assert_non_null(save);
	assert_int_equal(session_read(&s), EXIT_DONE);
	assert_int_equal(run(save, &p, &err), SAVE_DONE);
	assert_int_equal(p.missing, 0);
	assert_true(p.packets <= store_message(s.engine.store, (uint32_t)p.messages - 1)->frame);
	save_end(save);
	unlink(at("part"));
	session_release(&s);
}

/* The records of @p from up to number @p last, and those behind, into two files. */
static void
split(const char *from, uint32_t last, const char *a, const char *b)
{
	FILE *out[2] = { fopen(a, "w"), fopen(b, "w") };
	struct pcap_write_options o = { .ng = true };
	struct capture *c = capture_new();
	struct pcap_writer w[2];
	struct record rec;
	struct err err;

	assert_int_equal(capture_add(c, from, &err), 0);
	for (int i = 0; i < 2; i++)
		pcap_write_begin(&w[i], &o, out[i]);
	while (capture_next(c, &rec) == CAPTURE_RECORD)
		assert_int_equal(pcap_write_packet(&w[rec.frame > last], &rec, NULL, &err), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pcap_write_end(&w[i], &err), 0);
		fclose(out[i]);
	}
	capture_free(c);
}

/* Messages that begin in one file and end in the next: frames of both, and none that
 * has only the number of one. */
static void
test_two_files(void **state)
{
	struct session s, again;
	struct save_request request;
	struct save_progress p;
	struct save *save;
	struct err err;

	(void)state;
	for (uint32_t last = 1; last < 9; last++) {
		split(sample("fragments.pcap"), last, at("1"), at("2"));
		session_init(&s);
		assert_int_equal(capture_add(s.engine.capture, at("1"), &err), 0);
		assert_int_equal(capture_add(s.engine.capture, at("2"), &err), 0);
		assert_int_equal(session_read(&s), EXIT_DONE);
		for (uint32_t i = 0; i < 3; i++) {
			request = (struct save_request){ .path = at("3"), .message = i };
			save = save_start(&s, &request, &err);
			assert_non_null(save);
			assert_int_equal(run(save, &p, &err), SAVE_DONE);
			assert_int_equal(p.packets, 3);
			assert_int_equal(p.missing, 0);
			save_end(save);
			open_session(&again, at("3"));
			assert_int_equal(store_message_count(again.engine.store), 1);
			assert_int_equal(store_message(again.engine.store, 0)->length,
					 store_message(s.engine.store, i)->length);
			session_release(&again);
			unlink(at("3"));
		}
		session_release(&s);
		unlink(at("1"));
		unlink(at("2"));
	}
}

/* ---- packets that are built ---- */

static void
test_built(void **state)
{
	struct net_endpoint a, b, six;
	struct buf packet = BUF_INIT, large = BUF_INIT;
	struct decoder *d = decoder_new();
	struct segment seg;
	struct record rec = { .link = SAVE_BUILT_LINK };

	(void)state;
	assert_true(net_endpoint_parse(STR("192.0.2.1:5060"), &a));
	assert_true(net_endpoint_parse(STR("192.0.2.2:5062"), &b));
	assert_true(net_endpoint_parse(STR("[2001:db8::1]:5060"), &six));
	for (int i = 0; i < 2; i++) {
		const struct net_endpoint *src = i ? &six : &a, *dst = i ? &six : &b;

		assert_true(save_built_packet(&packet, src, dst, STR("INVITE it")));
		rec.data = (const uint8_t *)packet.p;
		rec.caplen = rec.wirelen = (uint32_t)packet.n;
		assert_int_equal(decode_record(d, &rec, &seg), DECODE_SEGMENT);
		assert_int_equal(seg.kind, SEGMENT_UDP);
		assert_int_equal(seg.flaws, 0);
		assert_true(net_endpoint_eq(&seg.src, src));
		assert_true(net_endpoint_eq(&seg.dst, dst));
		assert_true(str_eq(seg.payload, STR("INVITE it")));
	}
	assert_false(save_built_packet(&packet, &a, &six, STR("x")));
	buf_add_chars(&large, 'x', 65507);
	assert_true(save_built_packet(&packet, &a, &b, buf_str(&large)));
	buf_add_char(&large, 'x');
	assert_false(save_built_packet(&packet, &a, &b, buf_str(&large)));
	buf_release(&large);
	buf_release(&packet);
	decoder_free(d);
}

/* ---- shared connections ---- */

struct step {
	bool back;
	uint32_t seq, length, ack;
	uint8_t flags;
	char of;	/* 'w'anted, 'o'ther, ' ': no message */
	bool kept;
};

static const struct step steps[] = {
	{ false, 99, 0, 0, 0x02, ' ', true },
	{ true, 499, 0, 100, 0x12, ' ', true },
	{ false, 100, 50, 500, 0x18, 'o', false },
	{ true, 500, 0, 150, 0x10, ' ', false },
	{ false, 150, 40, 500, 0x18, 'w', true },
	{ true, 500, 0, 150, 0x10, ' ', false },	/* not of these bytes */
	{ true, 500, 0, 190, 0x10, ' ', true },
	{ true, 500, 0, 190, 0x10, ' ', false },
	{ false, 100, 50, 500, 0x18, ' ', false },	/* others again */
	{ false, 150, 40, 500, 0x18, ' ', true },	/* again */
	{ false, 170, 40, 500, 0x18, 'o', true },	/* the end again, and more */
	{ false, 210, 4, 500, 0x18, ' ', true },	/* of no message */
	{ true, 500, 30, 214, 0x18, 'w', true },
	{ true, 530, 0, 214, 0x11, ' ', true },
	{ false, 214, 0, 531, 0x14, ' ', true },
};

static void
take_steps(struct save_conns *c, bool second)
{
	struct save_conn *conn;

	for (uint32_t i = 0; i < ARRAY_SIZE(steps); i++) {
		const struct step *st = &steps[i];
		struct segment seg = {
			.kind = SEGMENT_TCP, .tcp_seq = st->seq, .tcp_ack = st->ack,
			.tcp_flags = st->flags, .wire_length = st->length, .frame = i + 1,
		};

		assert_true(net_endpoint_parse(STR("192.0.2.1:5060"), st->back ? &seg.dst : &seg.src));
		assert_true(net_endpoint_parse(STR("192.0.2.2:5060"), st->back ? &seg.src : &seg.dst));
		if (!second && c->n == 0)
			save_conns_add(c, SEGMENT_TCP, &seg.dst, &seg.src, false);
		conn = save_conns_find(c, &seg);
		assert_non_null(conn);
		if (!second)
			save_conn_look(conn, &seg, st->of == 'w', st->of == 'o');
		else if (save_conn_takes(conn, &seg, st->of == 'w', st->of == 'o',
					 save_conn_news(conn, &seg)) != st->kept)
			fail_msg("step %u", i + 1);
	}
}

static void
test_shared(void **state)
{
	struct save_conns c = { 0 };

	(void)state;
	take_steps(&c, false);
	assert_int_equal(c.n, 1);
	take_steps(&c, true);
	save_conns_release(&c);
}

/* ---- opening ---- */

static void
test_open_add(void **state)
{
	struct session s;
	struct err err;
	uint32_t before;

	(void)state;
	/* Behind the end of what was read. */
	open_session(&s, sample("tcp.pcap"));
	before = store_message_count(s.engine.store);
	assert_int_equal(session_open_file(&s, sample("none.pcap"), true, &err), -1);
	assert_true(s.engine.ended);
	assert_int_equal(session_open_file(&s, sample("tcp-order.pcap"), true, &err), 0);
	assert_false(s.engine.ended);
	assert_int_equal(session_read(&s), EXIT_DONE);
	assert_int_equal(store_message_count(s.engine.store), before + 37);
	assert_int_equal(capture_source_count(s.engine.capture), 2);
	/* Frames count in their file. */
	assert_int_equal(store_message(s.engine.store, before)->frame < 10, 1);
	session_release(&s);
}

static void
test_open_instead(void **state)
{
	struct session s;
	struct err err;
	const struct store *old;
	struct save_request request;
	struct save_progress p;
	struct save *save;

	(void)state;
	open_session(&s, sample("tcp.pcap"));
	old = s.engine.store;
	assert_int_equal(session_open_file(&s, sample("none.pcap"), false, &err), -1);
	assert_non_null(strstr(err.text, "none.pcap: No such file or directory"));
	assert_ptr_equal(s.engine.store, old);
	assert_int_equal(store_message_count(old), 17);

	request = request_all(&s, at("stale"), SAVE_PCAPNG);
	save = save_start(&s, &request, &err);
	assert_non_null(save);
	assert_int_equal(session_open_file(&s, sample("tcp-order.pcap"), false, &err), 0);
	assert_int_equal(store_message_count(s.engine.store), 0);
	assert_int_equal(session_read(&s), EXIT_DONE);
	assert_int_equal(store_message_count(s.engine.store), 37);
	assert_ptr_equal(s.query.store, s.engine.store);
	assert_true(query_text(&s.query, 36).n > 0);
	/* What was being saved is gone. */
	assert_int_equal(run(save, &p, &err), SAVE_FAILED);
	save_end(save);
	assert_int_equal(count_files(), 0);
	session_release(&s);
}

/* Save a call alone, and forget it. */
static struct save_progress
save_call(struct session *s, uint32_t call)
{
	struct save_request request = {
		.path = at("call.pcapng"), .calls = &call, .n = 1, .message = MESSAGE_NONE,
		.format = SAVE_PCAPNG,
	};
	struct save_progress p;
	struct err err;
	struct save *save = save_start(s, &request, &err);

	assert_non_null(save);
	assert_int_equal(run(save, &p, &err), SAVE_DONE);
	save_end(save);
	unlink(at("call.pcapng"));
	return p;
}

/* Records are numbered on past 2^32: all of a call is found, and told by its number. */
static void
test_high_frames(void **state)
{
	static const char *const names[] = { "tcp-order.pcap", "fragments.pcap", "sample.pcapng" };
	const uint64_t start = UINT32_MAX - 20u;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		struct session low, high;
		struct carriage a, b;

		open_session(&low, sample(names[n]));
		stream_frame_start = start;
		open_session(&high, sample(names[n]));
		for (uint32_t i = 0; i < store_message_count(low.engine.store); i++) {
			assert_true(store_message_frame(high.engine.store, i) ==
				    store_message_frame(low.engine.store, i) + start);
			store_carriage(low.engine.store, i, &a);
			store_carriage(high.engine.store, i, &b);
			assert_int_equal(a.frame_n, b.frame_n);
			for (uint32_t k = 0; k < a.frame_n; k++)
				assert_true(carriage_frame(&b, k) == carriage_frame(&a, k) + start);
		}
		for (uint32_t i = 0; i < store_stream_count(low.engine.store); i++)
			assert_true(stream_first_frame(store_stream(high.engine.store, i)) ==
				    stream_first_frame(store_stream(low.engine.store, i)) + start);
		for (uint32_t i = 0; i < store_event_count(low.engine.store); i++)
			assert_true(event_frame(store_event(high.engine.store, i)) ==
				    event_frame(store_event(low.engine.store, i)) + start);
		for (uint32_t i = 0; i < store_call_count(low.engine.store); i++) {
			struct save_progress p, q = save_call(&high, i);

			stream_frame_start = 0;
			p = save_call(&low, i);
			stream_frame_start = start;
			assert_true(p.packets > 0);
			assert_int_equal(p.packets, q.packets);
			assert_int_equal(p.messages, q.messages);
			assert_int_equal(q.missing, 0);
		}
		stream_frame_start = 0;
		session_release(&low);
		session_release(&high);
	}
}

/* Records of a set, whatever the order they are added in. */
static void
test_frames(void **state)
{
	static const uint32_t late[] = { 90, 3, 3, 1000, 41, 0, 40, 7 };
	struct frame_set set = { 0 };

	(void)state;
	frame_set_seal(&set);
	assert_int_equal(set.n, 0);
	assert_false(frame_set_has(&set, 0, 1));
	for (uint32_t i = 10; i <= 100; i += 10)
		frame_set_add(&set, 1, i);
	frame_set_seal(&set);
	assert_int_equal(set.n, 10);
	for (size_t i = 0; i < ARRAY_SIZE(late); i++)
		frame_set_add(&set, i == 5 ? 0 : 1, late[i]);
	frame_set_seal(&set);
	/* 90 and 40 were there, 3 came twice. */
	assert_int_equal(set.n, 15);
	for (size_t i = 1; i < set.n; i++)
		assert_true(set.keys[i - 1] < set.keys[i]);
	for (size_t i = 0; i < ARRAY_SIZE(late); i++)
		assert_true(frame_set_has(&set, i == 5 ? 0 : 1, late[i]));
	assert_false(frame_set_has(&set, 0, 3));
	assert_true(frame_set_has(&set, 1, 100));
	/* The same lower half. */
	assert_false(frame_set_has(&set, 1, (UINT64_C(1) << 32) + 100));
	frame_set_release(&set);
}

/* Of the first capture nothing is left: names, listeners. */
static void
test_open_names(void **state)
{
	struct net_endpoint a, b;
	struct session s;
	struct err err;

	(void)state;
	assert_true(net_endpoint_parse(STR("192.0.2.20:5060"), &a));
	assert_true(net_endpoint_parse(STR("192.0.2.77:5060"), &b));
	open_session(&s, sample("sample.pcapng"));
	assert_int_equal(host_names_add_alias(&s.names, STR("192.0.2.77"), STR("mine"), &err), 0);
	assert_true(str_eq(host_names_find(&s.names, &a), STR("bob.example.com")));
	assert_int_equal(session_open_file(&s, sample("tcp.pcap"), false, &err), 0);
	assert_int_equal(session_read(&s), EXIT_DONE);
	assert_int_equal(host_names_find(&s.names, &a).n, 0);
	assert_true(str_eq(host_names_find(&s.names, &b), STR("mine")));
	assert_int_equal(session_open_file(&s, sample("sample.pcapng"), true, &err), 0);
	assert_int_equal(session_read(&s), EXIT_DONE);
	assert_true(str_eq(host_names_find(&s.names, &a), STR("bob.example.com")));
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_one_message),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_in_the_way),
		cmocka_unit_test(test_no_folder),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_two_files),
		cmocka_unit_test(test_while_reading),
		cmocka_unit_test(test_built),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_open_add),
		cmocka_unit_test(test_open_instead),
		cmocka_unit_test(test_open_names),
		cmocka_unit_test(test_high_frames), cmocka_unit_test(test_frames),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
