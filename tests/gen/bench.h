/**
 * @file bench.h  Records of the large captures, as datagrams or in connections.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include "gen.h"

struct bench_out {
	struct out out;
	uint64_t seed, records;
	uint16_t ip_id;
	struct buf frame, head;
};

/* ---- bench_heap.c ---- */

/** When it is whose turn; what waits in a heap begins with it. */
struct bench_turn {
	int64_t time;
	uint32_t number;
};

struct bench_heap {
	size_t size;		/**< bytes of an item */
	size_t n, cap;
	char *items;
};

/** The earliest; valid until the next change. NULL: none. */
const void *bench_heap_first(const struct bench_heap *h);
void bench_heap_add(struct bench_heap *h, const void *item);
/** Put @p item in the place of the first. */
void bench_heap_sink(struct bench_heap *h, const void *item);
/** Take the first away. */
void bench_heap_drop(struct bench_heap *h);
void bench_heap_release(struct bench_heap *h);

/** Write an Ethernet frame of IP with @p head and @p payload; w->proto is set. */
void bench_out_packet(struct bench_out *o, int64_t time, const struct wire *w, struct str head,
		      struct str payload);

/** One connection. All zero: not yet open. */
struct bench_stream {
	uint32_t seq[2];
	uint16_t port;		/**< of the client; the server's is 5060 */
	uint8_t unacked[2];	/**< segments */
	bool open;
	bool turned;		/**< direction 0 is from the other end */
};

/** Who sends to whom. */
struct bench_ends {
	const uint8_t *from, *to;	/**< IPv4 addresses */
	bool reverse;		/**< from the end that direction 1 is from */
};

/** What comes later by the same time each, so in order. */
struct bench_later {
	struct later_packet {
		int64_t time;
		struct net_endpoint from, to;
		uint32_t seq, ack;
		char *bytes;	/**< owned; NULL: the end of a connection */
		size_t n;
		struct bench_stream stream;
		struct bench_ends ends;
	} *packets;
	size_t first, n, cap;
};

enum bench_delay { LATER_BEHIND, LATER_AGAIN, LATER_CLOSE, LATER_COUNT };

struct bench_tcp {
	const struct bench *config;
	struct bench_later later[LATER_COUNT];
	uint64_t segments;
};

/** Send a message (or @p part of one: no pieces, no trouble on the way). */
void bench_tcp_send(struct bench_tcp *t, struct bench_out *o, struct bench_stream *s, int64_t time,
		    const struct bench_ends *ends, struct str text, bool part);
/** One SYN that nobody answers, from an address and port that @p number makes. */
void bench_tcp_syn(struct bench_out *o, int64_t time, uint32_t number, const uint8_t *to);
/** Let it be closed half a second later. */
void bench_tcp_close(struct bench_tcp *t, struct bench_stream *s, int64_t time,
		     const struct bench_ends *ends);
/** What was to come later and before @p time. */
void bench_tcp_flush(struct bench_tcp *t, struct bench_out *o, int64_t time);
void bench_tcp_release(struct bench_tcp *t);

/** Write the calls of @p config with their media. */
void bench_media_run(const struct bench *config, struct bench_out *out);

#endif
