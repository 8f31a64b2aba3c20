#include "base/mem.h"
#include "ui/keymap.h"
#include "ui/view.h"

struct binding {
	struct key key;
	uint16_t view;		/* index into views */
	uint16_t action;
};

#define VIEW_GENERIC	0

static size_t
view_find(const struct keymap *km, struct str name)
{
	size_t i;

	for (i = 0; i < km->views_n; i++)
		if (str_eq(name, str_of(km->views[i])))
			break;
	return i;
}

static void
view_add(struct keymap *km, const char *name)
{
	if (view_find(km, str_of(name)) < km->views_n)
		return;
	ARRAY_GROW(km->views, km->views_cap, km->views_n + 1);
	km->views[km->views_n++] = name;
}

void
keymap_init(struct keymap *km)
{
	struct err err;

	*km = (struct keymap){ 0 };
	view_add(km, "generic");
	for (int i = 1; i < ACTION_COUNT; i++) {
		const struct action_def *def = &action_defs[i];

		if (def->keys[0] != '\0' && keymap_bind(km, STR("generic"), str_of(def->name),
							str_of(def->keys), &err) != 0)
			BUG("default keys of %s: %s", def->name, err.text);
	}
}

void
keymap_release(struct keymap *km)
{
	free(km->bindings);
	free(km->views);
	*km = (struct keymap){ 0 };
}

void
keymap_add_view(struct keymap *km, const struct view_ops *ops)
{
	struct err err;

	view_add(km, ops->name);
	for (const struct view_keys *k = ops->keys; k && k->keys; k++)
		if (keymap_bind(km, str_of(ops->name), str_of(action_defs[k->action].name),
				str_of(k->keys), &err) != 0)
			BUG("default keys of view %s: %s", ops->name, err.text);
}

static const struct binding *
binding_find(const struct keymap *km, size_t view, struct key key)
{
	for (size_t i = 0; i < km->n; i++)
		if (km->bindings[i].view == view && key_eq(km->bindings[i].key, key))
			return &km->bindings[i];
	return NULL;
}

/* A binding that is made again goes to the end: keys are listed in the order
 * in which they were asked for. */
static void
binding_set(struct keymap *km, size_t view, struct key key, enum action action)
{
	const struct binding *old = binding_find(km, view, key);

	if (old) {
		size_t at = (size_t)(old - km->bindings);

		km->n--;
		memmove(km->bindings + at, km->bindings + at + 1,
			(km->n - at) * sizeof(*km->bindings));
	}
	ARRAY_GROW(km->bindings, km->cap, km->n + 1);
	km->bindings[km->n++] = (struct binding){ key, (uint16_t)view, (uint16_t)action };
}

int
keymap_bind(struct keymap *km, struct str view, struct str action, struct str keys,
	    struct err *err)
{
	size_t view_index = view_find(km, view);
	enum action act = action_find(action);
	struct key list[KEYMAP_LINE_KEYS];
	struct str word;
	int n = 0;

	if (view_index == km->views_n)
		return err_set(err, "no such view: %.*s", STR_ARG(view));
	if (act == ACTION_COUNT)
		return err_set(err, "no such action: %.*s", STR_ARG(action));
	while (str_cut_word(&keys, &word)) {
		if (n == KEYMAP_LINE_KEYS)
			return err_set(err, "more than %d keys", KEYMAP_LINE_KEYS);
		if (key_parse(&list[n], word, err) != 0)
			return -1;
		n++;
	}
	if (n == 0)
		return err_set(err, "no keys given");
	for (int i = 0; i < n; i++)
		binding_set(km, view_index, list[i], act);
	return 0;
}

static const struct binding *
lookup(const struct keymap *km, const char *view, struct key key)
{
	size_t index = view_find(km, str_of(view));
	const struct binding *b = NULL;

	if (index < km->views_n)
		b = binding_find(km, index, key);
	return b ? b : binding_find(km, VIEW_GENERIC, key);
}

enum action
keymap_find(const struct keymap *km, const char *view, struct key key)
{
	const struct binding *b = lookup(km, view, key);

	return b ? (enum action)b->action : ACTION_NONE;
}

bool
keymap_has(const struct keymap *km, const char *view, struct key key)
{
	return lookup(km, view, key) != NULL;
}

int
keymap_add_keys(const struct keymap *km, const char *view, enum action action,
		int max, struct buf *out)
{
	size_t index = view_find(km, str_of(view));
	int n = 0;

	/* The view's own first; a generic key only where the view has not
	 * given it another meaning. */
	for (int pass = 0; pass < 2; pass++) {
		size_t in = pass == 0 ? index : VIEW_GENERIC;

		if (pass == 1 && index == VIEW_GENERIC)
			break;
		for (size_t i = 0; i < km->n && n < max; i++) {
			const struct binding *b = &km->bindings[i];

			if (b->view != in || b->action != action || lookup(km, view, b->key) != b)
				continue;
			if (n++ > 0)
				buf_add_cstr(out, ", ");
			key_add_short(out, b->key);
		}
	}
	return n;
}

int
keymap_add_own(const struct keymap *km, const char *view, enum action action, int skip,
	       struct buf *out)
{
	size_t index = view_find(km, str_of(view));
	int n = 0;

	for (size_t i = 0; i < km->n && n < skip + KEYMAP_LINE_KEYS; i++) {
		const struct binding *b = &km->bindings[i];

		if (b->view != index || b->action != action || n++ < skip)
			continue;
		if (n > skip + 1)
			buf_add_char(out, ' ');
		key_add(out, b->key);
	}
	return n > skip ? n - skip : 0;
}
