#include "ui/term_keys.h"

bool
term_key_of_char(uint32_t c, struct key *key)
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

bool
term_key_of_sequence(const char *params, uint32_t last, struct key *key)
{
	static const uint8_t tilde[] = { 0, 1, 2, 3, 4, 5, 6, 1, 4 };
	static const uint32_t edit[] = {
		0, KEYCODE_HOME, KEYCODE_INSERT, KEYCODE_DELETE, KEYCODE_END,
		KEYCODE_PAGE_UP, KEYCODE_PAGE_DOWN,
	};
	static const struct { char last; uint32_t code; } letters[] = {
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
		if ((uint32_t)letters[i].last == last)
			key->code = letters[i].code;
	if (last == 'Z')
		key->mods |= KEY_MOD_SHIFT;
	if (last == '~' && number < ARRAY_SIZE(tilde))
		key->code = edit[tilde[number]];
	else if (last == '~' && number >= 11 && number <= 24 && number != 16 && number != 22)
		key->code = KEYCODE_F1 + number - 11 - (number > 16) - (number > 22);
	mods--;
	key->mods |= (uint8_t)((mods & 1 ? KEY_MOD_SHIFT : 0) | (mods & 2 ? KEY_MOD_ALT : 0) |
			       (mods & 4 ? KEY_MOD_CTRL : 0));
	return key->code != KEYCODE_NONE;
}

/* ---- the mouse ---- */

/* Bits of a button: Shift, Alt and Ctrl, which terminals keep for themselves or send
 * along, do not matter here. */
#define BUTTON_MODS	(4u | 8u | 16u)
#define BUTTON_WHEEL	64u
#define CELL_MAX	10000u

static bool
mouse_of(uint32_t button, uint32_t x, uint32_t y, struct mouse *m)
{
	button &= ~BUTTON_MODS;
	if (x < 1 || y < 1 || x > CELL_MAX || y > CELL_MAX)
		return false;
	m->y = (int)y - 1;
	m->x = (int)x - 1;
	switch (button) {
	case 0:
		m->kind = MOUSE_PRESS;
		return true;
	case BUTTON_WHEEL:
		m->kind = MOUSE_WHEEL_UP;
		return true;
	case BUTTON_WHEEL | 1:
		m->kind = MOUSE_WHEEL_DOWN;
		return true;
	default:
		return false;
	}
}

bool
term_mouse_of_sequence(const char *params, uint32_t last, struct mouse *m)
{
	struct str rest = str_skip(str_of(params), 1), part;
	uint32_t n[3];

	if (last != 'M')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(n); i++)
		if (!str_cut(&rest, ';', &part) || !str_to_u32(part, &n[i]))
			return false;
	return mouse_of(n[0], n[1], n[2], m);
}

bool
term_mouse_of_bytes(const uint32_t bytes[3], struct mouse *m)
{
	for (int i = 0; i < 3; i++)
		if (bytes[i] < 32)
			return false;
	return mouse_of(bytes[0] - 32, bytes[1] - 32, bytes[2] - 32, m);
}

void
term_mouse_clicks(struct term_clicks *clicks, struct mouse *m, int64_t now_ms)
{
	int dx = m->x - clicks->x;

	if (m->kind != MOUSE_PRESS) {
		clicks->some = false;
		return;
	}
	/* A hand is not that steady; but another row is another thing. */
	if (clicks->some && now_ms - clicks->at_ms <= TERM_DOUBLE_MS && m->y == clicks->y &&
	    dx >= -1 && dx <= 1) {
		m->kind = MOUSE_DOUBLE;
		clicks->some = false;
		return;
	}
	*clicks = (struct term_clicks){ .at_ms = now_ms, .y = m->y, .x = m->x, .some = true };
}
