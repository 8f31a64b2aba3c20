/**
 * @file keymap.h  Which key does what in which view.
 *
 * A key is looked up in the map of the view, then in "generic". The default
 * keys are read by keymap_bind(), as the user's "bind" lines are.
 */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include "ui/action.h"
#include "ui/keys.h"

struct view_ops;

struct keymap {
	struct binding *bindings;	/**< private; in the order they were made */
	size_t n, cap;			/**< private */
	const char **views;		/**< private; names, [0] is "generic" */
	size_t views_n, views_cap;	/**< private */
};

/** With the default keys of the actions table. */
void keymap_init(struct keymap *km);
void keymap_release(struct keymap *km);

/** Make the name of a view known and bind its own default keys (ops->keys). */
void keymap_add_view(struct keymap *km, const struct view_ops *ops);

/**
 * Bind @p keys (names, blanks between) in @p view ("generic": in all that do not
 * bind them) to @p action, "none" to let them do nothing. What they did there
 * before is forgotten; other keys of the action stay.
 * @return 0, or -1 with *err and nothing bound.
 */
int keymap_bind(struct keymap *km, struct str view, struct str action, struct str keys,
		struct err *err);

/** The action, ACTION_NONE where the key does nothing. */
enum action keymap_find(const struct keymap *km, const char *view, struct key key);

/** Whether the key is bound at all, maybe to nothing. */
bool keymap_has(const struct keymap *km, const char *view, struct key key);

/** Append the keys of @p action in @p view, best first, in short form with
 * ", " between; at most @p max. @return how many. */
int keymap_add_keys(const struct keymap *km, const char *view, enum action action,
		    int max, struct buf *out);

/** The names of the views that are known, "generic" first. */
static inline const char *
keymap_view(const struct keymap *km, size_t i)
{
	return i < km->views_n ? km->views[i] : NULL;
}

/** Append the keys that are bound to @p action in @p view itself, in the order they
 * were bound, with names that key_parse() reads, from the @p skip'th on, at most
 * KEYMAP_LINE_KEYS, blanks between. @return how many. */
#define KEYMAP_LINE_KEYS	32
int keymap_add_own(const struct keymap *km, const char *view, enum action action, int skip,
		   struct buf *out);

#endif
