/*
 * A small store for tests of the room query: six calls, made by hand.
 *
 * call  method    who                    how it ends            source
 * 1     INVITE    alice -> 1555          completed, 45 s        10.0.0.1:5060
 * 2     INVITE    +4930123456 -> ...567  busy, 486              192.168.1.5:5070
 * 3     OPTIONS   monitor -> ping        answered, 200          10.0.0.9:5060
 * 4     REGISTER  486 -> 486             unauthorized, 401      [2001:db8::5]:5060
 * 5     INVITE    00441632960001 -> bob  rejected, 503, Q.850   172.16.0.1:5062 (tcp)
 * 6     INVITE    carol -> dave          in call                10.0.0.1:5060
 *
 * Times count from 2026-03-02T09:00:00Z, one call a minute.
 */
#ifndef TESTS_QUERY_SAMPLE_H
#define TESTS_QUERY_SAMPLE_H

#include "base/mem.h"
#include "query/query.h"

#define SAMPLE_START	(INT64_C(1772442000) * NS_PER_S)
#define SAMPLE_CALLS	6

struct sample {
	struct store *store;
	struct buf bytes;	/**< the "file" */
	struct query query;
	unsigned int reads;
	bool broken;		/**< reading fails */
};

static int
sample_read(void *ctx, struct place place, void *to, size_t n, struct err *err)
{
	struct sample *s = ctx;

	s->reads++;
	if (s->broken || place.offset > s->bytes.n || n > s->bytes.n - place.offset)
		return err_set(err, "sample: cannot read");
	memcpy(to, s->bytes.p + place.offset, n);
	return 0;
}

/** @p in says how it travels; the rest of it is filled. */
static void
sample_input(struct sample *s, double at, const char *src, const char *dst,
	     struct store_input in, const char *first, const char *head, const char *body)
{
	struct sip_scan scan;
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s\r\n%sContent-Length: %zu\r\n\r\n%s", first, head, strlen(body), body);
	if (sip_scan(buf_str(&text), SIP_DATAGRAM, &scan) != SIP_SCAN_MESSAGE ||
	    !net_endpoint_parse(str_of(src), &in.src) || !net_endpoint_parse(str_of(dst), &in.dst))
		BUG("sample message %s", first);
	in.ttl = 64;
	in.place.offset = s->bytes.n;
	in.scan = &scan;
	in.length = (uint32_t)text.n;
	in.frame = store_message_count(s->store) + 1;
	in.time = SAMPLE_START + (int64_t)(at * 1e6) * NS_PER_US;
	buf_add_str(&s->bytes, buf_str(&text));
	store_add(s->store, &in);
	store_clock(s->store, in.time);
	buf_release(&text);
}

static void
sample_message(struct sample *s, double at, const char *src, const char *dst,
	       enum transport transport, const char *first, const char *head, const char *body)
{
	struct store_input in = { .transport = (uint8_t)transport };

	sample_input(s, at, src, dst, in, first, head, body);
}

#define SAMPLE_SDP	"v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\n" \
			"t=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"

#define SAMPLE_HEAD(id, branch, from, to, cseq) \
	"Via: SIP/2.0/UDP h;branch=z9hG4bK" branch "\r\nFrom: " from "\r\nTo: " to "\r\n" \
	"Call-ID: " id "\r\nCSeq: " cseq "\r\n"

static void
sample_call_1(struct sample *s)
{
	const char *a = "10.0.0.1:5060", *b = "10.0.0.2:5060";
	const char *invite = SAMPLE_HEAD("one@a", "1a", "\"Alice\" <sip:alice@example.org>;tag=f1",
					 "<sip:1555@example.org>", "1 INVITE")
		"User-Agent: Softphone 3.2\r\nContact: <sip:alice@10.0.0.1>\r\n"
		"P-Asserted-Identity: <sip:+15550100@example.org>\r\n"
		"P-Asserted-Identity: <tel:+15550199>\r\nContent-Type: application/sdp\r\n";

	sample_message(s, 0, a, b, TRANSPORT_UDP, "INVITE sip:1555@example.org SIP/2.0", invite,
		       SAMPLE_SDP);
	sample_message(s, 0.5, a, b, TRANSPORT_UDP, "INVITE sip:1555@example.org SIP/2.0", invite,
		       SAMPLE_SDP);
	sample_message(s, 0.6, b, a, TRANSPORT_UDP, "SIP/2.0 180 Ringing",
		       SAMPLE_HEAD("one@a", "1a", "<sip:alice@example.org>;tag=f1",
				   "<sip:1555@example.org>;tag=t1", "1 INVITE"), "");
	sample_message(s, 3, b, a, TRANSPORT_UDP, "SIP/2.0 200 OK",
		       SAMPLE_HEAD("one@a", "1a", "<sip:alice@example.org>;tag=f1",
				   "<sip:1555@example.org>;tag=t1", "1 INVITE")
		       "Server: Box/1\r\nContent-Type: application/sdp\r\n", SAMPLE_SDP);
	sample_message(s, 3.1, a, b, TRANSPORT_UDP, "ACK sip:1555@10.0.0.2 SIP/2.0",
		       SAMPLE_HEAD("one@a", "1b", "<sip:alice@example.org>;tag=f1",
				   "<sip:1555@example.org>;tag=t1", "1 ACK"), "");
	sample_message(s, 48, b, a, TRANSPORT_UDP, "BYE sip:alice@10.0.0.1 SIP/2.0",
		       SAMPLE_HEAD("one@a", "1c", "<sip:1555@example.org>;tag=t1",
				   "<sip:alice@example.org>;tag=f1", "7 BYE"), "");
	sample_message(s, 48.1, a, b, TRANSPORT_UDP, "SIP/2.0 200 OK",
		       SAMPLE_HEAD("one@a", "1c", "<sip:1555@example.org>;tag=t1",
				   "<sip:alice@example.org>;tag=f1", "7 BYE"), "");
}

static void
sample_calls_2_to_4(struct sample *s)
{
	const char *a = "192.168.1.5:5070", *b = "192.168.1.6:5060";

	sample_message(s, 60, a, b, TRANSPORT_UDP, "INVITE sip:0301234567@x SIP/2.0",
		       SAMPLE_HEAD("two", "2a", "<sip:+4930123456@x>;tag=f2",
				   "<sip:0301234567@x>", "1 INVITE"), "");
	sample_message(s, 60.2, b, a, TRANSPORT_UDP, "SIP/2.0 486 Busy Here",
		       SAMPLE_HEAD("two", "2a", "<sip:+4930123456@x>;tag=f2",
				   "<sip:0301234567@x>;tag=t2", "1 INVITE"), "");
	sample_message(s, 60.3, a, b, TRANSPORT_UDP, "ACK sip:0301234567@x SIP/2.0",
		       SAMPLE_HEAD("two", "2a", "<sip:+4930123456@x>;tag=f2",
				   "<sip:0301234567@x>;tag=t2", "1 ACK"), "");
	sample_message(s, 120, "10.0.0.9:5060", "10.0.0.2:5060", TRANSPORT_UDP,
		       "OPTIONS sip:ping@10.0.0.2 SIP/2.0",
		       SAMPLE_HEAD("three", "3a", "<sip:monitor@x>;tag=f3", "<sip:ping@x>",
				   "1 OPTIONS"), "");
	sample_message(s, 120.1, "10.0.0.2:5060", "10.0.0.9:5060", TRANSPORT_UDP, "SIP/2.0 200 OK",
		       SAMPLE_HEAD("three", "3a", "<sip:monitor@x>;tag=f3", "<sip:ping@x>;tag=t3",
				   "1 OPTIONS"), "");
	sample_message(s, 180, "[2001:db8::5]:5060", "[2001:db8::1]:5060", TRANSPORT_UDP,
		       "REGISTER sip:x SIP/2.0",
		       SAMPLE_HEAD("four", "4a", "<sip:486@x>;tag=f4", "<sip:486@x>",
				   "1 REGISTER"), "");
	sample_message(s, 180.1, "[2001:db8::1]:5060", "[2001:db8::5]:5060", TRANSPORT_UDP,
		       "SIP/2.0 401 Unauthorized",
		       SAMPLE_HEAD("four", "4a", "<sip:486@x>;tag=f4", "<sip:486@x>;tag=t4",
				   "1 REGISTER"), "");
}

static void
sample_calls_5_and_6(struct sample *s)
{
	const char *a = "172.16.0.1:5062", *b = "203.0.113.9:5060";

	sample_message(s, 240, a, b, TRANSPORT_TCP, "INVITE sip:5551234@carrier SIP/2.0",
		       SAMPLE_HEAD("five", "5a", "<sip:00441632960001@x>;tag=f5", "<sip:bob@x>",
				   "1 INVITE") "X-Corr: gr\xc3\xb6n-77\r\n", "");
	sample_message(s, 240.4, b, a, TRANSPORT_TCP, "SIP/2.0 503 Service Unavailable",
		       SAMPLE_HEAD("five", "5a", "<sip:00441632960001@x>;tag=f5",
				   "<sip:bob@x>;tag=t5", "1 INVITE")
		       "Reason: Q.850;cause=34;text=\"no circuit\"\r\n", "");
	sample_message(s, 300, "10.0.0.1:5060", "10.0.0.2:5060", TRANSPORT_UDP,
		       "INVITE sip:dave@x SIP/2.0",
		       SAMPLE_HEAD("six", "6a", "<sip:carol@x>;tag=f6", "<sip:dave@x>",
				   "1 INVITE") "s: needle here\r\n", "");
	sample_message(s, 301.25, "10.0.0.2:5060", "10.0.0.1:5060", TRANSPORT_UDP,
		       "SIP/2.0 200 OK",
		       SAMPLE_HEAD("six", "6a", "<sip:carol@x>;tag=f6", "<sip:dave@x>;tag=t6",
				   "1 INVITE"), "");
	sample_message(s, 301.3, "10.0.0.1:5060", "10.0.0.2:5060", TRANSPORT_UDP,
		       "ACK sip:dave@x SIP/2.0",
		       SAMPLE_HEAD("six", "6b", "<sip:carol@x>;tag=f6", "<sip:dave@x>;tag=t6",
				   "1 ACK"), "");
}

ATTR_UNUSED
static void
sample_init(struct sample *s)
{
	memset(s, 0, sizeof(*s));
	s->store = store_new();
	store_set_reader(s->store, sample_read, s);
	sample_call_1(s);
	sample_calls_2_to_4(s);
	sample_calls_5_and_6(s);
	query_init(&s->query, s->store);
}

/** Two more calls, 7 and 8: one message of several records, one by HEP. */
ATTR_UNUSED
static void
sample_carried(struct sample *s)
{
	const int64_t at = SAMPLE_START + 400 * NS_PER_S;
	const struct stamp stamps[] = {
		{ .time = at, .frame = 70 }, { .time = at + 1, .frame = 72 },
		{ .time = at + 500 * NS_PER_MS, .frame = 71 },
	};

	sample_input(s, 400.5, "10.0.0.7:40000", "10.0.0.2:443", (struct store_input){
		     .transport = TRANSPORT_WSS, .stamps = stamps, .stamp_n = 3 },
		     "OPTIONS sip:x SIP/2.0", SAMPLE_HEAD("seven", "7a", "<sip:ws@x>;tag=f7",
							  "<sip:x@x>", "1 OPTIONS"), "");
	sample_input(s, 401, "10.0.0.7:5060", "10.0.0.2:5060", (struct store_input){
		     .carrier = CARRIER_HEP, .node = 2001 },
		     "OPTIONS sip:x SIP/2.0", SAMPLE_HEAD("eight", "8a", "<sip:hep@x>;tag=f8",
							  "<sip:x@x>", "1 OPTIONS"), "");
}

ATTR_UNUSED
static void
sample_release(struct sample *s)
{
	query_release(&s->query);
	store_free(s->store);
	buf_release(&s->bytes);
}

#endif
