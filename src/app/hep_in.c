#include "app/hep_in.h"

#include "app/media_in.h"
#include "app/streams.h"
#include "decode/hep.h"
#include "media/rtcp_json.h"

#define STAMPS_MAX	64u	/* records of one HEP packet that are told apart */

/* What a report or a log line says, tied to the call of the correlation id. */
static void
take_report(const struct delivery *d, const struct hep *hep, struct str text)
{
	struct streams *s = d->e->streams;
	struct delivery raw = *d;
	struct buf json = BUF_INIT;

	if (hep->type == HEP_LOG) {
		s->hep_logs++;
		deliver_event(d, EVENT_LOG, hep->correlation, text);
		return;
	}
	s->hep_reports++;
	/* Some agents send the packet itself: it tells more than can be said in JSON. */
	if (shape_is_media(text))
		raw.reports_taken = media_in_delivery(d, text, (uint32_t)text.n,
						      STREAM_OVER_HEP) == SHAPE_RTCP;
	if (!str_starts(str_trim(text), STR("{")) && rtcp_json_add(&json, text))
		text = buf_str(&json);
	deliver_event(&raw, EVENT_RTCP, hep->correlation, text);
	buf_release(&json);
}

static void
take_payload(const struct delivery *d, const struct hep *hep, struct str text, struct place place)
{
	struct streams *s = d->e->streams;

	switch (hep->type) {
	case HEP_SIP:
		if (deliver_datagram(d, text, place))
			s->hep_sip++;
		else
			s->hep_other++;
		break;
	case HEP_RTP:
		if (shape_is_media(text)) {
			s->hep_rtp++;
			media_in_delivery(d, text, (uint32_t)text.n, STREAM_OVER_HEP);
		} else {
			s->hep_other++;
		}
		break;
	case HEP_RTCP_JSON:
	case HEP_LOG:
		take_report(d, hep, text);
		break;
	default:
		s->hep_other++;
		break;
	}
}

bool
hep_in(const struct delivery *outer, struct str packet, struct place place)
{
	struct streams *s = outer->e->streams;
	struct stamp stamps[STAMPS_MAX];
	struct delivery d = *outer;
	struct buf unpacked = BUF_INIT;
	struct hep hep;
	struct str text;

	if (!hep_parse(packet, &hep))
		return false;
	text = hep.payload;
	if (hep.compressed) {
		if (hep_unpack(&hep, &unpacked))
			text = buf_str(&unpacked);
		else
			hep.flaws |= HEP_FLAW_COMPRESS;
		place.source = PLACE_NONE;
	} else if (place.source != PLACE_NONE) {
		place.offset += (uint64_t)(text.p - packet.p);
	}
	s->hep_packets++;
	for (uint32_t flaws = hep.flaws; flaws; flaws &= flaws - 1)
		s->hep_flaws[__builtin_ctz(flaws)]++;

	d.src = &hep.src;
	d.dst = &hep.dst;
	d.transport = deliver_transport(hep.protocol);
	d.carrier = CARRIER_HEP;
	d.node = hep.node;
	d.vlan = hep.vlan;
	if (hep.time != TIME_NONE) {
		d.time = hep.time;
		d.stamp_n = d.stamp_n < STAMPS_MAX ? d.stamp_n : STAMPS_MAX;
		for (size_t i = 0; i < d.stamp_n; i++) {
			stamps[i] = outer->stamps[i];
			stamps[i].time = hep.time;
		}
		d.stamps = stamps;
	}
	take_payload(&d, &hep, text, place);
	/* What was unpacked dies here, and stamps with it. */
	if (hep.compressed || d.stamp_n > 1)
		engine_flush(d.e);
	buf_release(&unpacked);
	return true;
}
