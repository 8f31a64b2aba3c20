/*
 * feel [OPTION...] PROGRAM [ARG...]: how long a call-flow viewer lets its user wait,
 * measured from outside. The program runs on a terminal of ours, and what it sends is
 * drawn on a screen nobody sees (vt.h). A key is answered when what it is to do is on
 * that screen (the cursor in another row, the text typed, the other view) and the
 * bytes of that drawing have all come: QUIET_MS without any.
 *
 *	--size WxH	of the terminal, 80x24
 *	--like sngrep	what keys it has; rung's otherwise
 *	--do WORDS	move,open,flow,filter,sort: what to measure, all otherwise; flow
 *			(moves in a flow) wants calls of several messages
 *	--cycles N	how often, once all is read; 20
 *	--pipe FILE	give it FILE on standard input, the second half slowly, until a
 *			cycle was done
 *	--samples	tell of each key instead of sums
 *	--check		no figures, but TAP: that all is answered, and in few bytes
 *
 * Keys come at irregular times, so that they meet whatever the program is doing. Lines
 * of the answer: "first MS", "loaded MS", "rss MB", "idle MS-OF-CPU-A-SECOND", and
 * "key PHASE NAME COUNT P50 P95 MAX BYTES-P50 BYTES-MAX UNANSWERED" with milliseconds;
 * PHASE is loading or loaded. With --samples "sample PHASE NAME MS BYTES", where no
 * answer is -1 ms.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "vt.h"

#define QUIET_MS	3
#define SAMPLES_MAX	20000
#define ROW_MAX		2048
#define BYTES_GOAL	4096
#define VAIN_MAX	3	/* keys that nobody answered before they are left out */
#define PIPE_BLOCK	(64 << 10)

enum answer {
	ANSWER_CURSOR,		/* the cursor is elsewhere, or on something else */
	ANSWER_OTHER,		/* another view than the list */
	ANSWER_LIST,		/* the list */
	ANSWER_TYPED,		/* what was typed so far stands in the row for it */
	ANSWER_ANY,		/* the view has changed */
};

enum group { GROUP_MOVE = 1, GROUP_OPEN = 2, GROUP_FLOW = 4, GROUP_FILTER = 8, GROUP_SORT = 16 };

struct step {
	const char *name;
	const char *keys;
	enum answer answer;
	enum group group;
};

static const char typed_text[] = "status >= 400";

/* In the terminal's keypad mode. */
static const struct step steps[] = {
	{ "down", "\033OB", ANSWER_CURSOR, GROUP_MOVE },
	{ "down", "\033OB", ANSWER_CURSOR, GROUP_MOVE },
	{ "page-down", "\033[6~", ANSWER_CURSOR, GROUP_MOVE },
	{ "end", "\033OF", ANSWER_CURSOR, GROUP_MOVE },
	{ "page-up", "\033[5~", ANSWER_CURSOR, GROUP_MOVE },
	{ "home", "\033OH", ANSWER_CURSOR, GROUP_MOVE },
	{ "page-down", "\033[6~", ANSWER_CURSOR, GROUP_MOVE },
	{ "down", "\033OB", ANSWER_CURSOR, GROUP_MOVE },
	{ "open", "\r", ANSWER_OTHER, GROUP_OPEN },
	{ "down-in-flow", "\033OB", ANSWER_ANY, GROUP_FLOW },
	{ "back", "q", ANSWER_LIST, GROUP_OPEN },
	{ "end", "\033OF", ANSWER_CURSOR, GROUP_MOVE },
	{ "open", "\r", ANSWER_OTHER, GROUP_OPEN },
	{ "back", "q", ANSWER_LIST, GROUP_OPEN },
	{ "home", "\033OH", ANSWER_CURSOR, GROUP_MOVE },
	{ "filter", "/", ANSWER_ANY, GROUP_FILTER },
	{ "typing", typed_text, ANSWER_TYPED, GROUP_FILTER },
	{ "filter-leave", NULL, ANSWER_LIST, GROUP_FILTER },
	{ "sort-reverse", "z", ANSWER_ANY, GROUP_SORT },
	{ "sort-reverse", "z", ANSWER_ANY, GROUP_SORT },
};

enum phase { PHASE_LOADING, PHASE_LOADED, PHASE_COUNT };

static const char *const phase_names[PHASE_COUNT] = { "loading", "loaded" };

struct sample {
	const char *name;
	enum phase phase;
	double ms;		/* below 0: no answer */
	size_t bytes;
};

static struct {
	/* asked for */
	int height, width, cycles;
	unsigned groups;
	bool is_sngrep, check, samples_told;
	const char *piped;
	int patience_ms;
	/* under way */
	pid_t pid, writer;
	int tty, release;	/* closed: the writer need not be slow */
	struct vt vt;
	double started, first, loaded, last;	/* ms; 0: not yet */
	size_t bytes;		/* it sent */
	bool ended;
	struct sample samples[SAMPLES_MAX];
	size_t samples_n;
} f = { .height = 24, .width = 80, .cycles = 20, .groups = ~0u, .patience_ms = 1000 };

static double
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void
die(const char *what)
{
	fprintf(stderr, "feel: %s: %s\n", what, strerror(errno));
	exit(3);
}

/* ---- the program ---- */

static void
write_piped(int to, int release)
{
	static char block[PIPE_BLOCK];
	struct pollfd p = { release, POLLIN, 0 };
	int from = open(f.piped, O_RDONLY);
	off_t size = lseek(from, 0, SEEK_END), done = 0;
	ssize_t n;

	lseek(from, 0, SEEK_SET);
	while ((n = read(from, block, sizeof(block))) > 0) {
		for (ssize_t i = 0, k; i < n; i += k) {
			k = write(to, block + i, (size_t)(n - i));
			if (k < 0)
				_exit(0);
		}
		done += n;
		if (done > size / 2)
			poll(&p, 1, 10);
	}
	_exit(0);
}

/* @return what the program is to have as standard input, or -1. */
static int
start_writer(void)
{
	int data[2], release[2];

	f.release = -1;
	if (!f.piped)
		return -1;
	if (pipe2(data, O_CLOEXEC) != 0 || pipe2(release, O_CLOEXEC) != 0)
		die("pipe");
	f.writer = fork();
	if (f.writer < 0)
		die("fork");
	if (f.writer == 0) {
		close(data[0]);
		close(release[1]);
		write_piped(data[1], release[0]);
	}
	close(data[1]);
	close(release[0]);
	f.release = release[1];
	return data[0];
}

static void
run_program(const char *tty, int input, char **command)
{
	struct winsize size = { .ws_row = (unsigned short)f.height,
				.ws_col = (unsigned short)f.width };
	int fd;

	setsid();
	fd = open(tty, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) != 0 || ioctl(fd, TIOCSWINSZ, &size) != 0)
		_exit(127);
	dup2(input >= 0 ? input : fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	if (fd > 2)
		close(fd);
	setenv("TERM", "xterm-256color", 1);
	setenv("HOME", "/nonexistent", 1);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	unsetenv("NO_COLOR");
	execvp(command[0], command);
	_exit(127);
}

static void
start(char **command)
{
	int input = start_writer();
	const char *name;

	f.tty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (f.tty < 0 || grantpt(f.tty) != 0 || unlockpt(f.tty) != 0) {
		if (!f.check)
			die("pty");
		printf("1..0 # SKIP no pseudo-terminal: %s\n", strerror(errno));
		exit(0);
	}
	name = ptsname(f.tty);
	f.started = now_ms();
	f.pid = fork();
	if (f.pid < 0)
		die("fork");
	if (f.pid == 0)
		run_program(name, input, command);
	if (input >= 0)
		close(input);
}

/* Figure @p key of /proc/PID/status, in KiB. */
static long
status_of(const char *key)
{
	char path[64], line[256];
	long value = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)f.pid);
	in = fopen(path, "r");
	while (in && fgets(line, sizeof(line), in))
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtol(line + strlen(key) + 1, NULL, 10);
	if (in)
		fclose(in);
	return value;
}

/* CPU time so far in ms. */
static double
cpu_of(void)
{
	unsigned long long ns = 0;
	char path[64];
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)f.pid);
	in = fopen(path, "r");
	if (in && fscanf(in, "%llu", &ns) != 1)
		ns = 0;
	if (in)
		fclose(in);
	return (double)ns / 1e6;
}

/* ---- the screen ---- */

static bool
row_has(int y, const char *text)
{
	char row[ROW_MAX];

	vt_row(&f.vt, y, row, sizeof(row));
	return strstr(row, text) != NULL;
}

/* The row of the cursor: lit all over, with something counted in it, which titles have
 * not. @return -1: there is none. */
static int
cursor_row(void)
{
	char row[ROW_MAX];

	for (int y = 2; y < f.height - 1; y++) {
		if (vt_lit(&f.vt, y) < f.width * 3 / 4)
			continue;
		vt_row(&f.vt, y, row, sizeof(row));
		if (strpbrk(row, "0123456789"))
			return y;
	}
	return -1;
}

static uint64_t
cursor_hash(void)
{
	int y = cursor_row();

	return y < 0 ? 0 : vt_hash(&f.vt, y, y + 1) + (uint64_t)y;
}

static bool
is_list(void)
{
	char row[ROW_MAX];

	vt_row(&f.vt, f.height - 1, row, sizeof(row));
	return strncmp(row, "Esc Quit", 8) == 0;
}

static bool
is_loading(void)
{
	for (int y = 0; y < 3; y++)
		if (row_has(y, "reading ") || row_has(y, "Loading"))
			return true;
	return false;
}

/* Take what it sends within @p ms. @return whether it sent anything. */
static bool
pump(int ms)
{
	struct pollfd p = { f.tty, POLLIN, 0 };
	static char block[65536];
	ssize_t n;

	if (f.ended)
		return false;
	if (poll(&p, 1, ms) < 1) {
		/* A screen half drawn may tell of nothing that is loading. */
		if (ms >= QUIET_MS && f.first > 0 && f.loaded == 0 && is_list() && !is_loading())
			f.loaded = f.last;
		return false;
	}
	n = read(f.tty, block, sizeof(block));
	if (n <= 0) {
		f.ended = true;
		return false;
	}
	f.last = now_ms();
	f.bytes += (size_t)n;
	vt_put(&f.vt, block, (size_t)n);
	if (f.first == 0 && cursor_row() > 0)
		f.first = f.last;
	return true;
}

static void
pump_for(double ms)
{
	double end = now_ms() + ms;

	do
		pump(end > now_ms() ? (int)(end - now_ms()) : 0);
	while (!f.ended && now_ms() < end);
}

/* ---- keys ---- */

struct before {
	uint64_t cursor, view;
	char typed[sizeof(typed_text)];
};

static int
typed_row(void)
{
	return f.is_sngrep ? 3 : f.height - 1;
}

static bool
is_answered(const struct step *s, const struct before *b)
{
	switch (s->answer) {
	case ANSWER_CURSOR:
		return cursor_hash() != b->cursor && cursor_row() >= 0;
	case ANSWER_OTHER:
		return !is_list() && vt_hash(&f.vt, 1, f.height - 1) != b->view;
	case ANSWER_LIST:
		return is_list();
	case ANSWER_TYPED:
		return row_has(typed_row(), b->typed) &&
			vt_hash(&f.vt, typed_row(), typed_row() + 1) != b->view;
	case ANSWER_ANY:
		break;
	}
	return vt_hash(&f.vt, 1, f.height) != b->view;
}

/* Press @p keys and wait for the answer. @return whether it came. */
static bool
press(const struct step *s, const char *keys, size_t n, struct before *b)
{
	struct sample *sample = &f.samples[f.samples_n];
	size_t before = f.bytes;
	double at, end;
	bool answered;

	b->cursor = cursor_hash();
	if (s->answer == ANSWER_TYPED)
		b->view = vt_hash(&f.vt, typed_row(), typed_row() + 1);
	else
		b->view = vt_hash(&f.vt, 1, s->answer == ANSWER_ANY ? f.height : f.height - 1);
	sample->name = s->name;
	sample->phase = f.loaded > 0 ? PHASE_LOADED : PHASE_LOADING;
	at = now_ms();
	if (write(f.tty, keys, n) != (ssize_t)n)
		die("write");
	end = at + f.patience_ms;
	while (!(answered = is_answered(s, b)) && !f.ended && now_ms() < end)
		pump((int)(end - now_ms()) + 1);
	while (answered && pump(QUIET_MS))
		;
	sample->ms = answered ? f.last - at : -1;
	sample->bytes = f.bytes - before;
	if (f.samples_n + 1 < SAMPLES_MAX)
		f.samples_n++;
	return answered;
}

static void
pause_at_random(void)
{
	static uint32_t seed = 1;

	seed = seed * 1664525 + 1013904223;
	pump_for(2 + (seed >> 16) % 1800 / 100.0);
}

static bool
type_text(const struct step *s)
{
	struct before b;

	for (size_t i = 0; s->keys[i]; i++) {
		memcpy(b.typed, typed_text, i + 1);
		/* A blank at the end is nothing to be seen. */
		b.typed[i + 1] = '\0';
		if (!press(s, s->keys + i, 1, &b))
			return false;
		pause_at_random();
	}
	return true;
}

static bool
is_vain(const struct step *s)
{
	int n = 0;

	for (size_t i = 0; i < f.samples_n; i++)
		n += f.samples[i].ms < 0 && strcmp(f.samples[i].name, s->name) == 0;
	return n >= VAIN_MAX;
}

static bool
do_step(const struct step *s)
{
	char keys[2 * sizeof(typed_text)];
	struct before b = { 0 };

	if (s->answer == ANSWER_TYPED)
		return type_text(s);
	if (s->keys)
		return press(s, s->keys, strlen(s->keys), &b);
	if (!f.is_sngrep)
		return press(s, "\007", 1, &b);
	/* There the field keeps what was typed. */
	memset(keys, 127, sizeof(typed_text) - 1);
	keys[sizeof(typed_text) - 1] = '\r';
	return press(s, keys, sizeof(typed_text), &b);
}

/* Once all keys, from the first call, as long as it is @p phase. */
static void
cycle(enum phase phase)
{
	static const char home[] = "\033OH";

	if (is_list() && write(f.tty, home, sizeof(home) - 1) < 0)
		die("write");
	pump_for(50);
	while (pump(QUIET_MS))
		;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !f.ended; i++) {
		const struct step *s = &steps[i];

		/* Only in the list can one tell that it has loaded. */
		if (is_list() && (phase == PHASE_LOADING) != (f.loaded == 0))
			return;
		if (!(s->group & f.groups) || (s->group == GROUP_SORT && phase == PHASE_LOADING))
			continue;
		if ((s->answer == ANSWER_LIST && is_list()) || is_vain(s))
			continue;
		if (s->answer == ANSWER_CURSOR && !is_list())
			continue;
		do_step(s);
		pause_at_random();
	}
}

/* ---- the answer ---- */

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
percentile(double *values, size_t n, double part)
{
	size_t i = (size_t)((double)n * part);

	return n == 0 ? 0 : values[i < n ? i : n - 1];
}

static void
tell_keys(enum phase phase, const char *name)
{
	static double ms[SAMPLES_MAX], bytes[SAMPLES_MAX];
	size_t n = 0, unanswered = 0;

	for (size_t i = 0; i < f.samples_n; i++) {
		const struct sample *s = &f.samples[i];

		if (s->phase != phase || strcmp(s->name, name) != 0)
			continue;
		unanswered += s->ms < 0;
		ms[n] = s->ms < 0 ? f.patience_ms : s->ms;
		bytes[n++] = (double)s->bytes;
	}
	if (n == 0)
		return;
	qsort(ms, n, sizeof(*ms), compare);
	qsort(bytes, n, sizeof(*bytes), compare);
	printf("key %s %s %zu %.2f %.2f %.2f %.0f %.0f %zu\n", phase_names[phase], name, n,
	       percentile(ms, n, 0.5), percentile(ms, n, 0.95), ms[n - 1],
	       percentile(bytes, n, 0.5), bytes[n - 1], unanswered);
}

static void
tell(double idle)
{
	printf("first %.1f\n", f.first > 0 ? f.first - f.started : -1);
	printf("loaded %.1f\n", f.loaded > 0 ? f.loaded - f.started : -1);
	printf("rss %.1f\n", (double)status_of("VmHWM:") / 1024);
	printf("idle %.2f\n", idle);
	for (size_t i = 0; f.samples_told && i < f.samples_n; i++) {
		const struct sample *s = &f.samples[i];

		printf("sample %s %s %.2f %zu\n", phase_names[s->phase], s->name, s->ms,
		       s->bytes);
	}
	for (int phase = 0; !f.samples_told && phase < PHASE_COUNT; phase++) {
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
			size_t k = 0;

			while (strcmp(steps[k].name, steps[i].name) != 0)
				k++;
			if (k == i)
				tell_keys((enum phase)phase, steps[i].name);
		}
	}
}

static bool
is_move(const char *name)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strcmp(steps[i].name, name) == 0)
			return steps[i].group == GROUP_MOVE;
	return false;
}

static int
tell_check(void)
{
	size_t pressed[PHASE_COUNT] = { 0 }, unanswered[PHASE_COUNT] = { 0 }, most = 0;
	bool good;

	for (size_t i = 0; i < f.samples_n; i++) {
		const struct sample *s = &f.samples[i];

		pressed[s->phase]++;
		if (s->ms < 0) {
			unanswered[s->phase]++;
			printf("# no answer to %s while %s\n", s->name, phase_names[s->phase]);
		}
		if (is_move(s->name) && s->bytes > most)
			most = s->bytes;
	}
	good = most > 0 && most < BYTES_GOAL;
	for (int i = 0; i < PHASE_COUNT; i++) {
		bool all = pressed[i] > 0 && unanswered[i] == 0;

		printf("%s %d - keys are answered while %s (%zu)\n", all ? "ok" : "not ok", i + 1,
		       phase_names[i], pressed[i]);
		good = good && all;
	}
	printf("%s 3 - a move sends less than %d bytes (%zu)\n1..3\n",
	       most > 0 && most < BYTES_GOAL ? "ok" : "not ok", BYTES_GOAL, most);
	return good ? 0 : 1;
}

static void
measure(void)
{
	double end = now_ms() + 600e3;

	while (f.first == 0 && !f.ended && now_ms() < end)
		pump(100);
	while (pump(QUIET_MS))
		;
	if (f.piped) {
		cycle(PHASE_LOADING);
		close(f.release);
	}
	while (f.loaded == 0 && !f.ended && now_ms() < end) {
		if (f.piped)
			pump(100);
		else
			cycle(PHASE_LOADING);
		/* Where it loads within a view that it does not tell of. */
		if (!is_list())
			pump(10);
	}
	pump_for(100);
	for (int i = 0; i < f.cycles && !f.ended; i++)
		cycle(PHASE_LOADED);
}

static double
idle_cpu(void)
{
	double before;

	pump_for(200);
	before = cpu_of();
	pump_for(1000);
	return cpu_of() - before;
}

/* ---- the command line ---- */

static void
set_groups(const char *words)
{
	static const char *const names[] = { "move", "open", "flow", "filter", "sort" };

	f.groups = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strstr(words, names[i]))
			f.groups |= 1u << i;
}

static char **
parse(int argc, char **argv)
{
	char *x;
	int i = 1;

	for (; i + 1 < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--check") == 0) {
			f.check = true;
			f.patience_ms = 30000;
			f.cycles = 1;
		} else if (strcmp(argv[i], "--samples") == 0) {
			f.samples_told = true;
		} else if (strcmp(argv[i], "--size") == 0) {
			f.width = (int)strtol(argv[++i], &x, 10);
			f.height = *x == 'x' ? (int)strtol(x + 1, NULL, 10) : 0;
		} else if (strcmp(argv[i], "--like") == 0) {
			f.is_sngrep = strcmp(argv[++i], "sngrep") == 0;
		} else if (strcmp(argv[i], "--do") == 0) {
			set_groups(argv[++i]);
		} else if (strcmp(argv[i], "--cycles") == 0) {
			f.cycles = (int)strtol(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--pipe") == 0) {
			f.piped = argv[++i];
		} else {
			break;
		}
	}
	if (i >= argc || argv[i][0] == '-' || f.height < 5 || f.width < 20 ||
	    f.height > 500 || f.width > 500) {
		fprintf(stderr, "usage: feel [--size WxH] [--like sngrep] [--do WORDS] "
			"[--cycles N] [--pipe FILE] [--samples] [--check] PROGRAM [ARG...]\n");
		exit(2);
	}
	return argv + i;
}

int
main(int argc, char **argv)
{
	char **command = parse(argc, argv);
	double idle;
	int status, result = 0;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	vt_init(&f.vt, f.height, f.width);
	start(command);
	measure();
	idle = f.check ? 0 : idle_cpu();
	if (f.ended || f.first == 0) {
		fprintf(stderr, "feel: %s %s\n", command[0], f.ended ? "ended" : "drew no row");
		for (int y = 0; y < f.height; y++) {
			char row[ROW_MAX];

			vt_row(&f.vt, y, row, sizeof(row));
			fprintf(stderr, "# %s\n", row);
		}
		result = 3;
	} else if (f.check) {
		result = tell_check();
	} else {
		tell(idle);
	}
	kill(f.pid, SIGTERM);
	pump_for(50);
	close(f.tty);
	/* A peer may sit on at a terminal that is gone. */
	for (int i = 0; i < 20 && waitpid(f.pid, &status, WNOHANG) == 0; i++)
		poll(NULL, 0, 50);
	if (kill(f.pid, SIGKILL) == 0)
		waitpid(f.pid, &status, 0);
	if (f.writer > 0) {
		kill(f.writer, SIGTERM);
		waitpid(f.writer, &status, 0);
	}
	vt_release(&f.vt);
	return result;
}
