/**
 * @file statistics.h  Figures over all calls, or over some of them.
 *
 * They are made in steps: messages are counted as they come, each once; calls,
 * which change, are gone over again and told when that is done; texts are read
 * last. A call that comes in or goes out later is counted in or taken back.
 *
 * Of calls that the store lets go of, nothing can be taken back: whoever wants figures of
 * those that are there begins anew (statistics_lost()).
 *
 * What a sender can make many of is bounded: addresses, user agents and calls with
 * many addresses past that are counted together, as others.
 */
#ifndef QUERY_STATISTICS_H
#define QUERY_STATISTICS_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/sparse.h"
#include "query/query.h"
#include "query/rate.h"
#include "query/spans.h"

#define STATISTICS_HOSTS_MAX	16384u	/* addresses told apart */
#define STATISTICS_AGENTS_MAX	4096u	/* user agents told apart */
#define STATISTICS_AGENT_BYTES	128u	/* kept of the name of one */

/** The first ones of statistics.hosts and statistics.agents. */
#define STATISTICS_OTHERS	0u	/* what is past the bound, together */
#define STATISTICS_NOT_TOLD	1u	/* agents: the message has no such header */
#define STATISTICS_NOT_READ	2u	/* agents: its text cannot be read */
#define STATISTICS_AGENTS	3u	/* agents with a name from here on */

/** An address, whatever its ports. */
struct statistics_host {
	struct net_addr addr;
	uint64_t sent, received;	/**< messages */
	uint32_t calls;			/**< in which it sent or received one; of the others:
					     not counted */
};

/** What calls itself so in User-Agent or Server. */
struct statistics_agent {
	struct str name;	/**< as in the message, cut; lives as long as the statistics */
	uint32_t asked;		/**< calls whose first request is of it */
	uint32_t answered;	/**< calls whose first response but 100 is of it */
};

/** What calls are, as of one look at all of them. */
struct statistics_calls {
	uint32_t n;
	uint32_t kinds[CALL_SINGLE + 1];
	uint32_t states[CALL_STATE_COUNT];
	uint32_t answered;	/**< INVITE calls with a 2xx */
	int64_t first, last;	/**< times of messages; TIME_NONE: none has any */
	struct rate rate;	/**< by their first message */
};

struct statistics {
	/* Messages, without those captured twice, which duplicates counts. */
	uint64_t messages, requests, responses, retransmissions, duplicates;
	uint64_t methods[256];		/**< requests by message.method, store_method_name() */
	uint64_t codes[1024];		/**< responses by status */
	struct rate rate;

	struct statistics_calls calls;
	struct span_figures setup;	/**< INVITE to 2xx: call_setup() */
	struct span_figures pdd;	/**< RFC 6076 4.3.1: call_pdd() */

	struct statistics_host *hosts;	/**< host_n of them; the others first */
	uint32_t host_n;
	struct statistics_agent *agents;	/**< agent_n of them, see STATISTICS_AGENTS */
	uint32_t agent_n;
	uint64_t unread;		/**< texts that are still to be read for agents */
	bool calls_cut;			/**< of some calls not all addresses were noted */
	uint32_t version;		/**< becomes another whenever a figure does */

	/* private */
	struct query *query;
	bool (*takes)(void *ctx, uint32_t call);
	void *ctx;
	struct sparse list;		/* by call */
	uint32_t counted;		/* messages looked at */
	struct sparse paths;		/* by path */
	size_t hosts_cap, agents_cap;
	struct hash_map host_map, agent_map, pair_map;
	struct statistics_pair *pairs;	/* calls with more addresses than a call notes */
	size_t pairs_cap;
	uint32_t pair_n;
	struct arena names;
	/* private: the present look at calls */
	struct statistics_calls next;
	struct spans setups, pdds;
	bool looking, sorting, stale, reading;
	uint32_t looked;		/* calls */
	uint32_t looked_messages;	/* of the store, when it began */
	int64_t looked_now;		/* the clock, likewise */
	uint32_t asked;			/* the call to read a text of next */
	uint64_t gone;			/* cursor of store_next_gone() */
	bool lost;
};

/**
 * Begin with nothing.
 * @param q      borrowed: it and its store outlive the statistics
 * @param takes  whether a call is one of those asked for, with @p ctx. Asked often:
 *               O(1), no text is to be read. NULL: all are.
 */
void statistics_init(struct statistics *s, struct query *q,
		     bool (*takes)(void *ctx, uint32_t call), void *ctx);
void statistics_release(struct statistics *s);

/** Say that takes() may answer otherwise than before, of whichever calls. */
void statistics_retake(struct statistics *s);

/**
 * Do some more: of messages and calls what takes some 50 us, a text, or a piece of
 * sorting. A call that comes in after its messages were counted takes O(its
 * messages) at once. @return whether there is more to do as of now; not before the
 * store grows, its clock moves or statistics_retake() once there is not.
 */
bool statistics_step(struct statistics *s);

/** Whether some of the calls that are counted are gone since it was begun. O(calls that went
 * since it was asked last). */
bool statistics_lost(struct statistics *s);

/** The addresses with the most messages, the most first, the others left out.
 * @param top  room for @p max indexes of hosts. @return how many. */
size_t statistics_top_hosts(const struct statistics *s, uint32_t *top, size_t max);

/** The user agents of the most calls, likewise, those without a name left out. */
size_t statistics_top_agents(const struct statistics *s, uint32_t *top, size_t max);

#endif
