/**
 * @file live_int.h  The insides of a live source, shared by live*.c.
 */
#ifndef CAPTURE_LIVE_INT_H
#define CAPTURE_LIVE_INT_H

#include <pcap/pcap.h>

#include "capture/live.h"

#define LIVE_BATCH	64u	/* packets taken from the ring at once */
#define LIVE_RETIRE_MS	30	/* the kernel looks so often whether a block is to be handed
				   over, which is the second time it sees it */
#define LIVE_NOTICES	1000u	/* of one interface */
#define DROP_FILES	16u	/* interfaces of "any" whose counters are read */

struct live_packet {
	uint32_t at;			/* in bytes */
	uint32_t caplen, wirelen;
	int64_t time;
};

/* What the interface is like. */
enum live_state {
	LIVE_UP,
	LIVE_QUIET,	/* up, but without a carrier */
	LIVE_DOWN,
	LIVE_GONE,
	LIVE_OTHER,	/* one of that name is there, whose packets are of another kind */
};

/* Counters that only grow, but begin anew with an interface. */
enum drop_counter { DROP_MISSED, DROP_FIFO, DROP_DROPPED, DROP_COUNTERS };

struct drop_files {
	char name[32];			/* of the interface */
	int fds[DROP_COUNTERS];		/* in /sys; -1: none */
	uint64_t seen[DROP_COUNTERS];
};

struct live_drops {
	uint64_t kernel, interface;	/* packets so far */
	struct drop_files files[DROP_FILES];
	size_t n;
	int softnet;			/* /proc/net/softnet_stat; -1: none */
	uint64_t softnet_seen;
	int64_t told;			/* monotonic: when a notice said so; 0: never */
};

struct live {
	struct capture *c;
	pcap_t *pcap;
	char *device;			/* owned */
	int fd;				/* of the packet socket, borrowed from pcap */
	int control;			/* a socket to ask about interfaces with */
	int epoll, timer;		/* the timer ticks each second */
	uint16_t link;			/* LINKTYPE_ value */
	bool any;
	bool cooked;			/* opened as "any", bound to the interface since */
	bool promiscuous;
	uint32_t buffer;		/* bytes of the ring */
	/* what was taken from the ring */
	struct live_packet packets[LIVE_BATCH];
	unsigned n, at;
	uint8_t *bytes;			/* owned */
	size_t used, room;		/* of bytes; of one packet at most */
	/* the interface */
	enum live_state state;
	bool sinks;			/* found to be down once: .state is what it was before */
	int index;			/* that the socket is bound to; 0: none */
	int kind;			/* ARPHRD_ value */
	int64_t looked;			/* monotonic */
	int64_t counted;
	unsigned notices;
	int64_t faulty;			/* monotonic: reading fails since; 0: it does not */
	bool fault_told;
	bool stopping;
	int64_t stop_until;		/* monotonic: what came last was handed out by then */
	int64_t stopped;		/* time of the system, when that was asked for */
	struct live_drops drops;
};

/** "DEVICE: TIME: ..." */
ATTR_PRINTF(2, 3)
void live_tell(struct live *l, const char *fmt, ...);

/* ---- live_watch.c ---- */

/** Learn what the interface is, once it is bound to. */
void live_watch_start(struct live *l);
/** See what became of it, and bind to it when it came again. */
void live_watch(struct live *l);
/** Bind the socket to the interface of that index. @return 0, or -1 with errno. */
int live_bind(struct live *l, int index);

/* ---- live_drops.c ---- */

void live_drops_start(struct live *l);
/** See how many there are more. */
void live_drops_count(struct live *l, struct source *source);
void live_drops_release(struct live_drops *d);

#endif
