/*
 * Link layers and tunnels as a stack of words, outermost first. A frame is
 * built from the inside: each layer puts its header before what it got and
 * says by which EtherType the next one outside has to name it.
 */
#include "gen.h"

#include <netinet/in.h>

#define ETHER_IP4	0x0800u
#define ETHER_IP6	0x86ddu
#define ETHER_TEB	0x6558u		/* transparent Ethernet bridging */

/* What a layer works on. */
struct frame {
	struct buf *b;		/* the frame so far */
	struct buf head;	/* the header that goes before it */
	unsigned proto;		/* EtherType of what is in b */
	const struct stack *stack;
	const struct wire *wire;
};

enum layer_kind { LAYER_LINK, LAYER_SHIM, LAYER_TUNNEL, LAYER_BRIDGE };

struct layer_def {
	struct str name;
	enum layer_kind kind;	/**< BRIDGE: a tunnel of Ethernet frames */
	uint16_t link;		/**< LINKTYPE_ value where it can be the first */
	bool takes;		/**< a number may follow */
	void (*wrap)(struct frame *f, const struct layer *l);
};

static void
put_mac(struct buf *b, const struct net_addr *a)
{
	put_be16(b, 0x0200);
	buf_add(b, a->family == NET_IP6 ? a->bytes + 12 : a->bytes, 4);
}

static void
wrap_ethernet(struct frame *f, const struct layer *l)
{
	(void)l;
	put_mac(&f->head, &f->wire->to.addr);
	put_mac(&f->head, &f->wire->from.addr);
	put_be16(&f->head, f->proto);
	f->proto = ETHER_TEB;
}

static void
wrap_trailer(struct frame *f, const struct layer *l)
{
	buf_add_chars(f->b, '\0', l->number ? l->number : 4);
}

static void
wrap_vlan(struct frame *f, const struct layer *l)
{
	put_be16(&f->head, l->number);
	put_be16(&f->head, f->proto);
	f->proto = l->type ? l->type : 0x8100;
}

static void
wrap_mpls(struct frame *f, const struct layer *l)
{
	uint32_t bottom = f->proto == 0x8847 ? 0 : 0x100;

	put_be32(&f->head, l->number << 12 | bottom | 64);
	f->proto = 0x8847;
}

static unsigned
ppp_proto(unsigned proto)
{
	return proto == ETHER_IP6 ? 0x0057 : 0x0021;
}

static void
wrap_pppoe(struct frame *f, const struct layer *l)
{
	put_be16(&f->head, 0x1100);
	put_be16(&f->head, l->number);
	put_be16(&f->head, (unsigned)f->b->n + 2);
	put_be16(&f->head, ppp_proto(f->proto));
	f->proto = 0x8864;
}

static void
wrap_sll(struct frame *f, const struct layer *l)
{
	(void)l;
	put_be16(&f->head, 4);	/* sent by us */
	put_be16(&f->head, 1);	/* ARPHRD_ETHER */
	put_be16(&f->head, 6);
	put_mac(&f->head, &f->wire->from.addr);
	put_be16(&f->head, 0);
	put_be16(&f->head, f->proto);
}

static void
wrap_sll2(struct frame *f, const struct layer *l)
{
	put_be16(&f->head, f->proto);
	put_be16(&f->head, 0);
	put_be32(&f->head, l->number ? l->number : 2);
	put_be16(&f->head, 1);
	put_8(&f->head, 4);
	put_8(&f->head, 6);
	put_mac(&f->head, &f->wire->from.addr);
	put_be16(&f->head, 0);
}

static void
wrap_raw(struct frame *f, const struct layer *l)
{
	(void)f;
	(void)l;
}

/* Some headers are in the byte order of the machine that captured. */
static void
put_host16(struct frame *f, unsigned v)
{
	put_be16(&f->head, f->stack->big ? v : (v & 0xff) << 8 | v >> 8);
}

static void
wrap_null(struct frame *f, const struct layer *l)
{
	unsigned family = f->proto == ETHER_IP6 ? 30 : 2;

	(void)l;
	put_host16(f, f->stack->big ? 0 : family);
	put_host16(f, f->stack->big ? family : 0);
}

static void
wrap_loop(struct frame *f, const struct layer *l)
{
	(void)l;
	put_be32(&f->head, f->proto == ETHER_IP6 ? 30 : 2);
}

static void
wrap_ppp(struct frame *f, const struct layer *l)
{
	(void)l;
	put_be16(&f->head, 0xff03);
	put_be16(&f->head, ppp_proto(f->proto));
}

/* One TLV of the prefix and one of the packet. */
static void
wrap_nflog(struct frame *f, const struct layer *l)
{
	size_t n = f->b->n + 4;	/* of the payload TLV */

	put_8(&f->head, f->proto == ETHER_IP6 ? 10 : 2);
	put_8(&f->head, 0);
	put_be16(&f->head, l->number);
	put_host16(f, 9);
	put_host16(f, 10);
	buf_add(&f->head, "sip:\0\0\0", 8);
	put_host16(f, (unsigned)n);
	put_host16(f, 9);
	buf_add_chars(f->b, '\0', -n & 3);
}

/* Wireshark's exported PDU: tags, then the payload of the datagram itself. */
static void
wrap_pdu(struct frame *f, const struct layer *l)
{
	bool ip6 = f->wire->from.addr.family == NET_IP6;
	size_t headers = (ip6 ? 40 : 20) + 8, width = ip6 ? 16 : 4;

	(void)l;
	put_be32(&f->head, 12u << 16 | 4);
	buf_add(&f->head, "sip", 4);
	put_be32(&f->head, (ip6 ? 22u : 20u) << 16 | (uint32_t)width);
	buf_add(&f->head, f->wire->from.addr.bytes, width);
	put_be32(&f->head, (ip6 ? 23u : 21u) << 16 | (uint32_t)width);
	buf_add(&f->head, f->wire->to.addr.bytes, width);
	put_be32(&f->head, 24u << 16 | 4);
	put_be32(&f->head, 3);	/* UDP */
	put_be32(&f->head, 25u << 16 | 4);
	put_be32(&f->head, f->wire->from.port);
	put_be32(&f->head, 26u << 16 | 4);
	put_be32(&f->head, f->wire->to.port);
	put_be32(&f->head, 0);
	if (f->b->n >= headers) {
		memmove(f->b->p, f->b->p + headers, f->b->n - headers);
		f->b->n -= headers;
	}
}

/* ---- tunnels: their own IP header between the ends of the stack ---- */

static void
outer_ip(struct frame *f, uint8_t proto, unsigned inner_head)
{
	struct wire w = {
		.from.addr = f->stack->outer[0], .to.addr = f->stack->outer[1],
		.proto = proto, .ttl = 64,
	};
	struct buf ip = BUF_INIT;

	ip_header(&ip, &w, 0, f->b->n + inner_head, 0, false);
	buf_add_str(&ip, buf_str(&f->head));
	buf_release(&f->head);
	f->head = ip;
	f->proto = w.from.addr.family == NET_IP6 ? ETHER_IP6 : ETHER_IP4;
}

static void
outer_udp(struct frame *f, unsigned port)
{
	struct buf udp = BUF_INIT;

	put_be16(&udp, 49152 + f->wire->from.port % 16384);
	put_be16(&udp, port);
	put_be16(&udp, (unsigned)(8 + f->head.n + f->b->n));
	put_be16(&udp, 0);
	buf_add_str(&udp, buf_str(&f->head));
	buf_release(&f->head);
	f->head = udp;
	outer_ip(f, IPPROTO_UDP, (unsigned)udp.n);
}

static void
wrap_ipip(struct frame *f, const struct layer *l)
{
	(void)l;
	outer_ip(f, f->proto == ETHER_IP6 ? IPPROTO_IPV6 : IPPROTO_IPIP, 0);
}

/* A number makes it a keyed tunnel. */
static void
wrap_gre(struct frame *f, const struct layer *l)
{
	put_be16(&f->head, l->number ? 0x2000 : 0);
	put_be16(&f->head, f->proto);
	if (l->number)
		put_be32(&f->head, l->number);
	outer_ip(f, IPPROTO_GRE, (unsigned)f->head.n);
}

static void
wrap_erspan1(struct frame *f, const struct layer *l)
{
	(void)l;
	put_be32(&f->head, 0x88be);
	outer_ip(f, IPPROTO_GRE, (unsigned)f->head.n);
}

static void
wrap_erspan2(struct frame *f, const struct layer *l)
{
	put_be32(&f->head, 0x100088be);
	put_be32(&f->head, 1);
	put_be16(&f->head, 0x1000);
	put_be16(&f->head, l->number & 0x3ff);
	put_be32(&f->head, 0);
	outer_ip(f, IPPROTO_GRE, (unsigned)f->head.n);
}

static void
wrap_erspan3(struct frame *f, const struct layer *l)
{
	put_be32(&f->head, 0x100022eb);
	put_be32(&f->head, 1);
	put_be16(&f->head, 0x2000);
	put_be16(&f->head, l->number & 0x3ff);
	put_be64(&f->head, 0);
	outer_ip(f, IPPROTO_GRE, (unsigned)f->head.n);
}

static void
wrap_vxlan(struct frame *f, const struct layer *l)
{
	put_be32(&f->head, 0x08000000);
	put_be32(&f->head, l->number << 8);
	outer_udp(f, 4789);
}

static void
wrap_geneve(struct frame *f, const struct layer *l)
{
	put_be16(&f->head, 0);
	put_be16(&f->head, f->proto);
	put_be32(&f->head, l->number << 8);
	outer_udp(f, 6081);
}

static void
wrap_gtpu(struct frame *f, const struct layer *l)
{
	put_be16(&f->head, 0x30ff);
	put_be16(&f->head, (unsigned)f->b->n);
	put_be32(&f->head, l->number);
	outer_udp(f, 2152);
}

#define NOT_FIRST	UINT16_MAX

static const struct layer_def layer_defs[] = {
	{ STR_INIT("ethernet"), LAYER_LINK, 1, false, wrap_ethernet },
	{ STR_INIT("sll"), LAYER_LINK, 113, false, wrap_sll },
	{ STR_INIT("sll2"), LAYER_LINK, 276, true, wrap_sll2 },
	{ STR_INIT("raw"), LAYER_LINK, 101, false, wrap_raw },
	{ STR_INIT("raw12"), LAYER_LINK, 12, false, wrap_raw },
	{ STR_INIT("raw14"), LAYER_LINK, 14, false, wrap_raw },
	{ STR_INIT("ipv4"), LAYER_LINK, 228, false, wrap_raw },
	{ STR_INIT("ipv6"), LAYER_LINK, 229, false, wrap_raw },
	{ STR_INIT("null"), LAYER_LINK, 0, false, wrap_null },
	{ STR_INIT("loop"), LAYER_LINK, 108, false, wrap_loop },
	{ STR_INIT("ppp"), LAYER_LINK, 9, false, wrap_ppp },
	{ STR_INIT("nflog"), LAYER_LINK, 239, true, wrap_nflog },
	{ STR_INIT("pdu"), LAYER_LINK, 252, false, wrap_pdu },
	{ STR_INIT("vlan"), LAYER_SHIM, NOT_FIRST, true, wrap_vlan },
	{ STR_INIT("mpls"), LAYER_SHIM, NOT_FIRST, true, wrap_mpls },
	{ STR_INIT("pppoe"), LAYER_SHIM, NOT_FIRST, true, wrap_pppoe },
	{ STR_INIT("trailer"), LAYER_SHIM, NOT_FIRST, true, wrap_trailer },
	{ STR_INIT("ipip"), LAYER_TUNNEL, NOT_FIRST, false, wrap_ipip },
	{ STR_INIT("6in4"), LAYER_TUNNEL, NOT_FIRST, false, wrap_ipip },
	{ STR_INIT("gre"), LAYER_TUNNEL, NOT_FIRST, true, wrap_gre },
	{ STR_INIT("gtpu"), LAYER_TUNNEL, NOT_FIRST, true, wrap_gtpu },
	{ STR_INIT("geneve-ip"), LAYER_TUNNEL, NOT_FIRST, true, wrap_geneve },
	{ STR_INIT("gretap"), LAYER_BRIDGE, NOT_FIRST, true, wrap_gre },
	{ STR_INIT("erspan1"), LAYER_BRIDGE, NOT_FIRST, false, wrap_erspan1 },
	{ STR_INIT("erspan2"), LAYER_BRIDGE, NOT_FIRST, true, wrap_erspan2 },
	{ STR_INIT("erspan3"), LAYER_BRIDGE, NOT_FIRST, true, wrap_erspan3 },
	{ STR_INIT("vxlan"), LAYER_BRIDGE, NOT_FIRST, true, wrap_vxlan },
	{ STR_INIT("geneve"), LAYER_BRIDGE, NOT_FIRST, true, wrap_geneve },
};

static const struct layer_def *
layer_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(layer_defs); i++)
		if (str_eq(layer_defs[i].name, name))
			return &layer_defs[i];
	return NULL;
}

bool
stack_add(struct stack *s, struct str word, bool *takes)
{
	const struct layer_def *def = layer_find(word);

	if (!def || s->n + 1 >= STACK_MAX)
		return false;
	s->layers[s->n++] = (struct layer){ .def = def };
	*takes = def->takes;
	return true;
}

bool
stack_number(struct stack *s, struct str word)
{
	struct layer *l = &s->layers[s->n - 1];
	struct str type = word;
	size_t colon = str_chr(word, ':');

	if (colon != SIZE_MAX) {
		type.n = colon;
		l->type = 0;
		for (size_t i = 0; i < type.n; i++) {
			int digit = ascii_hex(type.p[i]);

			if (digit < 0 || i >= 4)
				return false;
			l->type = l->type << 4 | (uint32_t)digit;
		}
		word = str_skip(word, colon + 1);
	}
	return str_to_u32(word, &l->number);
}

const char *
stack_finish(struct stack *s)
{
	static const uint8_t ends[2][4] = { { 10, 255, 0, 1 }, { 10, 255, 0, 2 } };

	if (s->n == 0 || s->layers[0].def->link == NOT_FIRST)
		return "a link layer must come first";
	for (size_t i = 0; i < s->n; i++) {
		bool ethernet = i + 1 < s->n && s->layers[i + 1].def->wrap == wrap_ethernet;

		if (i > 0 && s->layers[i].def->kind == LAYER_LINK &&
		    (s->layers[i].def->wrap != wrap_ethernet ||
		     s->layers[i - 1].def->kind != LAYER_BRIDGE))
			return "a link layer inside needs a tunnel of frames before it";
		if (s->layers[i].def->kind != LAYER_BRIDGE || ethernet)
			continue;
		if (s->n >= STACK_MAX)
			return "too many layers";
		memmove(&s->layers[i + 2], &s->layers[i + 1],
			(s->n - i - 1) * sizeof(s->layers[0]));
		s->layers[i + 1] = (struct layer){ .def = layer_find(STR("ethernet")) };
		s->n++;
	}
	for (int i = 0; i < 2; i++)
		if (s->outer[i].family == NET_NONE)
			s->outer[i] = net_addr_ip4(ends[i]);
	return NULL;
}

uint16_t
stack_link(const struct stack *s)
{
	return s->layers[0].def->link;
}

void
stack_wrap(const struct stack *s, struct buf *b, const struct wire *w)
{
	struct frame f = {
		.b = b, .stack = s, .wire = w,
		.proto = w->from.addr.family == NET_IP6 ? ETHER_IP6 : ETHER_IP4,
	};

	for (size_t i = s->n; i-- > 0; ) {
		buf_clear(&f.head);
		s->layers[i].def->wrap(&f, &s->layers[i]);
		if (f.head.n == 0)
			continue;
		buf_reserve(b, f.head.n);
		memmove(b->p + f.head.n, b->p, b->n);
		memcpy(b->p, f.head.p, f.head.n);
		b->n += f.head.n;
	}
	buf_release(&f.head);
}
