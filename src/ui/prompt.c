#include "ui/prompt.h"

#include <unistr.h>

#include "base/text.h"

#define NOTE_GAP	2	/* cells between the text and the note */

/* ---- history ---- */

void
prompt_history_release(struct prompt_history *h)
{
	for (size_t i = 0; i < h->n; i++)
		buf_release(&h->lines[i]);
	h->n = 0;
}

static void
history_drop(struct prompt_history *h, size_t i)
{
	buf_release(&h->lines[i]);
	h->n--;
	memmove(h->lines + i, h->lines + i + 1, (h->n - i) * sizeof(*h->lines));
}

void
prompt_history_add(struct prompt_history *h, struct str line)
{
	struct buf copy = BUF_INIT;

	if (line.n == 0)
		return;
	/* It may be one of those that are dropped. */
	buf_add_str(&copy, line);
	for (size_t i = 0; i < h->n; i++) {
		if (str_eq(buf_str(&h->lines[i]), buf_str(&copy))) {
			history_drop(h, i);
			break;
		}
	}
	if (h->n == PROMPT_LINES)
		history_drop(h, 0);
	h->lines[h->n++] = copy;
}

/* ---- editing ---- */

void
prompt_start(struct prompt *p, const char *label, struct prompt_history *history,
	     struct str text)
{
	buf_clear(&p->text);
	buf_add_str(&p->text, str_sub(text, 0, PROMPT_MAX));
	p->at = p->text.n;
	p->label = label;
	p->mark = 0;
	p->history = history;
	p->back = 0;
}

void
prompt_release(struct prompt *p)
{
	buf_release(&p->text);
	buf_release(&p->typed);
}

/* The end of the character at @p at with the marks that stand on it. */
static size_t
after(const struct prompt *p, size_t at)
{
	struct str rest = str_skip(buf_str(&p->text), at), next = rest;
	char shown[5];

	if (rest.n == 0)
		return at;
	text_next(&next, shown);
	for (rest = next; text_next(&next, shown) == 0; )
		rest = next;
	return p->text.n - rest.n;
}

/* The begin of the character before @p at: the text is walked, as it is short. */
static size_t
before(const struct prompt *p, size_t at)
{
	size_t i = 0, next;

	while ((next = after(p, i)) < at)
		i = next;
	return i;
}

static bool
is_blank_at(const struct prompt *p, size_t at)
{
	return ascii_is_blank(p->text.p[at]);
}

static size_t
word_before(const struct prompt *p, size_t at)
{
	while (at > 0 && is_blank_at(p, at - 1))
		at--;
	while (at > 0 && !is_blank_at(p, at - 1))
		at--;
	return at;
}

static size_t
word_after(const struct prompt *p, size_t at)
{
	while (at < p->text.n && is_blank_at(p, at))
		at++;
	while (at < p->text.n && !is_blank_at(p, at))
		at++;
	return at;
}

static enum prompt_result
move(struct prompt *p, size_t at)
{
	p->at = at;
	return PROMPT_MOVED;
}

static enum prompt_result
cut(struct prompt *p, size_t from, size_t to)
{
	if (from >= to)
		return PROMPT_MOVED;
	memmove(p->text.p + from, p->text.p + to, p->text.n - to);
	p->text.n -= to - from;
	p->text.p[p->text.n] = '\0';
	p->at = from;
	return PROMPT_CHANGED;
}

static enum prompt_result
insert(struct prompt *p, uint32_t code)
{
	uint8_t bytes[4];
	int n = u8_uctomb(bytes, (ucs4_t)code, sizeof(bytes));

	if (n < 1 || p->text.n + (size_t)n > PROMPT_MAX)
		return PROMPT_MOVED;
	buf_reserve(&p->text, (size_t)n);
	memmove(p->text.p + p->at + n, p->text.p + p->at, p->text.n - p->at);
	memcpy(p->text.p + p->at, bytes, (size_t)n);
	p->text.n += (size_t)n;
	p->text.p[p->text.n] = '\0';
	p->at += (size_t)n;
	return PROMPT_CHANGED;
}

static enum prompt_result
recall(struct prompt *p, int step)
{
	size_t n = p->history ? p->history->n : 0;

	if (step < 0 ? p->back == n : p->back == 0)
		return PROMPT_MOVED;
	if (p->back == 0) {
		buf_clear(&p->typed);
		buf_add_str(&p->typed, buf_str(&p->text));
	}
	p->back = step < 0 ? p->back + 1 : p->back - 1;
	buf_clear(&p->text);
	buf_add_str(&p->text, p->back == 0 ? buf_str(&p->typed) :
		    buf_str(&p->history->lines[n - p->back]));
	p->at = p->text.n;
	return PROMPT_CHANGED;
}

static enum prompt_result
take(struct prompt *p)
{
	if (p->history)
		prompt_history_add(p->history, buf_str(&p->text));
	return PROMPT_TAKEN;
}

/* Letters with Ctrl or Alt, as the keys they stand for. */
static struct key
plain_key(struct key key)
{
	static const struct { struct key key; struct key as; } same[] = {
		{ { 'A', KEY_MOD_CTRL }, { KEYCODE_HOME, 0 } },
		{ { 'E', KEY_MOD_CTRL }, { KEYCODE_END, 0 } },
		{ { 'B', KEY_MOD_CTRL }, { KEYCODE_LEFT, 0 } },
		{ { 'F', KEY_MOD_CTRL }, { KEYCODE_RIGHT, 0 } },
		{ { 'P', KEY_MOD_CTRL }, { KEYCODE_UP, 0 } },
		{ { 'N', KEY_MOD_CTRL }, { KEYCODE_DOWN, 0 } },
		{ { 'D', KEY_MOD_CTRL }, { KEYCODE_DELETE, 0 } },
		{ { 'H', KEY_MOD_CTRL }, { KEYCODE_BACKSPACE, 0 } },
		{ { 'G', KEY_MOD_CTRL }, { KEYCODE_ESC, 0 } },
		{ { 'b', KEY_MOD_ALT }, { KEYCODE_LEFT, KEY_MOD_CTRL } },
		{ { 'f', KEY_MOD_ALT }, { KEYCODE_RIGHT, KEY_MOD_CTRL } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		if (key_eq(same[i].key, key))
			return same[i].as;
	return key;
}

static enum prompt_result
control_key(struct prompt *p, struct key key)
{
	switch (key.code) {
	case KEYCODE_LEFT:
		return move(p, word_before(p, p->at));
	case KEYCODE_RIGHT:
		return move(p, word_after(p, p->at));
	case 'W':
		return cut(p, word_before(p, p->at), p->at);
	case 'U':
		return cut(p, 0, p->at);
	case 'K':
		return cut(p, p->at, p->text.n);
	default:
		return PROMPT_IGNORED;
	}
}

enum prompt_result
prompt_key(struct prompt *p, struct key key)
{
	key = plain_key(key);
	if (key.mods == KEY_MOD_CTRL)
		return control_key(p, key);
	if (key.mods != 0)
		return PROMPT_IGNORED;
	switch (key.code) {
	case KEYCODE_ENTER:
		return take(p);
	case KEYCODE_ESC:
		return PROMPT_CANCELLED;
	case KEYCODE_LEFT:
		return move(p, before(p, p->at));
	case KEYCODE_RIGHT:
		return move(p, after(p, p->at));
	case KEYCODE_HOME:
		return move(p, 0);
	case KEYCODE_END:
		return move(p, p->text.n);
	case KEYCODE_UP:
		return recall(p, -1);
	case KEYCODE_DOWN:
		return recall(p, 1);
	case KEYCODE_BACKSPACE:
		return p->text.n == 0 ? PROMPT_CANCELLED : cut(p, before(p, p->at), p->at);
	case KEYCODE_DELETE:
		return cut(p, p->at, after(p, p->at));
	default:
		return key.code >= ' ' && key.code < KEYCODE_UP ? insert(p, key.code) :
			PROMPT_IGNORED;
	}
}

/* Show the character that is wrong; that may be the one behind the end. @p x is where
 * the text begins, which may be left of what is seen. */
static void
draw_mark(const struct prompt *p, struct canvas *c, int y, int x, int from)
{
	struct str rest = buf_str(&p->text);
	char shown[5];
	int w = 1;

	for (size_t i = 1; i < p->mark && rest.n > 0; i++)
		x += text_next(&rest, shown);
	if (rest.n > 0)
		w = text_next(&rest, shown);
	if (p->mark > 0 && x >= from)
		canvas_paint(c, y, x, w < 1 ? 1 : w, ROLE_ERROR);
}

void
prompt_draw(const struct prompt *p, struct canvas *c, int y, struct str note,
	    enum role note_role)
{
	int width = canvas_width(c), notes = note.n > 0 ? text_width(note) : 0;
	struct str text = buf_str(&p->text);
	struct str head = str_sub(text, 0, p->at), shown = head;
	char cell[5];
	int x, cursor;

	canvas_fill(c, y, 0, 1, width, ROLE_NORMAL, " ");
	x = canvas_text(c, y, 0, width, ROLE_KEY, str_of(p->label));
	/* One cell for the cursor behind the text. */
	if (notes > 0 && x + text_width(text) + 1 + NOTE_GAP + notes <= width)
		canvas_text(c, y, width - notes, notes, note_role, note);
	for (cursor = text_width(head); x + cursor >= width && shown.n > 0; )
		cursor -= text_next(&shown, cell);
	text = str_skip(text, head.n - shown.n);
	canvas_text(c, y, x, width - x, ROLE_NORMAL, text);
	draw_mark(p, c, y, x + cursor - text_width(head), x);
	text = str_skip(text, shown.n);
	canvas_paint(c, y, x + cursor, text_next(&text, cell) == 2 ? 2 : 1, ROLE_CURSOR);
}
