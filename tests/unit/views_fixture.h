/* What tests of views have in common: a store with some calls, and the list of them. To be
 * included after cmocka.h. */
#ifndef VIEWS_FIXTURE_H
#define VIEWS_FIXTURE_H

#include "query/filter.h"
#include "views_setup.h"

/* ---- what is shown ---- */

static inline void
name_host(struct fixture *f, const char *address, const char *name)
{
	struct err err;

	assert_int_equal(host_names_add_alias(&f->names, str_of(address), str_of(name), &err), 0);
}

/* A call through a proxy that is refused, with a flaw. */
static inline void
add_refused(struct fixture *f)
{
	const struct sip_line invite = {
		"INVITE sip:+4930123456789@b.test SIP/2.0", "1 INVITE", "r1", NULL, "refused@test",
		SIP_STORE_SDP_A };
	const struct sip_line busy = {
		"SIP/2.0 486 Busy Here", "1 INVITE", "r1", "b7", "refused@test", NULL };

	sip_store_say(&f->sip, 70000, "192.0.2.1:5060", "192.0.2.9:5060", &invite);
	sip_store_say(&f->sip, 70010, "192.0.2.9:5060", "[2001:db8::17]:5060", &invite);
	sip_store_say(&f->sip, 70200, "[2001:db8::17]:5060", "192.0.2.9:5060", &busy);
	sip_store_say(&f->sip, 70220, "192.0.2.9:5060", "192.0.2.1:5060", &busy);
	sip_store_add(&f->sip, 70230, "192.0.2.1:5060", "192.0.2.9:5060",
		      STR("ACK sip:bob@b.test SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKr1\r\n"
			  "From: \"\xd0\x90\xd0\xbb\xd0\xb8\xd1\x81\xd0\xb0 \x1b[31m\" "
			  "<sip:alice@a.test>;tag=a1\r\n"
			  "To: <sip:bob@b.test>;tag=b7\r\nCall-ID: refused@test\r\nCSeq: 1 ACK\r\n"
			  "No colon here\r\n folded\r\n\r\n"), SIP_FLAW_CUT);
}

static inline void
add_single(struct fixture *f, double ms, const char *method, const char *call_id,
	   const char *answer)
{
	struct buf start = BUF_INIT, cseq = BUF_INIT;
	struct sip_line line = { .branch = call_id, .call_id = call_id };

	buf_printf(&start, "%s sip:b.test SIP/2.0", method);
	buf_printf(&cseq, "7 %s", method);
	line.start = buf_cstr(&start);
	line.cseq = buf_cstr(&cseq);
	sip_store_say(&f->sip, ms, "192.0.2.1:5060", "192.0.2.2:5060", &line);
	line.start = answer;
	if (answer)
		sip_store_say(&f->sip, ms + 20, "192.0.2.2:5060", "192.0.2.1:5060", &line);
	buf_release(&start);
	buf_release(&cseq);
}

static inline void
add_sample(struct fixture *f)
{
	sip_store_call(&f->sip, "one@test", "192.0.2.1:5060", "192.0.2.2:5060");
	add_refused(f);
	add_single(f, 80000, "OPTIONS", "options@test", "SIP/2.0 200 OK");
	add_single(f, 90000, "REGISTER", "register@test", "SIP/2.0 403 Forbidden");
	add_single(f, 91000, "MESSAGE", "message@test", NULL);
}

static inline const char *
run(struct fixture *f, const char *script)
{
	if (f->stack.count == 0)
		stack_open(&f->stack, &view_calls_ops, NULL);
	return shots(&f->stack, f->app.ascii, script, &f->screens);
}

/* How many calls a filter takes. */
ATTR_UNUSED static uint32_t
fixture_matches(struct fixture *f, const char *expression)
{
	struct filter_error err;
	struct filter *filter = filter_compile(QUERY_CALL, str_of(expression), NULL, &err);
	uint32_t n = 0;

	if (!filter)
		fail_msg("%s: %s", expression, err.text);
	for (uint32_t i = 0; i < store_call_count(f->sip.store); i++) {
		struct query_item item = query_call(&f->query, i);

		n += filter_match(filter, &f->query, &item);
	}
	filter_free(filter);
	return n;
}

#endif
