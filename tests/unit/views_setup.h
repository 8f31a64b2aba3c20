/* The program's screens on a store, for scripts to drive. To be included after cmocka.h. */
#ifndef VIEWS_SETUP_H
#define VIEWS_SETUP_H

#include "sip_store.h"
#include "views/views.h"
#include "shots.h"

struct fixture {
	struct sip_store sip;
	struct query query;
	struct host_names names;
	struct settings settings;
	struct views_app app;
	struct views_progress progress;
	struct keymap keymap;
	struct stack stack;
	struct buf screens;
	uint32_t taken;		/* takes_call(): calls below this */
};

static inline void
fixture_progress(void *ctx, struct views_progress *p)
{
	struct fixture *f = ctx;

	*p = f->progress;
}

static inline bool
fixture_takes(void *ctx, uint32_t call)
{
	struct fixture *f = ctx;

	return call < f->taken;
}

static inline void
fixture_no_sip(void *ctx, struct buf *out)
{
	(void)ctx;
	buf_add_cstr(out, "No SIP message was found. What there is:\n  rtp  12\n");
}

static inline int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	sip_store_init(&f->sip);
	query_init(&f->query, f->sip.store);
	host_names_init(&f->names);
	f->progress.ended = true;
	f->taken = UINT32_MAX;
	settings_init(&f->settings);
	f->app = (struct views_app){
		.settings = &f->settings,
		.store = f->sip.store, .query = &f->query, .names = &f->names,
		.source = "/captures/of/a/carrier/sample.pcap", .utc = true, .ctx = f,
		.progress = fixture_progress, .takes_call = fixture_takes,
		.no_sip = fixture_no_sip,
	};
	keymap_init(&f->keymap);
	views_add_keys(&f->keymap);
	stack_init(&f->stack, &f->keymap, &f->app);
	*state = f;
	return 0;
}

static inline int
teardown(void **state)
{
	struct fixture *f = *state;

	stack_release(&f->stack);
	keymap_release(&f->keymap);
	host_names_release(&f->names);
	query_release(&f->query);
	sip_store_release(&f->sip);
	buf_release(&f->screens);
	free(f);
	return 0;
}

#endif
