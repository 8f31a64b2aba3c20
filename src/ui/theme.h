/** @file theme.h  What each role looks like. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "ui/role.h"

enum style_attr {
	STYLE_BOLD = 1,
	STYLE_DIM = 2,
	STYLE_UNDERLINE = 4,
	STYLE_REVERSE = 8,
};

#define STYLE_DEFAULT	(-1)	/* the terminal's own colour */

struct style {
	int16_t fg;		/**< STYLE_DEFAULT, or 0 to 255 */
	int16_t bg;
	uint8_t attrs;		/**< of enum style_attr */
};

static inline bool
style_eq(const struct style *a, const struct style *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->attrs == b->attrs;
}

struct theme {
	struct style styles[ROLE_COUNT];
};

/** In the order of the setting "theme". */
enum theme_name {
	THEME_DARK,
	THEME_LIGHT,
	THEME_PLAIN,		/**< no colours, attributes alone */
	THEME_COUNT
};

/** Fill *t with the looks of @p name. */
void theme_init(struct theme *t, enum theme_name name);

/** @p wanted, or THEME_PLAIN where the environment has a NO_COLOR that is not
 * empty (https://no-color.org). */
enum theme_name theme_choose(enum theme_name wanted);

/** Read a look as ui/role.h describes it.
 * @return 0, or -1 with *err naming the bad word and *style unchanged. */
int style_parse(struct style *style, struct str text, struct err *err);

/** Append the look so that style_parse() reads it back. */
void style_add(struct buf *b, const struct style *style);

/** The nearest colour that a terminal of @p colors (8, 16 or 256) has;
 * *bold is set where the bright half is told by bold alone. */
int style_color(int color, int colors, bool *bold);

#endif
