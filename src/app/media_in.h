/**
 * @file media_in.h  Media that comes otherwise than by itself in a datagram: from TURN,
 * over TCP, out of HEP and exported PDUs.
 */
#ifndef APP_MEDIA_IN_H
#define APP_MEDIA_IN_H

#include "app/deliver.h"
#include "media/shape.h"
#include "store/stream.h"

#define TURN_CHANNELS_MAX	65536u	/* kept; of more the peers are not known */

/** Peers of TURN channels, by client, server and number. */
struct turn_channels;

struct turn_channels *turn_channels_new(void);
void turn_channels_free(struct turn_channels *t);

/** The input that the payload of a segment is. */
static inline struct media_input
media_input_of(const struct segment *seg, enum stream_carriage carriage)
{
	return (struct media_input){
		.src = &seg->src, .dst = &seg->dst, .payload = seg->payload,
		.wire_length = seg->wire_length, .time = seg->time, .frame = seg->frame,
		.source = seg->source, .vlan = seg->vlan, .ip_id = seg->ip_id,
		.has_ip_id = seg->src.addr.family == NET_IP4, .ttl = seg->ttl,
		.carriage = (uint8_t)carriage,
		.partial = seg->flaws & SEGMENT_FLAW_FRAGMENTS,
	};
}

/**
 * Take a payload that has shape @p shape; none but RTP, RTCP and TURN is looked
 * into. Of TURN it is what is inside, between client and peer; there is no TURN in
 * TURN. O(1), but for the attributes of an indication.
 */
void media_in_take(struct engine *e, const struct media_input *in, enum shape shape);

/** The same of what came in a carrier that says it is media: a payload of HEP, an exported
 * PDU, a frame of a stream. @return what it was. */
enum shape media_in_delivery(const struct delivery *d, struct str payload,
			     uint32_t wire_length, enum stream_carriage carriage);

#endif
