#include "views/pins.h"

#include "base/mem.h"
#include "store/message.h"

void
pins_init(struct pins *p)
{
	*p = (struct pins){ .selected = NULL };
	sparse_init(&p->calls, sizeof(uint32_t));
}

void
pins_release(struct pins *p)
{
	sparse_release(&p->calls);
	p->selected = NULL;
}

bool
pins_has(const struct pins *p, uint32_t call)
{
	return sparse_find(&p->calls, call) ||
		(p->selected && call_set_has(p->selected, call));
}

static void
pin(struct pins *p, uint32_t call)
{
	uint32_t *holders = sparse_put(&p->calls, call);

	++*holders;
}

static void
unpin(struct pins *p, uint32_t call)
{
	uint32_t *holders = sparse_find(&p->calls, call);

	if (holders && --*holders == 0)
		sparse_drop(&p->calls, call);
}

void
pinned_set(struct pinned *v, struct pins *p, const uint32_t *calls, size_t n)
{
	size_t had = v->n;
	uint32_t *before = v->calls;

	if (!p)
		return;
	/* The new ones first: one that stays is held all the time. */
	*v = (struct pinned){ .calls = NULL };
	for (size_t i = 0; i < n; i++) {
		if (calls[i] == CALL_NONE)
			continue;
		ARRAY_GROW(v->calls, v->cap, v->n + 1);
		v->calls[v->n++] = calls[i];
		pin(p, calls[i]);
	}
	for (size_t i = 0; i < had; i++)
		unpin(p, before[i]);
	free(before);
}

void
pinned_release(struct pinned *v, struct pins *p)
{
	pinned_set(v, p, NULL, 0);
	free(v->calls);
	*v = (struct pinned){ .calls = NULL };
}
