/**
 * @file gen.h  The capture generator: calls in a readable text become packets.
 *
 * script.c reads the text and turns each step into bytes with sip.c (messages
 * of dialogs) or by itself (RTP, plain datagrams); wire.c puts them into UDP
 * or TCP, IP and fragments; stack.c into link layers and tunnels; out.c writes
 * the records in order of time. bench.c writes large captures from a seed.
 *
 * Everything is deterministic: no clock, no random source of the system. What
 * a run allocates lives in one arena until its end.
 */
#ifndef TESTS_GEN_H
#define TESTS_GEN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"
#include "net/addr.h"

/* ---- bytes.c: integers into bytes, sums, and numbers out of a seed ---- */

void put_8(struct buf *b, unsigned v);
void put_be16(struct buf *b, unsigned v);
void put_be32(struct buf *b, uint32_t v);
void put_be64(struct buf *b, uint64_t v);

/** Ones' complement sum of @p n bytes, added to @p sum (RFC 1071). */
uint64_t sum_add(uint64_t sum, const void *p, size_t n);
/** The sum folded and inverted, to be stored in network order. */
uint16_t sum_fold(uint64_t sum);

/** A well-mixed function of its arguments, the same on every machine. */
uint64_t mix(uint64_t a, uint64_t b);
uint64_t mix_str(uint64_t a, struct str s);

/* ---- out.c: capture files ---- */

enum out_format { OUT_PCAP, OUT_PCAPNG };
enum out_block { OUT_ENHANCED, OUT_SIMPLE, OUT_OBSOLETE };

struct out_config {
	enum out_format format;
	bool big;		/**< big-endian file */
	uint8_t tsresol;	/**< as if_tsresol: 6, 9, 0x80 | bits */
	int64_t tsoffset_s;	/**< if_tsoffset; pcapng only */
	uint32_t snaplen;	/**< as written in the header */
};

struct out_interface {
	struct str name;
	uint16_t link;		/**< LINKTYPE_ value */
	uint64_t drops;		/**< isb_ifdrop; written when has_drops */
	bool has_drops;
};

struct out_name {
	struct net_addr addr;
	struct str name;
};

struct out_packet {
	int64_t time;
	const void *bytes;
	uint32_t caplen, wirelen;
	unsigned interface;
	enum out_block block;	/**< pcapng only */
	struct str comment;	/**< pcapng only; empty: none */
};

struct out {
	int fd;
	const char *path;
	struct out_config config;
	struct buf b;		/**< private: not yet written */
	int failed;		/**< private: errno of the first failure */
};

/** Create @p path ("-": standard output). @return 0, or -1 with *err. */
int out_open(struct out *o, const char *path, struct err *err);

/** Begin a file or a further pcapng section. A pcap has one interface. */
void out_begin(struct out *o, const struct out_config *config,
	       const struct out_interface *interfaces, size_t count,
	       struct str comment);
void out_names(struct out *o, const struct out_name *names, size_t count);
void out_packet(struct out *o, const struct out_packet *p);
/** Interface statistics at @p time for those that have drops. */
void out_statistics(struct out *o, const struct out_interface *interfaces,
		    size_t count, int64_t time);
/** Write the rest. @return 0, or -1 with *err when any write failed. */
int out_close(struct out *o, struct err *err);

/* ---- stack.c: link layers and tunnels around an IP packet ---- */

#define STACK_MAX	16

struct layer_def;

struct layer {
	const struct layer_def *def;
	uint32_t number;	/**< VLAN id, label, VNI, TEID, session, bytes */
	uint32_t type;		/**< TPID of a VLAN */
};

struct stack {
	struct layer layers[STACK_MAX];	/**< outermost first */
	size_t n;
	struct net_addr outer[2];	/**< ends of its tunnels */
	bool big;		/**< captured on a big-endian machine */
};

/** Add the layer named @p word; *takes tells whether a number may follow.
 * @return false when there is no such layer or no room. */
bool stack_add(struct stack *s, struct str word, bool *takes);
/** Let "100" or "88a8:100" be the number of the last layer. */
bool stack_number(struct stack *s, struct str word);
/** Put an Ethernet header under tunnels that need one; check the first.
 * @return NULL, or what is wrong. */
const char *stack_finish(struct stack *s);
uint16_t stack_link(const struct stack *s);

struct wire;
/** Replace the IP packet in @p b by the frame. @p w: ends and ports. */
void stack_wrap(const struct stack *s, struct buf *b, const struct wire *w);

/* ---- wire.c: datagrams, segments, fragments ---- */

#define PIECES_MAX	64

struct pieces {
	uint32_t at[PIECES_MAX];
	size_t n;
};

/** How one payload goes over the wire. */
struct wire {
	struct net_endpoint from, to;
	uint8_t proto;		/**< IPPROTO_ */
	uint8_t ttl;
	int32_t ip_id;		/**< -1: the next one */
	bool ip_options;	/**< IPv4 with four bytes of options */
	bool hop_by_hop;	/**< IPv6 with a hop-by-hop header */
	bool no_sum;		/**< UDP checksum 0 */
	uint32_t fragment;	/**< bytes of IP payload a fragment; 0: whole */
	struct pieces segments;	/**< TCP: sizes; the last one repeats */
	struct pieces order;	/**< of the fragments or segments */
	struct pieces drop;	/**< those not captured */
	bool reversed;
	uint32_t cut;		/**< bytes captured; 0: all */
	unsigned interface;
	enum out_block block;
	struct str comment;
};

struct gen_packet {
	struct out_packet out;
	uint32_t order;		/**< as made; breaks ties of time */
};

struct tcp_conn {
	struct net_endpoint ends[2];
	uint32_t seq[2];
	struct tcp_conn *next;
};

struct gen {
	struct arena arena;
	struct stack stacks[16];	/**< by interface */
	struct gen_packet *packets;
	size_t n_packets, cap_packets;
	struct tcp_conn *conns;
	uint16_t next_ip_id;
	uint64_t seed;
};

/** Add a packet as it is; its order is set. */
void gen_packet_add(struct gen *g, struct gen_packet p);

/** Send @p n payload bytes over UDP; 65507 at most over IPv4. */
void wire_udp(struct gen *g, int64_t time, const struct wire *w, const void *p, size_t n);
/** Send them over the TCP connection of the two ends, opened when new. */
void wire_tcp(struct gen *g, int64_t time, const struct wire *w, const void *p, size_t n);
void wire_tcp_fin(struct gen *g, int64_t time, const struct wire *w);
/** Send @p n bytes as the payload of IP with w->proto. */
void wire_ip(struct gen *g, int64_t time, const struct wire *w, const void *p, size_t n);

/** Append the IP header (and extensions); @p offset in bytes. */
void ip_header(struct buf *b, const struct wire *w, uint16_t id, size_t payload,
	       size_t offset, bool more);
/** Append a UDP header and payload with its checksum. */
void udp_datagram(struct buf *b, const struct wire *w, const void *p, size_t n);

/* ---- sip.c: the messages of a call ---- */

struct gen_host {
	struct gen_host *next;
	struct str name;
	struct net_endpoint at;
	struct str dns;		/**< for name resolution records; may be empty */
};

/** Change of a header: '+' add, '=' replace or add, '-' remove. */
struct sip_edit {
	struct sip_edit *next;
	char kind;
	struct str name;	/**< which it is about; for '=' and '-' */
	struct str line;	/**< goes in as it is; for '+' and '=' */
};

/** What the script says of one message. */
struct sip_step {
	const struct gen_host *from, *to;
	struct str what;	/**< a method, or three digits */
	struct str phrase;	/**< reason phrase; empty: the usual one */
	struct str for_method;	/**< of a response: answers this request */
	struct str tag;		/**< host whose To-tag it is; empty: found out */
	struct str start_line;	/**< instead of the usual one; may be empty */
	struct str uri;		/**< Request-URI; empty: the usual one */
	struct str body, body_type;
	bool sdp, reliable, compact, lf;
	struct str codecs, mode, sdp_addr;
	uint32_t sdp_port;	/**< 0: made up */
	uint32_t cseq;		/**< 0: counted */
	uint32_t expires;
	bool has_expires, new_branch;
	struct str event, state, refer_to;
	struct sip_edit *edits;	/**< in order */
};

struct sip_txn;
struct sip_party;

struct sip_call {
	struct sip_call *next;
	struct str name, call_id;
	struct str from, to;		/**< name-addr without parameters */
	bool tcp;
	struct sip_party *caller, *parties;
	struct sip_party *dialog;	/**< the callee; early or confirmed */
	bool confirmed;
	struct sip_txn *txns;		/**< newest first */
	uint32_t cseq[2], branches, rseq;
	struct str auth;		/**< header that a challenge asks for */
	struct str auth_method;
};

/** Append the message of @p step to @p b and move the call's state on. */
void sip_message(struct gen *g, struct sip_call *call, const struct sip_step *step,
		 struct buf *b);

/** Bytes between "<" and ">", or all of it. */
struct str sip_uri_of(struct str name_addr);

/* ---- script.c, bench.c ---- */

/** Read the script and write the capture. @return 0, or -1 with *err. */
int script_run(const char *script, const char *output, struct err *err);

struct bench {
	uint32_t calls;
	uint64_t seed;
	uint64_t records;	/**< set by bench_run(): how many were written */
};

/** Write a capture of bench->calls calls to @p output. @return 0, or -1 with
 * *err. */
int bench_run(struct bench *bench, const char *output, struct err *err);

#endif
