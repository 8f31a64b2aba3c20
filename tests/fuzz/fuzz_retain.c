/* Messages, events, drops and bounds in any order: what is left can be asked. */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sip/scan.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const starts[] = {
	"INVITE sip:b SIP/2.0", "SIP/2.0 180 Ringing", "SIP/2.0 200 OK", "SIP/2.0 486 No",
	"ACK sip:b SIP/2.0", "BYE sip:b SIP/2.0", "REGISTER sip:b SIP/2.0", "BREW sip:b SIP/2.0",
};
static const char *const methods[] = { "INVITE", "INVITE", "INVITE", "INVITE", "ACK", "BYE",
	"REGISTER", "BREW" };

struct script {
	struct store *store;
	const uint8_t *at, *end;
	int64_t now;
	uint8_t held;
};

static uint8_t
take(struct script *f)
{
	return f->at < f->end ? *f->at++ : 0;
}

static bool
holds(void *ctx, uint32_t call)
{
	return call % 8 == ((const struct script *)ctx)->held;
}

static void
ends(uint8_t bits, struct net_endpoint *src, struct net_endpoint *dst)
{
	*src = (struct net_endpoint){ .addr = net_addr_ip4((const uint8_t[]){ 10, 0, 0, bits & 3 }),
				      .port = bits >> 2 & 7 };
	*dst = (struct net_endpoint){ .addr = net_addr_ip4((const uint8_t[]){ 10, 0, 1, bits >> 5 }),
				      .port = 5060 };
}

static void
message(struct script *f)
{
	uint8_t a = take(f), b = take(f), c = take(f);
	struct stamp stamps[3] = { { .frame = a }, { .frame = b, .source = c & 1 }, { .frame = c } };
	struct sip_scan scan;
	struct store_input in = { .scan = &scan, .ttl = 64, .frame = a, .source = c & 1 };
	char text[400];
	int n = snprintf(text, sizeof(text), "%s\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK%u\r\n"
		"From: <sip:a@a>;tag=%u\r\nTo: <sip:b@b>%s\r\nCall-ID: S%u\r\nCSeq: %u %s\r\n"
		"Reason: x;text=\"%u\"\r\n\r\n", starts[a & 7], b & 3, b >> 7,
		b & 4 ? ";tag=t" : "", b >> 3 & 15, a >> 6,
		methods[a & 7], b);

	if (sip_scan((struct str){ text, (size_t)n }, SIP_DATAGRAM, &scan) != SIP_SCAN_MESSAGE)
		return;
	f->now += (int64_t)c * NS_PER_S / 8;
	ends(c, &in.src, &in.dst);
	in.time = f->now;
	in.length = (uint32_t)n;
	in.carrier = a & 16 ? CARRIER_HEP : CARRIER_NONE;
	in.node = b & 1;
	in.place.source = a & 32 ? PLACE_SPOOL : 0;
	if (c & 64) {
		in.stamps = stamps;
		in.stamp_n = 1 + c % 3;
	}
	store_add(f->store, &in);
}

static void
event(struct script *f)
{
	uint8_t a = take(f), b = take(f);
	struct event_input in = {
		.kind = a & 1 ? EVENT_LOG : EVENT_RESET, .time = f->now, .frame = b,
		.text = STR("text"), .place = { .source = PLACE_NONE },
	};
	char id[8];

	snprintf(id, sizeof(id), "S%u", b >> 3 & 15);
	if (a & 2)
		in.call_id = str_of(id);
	ends(b, &in.src, &in.dst);
	store_add_event(f->store, &in);
}

/* Everything that is there, and everything that is not. */
static void
ask(const struct store *s)
{
	uint32_t *list = NULL;
	size_t cap = 0;
	uint64_t left = 0, cursor = 0;
	struct store_kept kept;
	uint32_t there = 0;

	for (uint32_t i = 0; i < store_call_count(s); i++) {
		const struct call *c = store_call(s, i);
		size_t n = store_call_messages(s, c, &list, &cap);

		there += !store_call_is_gone(s, i);
		if (n > 0 && (list[0] != c->first || list[n - 1] != c->last))
			abort();
		for (size_t k = 0; k < n; k++)
			if (store_message(s, list[k])->call != i)
				abort();
		store_call_state(s, c);
		store_path(s, c->path);
		store_name(s, c->reason);
		store_name(s, c->reason_text);
		n = store_call_events(s, c, &list, &cap, &left);
		for (size_t k = 0; k < n; k++)
			store_path(s, store_event(s, list[k])->path);
	}
	store_kept(s, &kept);
	if (kept.calls != there)
		abort();
	for (uint32_t i = 0; i < store_message_count(s); i++) {
		struct carriage c;

		store_carriage(s, i, &c);
		if (c.frame_n == 0)
			abort();
		if (!store_message_is_gone(s, i) && store_call_is_gone(s, store_message(s, i)->call))
			abort();
		store_path(s, store_message(s, i)->path);
	}
	while (store_next_gone(s, &cursor) != CALL_NONE)
		;
	free(list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script f = { .store = store_new(), .at = data, .end = data + size, .now = NS_PER_S };
	struct store_bounds bounds = { 0 };
	uint32_t n;

	if (take(&f) & 1)
		store_set_bounds(f.store, &bounds, holds, &f);
	while (f.at < f.end) {
		uint8_t what = take(&f);

		switch (what & 15) {
		case 12:
			event(&f);
			break;
		case 13:
			n = store_call_count(f.store);
			if (n > 0)
				store_drop_call(f.store, take(&f) % n);
			break;
		case 14:
			bounds.calls = what >> 4;
			bounds.memory = what & 128 ? (size_t)take(&f) << 14 : 0;
			f.held = take(&f) & 7;
			store_set_bounds(f.store, &bounds, holds, &f);
			break;
		case 15:
			store_retain(f.store);
			break;
		default:
			message(&f);
		}
	}
	ask(f.store);
	for (uint32_t i = 0; i < store_call_count(f.store); i++)
		store_drop_call(f.store, i);
	ask(f.store);
	store_free(f.store);
	return 0;
}
