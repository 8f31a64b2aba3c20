/*
 * The one file that knows curses.
 *
 * Curses keeps what the terminal shows and sends differences; before that, rows
 * that equal the last canvas are not even handed to it. Signals only set a flag
 * and write a byte into a pipe that the loop polls; the work is done in
 * term_next(). For the ends that leave no time for curses (a crash, out of
 * memory, exit() from elsewhere) the strings that put the terminal back are
 * fetched at the start, and written with write(2) alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <unistr.h>
#include <wchar.h>

#define NCURSES_NOMACROS
#include <curses.h>
#include <term.h>

#include "base/base64.h"
#include "base/mem.h"
#include "ui/term.h"
/* curses' name for the same thing */
#undef lines
#undef columns

static const int end_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

#define ALL_SIGNALS	(ARRAY_SIZE(end_signals) + ARRAY_SIZE(crash_signals) + 3)
#define KEYS_MAX	64
#define RESTORE_MAX	256

static struct {
	SCREEN *screen;
	FILE *in, *out;
	int fd;				/* of in and, mostly, out */
	struct termios before;
	bool closed;
	bool input_ready;		/* poll said so */
	bool repaint;
	struct canvas *shown;		/* what curses was last given */
	attr_t attrs[ROLE_COUNT];
	short pairs[ROLE_COUNT];
	struct { int code; struct key key; } keys[KEYS_MAX];
	int keys_n;
	struct { int number; struct sigaction action; } old[ALL_SIGNALS];
	size_t old_n;
} term;

/* What signal handlers touch. */
static volatile sig_atomic_t sig_end, sig_winch, sig_stop, sig_cont, sig_active;
static int sig_pipe[2] = { -1, -1 };
static char restore[RESTORE_MAX];
static size_t restore_n;

/* ---- the terminal as it was, without curses ---- */

static void
restore_raw(void)
{
	int flags;

	if (!sig_active)
		return;
	sig_active = 0;
	/* A terminal that takes no more must not hold us. */
	flags = fcntl(term.fd, F_GETFL);
	fcntl(term.fd, F_SETFL, flags | O_NONBLOCK);
	if (write(term.fd, restore, restore_n) < 0) {
		/* Gone: then there is nothing to put back. */
	}
	fcntl(term.fd, F_SETFL, flags);
	tcsetattr(term.fd, TCSANOW, &term.before);
}

static int
restore_putc(int c)
{
	if (restore_n < sizeof(restore))
		restore[restore_n++] = (char)c;
	return c;
}

static void
restore_prepare(void)
{
	static const char *const names[] = { "rmkx", "sgr0", "op", "cnorm", "rmcup" };

	restore_n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *s = tigetstr(names[i]);

		if (s && s != (char *)-1)
			tputs(s, 1, restore_putc);
	}
}

/* ---- signals ---- */

static void
wake(void)
{
	int saved = errno;

	if (write(sig_pipe[1], "", 1) < 0) {
		/* Full: it is awake already. */
	}
	errno = saved;
}

static void
on_end(int number)
{
	/* The second time, perhaps because the loop hangs in a write. */
	if (sig_end != 0) {
		restore_raw();
		_exit(128 + number);
	}
	sig_end = number;
	wake();
}

static void
on_event(int number)
{
	if (number == SIGWINCH)
		sig_winch = 1;
	else if (number == SIGTSTP)
		sig_stop = 1;
	else
		sig_cont = 1;
	wake();
}

static void
on_crash(int number, siginfo_t *info, void *context)
{
	(void)context;
	restore_raw();
	for (size_t i = 0; i < term.old_n; i++)
		if (term.old[i].number == number)
			sigaction(number, &term.old[i].action, NULL);
	/* A fault comes again when we return, now to whom it went before; what
	 * was sent by somebody must be sent on. */
	if (info->si_code <= 0)
		raise(number);
}

static void
signal_take(int number, void (*simple)(int))
{
	struct sigaction sa = { 0 }, *old = &term.old[term.old_n].action;

	sigemptyset(&sa.sa_mask);
	if (simple) {
		sa.sa_handler = simple;
	} else {
		sa.sa_sigaction = on_crash;
		sa.sa_flags = SA_SIGINFO | SA_ONSTACK;
	}
	sigaction(number, NULL, old);
	/* Under nohup a hangup stays ignored; without job control the stop. */
	if ((simple == on_end || number == SIGTSTP) && old->sa_handler == SIG_IGN)
		return;
	term.old[term.old_n++].number = number;
	sigaction(number, &sa, NULL);
}

static void
signals_take(void)
{
	static char stack_space[32768];
	stack_t stack = { .ss_sp = stack_space, .ss_size = sizeof(stack_space) }, old;

	sig_end = sig_winch = sig_stop = sig_cont = 0;
	/* So that an overflown stack is a crash that restores, too. */
	if (sigaltstack(NULL, &old) == 0 && old.ss_flags & SS_DISABLE)
		sigaltstack(&stack, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(end_signals); i++)
		signal_take(end_signals[i], on_end);
	for (size_t i = 0; i < ARRAY_SIZE(crash_signals); i++)
		signal_take(crash_signals[i], NULL);
	signal_take(SIGWINCH, on_event);
	signal_take(SIGTSTP, on_event);
	signal_take(SIGCONT, on_event);
}

static void
signals_give_back(void)
{
	while (term.old_n > 0) {
		term.old_n--;
		sigaction(term.old[term.old_n].number, &term.old[term.old_n].action, NULL);
	}
}

int
term_signal(void)
{
	return sig_end;
}

/* ---- start and stop ---- */

bool
term_locale_utf8(void)
{
	setlocale(LC_CTYPE, "");
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void
styles_prepare(const struct theme *theme)
{
	struct theme plain;
	bool defaults = true;

	if (!has_colors() || start_color() == ERR || COLORS < 8) {
		theme_init(&plain, THEME_PLAIN);
		theme = &plain;
	} else {
		defaults = use_default_colors() == OK;
	}
	for (int i = 0; i < ROLE_COUNT; i++) {
		const struct style *s = &theme->styles[i];
		bool bold = s->attrs & STYLE_BOLD, ignored = false;
		int fg = s->fg, bg = s->bg;

		term.pairs[i] = 0;
		if (fg != STYLE_DEFAULT || bg != STYLE_DEFAULT) {
			fg = style_color(fg, COLORS, &bold);
			bg = style_color(bg, COLORS, &ignored);
			if (!defaults) {
				fg = fg == STYLE_DEFAULT ? COLOR_WHITE : fg;
				bg = bg == STYLE_DEFAULT ? COLOR_BLACK : bg;
			}
			if (i + 1 < COLOR_PAIRS && init_pair((short)(i + 1), (short)fg, (short)bg) == OK)
				term.pairs[i] = (short)(i + 1);
		}
		term.attrs[i] = A_NORMAL;
		if (bold)
			term.attrs[i] |= A_BOLD;
		if (s->attrs & STYLE_DIM)
			term.attrs[i] |= A_DIM;
		if (s->attrs & STYLE_UNDERLINE)
			term.attrs[i] |= A_UNDERLINE;
		if (s->attrs & STYLE_REVERSE)
			term.attrs[i] |= A_REVERSE;
	}
}

static void
key_map(int code, uint32_t key, unsigned mods)
{
	if (code <= 0 || term.keys_n == KEYS_MAX)
		return;
	term.keys[term.keys_n].code = code;
	term.keys[term.keys_n].key = (struct key){ key, (uint8_t)mods };
	term.keys_n++;
}

/* Keys with modifiers have codes that differ from terminal to terminal. */
static void
keys_prepare(void)
{
	static const struct { const char *name; uint32_t code; } bases[] = {
		{ "kUP", KEYCODE_UP }, { "kDN", KEYCODE_DOWN }, { "kLFT", KEYCODE_LEFT },
		{ "kRIT", KEYCODE_RIGHT }, { "kHOM", KEYCODE_HOME }, { "kEND", KEYCODE_END },
		{ "kPRV", KEYCODE_PAGE_UP }, { "kNXT", KEYCODE_PAGE_DOWN },
	};
	static const struct { const char *suffix; unsigned mods; } mods[] = {
		{ "", KEY_MOD_SHIFT }, { "3", KEY_MOD_ALT }, { "4", KEY_MOD_ALT | KEY_MOD_SHIFT },
		{ "5", KEY_MOD_CTRL }, { "6", KEY_MOD_CTRL | KEY_MOD_SHIFT },
		{ "7", KEY_MOD_CTRL | KEY_MOD_ALT },
	};
	char name[8];

	term.keys_n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(mods); j++) {
			const char *s;

			snprintf(name, sizeof(name), "%s%s", bases[i].name, mods[j].suffix);
			s = tigetstr(name);
			if (s && s != (char *)-1)
				key_map(key_defined(s), bases[i].code, mods[j].mods);
		}
	}
}

static int
open_terminal(struct err *err)
{
	bool tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	if (tty)
		term.fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		term.fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (term.fd < 0 || tcgetattr(term.fd, &term.before) != 0) {
		err_set(err, "no terminal: %s", strerror(errno));
		goto fail;
	}
	term.in = fdopen(dup(term.fd), "r");
	term.out = fdopen(dup(tty ? STDOUT_FILENO : term.fd), "w");
	if (term.in && term.out)
		return 0;
	err_set(err, "terminal: %s", strerror(errno));
fail:
	if (term.in)
		fclose(term.in);
	if (term.fd >= 0)
		close(term.fd);
	return -1;
}

static void
close_terminal(void)
{
	fclose(term.in);
	fclose(term.out);
	close(term.fd);
	for (int i = 0; i < 2; i++) {
		if (sig_pipe[i] >= 0)
			close(sig_pipe[i]);
		sig_pipe[i] = -1;
	}
}

int
term_start(const struct theme *theme, int escape_ms, struct err *err)
{
	static bool exit_hooked;
	const char *name = getenv("TERM");
	struct termios modes;
	char *cup;

	memset(&term, 0, sizeof(term));
	if (!name || name[0] == '\0')
		return err_set(err, "TERM is not set");
	if (open_terminal(err) != 0)
		return -1;
	if (pipe2(sig_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
		err_set(err, "pipe: %s", strerror(errno));
		close_terminal();
		return -1;
	}
	term.screen = newterm(NULL, term.out, term.in);
	cup = term.screen ? tigetstr("cup") : NULL;
	if (!cup || cup == (char *)-1) {
		err_set(err, term.screen ? "terminal %s cannot move its cursor"
			: "terminal %s is not known here", name);
		if (term.screen) {
			endwin();
			delscreen(term.screen);
		}
		tcsetattr(term.fd, TCSANOW, &term.before);
		close_terminal();
		return -1;
	}
	restore_prepare();
	signals_take();
	sig_active = 1;
	mem_set_die_hook(restore_raw);
	if (!exit_hooked)
		exit_hooked = atexit(restore_raw) == 0;
	set_escdelay(escape_ms);
	cbreak();
	noecho();
	nonl();
	/* ^S, ^Q, ^V and ^O are keys here. And ^C or ^Z must not throw away
	 * output: it may be what we write in answer to them. */
	if (tcgetattr(term.fd, &modes) == 0) {
		modes.c_iflag &= ~(tcflag_t)IXON;
		modes.c_lflag &= ~(tcflag_t)IEXTEN;
		modes.c_lflag |= NOFLSH;
		tcsetattr(term.fd, TCSANOW, &modes);
	}
	def_prog_mode();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	/* Else curses leaves a screen half drawn when a key waits. */
	typeahead(-1);
	meta(stdscr, TRUE);
	curs_set(0);
	styles_prepare(theme);
	keys_prepare();
	term.shown = canvas_new(1, 1);
	term.repaint = true;
	return 0;
}

void
term_stop(void)
{
	if (!term.screen)
		return;
	if (sig_active) {
		curs_set(1);
		endwin();
		sig_active = 0;
		/* Also what curses does not know of. */
		tcsetattr(term.fd, TCSADRAIN, &term.before);
	}
	mem_set_die_hook(NULL);
	signals_give_back();
	delscreen(term.screen);
	term.screen = NULL;
	close_terminal();
	canvas_free(term.shown);
	term.shown = NULL;
}

/* ---- drawing ---- */

void
term_size(int *height, int *width)
{
	struct winsize ws;

	getmaxyx(stdscr, *height, *width);
	if (ioctl(term.fd, TIOCGWINSZ, &ws) == 0 && ws.ws_row > 0 && ws.ws_col > 0) {
		*height = ws.ws_row;
		*width = ws.ws_col;
	}
	if (*height > CANVAS_MAX_HEIGHT)
		*height = CANVAS_MAX_HEIGHT;
	if (*width > CANVAS_MAX_WIDTH)
		*width = CANVAS_MAX_WIDTH;
}

void
term_repaint(void)
{
	term.repaint = true;
}

void
term_set_theme(const struct theme *theme)
{
	if (!term.screen)
		return;
	styles_prepare(theme);
	term.repaint = true;
}

/* Where the system's idea of a width is not ours, curses and the screen would
 * part: such a character is shown as a question mark. */
static void
cell_send(int y, int x, const struct cell *cell)
{
	wchar_t text[CCHARW_MAX + 1] = { 0 };
	const uint8_t *p = (const uint8_t *)cell->text;
	size_t left = strlen(cell->text);
	cchar_t cc;
	int n = 0;

	while (left > 0 && n < CCHARW_MAX) {
		ucs4_t c;
		int used = u8_mbtoucr(&c, p, left);

		if (used < 1)
			break;
		p += used;
		left -= (size_t)used;
		if (wcwidth((wchar_t)c) == (n == 0 ? cell->width : 0))
			text[n++] = (wchar_t)c;
		else if (n == 0)
			text[n++] = L'?';
	}
	setcchar(&cc, text, term.attrs[cell->role], term.pairs[cell->role], NULL);
	mvadd_wch(y, x, &cc);
	if (cell->width == 2 && text[0] == L'?') {
		text[0] = L' ';
		text[1] = L'\0';
		setcchar(&cc, text, term.attrs[cell->role], term.pairs[cell->role], NULL);
		mvadd_wch(y, x + 1, &cc);
	}
}

void
term_show(const struct canvas *c)
{
	size_t row_bytes = (size_t)c->width * sizeof(*c->cells);
	sigset_t stop, before;
	int cursor_y = 0;

	if (term.repaint || term.shown->height != c->height || term.shown->width != c->width) {
		canvas_resize(term.shown, c->height, c->width);
		resizeterm(c->height, c->width);
		erase();
		clearok(curscr, TRUE);
		for (int y = 0; y < c->height; y++)
			term.shown->cells[(size_t)y * (size_t)c->width].role = ROLE_COUNT;
		term.repaint = false;
	}
	for (int y = 0; y < c->height; y++) {
		struct cell *old = term.shown->cells + (ptrdiff_t)y * c->width;
		const struct cell *now = c->cells + (ptrdiff_t)y * c->stride;

		if (now->role == ROLE_CURSOR && cursor_y == 0)
			cursor_y = y;
		if (memcmp(old, now, row_bytes) == 0)
			continue;
		memcpy(old, now, row_bytes);
		for (int x = 0; x < c->width; x++)
			if (now[x].width > 0)
				cell_send(y, x, &now[x]);
	}
	/* For terminals that cannot hide it, and for those that read aloud. */
	move(cursor_y, 0);
	/* While it draws, curses ignores SIGTSTP; blocked, it waits instead. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_BLOCK, &stop, &before);
	refresh();
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* Curses has written all it has; so this stands between two of its updates. */
bool
term_copy(struct str bytes)
{
	const char *name = getenv("TERM");
	struct buf b = BUF_INIT;
	ssize_t n = 1;

	/* The console of Linux would show it. */
	if (!term.screen || !name || strcmp(name, "linux") == 0)
		return false;
	buf_add_cstr(&b, "\033]52;c;");
	base64_add(&b, bytes);
	buf_add_char(&b, '\a');
	for (size_t i = 0; i < b.n && n > 0; i += (size_t)(n > 0 ? n : 0))
		while ((n = write(fileno(term.out), b.p + i, b.n - i)) < 0 &&
		       errno == EINTR && sig_end == 0)
			;
	buf_release(&b);
	return n > 0;
}

/* ---- events ---- */

int
term_fd(int index)
{
	return index == 0 ? term.fd : sig_pipe[0];
}

void
term_ready(int index, short revents)
{
	if (index != 0)
		return;
	if (revents & (POLLHUP | POLLERR | POLLNVAL))
		term.closed = true;
	if (revents & POLLIN)
		term.input_ready = true;
}

static void
suspend(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL }, ours;

	endwin();
	tcsetattr(term.fd, TCSADRAIN, &term.before);
	sig_active = 0;
	sigemptyset(&dfl.sa_mask);
	sigaction(SIGTSTP, &dfl, &ours);
	raise(SIGTSTP);
	/* Here we stand still until SIGCONT. */
	sigaction(SIGTSTP, &ours, NULL);
	sig_active = 1;
}

/* Somebody else may have changed the modes while we stood. */
static void
resume(void)
{
	reset_prog_mode();
	curs_set(0);
	term.repaint = true;
}

static bool
key_from_code(int code, struct key *key)
{
	static const struct { int code; uint32_t key; unsigned mods; } table[] = {
		{ KEY_UP, KEYCODE_UP, 0 }, { KEY_DOWN, KEYCODE_DOWN, 0 },
		{ KEY_LEFT, KEYCODE_LEFT, 0 }, { KEY_RIGHT, KEYCODE_RIGHT, 0 },
		{ KEY_PPAGE, KEYCODE_PAGE_UP, 0 }, { KEY_NPAGE, KEYCODE_PAGE_DOWN, 0 },
		{ KEY_HOME, KEYCODE_HOME, 0 }, { KEY_END, KEYCODE_END, 0 },
		{ KEY_FIND, KEYCODE_HOME, 0 }, { KEY_SELECT, KEYCODE_END, 0 },
		{ KEY_A1, KEYCODE_HOME, 0 }, { KEY_C1, KEYCODE_END, 0 },
		{ KEY_A3, KEYCODE_PAGE_UP, 0 }, { KEY_C3, KEYCODE_PAGE_DOWN, 0 },
		{ KEY_IC, KEYCODE_INSERT, 0 }, { KEY_DC, KEYCODE_DELETE, 0 },
		{ KEY_ENTER, KEYCODE_ENTER, 0 }, { KEY_BACKSPACE, KEYCODE_BACKSPACE, 0 },
		{ KEY_BTAB, KEYCODE_TAB, KEY_MOD_SHIFT },
		{ KEY_SR, KEYCODE_UP, KEY_MOD_SHIFT }, { KEY_SF, KEYCODE_DOWN, KEY_MOD_SHIFT },
		{ KEY_SLEFT, KEYCODE_LEFT, KEY_MOD_SHIFT },
		{ KEY_SRIGHT, KEYCODE_RIGHT, KEY_MOD_SHIFT },
		{ KEY_SHOME, KEYCODE_HOME, KEY_MOD_SHIFT },
		{ KEY_SEND, KEYCODE_END, KEY_MOD_SHIFT },
		{ KEY_SPREVIOUS, KEYCODE_PAGE_UP, KEY_MOD_SHIFT },
		{ KEY_SNEXT, KEYCODE_PAGE_DOWN, KEY_MOD_SHIFT },
	};

	if (code >= KEY_F(1) && code <= KEY_F(12)) {
		*key = (struct key){ KEYCODE_F1 + (uint32_t)(code - KEY_F(1)), 0 };
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i].code == code) {
			*key = (struct key){ table[i].key, (uint8_t)table[i].mods };
			return true;
		}
	}
	for (int i = 0; i < term.keys_n; i++) {
		if (term.keys[i].code == code) {
			*key = term.keys[i].key;
			return true;
		}
	}
	return false;
}

static bool
key_from_char(wint_t c, struct key *key)
{
	*key = (struct key){ c, 0 };
	if (c == '\r' || c == '\n')
		key->code = KEYCODE_ENTER;
	else if (c == '\t')
		key->code = KEYCODE_TAB;
	else if (c == 27)
		key->code = KEYCODE_ESC;
	else if (c == 8 || c == 127)
		key->code = KEYCODE_BACKSPACE;
	else if (c == 0)
		*key = (struct key){ ' ', KEY_MOD_CTRL };
	else if (c < 32)
		*key = (struct key){ c + '@', KEY_MOD_CTRL };
	return c < 0x110000;
}

/* The next key that curses has. @return 1, or 0 when there is none. */
static int
read_key(struct key *key)
{
	wint_t c;
	int kind;

	while ((kind = get_wch(&c)) != ERR) {
		if (kind == KEY_CODE_YES ? key_from_code((int)c, key) : key_from_char(c, key))
			return 1;
	}
	return 0;
}

/* A key of a sequence that terminfo does not have for this TERM, but that most
 * terminals send. False for none of them: it is then dropped, as its letters
 * were not typed. */
static bool
key_from_sequence(const char *params, wint_t final, struct key *key)
{
	static const uint8_t tilde[] = { 0, 1, 2, 3, 4, 5, 6, 1, 4 };
	static const uint32_t edit[] = {
		0, KEYCODE_HOME, KEYCODE_INSERT, KEYCODE_DELETE, KEYCODE_END,
		KEYCODE_PAGE_UP, KEYCODE_PAGE_DOWN,
	};
	static const struct { char final; uint32_t code; } letters[] = {
		{ 'A', KEYCODE_UP }, { 'B', KEYCODE_DOWN }, { 'C', KEYCODE_RIGHT },
		{ 'D', KEYCODE_LEFT }, { 'H', KEYCODE_HOME }, { 'F', KEYCODE_END },
		{ 'P', KEYCODE_F1 }, { 'Q', KEYCODE_F1 + 1 }, { 'R', KEYCODE_F1 + 2 },
		{ 'S', KEYCODE_F1 + 3 }, { 'M', KEYCODE_ENTER }, { 'Z', KEYCODE_TAB },
	};
	struct str rest = str_of(params), part;
	uint32_t number = 0, mods = 1;

	if (str_cut(&rest, ';', &part))
		str_to_u32(part, &number);
	if (str_cut(&rest, ';', &part))
		str_to_u32(part, &mods);
	*key = (struct key){ KEYCODE_NONE, 0 };
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if ((wint_t)letters[i].final == final)
			key->code = letters[i].code;
	if (final == 'Z')
		key->mods |= KEY_MOD_SHIFT;
	if (final == '~' && number < ARRAY_SIZE(tilde))
		key->code = edit[tilde[number]];
	else if (final == '~' && number >= 11 && number <= 24 && number != 16 && number != 22)
		key->code = KEYCODE_F1 + number - 11 - (number > 16) - (number > 22);
	mods--;
	key->mods |= (uint8_t)((mods & 1 ? KEY_MOD_SHIFT : 0) | (mods & 2 ? KEY_MOD_ALT : 0) |
			       (mods & 4 ? KEY_MOD_CTRL : 0));
	return key->code != KEYCODE_NONE;
}

/* After ESC and "[" or "O": the rest of a sequence, which came with them.
 * @return 1 and the key; 0 when it was one that is no key; -1 when nothing
 * followed, so that it was typed. */
static int
read_sequence(struct key *key)
{
	char params[16];
	size_t n = 0;
	wint_t c;

	if (get_wch(&c) != OK)
		return -1;
	while (c >= 0x20 && c < 0x40) {
		if (n < sizeof(params) - 1)
			params[n++] = (char)c;
		if (get_wch(&c) != OK)
			return 0;
	}
	params[n] = '\0';
	return key_from_sequence(params, c, key);
}

/* What follows an ESC byte: with Alt a terminal sends ESC first. Curses has
 * waited for the rest, so it is there at once. @return whether there is a key. */
static bool
read_after_escape(struct key *key)
{
	struct key second, sequence;

	if (!read_key(&second))
		return true;
	if (second.code == '[' || second.code == 'O') {
		int n = read_sequence(&sequence);

		if (n >= 0) {
			*key = sequence;
			return n > 0;
		}
	}
	*key = second;
	key->mods |= KEY_MOD_ALT;
	return true;
}

/* Readable, and nothing to read: the end. */
static bool
at_end(void)
{
	struct pollfd p = { term.fd, POLLIN, 0 };
	int n = 0;

	if (poll(&p, 1, 0) < 1 || !(p.revents & POLLIN))
		return false;
	return ioctl(term.fd, FIONREAD, &n) != 0 || n == 0;
}

static bool
signal_events(void)
{
	char drain[64];
	bool event = false;

	while (read(sig_pipe[0], drain, sizeof(drain)) > 0)
		;
	if (sig_stop) {
		sig_stop = 0;
		suspend();
		sig_cont = 1;
	}
	if (sig_cont) {
		sig_cont = 0;
		resume();
		event = true;
	}
	if (sig_winch) {
		sig_winch = 0;
		term.repaint = true;
		event = true;
	}
	return event;
}

enum term_event
term_next(struct key *key)
{
	if (sig_end != 0)
		return TERM_SIGNAL;
	if (signal_events())
		return TERM_RESIZE;
	while (read_key(key)) {
		if (key->code != KEYCODE_ESC || key->mods != 0 || read_after_escape(key))
			return TERM_KEY;
	}
	if (term.closed)
		return TERM_CLOSED;
	if (term.input_ready) {
		term.input_ready = false;
		if (at_end())
			return TERM_CLOSED;
	}
	return TERM_NONE;
}
