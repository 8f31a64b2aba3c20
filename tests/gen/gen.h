/**
 * @file gen.h  The capture generator: calls in a readable text become packets.
 *
 * script.c reads the text and turns each step into bytes with sip.c (messages
 * of dialogs) or by itself (RTP, plain datagrams); hep.c wraps them for a
 * collector; wire.c puts them into UDP, IP and fragments, tcp.c into connections
 * (ws.c into frames before), sctp.c into associations; stack.c into link layers
 * and tunnels; out.c writes the records in order of time. bench.c and
 * bench_tcp.c write large captures from a seed.
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

/* ---- wire.c: datagrams, fragments ---- */

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
	struct pieces again;	/**< TCP, SCTP: those sent once more, after all */
	bool acked;		/**< TCP, SCTP: the other end says that it has it */
	bool tcp_options;	/**< TCP: with options (RFC 7323 timestamps) */
	bool over_udp;		/**< SCTP: in UDP (RFC 6951) */
	bool unordered;		/**< SCTP: U bit */
	uint32_t stream, ppid;	/**< SCTP */
	uint32_t cut;		/**< bytes captured; 0: all */
	unsigned interface;
	enum out_block block;
	struct str comment;
};

struct gen_packet {
	struct out_packet out;
	uint32_t order;		/**< as made; breaks ties of time */
};

struct tcp_conn;
struct sctp_assoc;

#define QUOTE_MAX	1232u

struct gen {
	struct arena arena;
	struct stack stacks[16];	/**< by interface */
	struct gen_packet *packets;
	size_t n_packets, cap_packets;
	struct tcp_conn *conns;		/**< newest first, closed ones too */
	struct sctp_assoc *assocs;
	struct buf quote;	/**< front of the IP packet sent last, for ICMP */
	uint32_t masks;		/**< WebSocket masks so far */
	uint16_t next_ip_id;
	uint64_t seed;
};

#define PIECE_GAP	(10 * NS_PER_US)	/* between packets of one payload */

/** Add a packet as it is; its order is set. */
void gen_packet_add(struct gen *g, struct gen_packet p);
void gen_release(struct gen *g);

/** Send @p n payload bytes over UDP; 65507 at most over IPv4. */
void wire_udp(struct gen *g, int64_t time, const struct wire *w, const void *p, size_t n);
/** Send @p n bytes as the payload of IP with w->proto. */
void wire_ip(struct gen *g, int64_t time, const struct wire *w, const void *p, size_t n);

/** From the other end back: no pieces, nothing else that was asked for the way
 * there but interface and layers. */
struct wire wire_back(const struct wire *w);
/** Where the pieces of @p n bytes begin by w->segments, @p size bytes each without
 * them; the last begin is @p n. @return an array to be freed, *count pieces. */
size_t *wire_cut(const struct wire *w, size_t n, size_t size, size_t *count);
/** Call @p send for each piece to be captured, in its order, from *time on;
 * *time is then that of the next packet. @p count at least 1. */
void wire_pieces(const struct wire *w, int64_t *time, size_t count,
		 void (*send)(void *arg, int64_t time, size_t piece), void *arg);

/** The checksum of TCP, UDP and ICMPv6 over the pseudo-header and @p p. */
uint16_t wire_sum(const struct wire *w, unsigned proto, const void *p, size_t n);
void put_sum(struct buf *b, size_t at, uint16_t sum);

/** Append the IP header (and extensions); @p offset in bytes. */
void ip_header(struct buf *b, const struct wire *w, uint16_t id, size_t payload,
	       size_t offset, bool more);
/** Append a UDP header and payload with its checksum. */
void udp_datagram(struct buf *b, const struct wire *w, const void *p, size_t n);

/* ---- tcp.c: connections ---- */

/** How a connection begins. */
struct tcp_begin {
	struct pieces isn;	/**< sequence numbers of both sides; else made up */
	bool before;		/**< it was open when the capture began: no packets */
	bool unanswered, refused;
	bool acked;		/**< all that is sent in it is acknowledged */
	uint32_t tries;		/**< of the SYN, a second apart at first; 0: one */
};

/** A place in the bytes of one direction. */
struct tcp_place {
	struct tcp_conn *conn;
	int side;
	uint32_t seq;
};

/** Begin a connection, or one more on the same ends. */
void tcp_begin(struct gen *g, int64_t time, const struct wire *w, const struct tcp_begin *how);
/** Send bytes over the connection of the two ends, opened when new.
 * @return where they are in it. */
struct tcp_place tcp_send(struct gen *g, int64_t time, const struct wire *w, const void *p,
			  size_t n);
/** Send them again as they were, cut by @p w. */
void tcp_repeat(struct gen *g, int64_t time, const struct wire *w, struct tcp_place at,
		const void *p, size_t n);
/** One segment that begins @p ahead bytes after (before) the next one and moves
 * nothing on. Without @p other bytes, @p n of those that were sent there.
 * @return false when there are not so many. */
bool tcp_again(struct gen *g, int64_t time, const struct wire *w, int64_t ahead, struct str other,
	       size_t n);
/** Acknowledge all but @p less bytes of what the other end sent. */
void tcp_ack(struct gen *g, int64_t time, const struct wire *w, uint32_t less);
/** Keep-alive: @p n bytes before the next one, and the answer. */
void tcp_probe(struct gen *g, int64_t time, const struct wire *w, size_t n);
/** @p half: one side only. */
void tcp_fin(struct gen *g, int64_t time, const struct wire *w, bool half);
void tcp_rst(struct gen *g, int64_t time, const struct wire *w);
/** Let the connection of the two ends, opened when new, be upgraded.
 * @return whether it was before. *client: the sender opened it. */
bool tcp_upgrade(struct gen *g, int64_t *time, const struct wire *w, bool *client);
/** Nothing goes over that connection before @p time. */
void tcp_ready(struct gen *g, const struct wire *w, int64_t time);
void tcp_release(struct gen *g);

/* ---- ws.c: WebSocket ---- */

enum ws_opcode { WS_MORE = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

struct ws_how {
	struct pieces frames;	/**< sizes of frames; the last one repeats */
	bool binary, ping_between, compressed;
	bool no_sip;		/**< of the upgrade: another subprotocol */
};

/** Upgrade the connection of the two ends when that is still to be done; *time
 * moves on. @return whether the sender is the client, who masks. */
bool ws_ready(struct gen *g, int64_t *time, const struct wire *w, const struct ws_how *how);
/** Append @p payload in frames. */
void ws_message(struct gen *g, struct buf *b, bool client, struct str payload,
		const struct ws_how *how);
/** One frame. @p head: FIN, RSV and opcode. */
void ws_frame(struct gen *g, struct buf *b, bool client, unsigned head, struct str payload);

/* ---- sctp.c: associations ---- */

struct sctp_how {
	struct pieces tsn;	/**< first ones of both sides; else made up */
	bool before;		/**< no INIT: the association was there before */
	bool unanswered, refused;
};

void sctp_begin(struct gen *g, int64_t time, const struct wire *w, const struct sctp_how *how);
/** Put @p message into DATA chunks after those in @p waiting. With @p joined they
 * stay there for the next one; else all is sent. */
void sctp_send(struct gen *g, int64_t time, const struct wire *w, struct buf *waiting, bool joined,
	       struct str message);
/** Send the chunks of the last message between the two again. */
bool sctp_repeat(struct gen *g, int64_t time, const struct wire *w);
enum sctp_sign { SCTP_PING, SCTP_PONG, SCTP_SACK, SCTP_ABORT, SCTP_SHUTDOWN };
void sctp_sign(struct gen *g, int64_t time, const struct wire *w, enum sctp_sign sign);
/** @p chunks as they are behind the common header. */
void sctp_bytes(struct gen *g, int64_t time, const struct wire *w, struct str chunks);

/* ---- hep.c: what a capture agent sends ---- */

struct hep_carrier {
	struct wire wire;	/**< agent to collector */
	uint32_t version;	/**< 0: none, 1, 2, 3 */
	uint32_t node;
	int64_t delay;		/**< from the inner time to the outer one */
	bool tcp, compressed;
	struct str node_name, password;
};

/** What is carried; @p w are the inner ends, w->proto the inner transport. */
void hep_packet(struct buf *b, const struct hep_carrier *c, const struct wire *w, int64_t time,
		unsigned type, struct str correlation, struct str payload);

/** Append @p s deflated (RFC 1951) with the codes that the format fixes, so that
 * the bytes are the same everywhere; @p last: it ends there. */
void deflate_fixed(struct buf *b, struct str s, bool last);

/* ---- sip.c: the messages of a call ---- */

enum gen_transport { GEN_UDP, GEN_TCP, GEN_WS, GEN_SCTP };

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
	enum gen_transport transport;
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

/** Read the script and write the capture; with @p list, print the messages that it
 * has instead. @return 0, or -1 with *err. */
int script_run(const char *script, const char *output, bool list, struct err *err);

#define BENCH_AGENTS	192u

struct bench {
	uint32_t calls;
	uint64_t seed;
	uint32_t agents;	/**< hosts besides the proxies, BENCH_AGENTS at most */
	bool tcp;
	bool per_call;		/**< a connection for each hop of each call */
	uint32_t open;		/**< not calls: so many connections open at a time,
				     each with one request and its answer */
	uint32_t syn;		/**< before all else so many SYNs that nobody answers */
	uint32_t mss;		/**< most bytes of a segment */
	uint32_t reorder, retransmit;	/**< percent of the segments */
	uint32_t pad;		/**< bytes of text in each message */
	uint32_t media_ms;	/**< calls with so much of media each way; 0: without */
	uint32_t apart_us;	/**< with media: from the start of one call to the next */
	uint32_t loss;		/**< of a thousand packets of media */
	bool silent;		/**< the same calls, and no packets of media */
	uint64_t records;	/**< set by bench_run(): how many were written */
};

/** Write a capture of bench->calls calls to @p output. @return 0, or -1 with
 * *err. */
int bench_run(struct bench *bench, const char *output, struct err *err);

#endif
