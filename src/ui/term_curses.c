/*
 * The one file that knows curses.
 *
 * Curses keeps what the terminal shows and sends differences; before that, rows
 * that equal the last canvas are not even handed to it. The mouse is read here and
 * not by curses, which reads the one form of reports that terminfo names: for screen
 * and tmux the older one, which ends at column 223.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
#include "base/time.h"
#include "ui/term.h"
#include "ui/term_keys.h"
#include "ui/term_signals.h"
/* curses' name for the same thing */
#undef lines
#undef columns

#define KEYS_MAX	64
#define MOUSE_MAX	64	/* bytes that turn it on, or off */

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
	int escape_ms;
	bool mouse;			/* it is told of, while the terminal is ours */
	char mouse_on[MOUSE_MAX];	/* empty: the terminal has none */
	char mouse_off[MOUSE_MAX];
	struct term_clicks clicks;
} term;

/* ---- the terminal as it was ---- */

static void
restore_prepare(void)
{
	static const char *const names[] = { "rmkx", "sgr0", "op", "cnorm", "rmcup" };

	term_restore_init(term.fd, &term.before);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *s = tigetstr(names[i]);

		if (s && s != (char *)-1)
			tputs(s, 1, term_restore_putc);
	}
}

/* ---- start and stop ---- */

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

/* Write to the terminal. Curses has written all it has; so this stands between two of
 * its updates. @return whether all of it went. */
static bool
send_bytes(const char *bytes, size_t n)
{
	ssize_t sent = 1;

	for (size_t i = 0; i < n && sent > 0; i += (size_t)(sent > 0 ? sent : 0))
		while ((sent = write(fileno(term.out), bytes + i, n - i)) < 0 &&
		       errno == EINTR && term_signal() == 0)
			;
	return sent > 0;
}

/* "linux", "linux-16color" ... */
static bool
is_linux_console(const char *name)
{
	return strncmp(name, "linux", 5) == 0;
}

/* The capability XM turns reports on and off; where it lacks, as in what tmux and
 * screen are known as, but a mouse is told of, the usual modes do: clicks and wheel,
 * and reports without bounds. The console of Linux claims a mouse, and has none. */
static void
mouse_prepare(const char *name)
{
	const char *mouse = tigetstr("kmous"), *mode = tigetstr("XM");

	/* Its reports come to read_sequence(). */
	keyok(KEY_MOUSE, FALSE);
	if (!mouse || mouse == (char *)-1 || is_linux_console(name))
		return;
	for (int on = 0; on < 2; on++) {
		char *to = on ? term.mouse_on : term.mouse_off;

		if (mode && mode != (char *)-1)
			snprintf(to, MOUSE_MAX, "%s", tparm(mode, on, 0, 0, 0, 0, 0, 0, 0, 0));
		else
			snprintf(to, MOUSE_MAX, "\033[?1006;1000%c", on ? 'h' : 'l');
	}
}

/* Let the terminal report the mouse, or no longer. */
static void
mouse_tell(bool on)
{
	if (!term.mouse)
		return;
	/* Before it is on, so that no end leaves it on. */
	if (on)
		term_restore_mouse(term.mouse_off);
	send_bytes(on ? term.mouse_on : term.mouse_off,
		   strlen(on ? term.mouse_on : term.mouse_off));
	if (!on)
		term_restore_mouse(NULL);
}

void
term_set_mouse(bool on)
{
	if (!term.screen || term.mouse_on[0] == '\0' || term.mouse == on)
		return;
	if (on) {
		term.mouse = true;
		mouse_tell(true);
	} else {
		mouse_tell(false);
		term.mouse = false;
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
	term_signals_close();
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
	if (term_signals_open(err) != 0) {
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
		term_signals_give_back(true);
		close_terminal();
		return -1;
	}
	restore_prepare();
	term_signals_take();
	term_restore_arm(true);
	mem_set_die_hook(term_restore);
	if (!exit_hooked)
		exit_hooked = atexit(term_restore) == 0;
	term.escape_ms = escape_ms;
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
	mouse_prepare(name);
	term.shown = canvas_new(1, 1);
	term.repaint = true;
	return 0;
}

/* A terminal without a screen apart keeps what was drawn, and the shell goes on in the last
 * row: what stood there is not for it. */
static void
clear_footer(void)
{
	const char *apart = tigetstr("smcup");

	if (apart && apart != (char *)-1)
		return;
	move(LINES - 1, 0);
	clrtoeol();
	refresh();
}

void
term_stop(void)
{
	if (!term.screen)
		return;
	if (term_restore_armed()) {
		mouse_tell(false);
		curs_set(1);
		clear_footer();
		endwin();
		term_restore_arm(false);
		/* Also what curses does not know of. */
		tcsetattr(term.fd, TCSADRAIN, &term.before);
	}
	mem_set_die_hook(NULL);
	/* There may be work to finish, and curses' own handlers are gone: a signal now is one
	 * that came, as before. */
	term_signals_give_back(false);
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

bool
term_copy(struct str bytes)
{
	const char *name = getenv("TERM");
	struct buf b = BUF_INIT;
	bool sent;

	/* The console of Linux would show it. */
	if (!term.screen || !name || is_linux_console(name))
		return false;
	buf_add_cstr(&b, "\033]52;c;");
	base64_add(&b, bytes);
	buf_add_char(&b, '\a');
	sent = send_bytes(b.p, b.n);
	buf_release(&b);
	return sent;
}

/* ---- events ---- */

int
term_fd(int index)
{
	return index == 0 ? term.fd : term_signals_fd();
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
	mouse_tell(false);
	endwin();
	tcsetattr(term.fd, TCSADRAIN, &term.before);
	term_restore_arm(false);
	term_signals_stop_here();
	term_restore_arm(true);
}

/* Somebody else may have changed the modes while we stood. */
static void
resume(void)
{
	reset_prog_mode();
	curs_set(0);
	mouse_tell(true);
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

/* The next byte or key of curses; in a character whose first is there, one waits for the
 * rest a while, as over a slow line. */
static int
read_byte(bool begun)
{
	struct pollfd p = { term.fd, POLLIN, 0 };
	int byte = getch();

	if (byte == ERR && begun && poll(&p, 1, term.escape_ms) == 1 && p.revents & POLLIN)
		byte = getch();
	return byte;
}

/* The next character, as get_wch(3) gives it; but that takes a bad byte for the begin of
 * a long character, and up to 15 keys after it are lost. Here only what is bad is. */
static int
read_char(wint_t *c)
{
	mbstate_t state = { 0 };
	bool begun = false;
	int byte;

	while ((byte = read_byte(begun)) != ERR) {
		char one = (char)byte;
		wchar_t wide = 0;
		size_t used;

		if (byte > UCHAR_MAX) {
			*c = (wint_t)byte;
			return KEY_CODE_YES;
		}
		used = mbrtowc(&wide, &one, 1, &state);
		if (used == 0 || used == 1) {
			*c = (wint_t)wide;
			return OK;
		}
		if (used == (size_t)-1) {
			/* What cannot go on with what was begun may begin another. */
			if (begun)
				ungetch(byte);
			state = (mbstate_t){ 0 };
		}
		begun = used == (size_t)-2;
	}
	return ERR;
}

/* The next key that curses has. @return 1, or 0 when there is none. */
static int
read_key(struct key *key)
{
	wint_t c;
	int kind;

	while ((kind = read_char(&c)) != ERR) {
		if (kind == KEY_CODE_YES ? key_from_code((int)c, key) : term_key_of_char(c, key))
			return 1;
	}
	return 0;
}

/* What an ESC byte began. */
enum sequence {
	SEQUENCE_TYPED,		/* nothing followed: the keys were typed */
	SEQUENCE_NOTHING,	/* one that means nothing here */
	SEQUENCE_KEY,
	SEQUENCE_MOUSE,
};

/* The next character of a sequence: its bytes may come one by one over a slow line. */
static bool
read_more(wint_t *c)
{
	struct pollfd p = { term.fd, POLLIN, 0 };

	if (read_char(c) == OK)
		return true;
	return poll(&p, 1, term.escape_ms) == 1 && p.revents & POLLIN && read_char(c) == OK;
}

/* What came is a report of the mouse: in the older form three more bytes are to be
 * read, if @p params is empty. */
static enum sequence
read_mouse(const char *params, wint_t last, struct mouse *m)
{
	uint32_t bytes[3];
	bool told;

	if (params[0] == '<') {
		told = term_mouse_of_sequence(params, last, m);
	} else {
		for (size_t i = 0; i < ARRAY_SIZE(bytes); i++)
			if (!read_more(&bytes[i]))
				return SEQUENCE_NOTHING;
		told = term_mouse_of_bytes(bytes, m);
	}
	/* Some that was on its way when it was turned off. */
	if (!told || !term.mouse)
		return SEQUENCE_NOTHING;
	term_mouse_clicks(&term.clicks, m, time_monotonic_ms());
	return SEQUENCE_MOUSE;
}

/* After ESC and @p first, "[" or "O": the rest of a sequence. */
static enum sequence
read_sequence(wint_t first, struct key *key, struct mouse *m)
{
	char params[16];
	size_t n = 0;
	wint_t c;

	if (read_char(&c) != OK)
		return SEQUENCE_TYPED;
	while (c >= 0x20 && c < 0x40) {
		if (n < sizeof(params) - 1)
			params[n++] = (char)c;
		if (!read_more(&c))
			return SEQUENCE_NOTHING;
	}
	params[n] = '\0';
	if (params[0] == '<' || (first == '[' && c == 'M' && n == 0))
		return read_mouse(params, c, m);
	return term_key_of_sequence(params, c, key) ? SEQUENCE_KEY : SEQUENCE_NOTHING;
}

/* What follows an ESC byte: with Alt a terminal sends ESC first. Curses has
 * waited for the rest, so that its begin is there at once. */
static enum sequence
read_after_escape(struct key *key, struct mouse *m)
{
	struct key second;

	if (!read_key(&second))
		return SEQUENCE_KEY;
	if (second.code == '[' || second.code == 'O') {
		enum sequence kind = read_sequence(second.code, key, m);

		if (kind != SEQUENCE_TYPED)
			return kind;
	}
	*key = second;
	key->mods |= KEY_MOD_ALT;
	return SEQUENCE_KEY;
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
	unsigned int seen = term_signals_seen();

	if (seen & TERM_SIGNALS_STOP) {
		suspend();
		seen |= TERM_SIGNALS_CONT;
	}
	if (seen & TERM_SIGNALS_CONT)
		resume();
	if (seen & TERM_SIGNALS_WINCH)
		term.repaint = true;
	return seen != 0;
}

enum term_event
term_next(struct key *key, struct mouse *mouse)
{
	if (term_signal() != 0)
		return TERM_SIGNAL;
	if (signal_events())
		return TERM_RESIZE;
	while (read_key(key)) {
		enum sequence kind = SEQUENCE_KEY;

		if (key->code == KEYCODE_ESC && key->mods == 0)
			kind = read_after_escape(key, mouse);
		if (kind == SEQUENCE_KEY)
			return TERM_KEY;
		if (kind == SEQUENCE_MOUSE)
			return TERM_MOUSE;
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
