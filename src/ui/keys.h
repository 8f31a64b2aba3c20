/**
 * @file keys.h  Keys and their names.
 *
 * A key is a Unicode character or a named key, with modifiers. Names, in
 * settings files, scripts and help: a character stands for itself, all else is
 * in angle brackets: <Enter> <Esc> <Space> <Up> <F1> <C-L> <A-x> <S-Left>.
 * <Lt> is "<". Case matters in single characters only.
 */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include "base/buf.h"
#include "base/err.h"

enum key_mod {
	KEY_MOD_CTRL = 1,
	KEY_MOD_ALT = 2,
	KEY_MOD_SHIFT = 4,	/**< named keys only */
};

/** Named keys have codes above all of Unicode. */
enum key_code {
	KEYCODE_NONE = 0,
	KEYCODE_UP = 0x110000,
	KEYCODE_DOWN,
	KEYCODE_LEFT,
	KEYCODE_RIGHT,
	KEYCODE_PAGE_UP,
	KEYCODE_PAGE_DOWN,
	KEYCODE_HOME,
	KEYCODE_END,
	KEYCODE_INSERT,
	KEYCODE_DELETE,
	KEYCODE_ENTER,
	KEYCODE_ESC,
	KEYCODE_TAB,
	KEYCODE_BACKSPACE,
	KEYCODE_F1,
	KEYCODE_F12 = KEYCODE_F1 + 11,
	KEYCODE_END_OF_CODES
};

struct key {
	uint32_t code;		/**< a printable character or enum key_code */
	uint8_t mods;		/**< of enum key_mod; with KEY_MOD_CTRL a letter
				 * is upper case */
};

static inline bool
key_eq(struct key a, struct key b)
{
	return a.code == b.code && a.mods == b.mods;
}

/** Read one name. @return 0, or -1 with *err and *key unchanged. */
int key_parse(struct key *key, struct str name, struct err *err);

/** Append the name, which key_parse() reads back. */
void key_add(struct buf *b, struct key key);

/** Append the name as people write it: "^L", "F1", "Enter". */
void key_add_short(struct buf *b, struct key key);

#endif
