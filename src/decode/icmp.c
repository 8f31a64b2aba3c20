/*
 * An ICMP error quotes the packet that caused it from its IP header on, often no
 * more than 8 bytes behind that. The headers are read as the decoder reads them,
 * but nothing is counted, no tunnel entered and no fragment awaited: the quote is
 * of the outermost packet that a router saw.
 */
#include "decode/icmp.h"

#include "decode/decode_int.h"

struct icmp_text {
	uint8_t type, code;
	const char *text;
};

#define ANY_CODE	255

/* RFC 792; codes of unreachable also RFC 1122 section 3.2.2.1, RFC 1812 section
 * 5.2.7.1, RFC 1191 section 4. The first that fits. */
static const struct icmp_text texts4[] = {
	{ 3, 0, "network unreachable" },
	{ 3, 1, "host unreachable" },
	{ 3, 2, "protocol unreachable" },
	{ 3, 3, "port unreachable" },
	{ 3, 4, "fragmentation needed" },
	{ 3, 5, "source route failed" },
	{ 3, 6, "network unknown" },
	{ 3, 7, "host unknown" },
	{ 3, 8, "source host isolated" },
	{ 3, 9, "network administratively prohibited" },
	{ 3, 10, "host administratively prohibited" },
	{ 3, 11, "network unreachable for this type of service" },
	{ 3, 12, "host unreachable for this type of service" },
	{ 3, 13, "administratively prohibited" },
	{ 3, 14, "host precedence violation" },
	{ 3, 15, "precedence cutoff in effect" },
	{ 3, ANY_CODE, "destination unreachable" },
	{ 4, ANY_CODE, "source quench" },
	{ 11, 0, "time exceeded" },
	{ 11, 1, "fragment reassembly time exceeded" },
	{ 11, ANY_CODE, "time exceeded" },
	{ 12, 1, "required option missing" },
	{ 12, 2, "parameter problem: bad length" },
	{ 12, ANY_CODE, "parameter problem" },
};

/* RFC 4443 section 3; codes 5 and 6 of unreachable are its too. */
static const struct icmp_text texts6[] = {
	{ 1, 0, "no route to destination" },
	{ 1, 1, "administratively prohibited" },
	{ 1, 2, "beyond scope of source address" },
	{ 1, 3, "address unreachable" },
	{ 1, 4, "port unreachable" },
	{ 1, 5, "source address failed policy" },
	{ 1, 6, "reject route to destination" },
	{ 1, ANY_CODE, "destination unreachable" },
	{ 2, ANY_CODE, "packet too big" },
	{ 3, 0, "time exceeded" },
	{ 3, 1, "fragment reassembly time exceeded" },
	{ 3, ANY_CODE, "time exceeded" },
	{ 4, 1, "parameter problem: unknown next header" },
	{ 4, 2, "parameter problem: unknown option" },
	{ 4, ANY_CODE, "parameter problem" },
};

static const char *
text_find(const struct icmp_text *texts, size_t n, uint8_t type, uint8_t code)
{
	for (size_t i = 0; i < n; i++)
		if (texts[i].type == type &&
		    (texts[i].code == code || texts[i].code == ANY_CODE))
			return texts[i].text;
	return NULL;
}

/* The bytes that are left of the quote, and how many there were of the packet. */
struct quote {
	const uint8_t *p;
	uint32_t n, wire;
};

/* Past a header of @n bytes, quoted or not. */
static void
quote_skip(struct quote *q, uint32_t n)
{
	uint32_t quoted = n < q->n ? n : q->n;

	q->p += quoted;
	q->n -= quoted;
	q->wire -= n < q->wire ? n : q->wire;
}

static void
quote_end(struct quote *q, uint32_t wire)
{
	q->wire = wire;
	if (q->n > wire)
		q->n = wire;
}

/* @return false when there is no header with addresses. *first: whether what
 * follows is the beginning of the transport's header. */
static bool
quote_ip4(struct quote *q, struct segment *seg, bool *first)
{
	const uint8_t *p = q->p;
	enum decode_flaw flaw;
	struct ip4_head h;

	if (q->n < 20 || !ip4_head_read(p, &h, &flaw))
		return false;
	net_addr_set_ip4(&seg->src.addr, p + 12);
	net_addr_set_ip4(&seg->dst.addr, p + 16);
	seg->ttl = p[8];
	seg->ip_id = get_be16(p + 4);
	seg->kind = p[9];
	*first = (h.fragment & 0x1fff) == 0 && h.header <= q->n;
	if (h.total != 0)
		quote_end(q, h.total);
	quote_skip(q, h.header);
	return true;
}

static bool
quote_ip6(struct quote *q, struct segment *seg, bool *first)
{
	const uint8_t *p = q->p;
	uint32_t length;

	if (q->n < 40 || p[0] >> 4 != 6)
		return false;
	seg->src.addr = net_addr_ip6(p + 8);
	seg->dst.addr = net_addr_ip6(p + 24);
	seg->ttl = p[7];
	seg->kind = p[6];
	length = get_be16(p + 4);
	quote_skip(q, 40);
	if (length != 0)
		quote_end(q, length);
	*first = true;
	for (int i = 0; i < EXTENSIONS_MAX && ip6_is_extension(seg->kind); i++) {
		bool fragment = seg->kind == 44;

		length = ip6_extension_length(seg->kind, q->p, q->n);
		if (length == 0)
			break;
		if (fragment) {
			seg->ip_id = (uint16_t)get_be32(q->p + 4);
			if (get_be16(q->p + 2) & 0xfff8u)
				*first = false;
		}
		seg->kind = q->p[0];
		quote_skip(q, length);
		if (!*first)
			break;
	}
	return true;
}

/* What is there of the transport's header; the quote then stands at the payload. */
static void
quote_transport(struct quote *q, struct segment *seg)
{
	const uint8_t *p = q->p;
	uint32_t header;

	if (q->n < 4 || (seg->kind != SEGMENT_UDP && seg->kind != SEGMENT_TCP &&
			 seg->kind != SEGMENT_SCTP))
		return;
	seg->src.port = get_be16(p);
	seg->dst.port = get_be16(p + 2);
	if (seg->kind == SEGMENT_UDP) {
		uint32_t length = q->n >= 6 ? get_be16(p + 4) : 0;

		if (length >= 8 && length <= q->wire)
			quote_end(q, length);
		quote_skip(q, 8);
	} else if (seg->kind == SEGMENT_TCP) {
		if (q->n >= 8)
			seg->tcp_seq = get_be32(p + 4);
		if (q->n >= 12)
			seg->tcp_ack = get_be32(p + 8);
		header = q->n >= 13 ? (p[12] >> 4) * 4u : 20;
		if (q->n >= 14)
			seg->tcp_flags = p[13];
		if (q->n >= 16)
			seg->tcp_window = get_be16(p + 14);
		quote_skip(q, header < 20 ? 20 : header);
	}
}

/* Bytes of the quoted datagram by the length attribute of RFC 4884 (sections 4.1
 * to 4.5: the sixth byte in words of four, ICMPv6: the fifth in words of eight);
 * 0: not said, it goes to the end. */
static uint32_t
quote_length(const struct segment *seg, const uint8_t *p)
{
	if (seg->kind == SEGMENT_ICMP6)
		return p[0] == 1 || p[0] == 3 ? p[4] * 8u : 0;
	return p[0] == 3 || p[0] == 11 || p[0] == 12 ? p[5] * 4u : 0;
}

bool
icmp_error_read(const struct segment *seg, struct icmp_error *error)
{
	const uint8_t *p = (const uint8_t *)seg->payload.p;
	struct segment *quoted = &error->quoted;
	uint32_t length;
	struct quote q;
	bool first = false;

	if ((seg->kind != SEGMENT_ICMP && seg->kind != SEGMENT_ICMP6) || seg->payload.n < 8 ||
	    seg->pdu)
		return false;
	error->type = p[0];
	error->code = p[1];
	error->text = seg->kind == SEGMENT_ICMP ?
		text_find(texts4, ARRAY_SIZE(texts4), p[0], p[1]) :
		text_find(texts6, ARRAY_SIZE(texts6), p[0], p[1]);
	if (!error->text)
		return false;

	*quoted = (struct segment){
		.vlan = seg->vlan, .tunnels = seg->tunnels, .time = seg->time,
		.frame = seg->frame, .source = seg->source,
		.place = { 0, PLACE_NONE },
	};
	q = (struct quote){ p + 8, (uint32_t)seg->payload.n - 8, seg->wire_length - 8 };
	length = quote_length(seg, p);
	if (length != 0 && length < q.n)
		q.n = length;
	if (!(seg->kind == SEGMENT_ICMP ? quote_ip4(&q, quoted, &first) :
					  quote_ip6(&q, quoted, &first)))
		return false;
	if (first)
		quote_transport(&q, quoted);
	quoted->payload = (struct str){ (const char *)q.p, q.n };
	quoted->wire_length = q.wire > q.n ? q.wire : q.n;
	if (q.n < quoted->wire_length)
		quoted->flaws |= SEGMENT_FLAW_CUT;
	return true;
}
