/**
 * @file decode_int.h  What the files of decode/ share.
 *
 * Decoding is one loop over layers: a layer's function looks at the bytes the
 * packet stands at, moves it forward and answers with the layer that follows,
 * or with one of the four ends. Every circle of layers passes through
 * packet_tunnel() or packet_tag(), which count, so the loop is bounded by
 * construction and not by the length of the frame.
 */
#ifndef DECODE_DECODE_INT_H
#define DECODE_DECODE_INT_H

#include "base/bytes.h"
#include "base/hash.h"
#include "decode/decode.h"
#include "decode/glance.h"

#define TUNNEL_MAX	8	/* tunnels in one another */
#define EXTENSIONS_MAX	16	/* IPv6 extension headers of one packet */
#define TAG_MAX		32	/* VLAN tags, MPLS labels, PPPoE headers in all */

enum layer {
	LAYER_ETHERNET,		/**< MAC addresses and a type or length */
	LAYER_ETHERTYPE,	/**< what packet.type says, an EtherType */
	LAYER_MPLS,		/**< a label stack */
	LAYER_PPP,		/**< a PPP frame, with or without ff 03 */
	LAYER_IP,		/**< IPv4 or IPv6, by the first half byte */
	LAYER_IP4,
	LAYER_IP6,
	LAYER_PAYLOAD4,		/**< what packet.type says, an IP protocol */
	LAYER_PAYLOAD6,		/**< the same; extension headers may come */
	/* The ends, in the order of enum decode_result. */
	LAYER_SEGMENT,
	LAYER_HELD,
	LAYER_OTHER,
	LAYER_BAD,
};

/** Headers that cannot be decoded, and what is odd about fragments. */
#define DECODE_FLAWS(_) \
	_(LINK_CUT,		"link header cut") \
	_(VLAN_CUT,		"vlan cut") \
	_(LLC_CUT,		"llc cut") \
	_(MPLS_CUT,		"mpls cut") \
	_(PPPOE_CUT,		"pppoe cut") \
	_(PPP_CUT,		"ppp cut") \
	_(NSH_CUT,		"nsh cut") \
	_(TAG_DEPTH,		"too many tags") \
	_(IP_VERSION,		"ip version") \
	_(IP4_CUT,		"ip4 header cut") \
	_(IP4_HEADER_LENGTH,	"ip4 header length") \
	_(IP4_TOTAL_LENGTH,	"ip4 total length") \
	_(IP6_CUT,		"ip6 header cut") \
	_(IP6_EXTENSION_CUT,	"ip6 extension header cut") \
	_(IP6_EXTENSION_DEPTH,	"too many ip6 extension headers") \
	_(AH_CUT,		"ah cut") \
	_(UDP_CUT,		"udp header cut") \
	_(TCP_CUT,		"tcp header cut") \
	_(TCP_HEADER_LENGTH,	"tcp header length") \
	_(SCTP_CUT,		"sctp header cut") \
	_(ICMP_CUT,		"icmp header cut") \
	_(GRE_CUT,		"gre cut") \
	_(GRE_VERSION,		"gre version") \
	_(GRE_ROUTING,		"gre source routing") \
	_(ERSPAN_CUT,		"erspan cut") \
	_(ERSPAN_VERSION,	"erspan version") \
	_(TUNNEL_DEPTH,		"too many tunnels") \
	_(PDU_CUT,		"exported pdu cut") \
	_(NFLOG_CUT,		"nflog cut") \
	_(NFLOG_LENGTH,		"nflog attribute length") \
	_(FRAGMENT_LENGTH,	"fragment length") \
	_(FRAGMENT_END,		"fragment beyond 65535") \
	_(FRAGMENT_DUPLICATE,	"duplicate fragment") \
	_(FRAGMENT_OVERLAP,	"fragments overlap with different bytes") \
	_(FRAGMENT_MISSING,	"fragments missing") \
	_(FRAGMENT_NO_FIRST,	"first fragment missing") \
	_(FRAGMENT_CAP,		"fragments given up for memory") \
	_(FRAGMENT_UNTAKEN,	"incomplete datagram dropped")

enum decode_flaw {
#define DECODE_FLAW_ID(id, ...) FLAW_##id,
	DECODE_FLAWS(DECODE_FLAW_ID)
#undef DECODE_FLAW_ID
	FLAW_COUNT
};

/** What is peeled off on the way to the innermost IP header. */
#define DECODE_TUNNELS(_) \
	_(VLAN,		"vlan") \
	_(VNTAG,	"vntag") \
	_(CMD,		"cisco metadata") \
	_(NSH,		"nsh") \
	_(MPLS,		"mpls") \
	_(PPPOE,	"pppoe") \
	_(PSEUDOWIRE,	"pseudowire") \
	_(IPIP,		"ipip") \
	_(IP6,		"6in4") \
	_(MPLS_IP,	"mpls-in-ip") \
	_(GRE,		"gre") \
	_(PPTP,		"pptp") \
	_(ERSPAN1,	"erspan1") \
	_(ERSPAN2,	"erspan2") \
	_(ERSPAN3,	"erspan3") \
	_(ETHERIP,	"etherip") \
	_(VXLAN,	"vxlan") \
	_(VXLAN_GPE,	"vxlan-gpe") \
	_(GENEVE,	"geneve") \
	_(GTPU,		"gtp-u") \
	_(MPLS_UDP,	"mpls-in-udp") \
	_(TEREDO,	"teredo") \
	_(SCTP_UDP,	"sctp over udp")

enum decode_tunnel {
#define DECODE_TUNNEL_ID(id, ...) TUNNEL_##id,
	DECODE_TUNNELS(DECODE_TUNNEL_ID)
#undef DECODE_TUNNEL_ID
	TUNNEL_COUNT
};

/** Whose numbers an other protocol is counted under. */
enum other_class {
	OTHER_LINK,
	OTHER_ETHERTYPE,
	OTHER_LLC,
	OTHER_PPP,
	OTHER_IP,
	OTHER_FAMILY,
	OTHER_PLAIN,	/**< numbers are enum other_plain */
	OTHER_PDU,	/**< numbers are a hash of the dissector's name */
};

enum other_plain {
	PLAIN_NO_PROTOCOL,
	PLAIN_PPPOE,
	PLAIN_MPLS,
	PLAIN_SNAP,
	PLAIN_GRE_KEEPALIVE,
	PLAIN_PPTP_ACK,
	PLAIN_NETLINK,
	PLAIN_NFLOG,
	PLAIN_COUNT
};

#define OTHERS_MAX	128	/* different names; what comes after is "others" */
#define OTHER_SLOTS	256

struct other {
	uint32_t key;		/**< class << 24 ^ number */
	uint64_t n;
	char name[40];
};

struct counts {
	uint64_t flaws[FLAW_COUNT];
	uint64_t tunnels[TUNNEL_COUNT];
	struct other others[OTHERS_MAX];
	uint8_t slots[OTHER_SLOTS];	/**< index into others, plus 1 */
	size_t nothers;
	uint64_t overflow;
	uint64_t held;			/* records that gave DECODE_HELD */
};

void counts_other(struct counts *c, enum other_class class, uint32_t number);
/** The same for a dissector's name, which need not be printable. */
void counts_pdu(struct counts *c, struct str name);
bool counts_at(const struct counts *c, size_t i, struct decode_count *count);

/* ---- fragments ---- */

#define FRAGMENT_BYTES_MAX	65535
#define FRAGMENT_BLOCKS		(65536 / 8)
#define FRAGMENT_STAMPS		FRAGMENT_BLOCKS	/* records remembered of a datagram */
#define FRAGMENT_ECHOES		32	/* finished datagrams that are remembered */

/** Compared as bytes: built on zeroed memory. */
struct fragment_key {
	struct net_addr src, dst;
	uint32_t id;
	uint16_t vlan;
	uint8_t protocol;	/**< IPv4; 0 in IPv6 (RFC 8200 section 4.5) */
	uint8_t tunnels;
};

struct datagram;

struct fragments {
	struct counts *counts;
	struct hash_map map;
	struct datagram **slots;	/**< by the index in map; NULL: free */
	size_t slots_cap, nslots;
	uint32_t free_slot;		/**< HASH_NONE: none; linked by next_free */
	uint32_t *next_free;
	size_t next_free_cap;
	struct datagram *oldest, *newest;	/**< waiting, by their first fragment */
	struct datagram *given_up, *given_up_last; /**< for decode_expired() */
	struct datagram *taken;		/**< whose bytes the last answer borrows */
	struct datagram *echoes[FRAGMENT_ECHOES];
	uint64_t echo_hashes[FRAGMENT_ECHOES];
	size_t next_echo;
	uint32_t ngiven_up;
	size_t bytes, cap;
};

struct decoder {
	struct counts counts;
	struct fragments fragments;
	const struct link_def *link;	/**< of the last record */
	const struct stamp *stamps;	/**< of the last segment's fragments */
	size_t stamp_n;
};

/** Where decoding stands in a record. n <= wire always. */
struct packet {
	struct decoder *d;
	const struct record *rec;	/**< NULL: a datagram given up */
	struct segment *seg;	/**< its time, frame and source are set at the start */
	const uint8_t *p;	/**< next byte */
	uint32_t n;		/**< bytes captured from p on */
	uint32_t wire;		/**< bytes there were on the wire from p on */
	uint32_t flaws;		/**< enum segment_flaw */
	uint32_t fragments;	/**< of the innermost reassembly */
	const struct stamp *stamps;	/**< of the records of these; borrowed */
	size_t stamp_n;			/**< 0: one record, the segment's */
	uint16_t type;		/**< EtherType or IP protocol to come */
	uint16_t ip_id;
	uint16_t vlan;
	uint8_t ttl;
	uint8_t tunnels;
	uint8_t tags;
	bool in_record;		/**< p points into the record */
};

struct link_def {
	uint16_t link;		/**< LINKTYPE_ value */
	const char *name;
	enum layer (*decode)(struct packet *pk);
};

extern const struct link_def dec_link_defs[];
extern const size_t dec_link_count;
const struct link_def *link_find(uint16_t link);

static inline enum layer
packet_bad(struct packet *pk, enum decode_flaw flaw)
{
	pk->d->counts.flaws[flaw]++;
	return LAYER_BAD;
}

static inline enum layer
packet_other(struct packet *pk, enum other_class class, uint32_t number)
{
	counts_other(&pk->d->counts, class, number);
	return LAYER_OTHER;
}

/** Go @p bytes forward; the caller has compared with n. */
static inline void
packet_skip(struct packet *pk, uint32_t bytes)
{
	pk->p += bytes;
	pk->n -= bytes;
	pk->wire -= bytes;
}

/** Let the packet end @p wire bytes from here, if it does not end sooner. */
static inline void
packet_trim(struct packet *pk, uint32_t wire)
{
	if (wire < pk->wire)
		pk->wire = wire;
	if (pk->n > pk->wire)
		pk->n = pk->wire;
}

/** Enter a tunnel whose headers were skipped. */
static inline enum layer
packet_tunnel(struct packet *pk, enum decode_tunnel tunnel, enum layer next)
{
	pk->d->counts.tunnels[tunnel]++;
	if (pk->tunnels == TUNNEL_MAX)
		return packet_bad(pk, FLAW_TUNNEL_DEPTH);
	pk->tunnels++;
	return next;
}

/** Count a tag. @return false when there are too many. */
static inline bool
packet_tag(struct packet *pk)
{
	return ++pk->tags <= TAG_MAX;
}

enum layer ether_decode(struct packet *pk);
enum layer ether_type_decode(struct packet *pk);
enum layer ether_llc_decode(struct packet *pk);
/** Whether @p type is an EtherType that carries IP, directly or tagged. */
bool ether_type_carries_ip(uint16_t type);
enum layer mpls_decode(struct packet *pk);
enum layer ppp_decode(struct packet *pk);
enum layer pppoe_decode(struct packet *pk);
enum layer pdu_decode(struct packet *pk);

/** What an IPv4 header says (RFC 791 section 3.1). */
struct ip4_head {
	uint32_t header;	/**< bytes of it, 20..60; not compared with what is there */
	uint32_t total;		/**< 0, or at least header */
	uint32_t fragment;	/**< flags and offset in units of eight bytes */
};

/** @p p has 20 bytes. @return false, with *flaw, when they are no header. */
static inline bool
ip4_head_read(const uint8_t *p, struct ip4_head *h, enum decode_flaw *flaw)
{
	h->header = (p[0] & 15u) * 4;
	h->total = get_be16(p + 2);
	h->fragment = get_be16(p + 6);
	if (p[0] >> 4 != 4)
		*flaw = FLAW_IP_VERSION;
	else if (h->header < 20)
		*flaw = FLAW_IP4_HEADER_LENGTH;
	else if (h->total != 0 && h->total < h->header)
		*flaw = FLAW_IP4_TOTAL_LENGTH;
	else
		return true;
	return false;
}

/** Whether @p type is an IPv6 extension header that is walked over. */
bool ip6_is_extension(uint16_t type);

/**
 * Bytes of the extension header of that type at @p p (RFC 8200 section 4, RFC
 * 4302 section 2). @return 0 when it is not whole in @p n bytes.
 */
uint32_t ip6_extension_length(uint16_t type, const uint8_t *p, uint32_t n);

enum layer ip_decode(struct packet *pk);
enum layer ip4_decode(struct packet *pk);
enum layer ip6_decode(struct packet *pk);
enum layer ip4_payload(struct packet *pk);
enum layer ip6_payload(struct packet *pk);
/** Whether an IP packet that fits into the packet may begin at @p offset. */
bool ip_plausible(const struct packet *pk, uint32_t offset);

enum layer gre_decode(struct packet *pk);
/** Look for a tunnel behind a UDP header, at whose payload the packet stands.
 * @return LAYER_SEGMENT, nothing changed, when there is none; udp_tunnel_port() tells on which
 * ports there may be one. */
enum layer udp_tunnel_decode(struct packet *pk, uint16_t src, uint16_t dst);

enum layer udp_decode(struct packet *pk);
enum layer tcp_decode(struct packet *pk);
enum layer sctp_decode(struct packet *pk);
enum layer icmp_decode(struct packet *pk, enum segment_kind kind);
/** Fill all of the segment but addresses and ports; TCP fields are zero. */
void segment_finish(struct packet *pk, enum segment_kind kind);

void fragments_init(struct fragments *f, struct counts *counts);
void fragments_release(struct fragments *f);

/** One fragment of an IP datagram. */
struct fragment {
	uint32_t offset;	/**< bytes */
	uint32_t id;
	uint8_t protocol;	/**< IPv4: of the header; IPv6: of the fragment header */
	bool more;
	bool ip6;
};

/**
 * Take in the fragment whose payload the packet stands at.
 * @return LAYER_HELD, LAYER_BAD, or the layer to go on with: the packet then
 *         stands at the start of the datagram.
 */
enum layer fragment_add(struct packet *pk, const struct fragment *f);

/** Release what the last answer borrowed. */
void fragments_drop_taken(struct fragments *f);

/** Whether there is a datagram to give up at @p now. O(1). */
bool fragments_expired(const struct fragments *f, int64_t now);

/** Take one and stand at its start; frame, time and source of its last
 * fragment go to pk->seg. @return the layer, or an end when only counted. */
enum layer fragment_give_up(struct packet *pk, int64_t now);

#endif
