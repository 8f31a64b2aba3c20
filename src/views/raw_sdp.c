/*
 * What a session description says, in words: for each medium where it goes, what
 * it may be, which way it flows and how it is protected. Of keys and passwords
 * only that they are there: the text holds them.
 */
#include <inttypes.h>

#include "base/buf.h"
#include "sip/sdp_attr.h"
#include "views/raw_lines.h"

#define FORMATS_MAX	64	/* explained of a medium; each costs a walk over it */
#define CANDIDATES_MAX	64

struct sdp_words {
	struct message_lines *l;
	uint32_t index;
	struct buf b;
};

static void
say(struct sdp_words *w, int depth, const char *name)
{
	raw_part_add(w->l, w->index, depth, name, buf_str(&w->b));
	buf_clear(&w->b);
}

static void
say_str(struct sdp_words *w, int depth, const char *name, struct str value)
{
	if (value.n > 0)
		raw_part_add(w->l, w->index, depth, name, value);
}

static void
add_address(struct buf *b, const struct sdp_address *a, bool brackets)
{
	if (a->text.n == 0)
		buf_add_cstr(b, "(no address)");
	else if (brackets && a->kind == SDP_ADDRESS_IP6)
		buf_printf(b, "[%.*s]", STR_ARG(a->text));
	else
		buf_add_str(b, a->text);
	if (a->kind == SDP_ADDRESS_BAD && a->text.n > 0)
		buf_add_cstr(b, " (is no such address)");
}

/* ---- session ---- */

static void
say_bandwidth(struct sdp_words *w, int depth, struct str lines)
{
	struct str value, type;
	uint32_t n;
	char letter;

	while (sdp_line_next(&lines, &letter, &value)) {
		if (letter != 'b' || !str_cut(&value, ':', &type))
			continue;
		buf_add_str(&w->b, value);
		/* RFC 8866 section 5.8, RFC 3556 section 2, RFC 3890 section 6. */
		if (str_to_u32(value, &n) &&
		    (str_eq_ci(type, STR("AS")) || str_eq_ci(type, STR("CT"))))
			buf_add_cstr(&w->b, " kbit/s");
		else if (str_to_u32(value, &n))
			buf_add_cstr(&w->b, " bit/s");
		buf_printf(&w->b, " (%.*s)", STR_ARG(type));
		say(w, depth, "bandwidth");
	}
}

static void
say_session(struct sdp_words *w, const struct sdp *sdp)
{
	const struct sdp_origin *o = &sdp->origin;

	if (o->session_id.n > 0) {
		buf_printf(&w->b, "user %.*s, session %.*s, version %.*s, from ",
			   STR_ARG(o->username), STR_ARG(o->session_id), STR_ARG(o->version));
		add_address(&w->b, &o->address, false);
		say(w, 1, "origin");
	}
	say_str(w, 1, "name", sdp->name);
	say_str(w, 1, "made by", sdp->user_agent);
	if (sdp->common.addresses > 0) {
		add_address(&w->b, &sdp->common.address, false);
		say(w, 1, "address");
	}
	if (sdp->start > 0 || sdp->stop > 0) {
		buf_printf(&w->b, "%" PRIu64 " to %" PRIu64 " (seconds since 1900)", sdp->start,
			   sdp->stop);
		say(w, 1, "time");
	}
	say_bandwidth(w, 1, sdp->session);
	if (sdp->ice_lite)
		say_str(w, 1, "ICE", STR("lite: it answers checks and makes none"));
	if (str_starts_ci(sdp->group, STR("BUNDLE")))
		say_str(w, 1, "on one port (BUNDLE)", str_trim(str_skip(sdp->group, 6)));
	else
		say_str(w, 1, "group", sdp->group);
}

/* ---- a medium ---- */

static void
say_format(struct sdp_words *w, const struct sdp_media *media, struct str format)
{
	bool rtp = str_find_ci(media->proto, STR("RTP/")) != SIZE_MAX;
	struct sdp_rtpmap map = { 0 };
	struct str params;
	uint32_t payload;
	char name[64];

	if (rtp && str_to_u32(format, &payload)) {
		if (sdp_rtpmap_find(media, payload, &map) || sdp_payload_static(payload, &map)) {
			buf_printf(&w->b, "%.*s, %" PRIu32 " Hz", STR_ARG(map.encoding),
				   map.clock_rate);
			if (map.params.n > 0 && !str_eq(map.params, STR("1")))
				buf_printf(&w->b, ", %.*s channels", STR_ARG(map.params));
		} else {
			buf_add_cstr(&w->b, "not said what it is");
		}
		snprintf(name, sizeof(name), "payload type %" PRIu32, payload);
	} else {
		buf_add_str(&w->b, format);
		snprintf(name, sizeof(name), "format");
	}
	if (sdp_fmtp_find(media, format, &params))
		buf_printf(&w->b, " (%.*s)", STR_ARG(params));
	say(w, 2, name);
}

static void
say_formats(struct sdp_words *w, const struct sdp_media *media)
{
	struct str rest = media->formats, format;
	uint32_t n = 0;

	while (n < FORMATS_MAX && sdp_format_next(&rest, &format)) {
		say_format(w, media, format);
		n++;
	}
	if (n < media->format_count) {
		buf_printf(&w->b, "%" PRIu32, media->format_count - n);
		say(w, 2, "more formats");
	}
}

static void
say_direction(struct sdp_words *w, const struct sdp_media *media)
{
	static const char *const words[] = {
		[SDP_SENDRECV] = "sends and receives", [SDP_SENDONLY] = "only sends",
		[SDP_RECVONLY] = "only receives", [SDP_INACTIVE] = "neither sends nor receives",
	};
	unsigned int direction = media->common.direction;

	if (direction >= ARRAY_SIZE(words))
		return;
	buf_printf(&w->b, "%s (%.*s%s)%s", words[direction],
		   STR_ARG(sdp_direction_name((enum sdp_direction)direction)),
		   media->common.has_direction ? "" : ", not said",
		   sdp_is_hold(media) ? ": on hold" : "");
	say(w, 2, "direction");
}

static void
say_rtcp(struct sdp_words *w, const struct sdp_media *media)
{
	if (media->rtcp_mux)
		buf_add_cstr(&w->b, "on the port of RTP (rtcp-mux)");
	if (media->rtcp.present) {
		buf_printf(&w->b, "%sport %u", media->rtcp_mux ? ", else " : "", media->rtcp.port);
		if (media->rtcp.address.text.n > 0) {
			buf_add_cstr(&w->b, " of ");
			add_address(&w->b, &media->rtcp.address, false);
		}
	}
	if (w->b.n > 0)
		say(w, 2, "RTCP");
}

static void
say_candidate(struct sdp_words *w, struct str value)
{
	struct sdp_candidate c;

	if (!sdp_candidate_parse(value, &c)) {
		say_str(w, 3, "candidate that does not parse", value);
		return;
	}
	/* RFC 8445 section 5.1.1. */
	buf_add_str(&w->b, str_eq(c.type, STR("host")) ? STR("own address") :
		    str_eq(c.type, STR("srflx")) ? STR("address seen by a STUN server") :
		    str_eq(c.type, STR("prflx")) ? STR("address seen by the peer") :
		    str_eq(c.type, STR("relay")) ? STR("address of a TURN server") : c.type);
	buf_add_char(&w->b, ' ');
	add_address(&w->b, &c.address, true);
	buf_printf(&w->b, ":%u %.*s, %s", c.port, STR_ARG(c.transport),
		   c.component == 1 ? "RTP" : c.component == 2 ? "RTCP" : "other component");
	if (c.related.text.n > 0) {
		buf_add_cstr(&w->b, ", behind it ");
		add_address(&w->b, &c.related, true);
		buf_printf(&w->b, ":%u", c.related_port);
	}
	buf_printf(&w->b, ", priority %" PRIu32, c.priority);
	say(w, 3, "candidate");
}

static void
say_ice(struct sdp_words *w, const struct sdp_media *media)
{
	struct str lines = media->text, name, value;
	uint32_t n = 0;

	if (media->common.ice_ufrag.n == 0 && media->candidate_count == 0)
		return;
	if (media->common.ice_ufrag.n > 0)
		buf_printf(&w->b, "user %.*s, ", STR_ARG(media->common.ice_ufrag));
	buf_printf(&w->b, "password %s, %" PRIu32 " candidate%s",
		   media->common.ice_pwd.n > 0 ? "given" : "missing", media->candidate_count,
		   media->candidate_count == 1 ? "" : "s");
	say(w, 2, "ICE");
	while (n < CANDIDATES_MAX && sdp_attr_next(&lines, &name, &value)) {
		if (!str_eq_ci(name, STR("candidate")))
			continue;
		say_candidate(w, value);
		n++;
	}
}

static void
say_protection(struct sdp_words *w, const struct sdp_media *media)
{
	const struct sdp_fingerprint *f = &media->common.fingerprint;
	/* RFC 4145 section 4. */
	struct str setup = media->common.setup, lines = media->text, name, value;
	const char *who = str_eq_ci(setup, STR("actpass")) ? "either end may begin" :
		str_eq_ci(setup, STR("active")) ? "this end begins" :
		str_eq_ci(setup, STR("passive")) ? "the other end begins" :
		str_eq_ci(setup, STR("holdconn")) ? "not yet" : "";
	struct sdp_crypto crypto;

	if (f->hash.n > 0) {
		buf_printf(&w->b, "certificate with %.*s %.*s", STR_ARG(f->hash),
			   STR_ARG(f->digest));
		if (setup.n > 0)
			buf_printf(&w->b, ", setup %.*s", STR_ARG(setup));
		if (who[0] != '\0')
			buf_printf(&w->b, ": %s", who);
		say(w, 2, "DTLS");
	} else if (setup.n > 0) {
		say_str(w, 2, "setup", setup);
	}
	for (uint32_t n = 0; n < media->crypto_count && sdp_attr_next(&lines, &name, &value); ) {
		if (!str_eq_ci(name, STR("crypto")))
			continue;
		n++;
		if (sdp_crypto_parse(value, &crypto))
			buf_printf(&w->b, "key %" PRIu32 " for %.*s", crypto.tag,
				   STR_ARG(crypto.suite));
		else
			buf_add_cstr(&w->b, "a crypto line that does not parse");
		say(w, 2, "SDES");
	}
}

static void
say_t38(struct sdp_words *w, const struct sdp_t38 *t38)
{
	if (t38->max_bit_rate == 0 && t38->error_correction.n == 0)
		return;
	buf_printf(&w->b, "version %" PRIu32 ", at most %" PRIu32 " bit/s", t38->version,
		   t38->max_bit_rate);
	if (t38->rate_management.n > 0)
		buf_printf(&w->b, ", %.*s", STR_ARG(t38->rate_management));
	if (t38->error_correction.n > 0)
		buf_printf(&w->b, ", %.*s", STR_ARG(t38->error_correction));
	say(w, 2, "fax (T.38)");
}

static void
say_media(struct sdp_words *w, const struct sdp_media *media)
{
	buf_printf(&w->b, "  %.*s over %.*s", STR_ARG(media->type), STR_ARG(media->proto));
	message_lines_say(w->l, MESSAGE_LINE_MEDIA, w->index, buf_str(&w->b));
	buf_clear(&w->b);
	if (sdp_is_rejected(media)) {
		say_str(w, 2, "address", STR("port 0: rejected, or not in use"));
	} else {
		add_address(&w->b, &media->common.address, true);
		if (media->has_port)
			buf_printf(&w->b, ":%u", media->port);
		if (media->port_count > 1)
			buf_printf(&w->b, " and the next, %" PRIu32 " ports", media->port_count);
		if (media->common.address.text.n > 0 && !media->own_address)
			buf_add_cstr(&w->b, " (address of the session)");
		say(w, 2, "address");
	}
	say_str(w, 2, "title", media->title);
	say_formats(w, media);
	if (!sdp_is_rejected(media))
		say_direction(w, media);
	if (media->ptime_ms > 0) {
		buf_printf(&w->b, "%" PRIu32 " ms in a packet", media->ptime_ms);
		if (media->maxptime_ms > 0)
			buf_printf(&w->b, ", at most %" PRIu32 " ms", media->maxptime_ms);
		say(w, 2, "ptime");
	} else if (media->maxptime_ms > 0) {
		buf_printf(&w->b, "%" PRIu32 " ms", media->maxptime_ms);
		say(w, 2, "maxptime");
	}
	say_bandwidth(w, 2, media->text);
	say_rtcp(w, media);
	say_ice(w, media);
	say_protection(w, media);
	say_t38(w, &media->t38);
	say_str(w, 2, "mid", media->mid);
	say_str(w, 2, "label", media->label);
	say_str(w, 2, "content", media->content);
	if (media->ssrc_count > 0) {
		buf_printf(&w->b, "%" PRIu32 " line%s", media->ssrc_count,
			   media->ssrc_count == 1 ? "" : "s");
		say(w, 2, "SSRC");
	}
}

void
raw_sdp_add(struct message_lines *l, uint32_t index, struct str text)
{
	struct sdp_words w = { l, index, BUF_INIT };
	struct sdp sdp;

	sdp_parse(text, &sdp);
	buf_printf(&w.b, "Session description, %" PRIu32 " medi%s", sdp.media_total,
		   sdp.media_total == 1 ? "um" : "a");
	message_lines_say(l, MESSAGE_LINE_MEDIA, index, buf_str(&w.b));
	for (unsigned int i = 0; i < SDP_FLAW_COUNT; i++) {
		if (!(sdp.flaws & 1u << i))
			continue;
		buf_clear(&w.b);
		buf_printf(&w.b, "    ! %s: %s", sdp_flaw_defs[i].name, sdp_flaw_defs[i].help);
		message_lines_say(l, MESSAGE_LINE_FLAWS, index, buf_str(&w.b));
	}
	buf_clear(&w.b);
	say_session(&w, &sdp);
	for (uint32_t i = 0; i < sdp.media_count; i++)
		say_media(&w, &sdp.media[i]);
	buf_release(&w.b);
}
