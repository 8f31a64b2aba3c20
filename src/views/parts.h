/** @file parts.h  What the screens have in common. */
#ifndef VIEWS_PARTS_H
#define VIEWS_PARTS_H

#include "ui/canvas.h"
#include "views/pins.h"
#include "views/views.h"

/** The role of a response by its class. */
enum role role_of_status(unsigned int status);

/** The role of a state of a call; a refusal by its status. */
enum role role_of_state(enum call_state state, unsigned int status);

/** Append @p s made visible; of one wider than @p cells its end, after "…":
 * the end of a path tells files apart. */
void parts_add_tail(struct buf *b, struct str s, int cells);

/** The same, of one wider than @p cells both ends with "…" between: these tell
 * addresses apart. */
void parts_add_middle(struct buf *b, struct str s, int cells);

/** Where the piece of @p line that begins at byte @p from ends when it may take
 * @p width cells (at least one character is taken). */
size_t parts_wrap(struct str line, size_t from, int width);

/** Draw @p text from row @p y of @p c on, broken at blanks, to the last row. */
void parts_draw_words(struct canvas *c, int y, enum role role, struct str text);

/** Put indexes of the store in order of arrival. */
void parts_sort_indexes(uint32_t *list, size_t n);

/** The name of a host, STR_NONE when it has none. */
struct str parts_host_name(const struct views_app *app, const struct net_endpoint *at);

/** Append it, or without one the address and port. */
void parts_add_host(struct buf *b, const struct views_app *app, const struct net_endpoint *at);

/** Append the names of the flaws in a mask, commas between. */
void parts_add_flaws(struct buf *b, uint32_t flaws);

/** Take the calls that are gone out of a list. @return how many are left. */
size_t parts_drop_gone(const struct views_app *app, uint32_t *calls, size_t n);

/** Close @p v, of which nothing is left to show, and say so; later where another view
 * stands on it. */
void parts_leave(struct view *v, const char *why);

/** The progress, all read where the program does not tell. */
struct views_progress parts_progress(const struct views_app *app);

#endif
