/*
 * Counting by name. Flaws and tunnels have an index each. Other protocols come
 * by number from the wire: a table of limited size maps (class, number) to a
 * counter, and a name is made when a number is seen for the first time.
 */
#include "decode/decode_int.h"

static const char *const flaw_names[FLAW_COUNT] = {
#define DECODE_FLAW_NAME(id, name) [FLAW_##id] = name,
	DECODE_FLAWS(DECODE_FLAW_NAME)
#undef DECODE_FLAW_NAME
};

static const char *const tunnel_names[TUNNEL_COUNT] = {
#define DECODE_TUNNEL_NAME(id, name) [TUNNEL_##id] = name,
	DECODE_TUNNELS(DECODE_TUNNEL_NAME)
#undef DECODE_TUNNEL_NAME
};

static const char *const plain_names[PLAIN_COUNT] = {
	[PLAIN_NO_PROTOCOL] = "ip6 no next header",
	[PLAIN_PPPOE] = "pppoe discovery",
	[PLAIN_MPLS] = "mpls payload",
	[PLAIN_SNAP] = "snap",
	[PLAIN_GRE_KEEPALIVE] = "gre keepalive",
	[PLAIN_PPTP_ACK] = "pptp acknowledgment",
	[PLAIN_NETLINK] = "netlink",
	[PLAIN_NFLOG] = "nflog without payload",
};

/* How the numbers of a class are written, and those that have a name. */
static const char *const class_formats[] = {
	[OTHER_LINK] = "link type %u",
	[OTHER_ETHERTYPE] = "ethertype 0x%04x",
	[OTHER_LLC] = "llc 0x%02x",
	[OTHER_PPP] = "ppp 0x%04x",
	[OTHER_IP] = "ip protocol %u",
	[OTHER_FAMILY] = "address family %u",
};

static const struct {
	uint8_t class;
	uint16_t number;
	const char *name;
} known[] = {
	{ OTHER_ETHERTYPE, 0x0806, "arp" },
	{ OTHER_ETHERTYPE, 0x0842, "wake-on-lan" },
	{ OTHER_ETHERTYPE, 0x2000, "cdp" },
	{ OTHER_ETHERTYPE, 0x22f0, "avtp" },
	{ OTHER_ETHERTYPE, 0x8035, "rarp" },
	{ OTHER_ETHERTYPE, 0x8137, "ipx" },
	{ OTHER_ETHERTYPE, 0x8808, "ethernet flow control" },
	{ OTHER_ETHERTYPE, 0x8809, "slow protocols" },
	{ OTHER_ETHERTYPE, 0x883e, "wccp" },
	{ OTHER_ETHERTYPE, 0x888e, "eapol" },
	{ OTHER_ETHERTYPE, 0x8892, "profinet" },
	{ OTHER_ETHERTYPE, 0x88cc, "lldp" },
	{ OTHER_ETHERTYPE, 0x88e5, "macsec" },
	{ OTHER_ETHERTYPE, 0x88e7, "pbb" },
	{ OTHER_ETHERTYPE, 0x88f7, "ptp" },
	{ OTHER_ETHERTYPE, 0x8902, "cfm" },
	{ OTHER_ETHERTYPE, 0x8906, "fcoe" },
	{ OTHER_ETHERTYPE, 0x894f, "nsh" },
	{ OTHER_ETHERTYPE, 0x9000, "loopback" },
	{ OTHER_LLC, 0x42, "stp" },
	{ OTHER_LLC, 0xe0, "ipx" },
	{ OTHER_LLC, 0xf0, "netbios" },
	{ OTHER_LLC, 0xfe, "isis" },
	{ OTHER_LLC, 0xff, "ipx" },
	{ OTHER_PPP, 0x003d, "ppp multilink" },
	{ OTHER_PPP, 0x00fd, "ppp compressed" },
	{ OTHER_PPP, 0x8021, "ipcp" },
	{ OTHER_PPP, 0x8057, "ipv6cp" },
	{ OTHER_PPP, 0xc021, "lcp" },
	{ OTHER_PPP, 0xc023, "pap" },
	{ OTHER_PPP, 0xc025, "lqr" },
	{ OTHER_PPP, 0xc223, "chap" },
	{ OTHER_IP, 2, "igmp" },
	{ OTHER_IP, 33, "dccp" },
	{ OTHER_IP, 46, "rsvp" },
	{ OTHER_IP, 50, "esp" },
	{ OTHER_IP, 51, "ah" },
	{ OTHER_IP, 88, "eigrp" },
	{ OTHER_IP, 89, "ospf" },
	{ OTHER_IP, 103, "pim" },
	{ OTHER_IP, 108, "ipcomp" },
	{ OTHER_IP, 112, "vrrp" },
	{ OTHER_IP, 115, "l2tpv3" },
	{ OTHER_IP, 136, "udplite" },
	{ OTHER_LINK, 105, "link type 105 (802.11)" },
	{ OTHER_LINK, 107, "link type 107 (frame relay)" },
	{ OTHER_LINK, 127, "link type 127 (802.11 radiotap)" },
	{ OTHER_LINK, 187, "link type 187 (bluetooth)" },
	{ OTHER_LINK, 189, "link type 189 (usb)" },
	{ OTHER_LINK, 195, "link type 195 (802.15.4)" },
	{ OTHER_LINK, 201, "link type 201 (bluetooth)" },
	{ OTHER_LINK, 220, "link type 220 (usb)" },
	{ OTHER_LINK, 227, "link type 227 (can)" },
	{ OTHER_LINK, 249, "link type 249 (usb)" },
	{ OTHER_LINK, 253, "link type 253 (netlink)" },
};

static void
other_name(struct other *o, enum other_class class, uint32_t number)
{
	if (class == OTHER_PLAIN) {
		snprintf(o->name, sizeof(o->name), "%s", plain_names[number]);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].class == class && known[i].number == number) {
			snprintf(o->name, sizeof(o->name), "%s", known[i].name);
			return;
		}
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(o->name, sizeof(o->name), class_formats[class], number);
#pragma GCC diagnostic pop
}

/* The entry of a key, with an empty name when it is new; NULL: table full. */
static struct other *
other_find(struct counts *c, uint32_t key)
{
	/* The table is never more than half full, so a free slot ends the walk. */
	uint32_t slot = (key * UINT32_C(2654435761)) >> 24;

	while (c->slots[slot]) {
		struct other *o = &c->others[c->slots[slot] - 1];

		if (o->key == key)
			return o;
		slot = (slot + 1) % OTHER_SLOTS;
	}
	if (c->nothers == OTHERS_MAX)
		return NULL;
	c->others[c->nothers] = (struct other){ .key = key };
	c->slots[slot] = (uint8_t)(c->nothers + 1);
	return &c->others[c->nothers++];
}

void
counts_other(struct counts *c, enum other_class class, uint32_t number)
{
	struct other *o = other_find(c, (uint32_t)class << 24 ^ number);

	if (!o) {
		c->overflow++;
		return;
	}
	if (!o->name[0])
		other_name(o, class, number);
	o->n++;
}

void
counts_pdu(struct counts *c, struct str name)
{
	uint32_t number = (uint32_t)hash_str(name) & 0xffffff;
	struct other *o = other_find(c, (uint32_t)OTHER_PDU << 24 ^ number);
	size_t n;

	if (!o) {
		c->overflow++;
		return;
	}
	o->n++;
	if (o->name[0])
		return;
	n = (size_t)snprintf(o->name, sizeof(o->name), "exported pdu ");
	for (size_t i = 0; i < name.n && n + 1 < sizeof(o->name); i++) {
		char b = name.p[i];

		o->name[n++] = b > ' ' && b < 0x7f ? b : '?';
	}
	o->name[n] = '\0';
}

/* The i th of those above 0; *i is lowered by how many there were. */
static bool
array_at(const uint64_t *n, const char *const *names, size_t count,
	 enum decode_count_kind kind, size_t *i, struct decode_count *out)
{
	for (size_t k = 0; k < count; k++) {
		if (n[k] == 0)
			continue;
		if ((*i)-- == 0) {
			*out = (struct decode_count){ kind, names[k], n[k] };
			return true;
		}
	}
	return false;
}

bool
counts_at(const struct counts *c, size_t i, struct decode_count *count)
{
	static const char *const overflow_name[] = { "others" };
	static const char *const held_name[] = { "held" };

	if (i < c->nothers) {
		const struct other *o = &c->others[i];

		*count = (struct decode_count){ DECODE_COUNT_OTHER, o->name, o->n };
		return true;
	}
	i -= c->nothers;
	return array_at(&c->overflow, overflow_name, 1, DECODE_COUNT_OTHER, &i, count) ||
	       array_at(c->tunnels, tunnel_names, TUNNEL_COUNT, DECODE_COUNT_TUNNEL,
			&i, count) ||
	       array_at(c->flaws, flaw_names, FLAW_FRAGMENT_DUPLICATE, DECODE_COUNT_FLAW,
			&i, count) ||
	       array_at(&c->held, held_name, 1, DECODE_COUNT_FRAGMENT, &i, count) ||
	       array_at(c->flaws + FLAW_FRAGMENT_DUPLICATE,
			flaw_names + FLAW_FRAGMENT_DUPLICATE,
			FLAW_COUNT - FLAW_FRAGMENT_DUPLICATE, DECODE_COUNT_FRAGMENT,
			&i, count);
}
