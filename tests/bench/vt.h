/**
 * @file vt.h  A terminal that nobody looks at: what a program sent to an xterm, as
 * cells. As much of it as curses uses.
 */
#ifndef BENCH_VT_H
#define BENCH_VT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vt_cell {
	uint32_t c;		/**< 0: the second half of a wide one */
	uint16_t fg, bg;	/**< 0: default; else the colour + 1 */
	uint8_t attrs;		/**< bits by SGR number below 8 */
};

#define VT_REVERSE	(1u << 7)
#define VT_PARAMS	16

enum vt_state { VT_TEXT, VT_ESCAPE, VT_SKIP_ONE, VT_CSI, VT_OSC };

struct vt {
	int height, width;
	struct vt_cell *cells;
	struct vt_cell pen;
	int y, x, saved_y, saved_x;
	int top, bottom;	/**< rows that scroll */
	bool wraps;		/**< the next character goes to the next row */
	enum vt_state state;
	int params[VT_PARAMS], params_n;
	bool is_private;
	uint32_t last;		/**< for REP */
	uint32_t code;		/**< UTF-8 under way */
	int more;
};

void vt_init(struct vt *vt, int height, int width);
void vt_release(struct vt *vt);

/** Take @p n bytes of output. */
void vt_put(struct vt *vt, const char *bytes, size_t n);

/** Row @p y as UTF-8 in @p out of @p size bytes, cut where it is full, with its blanks
 * at the end. */
void vt_row(const struct vt *vt, int y, char *out, size_t size);

/** Of the cells of rows @p from to @p to (not with it), styles too. */
uint64_t vt_hash(const struct vt *vt, int from, int to);

/** How many cells of row @p y have a background of their own or are reversed. */
int vt_lit(const struct vt *vt, int y);

#endif
