/**
 * @file forms_fixture.h  For tests: the screens over a small store, with a saver and
 * an opener of files that only note what they are asked for, in a folder of its own.
 */
#ifndef TESTS_UNIT_FORMS_FIXTURE_H
#define TESTS_UNIT_FORMS_FIXTURE_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sip_store.h"
#include "views/call_set.h"
#include "views/views.h"
#include "shots.h"

/* What the fake saver was asked for, and how it is to go on. */
struct save {
	struct buf path;
	uint32_t calls[8];
	size_t n;
	uint32_t message;
	enum save_format format;
	bool rtp, overwrite;
	const char *refuse;	/* save_start() fails with it */
	const char *break_down;	/* save_step() does, at its end */
	int steps;		/* until it is done */
	int started, ended;
	uint64_t missing, built;
	bool media_gone, media_unkept;
	struct buf comment;
};

struct fixture {
	struct sip_store sip;
	struct query query;
	struct host_names names;
	struct settings settings;
	struct views_app app;
	struct keymap keymap;
	struct stack stack;
	struct buf screens;
	struct call_set shown, selected;
	struct save save;
	struct buf applied;	/* by the filter form */
	int applies;
	struct buf opened;	/* by the file picker, "+" in front: added */
	const char *refuse;	/* open_file() fails with it */
	char folder[64], back[512];
	struct buf made;
};

ATTR_UNUSED static struct save *
fake_start(void *ctx, const struct save_request *request, struct err *err)
{
	struct fixture *f = ctx;
	struct save *s = &f->save;

	buf_clear(&s->path);
	buf_add_cstr(&s->path, request->path);
	s->n = request->n;
	for (size_t i = 0; i < request->n && i < ARRAY_SIZE(s->calls); i++)
		s->calls[i] = request->calls[i];
	s->message = request->message;
	s->format = request->format;
	s->rtp = request->rtp;
	buf_clear(&s->comment);
	buf_add_cstr(&s->comment, request->comment);
	s->overwrite = request->overwrite;
	if (s->refuse) {
		err_set(err, "%s: %s", request->path, s->refuse);
		return NULL;
	}
	s->started++;
	return s;
}

static enum save_state
fake_step(struct save *s, int budget_ms, struct save_progress *p, struct err *err)
{
	(void)budget_ms;
	assert_true(s->started > s->ended);
	*p = (struct save_progress){ .done = 50, .total = 200, .packets = 12, .messages = 6,
				     .missing = s->missing, .built = s->built,
				     .media_gone = s->media_gone,
				     .media_unkept = s->media_unkept };
	if (s->steps-- > 0)
		return SAVE_RUNNING;
	if (s->break_down) {
		err_set(err, "%s", s->break_down);
		return SAVE_FAILED;
	}
	return SAVE_DONE;
}

ATTR_UNUSED static void
fake_end(struct save *s)
{
	s->ended++;
}

ATTR_UNUSED static int
fake_open(void *ctx, const char *path, bool add, struct err *err)
{
	struct fixture *f = ctx;

	buf_clear(&f->opened);
	if (f->refuse)
		return err_set(err, "%s: %s", path, f->refuse);
	buf_printf(&f->opened, "%s%s", add ? "+" : "", path);
	return 0;
}

ATTR_UNUSED static void
apply(void *ctx, struct str expression)
{
	struct fixture *f = ctx;

	buf_clear(&f->applied);
	buf_add_str(&f->applied, expression);
	f->applies++;
}

ATTR_UNUSED static void
make(struct fixture *f, const char *name, size_t bytes)
{
	const struct timespec then[2] = { { 1772442000, 0 }, { 1772442000, 0 } };
	int fd = open(name, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
	futimens(fd, then);
	close(fd);
	buf_add(&f->made, name, strlen(name) + 1);
}

ATTR_UNUSED static void
make_folder(struct fixture *f, const char *name)
{
	assert_int_equal(mkdir(name, 0700), 0);
	buf_add(&f->made, name, strlen(name) + 1);
}

/* In a folder of its own. */
ATTR_UNUSED static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f || !getcwd(f->back, sizeof(f->back)))
		return -1;
	snprintf(f->folder, sizeof(f->folder), "/tmp/test-forms-XXXXXX");
	if (!mkdtemp(f->folder) || chdir(f->folder) != 0 || setenv("HOME", f->folder, 1) != 0)
		return -1;
	sip_store_init(&f->sip);
	query_init(&f->query, f->sip.store);
	host_names_init(&f->names);
	settings_init(&f->settings);
	f->app = (struct views_app){
		.settings = &f->settings, .store = f->sip.store, .query = &f->query,
		.names = &f->names, .source = "sample.pcap", .utc = true, .ctx = f,
		.save_start = fake_start, .save_step = fake_step, .save_end = fake_end,
		.open_file = fake_open,
	};
	for (int i = 0; i < 4; i++) {
		char id[32];

		snprintf(id, sizeof(id), "call/%d@test", i);
		sip_store_call(&f->sip, id, "192.0.2.1:5060", "192.0.2.2:5060");
	}
	call_set_grow(&f->shown, 4);
	call_set_grow(&f->selected, 4);
	keymap_init(&f->keymap);
	views_add_keys(&f->keymap);
	stack_init(&f->stack, &f->keymap, &f->app);
	f->stack.globals = &views_globals;
	stack_open(&f->stack, &view_calls_ops, NULL);
	*state = f;
	return 0;
}

ATTR_UNUSED static int
teardown(void **state)
{
	struct fixture *f = *state;

	stack_release(&f->stack);
	assert_int_equal(f->save.started, f->save.ended);
	for (size_t i = f->made.n; i > 0;) {
		for (i--; i > 0 && f->made.p[i - 1] != '\0'; i--)
			;
		remove(f->made.p + i);
	}
	assert_int_equal(chdir(f->back), 0);
	rmdir(f->folder);
	keymap_release(&f->keymap);
	host_names_release(&f->names);
	query_release(&f->query);
	sip_store_release(&f->sip);
	call_set_release(&f->shown);
	call_set_release(&f->selected);
	buf_release(&f->screens);
	buf_release(&f->save.path);
	buf_release(&f->save.comment);
	buf_release(&f->applied);
	buf_release(&f->opened);
	buf_release(&f->made);
	free(f);
	return 0;
}

/* ---- driving ---- */

ATTR_UNUSED static const char *
run(struct fixture *f, const char *script)
{
	return shots(&f->stack, f->app.ascii, script, &f->screens);
}

/* Keys without the work between them. */
ATTR_UNUSED static const char *
press(struct fixture *f, const char *names)
{
	struct str rest = str_of(names), word;
	struct key key;

	while (str_cut_word(&rest, &word)) {
		assert_int_equal(key_parse(&key, word, NULL), 0);
		stack_key(&f->stack, key);
	}
	stack_refresh(&f->stack);
	return buf_cstr(&f->stack.notice);
}

ATTR_UNUSED static void
type(struct fixture *f, const char *text)
{
	for (; *text; text++)
		stack_key(&f->stack, (struct key){ (unsigned char)*text, 0 });
	stack_refresh(&f->stack);
}

/* The screen as it is, without any work. */
ATTR_UNUSED static const char *
screen(struct fixture *f)
{
	struct canvas *c = canvas_new(f->stack.height, f->stack.width);

	c->ascii = f->app.ascii;
	stack_draw(&f->stack, c);
	buf_clear(&f->screens);
	for (int y = 0; y < canvas_height(c); y++) {
		canvas_row(c, y, false, &f->screens);
		buf_add_char(&f->screens, '\n');
	}
	canvas_free(c);
	if (getenv("VIEWS_SHOW"))
		puts(buf_cstr(&f->screens));
	return buf_cstr(&f->screens);
}

ATTR_UNUSED static bool
is_on_top(const struct fixture *f, const struct view_ops *ops)
{
	return stack_top(&f->stack)->ops == ops;
}

#endif
