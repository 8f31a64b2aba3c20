#include <unistr.h>

#include "base/text.h"
#include "ui/keys.h"

static const struct key_name {
	struct str name;
	uint32_t code;
} key_names[] = {
	{ STR_INIT("Up"), KEYCODE_UP },
	{ STR_INIT("Down"), KEYCODE_DOWN },
	{ STR_INIT("Left"), KEYCODE_LEFT },
	{ STR_INIT("Right"), KEYCODE_RIGHT },
	{ STR_INIT("PageUp"), KEYCODE_PAGE_UP },
	{ STR_INIT("PageDown"), KEYCODE_PAGE_DOWN },
	{ STR_INIT("Home"), KEYCODE_HOME },
	{ STR_INIT("End"), KEYCODE_END },
	{ STR_INIT("Insert"), KEYCODE_INSERT },
	{ STR_INIT("Delete"), KEYCODE_DELETE },
	{ STR_INIT("Enter"), KEYCODE_ENTER },
	{ STR_INIT("Esc"), KEYCODE_ESC },
	{ STR_INIT("Tab"), KEYCODE_TAB },
	{ STR_INIT("Backspace"), KEYCODE_BACKSPACE },
	{ STR_INIT("Space"), ' ' },
	{ STR_INIT("Lt"), '<' },
};

static const struct { struct str prefix; enum key_mod mod; } key_mods[] = {
	{ STR_INIT("C-"), KEY_MOD_CTRL },
	{ STR_INIT("A-"), KEY_MOD_ALT },
	{ STR_INIT("S-"), KEY_MOD_SHIFT },
};

/* One printable character and nothing after it. */
static bool
parse_char(struct str s, uint32_t *code)
{
	char shown[5];
	ucs4_t c;
	int n;

	if (s.n == 0)
		return false;
	n = u8_mbtoucr(&c, (const uint8_t *)s.p, s.n);
	if (n < 1 || (size_t)n != s.n || c <= ' ')
		return false;
	/* Shown as itself, and not a mark that needs another character. */
	if (text_next(&s, shown) < 1 || memcmp(shown, s.p - n, (size_t)n) != 0)
		return false;
	*code = c;
	return true;
}

static bool
parse_code(struct str s, uint32_t *code)
{
	uint32_t n;

	for (size_t i = 0; i < ARRAY_SIZE(key_names); i++) {
		if (str_eq_ci(s, key_names[i].name)) {
			*code = key_names[i].code;
			return true;
		}
	}
	if (s.n > 1 && ascii_lower(s.p[0]) == 'f' && str_to_u32(str_skip(s, 1), &n) &&
	    n >= 1 && n <= 12) {
		*code = KEYCODE_F1 + n - 1;
		return true;
	}
	return parse_char(s, code);
}

int
key_parse(struct key *key, struct str name, struct err *err)
{
	struct key k = { KEYCODE_NONE, 0 };
	struct str s = name;

	if (s.n < 3 || s.p[0] != '<' || s.p[s.n - 1] != '>') {
		if (!parse_char(s, &k.code))
			goto bad;
		*key = k;
		return 0;
	}
	s = str_sub(s, 1, s.n - 2);
	for (size_t i = 0; i < ARRAY_SIZE(key_mods); i++) {
		while (s.n > 2 && str_starts_ci(s, key_mods[i].prefix)) {
			k.mods |= (uint8_t)key_mods[i].mod;
			s = str_skip(s, 2);
			i = 0;
		}
	}
	if (!parse_code(s, &k.code))
		goto bad;
	if (k.code < KEYCODE_UP && k.mods & KEY_MOD_SHIFT)
		goto bad;
	if (k.code < KEYCODE_UP && k.mods & KEY_MOD_CTRL) {
		/* A terminal sends Ctrl with these alone, and no case. */
		if (k.code >= 'a' && k.code <= 'z')
			k.code -= 'a' - 'A';
		if (k.code != ' ' && (k.code < 'A' || k.code > '_'))
			goto bad;
	}
	*key = k;
	return 0;
bad:
	return err_set(err, "no such key: %.*s", STR_ARG(name));
}

static void
add_code(struct buf *b, uint32_t code)
{
	char text[8];
	int n;

	for (size_t i = 0; i < ARRAY_SIZE(key_names); i++) {
		if (key_names[i].code == code) {
			buf_add_str(b, key_names[i].name);
			return;
		}
	}
	if (code >= KEYCODE_F1 && code <= KEYCODE_F12) {
		buf_printf(b, "F%u", code - KEYCODE_F1 + 1);
		return;
	}
	n = u8_uctomb((uint8_t *)text, code, sizeof(text));
	buf_add(b, text, n > 0 ? (size_t)n : 0);
}

void
key_add(struct buf *b, struct key key)
{
	bool plain = key.mods == 0 && key.code < KEYCODE_UP && key.code != ' ' && key.code != '<';

	if (!plain)
		buf_add_char(b, '<');
	for (size_t i = 0; i < ARRAY_SIZE(key_mods); i++)
		if (key.mods & key_mods[i].mod)
			buf_add_str(b, key_mods[i].prefix);
	add_code(b, key.code);
	if (!plain)
		buf_add_char(b, '>');
}

void
key_add_short(struct buf *b, struct key key)
{
	if (key.mods & KEY_MOD_ALT)
		buf_add_cstr(b, "A-");
	if (key.mods & KEY_MOD_SHIFT)
		buf_add_cstr(b, "S-");
	if (key.mods & KEY_MOD_CTRL)
		buf_add_cstr(b, key.code < KEYCODE_UP ? "^" : "C-");
	if (key.code == '<')
		buf_add_char(b, '<');
	else
		add_code(b, key.code);
}
