/** @file flow_hide.h  What of a ladder is not shown: lanes, methods, media, what has no SDP. */
#ifndef VIEWS_FLOW_HIDE_H
#define VIEWS_FLOW_HIDE_H

#include "store/store.h"
#include "store/stream.h"

#define FLOW_HIDE_LANES_MAX	256u

/** Zeroed: all is shown. Nothing in it needs release. */
struct flow_hide {
	struct net_endpoint lanes[FLOW_HIDE_LANES_MAX];	/**< port 0: all of its ports */
	uint32_t lane_n;
	bool methods[256];	/**< by message.method; responses go with their request's */
	uint32_t method_n;	/**< that are hidden */
	bool streams[STREAM_KIND_COUNT];	/**< by enum stream_kind */
	bool only_sdp;		/**< nothing but messages with a session description is shown */
	bool only_media;	/**< and streams, when this is set */
	uint32_t version;	/**< changes with each change */
};

bool flow_hide_lane(const struct flow_hide *h, const struct net_endpoint *at);
bool flow_hide_method(const struct flow_hide *h, const struct message *m);

void flow_hide_set_lane(struct flow_hide *h, const struct net_endpoint *at, bool hidden);
void flow_hide_set_method(struct flow_hide *h, uint8_t method, bool hidden);
void flow_hide_set_stream(struct flow_hide *h, uint8_t kind, bool hidden);
/** One of the two is off when the other one is on. */
void flow_hide_set_only_media(struct flow_hide *h, bool only);
void flow_hide_set_only_sdp(struct flow_hide *h, bool only);
void flow_hide_clear(struct flow_hide *h);

/** The method that a message goes by. */
static inline uint8_t
flow_method_of(const struct message *m)
{
	return m->flags & MESSAGE_REQUEST ? m->method : m->cseq_method;
}

#endif
