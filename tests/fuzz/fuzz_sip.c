/* A payload as a datagram and as a stream, every message in it checked whole. */
#include <stdint.h>

#include "sip/check.h"
#include "sip/header.h"
#include "sip/keepalive.h"
#include "sip/scan_int.h"
#include "sip/type.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
inside(struct str in, struct str s)
{
	if (s.n > 0 && (s.p < in.p || s.p + s.n > in.p + in.n))
		BUG("a slice is outside of its message");
}

/* What a scan says must not depend on the machine. */
static void
check_plain(struct str in, enum sip_framing framing, enum sip_scan_result result,
	    const struct sip_scan *msg)
{
	struct sip_scan plain;

	sip_scan_use_plain(true);
	if (sip_scan(in, framing, &plain) != result ||
	    (result == SIP_SCAN_MESSAGE && memcmp(&plain, msg, sizeof(plain)) != 0))
		BUG("the plain scan says something else");
	sip_scan_use_plain(false);
}

static void
check_scan(struct str in, const struct sip_scan *msg)
{
	struct sip_headers headers;
	struct sip_header header;
	struct str sdp, text = str_sub(in, 0, msg->length);

	if (msg->length == 0 || msg->length > in.n ||
	    msg->length != msg->start + msg->head + msg->body.n)
		BUG("lengths do not add up");
	inside(text, msg->uri);
	inside(text, msg->call_id);
	inside(text, sip_scan_user(msg->from_uri));
	inside(text, msg->to_tag);
	inside(text, msg->branch);
	inside(text, msg->body);
	if ((sip_check(msg, text) & msg->flaws) != msg->flaws)
		BUG("a flaw is lost");
	sip_headers_of(text, &headers);
	while (sip_header_next(&headers, &header))
		inside(text, header.value);
	if (sip_body_sdp(msg->content_type, msg->body, &sdp))
		inside(text, sdp);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size }, rest = in;
	struct sip_scan msg;
	size_t seen = 0, at;

	sip_keepalive(in);
	while (sip_scan(rest, SIP_DATAGRAM, &msg) == SIP_SCAN_MESSAGE) {
		check_plain(rest, SIP_DATAGRAM, SIP_SCAN_MESSAGE, &msg);
		check_scan(rest, &msg);
		rest = str_skip(rest, msg.length);
	}
	rest = in;
	for (;;) {
		enum sip_scan_result result = sip_scan(rest, SIP_STREAM, &msg);

		check_plain(rest, SIP_STREAM, result, &msg);
		if (result == SIP_SCAN_MESSAGE) {
			check_scan(rest, &msg);
			rest = str_skip(rest, msg.length);
			continue;
		}
		if (result == SIP_SCAN_MORE)
			break;
		at = sip_find_start(str_skip(rest, 1));
		if (at == SIZE_MAX)
			break;
		rest = str_skip(rest, 1 + at);
	}
	sip_head_whole(in, &seen);
	if (seen > size)
		BUG("looked beyond the input");
	return 0;
}
