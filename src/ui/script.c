#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"
#include "ui/script.h"

#define SCRIPT_MAX_BYTES	(1u << 20)

/* Where packets to be fed come from, and where they go: whoever starts the program opens
 * them, for by then it may open nothing any more. */
#define FEED_FROM_FD		8
#define FEED_TO_FD		9
#define FEED_PACKET_MAX		(1u << 18)
#define FEED_WAIT_MS		10000
#define PCAP_HEADER		24u
#define PCAP_RECORD		16u

struct script {
	struct stack *stack;
	const struct loop_source *source;
	struct canvas *canvas;
	struct buf *screens;
	bool fed;		/* the header of the capture went */
};

static int
parse_size(struct str s, int *height, int *width)
{
	uint32_t w, h;

	if (!str_take_u32(&s, &w) || s.n == 0 || s.p[0] != 'x')
		return -1;
	s = str_skip(s, 1);
	if (!str_take_u32(&s, &h) || s.n > 0)
		return -1;
	if (w < 1 || h < 1 || w > CANVAS_MAX_WIDTH || h > CANVAS_MAX_HEIGHT)
		return -1;
	*height = (int)h;
	*width = (int)w;
	return 0;
}

static void
add_legend(struct buf *out, const struct canvas *c)
{
	bool used[ROLE_COUNT] = { false };
	const char *sep = "";

	for (int y = 0; y < canvas_height(c); y++)
		for (int x = 0; x < canvas_width(c); x++)
			used[canvas_at(c, y, x)->role] = true;
	buf_add_cstr(out, " +roles (");
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (!used[i])
			continue;
		buf_printf(out, "%s%c %s", sep, role_letter((enum role)i),
			   role_name((enum role)i));
		sep = ", ";
	}
	buf_add_char(out, ')');
}

/* Append row @p y. @return whether there is anything in it. */
static bool
add_row(struct buf *out, const struct canvas *c, int y, bool roles)
{
	size_t start = out->n;
	bool some;

	canvas_row(c, y, false, out);
	some = out->n > start;
	if (roles) {
		out->n = start;
		canvas_row(c, y, true, out);
		buf_add_char(out, '|');
		start = out->n;
		canvas_row_roles(c, y, out);
		some |= out->n > start;
	}
	buf_add_char(out, '\n');
	return some;
}

static void
shot(struct script *s, struct str label, bool roles)
{
	struct canvas *c = s->canvas;
	struct buf *out = s->screens;
	size_t end;

	c->ascii = s->stack->ascii;
	stack_draw(s->stack, c);
	if (s->stack->told)
		s->stack->told(s->stack->told_ctx, stack_top(s->stack)->ops->name, "shot");
	buf_printf(out, "== %.*s %dx%d", STR_ARG(label), canvas_width(c), canvas_height(c));
	if (roles)
		add_legend(out, c);
	buf_add_char(out, '\n');
	end = out->n;
	for (int y = 0; y < canvas_height(c); y++)
		if (add_row(out, c, y, roles))
			end = out->n;
	out->n = end;
	out->p[end] = '\0';
}

static void
resize(struct script *s, int height, int width)
{
	canvas_resize(s->canvas, height, width);
	stack_resize(s->stack, s->canvas->height, s->canvas->width);
	loop_drain(s->stack, s->source);
}

/* What a key or the mouse did is drawn, as on a terminal. */
static void
follow(struct script *s)
{
	if (stack_done(s->stack))
		return;
	loop_drain(s->stack, s->source);
	stack_draw(s->stack, s->canvas);
}

static int
do_keys(struct script *s, struct str line, struct err *err)
{
	struct str word;
	struct key key;

	while (str_cut_word(&line, &word)) {
		if (key_parse(&key, word, err) != 0)
			return -1;
		if (stack_done(s->stack))
			return err_set(err, "the program has ended before %.*s", STR_ARG(word));
		stack_key(s->stack, key);
		follow(s);
	}
	return 0;
}

/* Cut @p prefix off *line. @return whether it was there. */
static bool
take(struct str *line, struct str prefix)
{
	if (!str_starts(*line, prefix))
		return false;
	*line = str_trim(str_skip(*line, prefix.n));
	return true;
}

/* @return 1 when it is a step of the mouse and was taken; 0 when it is none; -1 with *err. */
static int
do_mouse(struct script *s, struct str line, struct err *err)
{
	static const struct { struct str step; enum mouse_kind kind; } steps[] = {
		{ STR_INIT(":click "), MOUSE_PRESS }, { STR_INIT(":double "), MOUSE_DOUBLE },
		{ STR_INIT(":wheel-up "), MOUSE_WHEEL_UP },
		{ STR_INIT(":wheel-down "), MOUSE_WHEEL_DOWN },
	};
	struct mouse m;
	struct str rest;
	uint32_t y, x;
	size_t i = 0;

	while (i < ARRAY_SIZE(steps) && !take(&line, steps[i].step))
		i++;
	if (i == ARRAY_SIZE(steps))
		return 0;
	rest = line;
	if (!str_take_u32(&rest, &y) || rest.n == 0 || rest.p[0] != ',' ||
	    !str_to_u32(str_skip(rest, 1), &x) || y >= (uint32_t)s->canvas->height ||
	    x >= (uint32_t)s->canvas->width)
		return err_set(err, "not a cell of the screen: %.*s", STR_ARG(line));
	m = (struct mouse){ steps[i].kind, (int)y, (int)x };
	if (m.kind == MOUSE_DOUBLE) {
		stack_mouse(s->stack, &(struct mouse){ MOUSE_PRESS, m.y, m.x });
		follow(s);
	}
	stack_mouse(s->stack, &m);
	follow(s);
	return 1;
}

/* Copy @p n bytes more, behind those that are in *b. */
static int
take_bytes(struct buf *b, size_t n, struct err *err)
{
	char *p = buf_reserve(b, n);
	size_t got = 0;

	while (got < n) {
		ssize_t r = read(FEED_FROM_FD, p + got, n - got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_set(err, "descriptor %d: %s", FEED_FROM_FD, strerror(errno));
		if (r == 0)
			return err_set(err, "there are no more packets");
		got += (size_t)r;
	}
	b->n += n;
	return 0;
}

static int
put_bytes(const struct buf *b, struct err *err)
{
	size_t put = 0;

	while (put < b->n) {
		ssize_t r = write(FEED_TO_FD, b->p + put, b->n - put);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_set(err, "descriptor %d: %s", FEED_TO_FD, strerror(errno));
		put += (size_t)r;
	}
	return 0;
}

/* The next @p n packets of a capture in pcap of this machine's byte order come. */
static int
feed(struct script *s, uint32_t n, struct err *err)
{
	int fd = s->source && s->source->fd ? s->source->fd(s->source->ctx) : -1;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct buf b = BUF_INIT;
	int result = s->fed ? 0 : take_bytes(&b, PCAP_HEADER, err);
	uint32_t size;

	s->fed = true;
	for (; result == 0 && n > 0; n--) {
		result = take_bytes(&b, PCAP_RECORD, err);
		if (result != 0)
			break;
		memcpy(&size, b.p + b.n - 8, sizeof(size));
		result = size > FEED_PACKET_MAX ? err_set(err, "not a packet of pcap")
			: take_bytes(&b, size, err);
	}
	if (result == 0)
		result = put_bytes(&b, err);
	buf_release(&b);
	/* What follows a file looks at it by the clock, and then at all there is. */
	if (result == 0 && fd >= 0 && poll(&p, 1, FEED_WAIT_MS) != 1)
		result = err_set(err, "nothing came");
	if (result == 0)
		follow(s);
	return result;
}

static int
do_line(struct script *s, struct str line, struct err *err)
{
	int height, width, result;
	uint32_t n;
	bool roles;

	line = str_trim(line);
	if (line.n == 0 || (line.p[0] == '#' && !str_starts(line, STR("#: size "))))
		return 0;
	/* ":" alone is the key, also before others. */
	if (line.n == 1 || (line.p[0] != ':' && line.p[0] != '#') || str_starts(line, STR(": ")))
		return do_keys(s, line, err);
	if (stack_done(s->stack))
		return err_set(err, "the program has ended before %.*s", STR_ARG(line));
	roles = take(&line, STR(":shot+ "));
	if (roles || take(&line, STR(":shot "))) {
		shot(s, line, roles);
		return 0;
	}
	if (take(&line, STR(":resize ")) || take(&line, STR("#: size "))) {
		if (parse_size(line, &height, &width) != 0)
			return err_set(err, "not a size: %.*s", STR_ARG(line));
		resize(s, height, width);
		return 0;
	}
	if (take(&line, STR(":pass "))) {
		if (!str_to_u32(line, &n))
			return err_set(err, "not a time in ms: %.*s", STR_ARG(line));
		time_pass(n * NS_PER_MS);
		/* What is put off until it is time, and what comes of that. */
		follow(s);
		follow(s);
		return 0;
	}
	if (take(&line, STR(":feed "))) {
		if (!str_to_u32(line, &n))
			return err_set(err, "not a number of packets: %.*s", STR_ARG(line));
		return feed(s, n, err);
	}
	result = do_mouse(s, line, err);
	if (result != 0)
		return result < 0 ? -1 : 0;
	return err_set(err, "no such step: %.*s", STR_ARG(line));
}

int
script_run(const char *name, struct str text, struct stack *stack,
	   const struct loop_source *source, bool ascii, struct buf *screens,
	   struct err *err)
{
	struct script s = {
		.stack = stack, .source = source, .canvas = canvas_new(1, 1),
		.screens = screens,
	};
	struct err why;
	struct str line;
	int number = 0, result = 0;

	stack->ascii = ascii;
	resize(&s, 24, 80);
	while (result == 0 && str_cut(&text, '\n', &line)) {
		number++;
		if (do_line(&s, line, &why) != 0)
			result = err_set(err, "%s:%d: %s", name, number, why.text);
	}
	canvas_free(s.canvas);
	return result;
}

static int
read_all(const char *path, struct buf *text, struct err *err)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		return err_set(err, "%s: %s", path, strerror(errno));
	do {
		char *p = buf_reserve(text, 4096);

		n = fread(p, 1, 4096, f);
		text->n += n;
	} while (n > 0 && text->n <= SCRIPT_MAX_BYTES);
	if (ferror(f) || text->n > SCRIPT_MAX_BYTES) {
		err_set(err, "%s: %s", path, ferror(f) ? strerror(errno) : "too large for a script");
		fclose(f);
		return -1;
	}
	fclose(f);
	return 0;
}

static int
write_all(const char *dir, struct str base, const char *suffix, const struct buf *what,
	  struct err *err)
{
	struct buf path = BUF_INIT;
	int result = 0;
	FILE *f;

	buf_printf(&path, "%s/%.*s%s", dir, STR_ARG(base), suffix);
	f = fopen(buf_cstr(&path), "wb");
	if (!f || fwrite(what->p ? what->p : "", 1, what->n, f) != what->n || fflush(f) != 0)
		result = err_set(err, "%s: %s", buf_cstr(&path), strerror(errno));
	if (f)
		fclose(f);
	buf_release(&path);
	return result;
}

/* What was done so far, and on what stack. */
struct deeds {
	const struct stack *stack;
	struct buf lines;
};

static void
add_deed(void *ctx, const char *by, const char *what)
{
	struct deeds *d = ctx;

	buf_printf(&d->lines, "%dx%d %s %s\n", d->stack->width, d->stack->height, by, what);
}

int
script_run_file(const char *path, const char *dir, struct stack *stack,
		const struct loop_source *source, bool ascii, struct err *err)
{
	struct buf text = BUF_INIT, screens = BUF_INIT;
	struct deeds deeds = { .stack = stack };
	const char *slash = strrchr(path, '/');
	struct str base = str_of(slash ? slash + 1 : path), suffix = STR(".keys");
	int result = read_all(path, &text, err);

	if (result == 0) {
		stack->told = add_deed;
		stack->told_ctx = &deeds;
		result = script_run(path, buf_str(&text), stack, source, ascii, &screens, err);
		stack->told = NULL;
		if (base.n > suffix.n && str_eq(str_skip(base, base.n - suffix.n), suffix))
			base.n -= suffix.n;
		if (write_all(dir, base, ".screens", &screens, err) != 0 ||
		    write_all(dir, base, ".actions", &deeds.lines, err) != 0)
			result = -1;
	}
	buf_release(&text);
	buf_release(&screens);
	buf_release(&deeds.lines);
	return result;
}
