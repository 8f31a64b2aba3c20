#include "export/ladder_sdp.h"

#include <inttypes.h>

#include "sip/sdp_attr.h"
#include "sip/type.h"

#define FIRST_CODECS	3	/* named in LADDER_SDP_FIRST */
#define FULL_CODECS	16
#define TOKEN_BYTES	64	/* of a word from the wire; the rest is cut off */

static const char *const role_names[] = {
	[LADDER_SDP_NONE] = "SDP", [LADDER_SDP_UNKNOWN] = "SDP",
	[LADDER_SDP_OFFER] = "SDP offer", [LADDER_SDP_ANSWER] = "SDP answer",
};

static void
add_token(struct buf *b, struct str s)
{
	buf_add_str(b, str_sub(s, 0, TOKEN_BYTES));
}

/* What a format of @media is called: by rtpmap, by its number, or as written. */
static struct str
format_name(const struct sdp_media *media, struct str format)
{
	struct sdp_rtpmap map;
	uint32_t payload;

	if (str_find_ci(media->proto, STR("RTP/")) == SIZE_MAX || !str_to_u32(format, &payload))
		return format;
	if (sdp_rtpmap_find(media, payload, &map) && map.encoding.n > 0)
		return map.encoding;
	if (sdp_payload_static(payload, &map))
		return map.encoding;
	return format;
}

/* "PCMU/PCMA +2". Comfort noise, DTMF, and a codec again with another clock are told only in
 * full. */
static void
add_codecs(struct buf *b, const struct sdp_media *media, bool full)
{
	struct str rest = media->formats, format, before = STR_NONE;
	uint32_t named = 0, left = media->format_count;
	uint32_t max = full ? FULL_CODECS : FIRST_CODECS;

	while (named < max && left > 0 && sdp_format_next(&rest, &format)) {
		struct str name = format_name(media, format);

		left--;
		if (!full && (str_eq_ci(name, STR("telephone-event")) ||
			      str_eq_ci(name, STR("CN")) || str_eq_ci(name, before)))
			continue;
		before = name;
		buf_add_char(b, named++ ? '/' : ' ');
		add_token(b, name);
		/* Whatever is looked at costs a walk over the attributes. */
		if (media->format_count - left >= 4 * FULL_CODECS)
			break;
	}
	if (left > 0)
		buf_printf(b, " +%" PRIu32, left);
}

/* Whether it holds the other side. Who answers sendonly or inactive does as was asked. */
static bool
is_hold(const struct sdp_media *media, enum ladder_sdp_role role)
{
	struct str address = media->common.address.text;

	return sdp_is_hold(media) && (role != LADDER_SDP_ANSWER ||
				      str_eq(address, STR("0.0.0.0")) || str_eq(address, STR("::")));
}

static void
add_media(struct buf *b, const struct sdp_media *media, enum ladder_sdp_role role, bool full)
{
	const struct sdp_address *address = &media->common.address;

	if (full || !str_eq_ci(media->type, STR("audio"))) {
		buf_add_char(b, ' ');
		add_token(b, media->type);
	}
	if (sdp_is_rejected(media)) {
		buf_add_cstr(b, " not in use (port 0)");
		return;
	}
	add_codecs(b, media, full);
	buf_add_char(b, ' ');
	if (address->kind == SDP_ADDRESS_IP6)
		buf_add_char(b, '[');
	if (address->text.n > 0)
		add_token(b, address->text);
	else
		buf_add_cstr(b, "(no address)");
	if (address->kind == SDP_ADDRESS_IP6)
		buf_add_char(b, ']');
	if (media->has_port)
		buf_printf(b, ":%u ", media->port);
	else
		buf_add_cstr(b, " (no port) ");
	buf_add_str(b, sdp_direction_name((enum sdp_direction)media->common.direction));
	if (is_hold(media, role))
		buf_add_cstr(b, " hold");
	if (!full)
		return;
	buf_add_char(b, ' ');
	add_token(b, media->proto);
	if (media->ptime_ms)
		buf_printf(b, " ptime %" PRIu32 " ms", media->ptime_ms);
	if (media->rtcp_mux)
		buf_add_cstr(b, " rtcp-mux");
}

static void
add_flaws(struct buf *b, const struct sdp *sdp)
{
	const char *sep = " ! ";

	for (unsigned int i = 0; i < SDP_FLAW_COUNT; i++) {
		if (!(sdp->flaws & 1u << i))
			continue;
		buf_add_cstr(b, sep);
		buf_add_cstr(b, sdp_flaw_defs[i].name);
		sep = ", ";
	}
}

/* The medium to tell of where one must do: the first in use. */
static uint32_t
first_media(const struct sdp *sdp)
{
	for (uint32_t i = 0; i < sdp->media_count; i++)
		if (!sdp_is_rejected(&sdp->media[i]))
			return i;
	return 0;
}

const struct str *
ladder_sdp_notes(struct arena *arena, const struct sip_scan *scan,
		 enum ladder_sdp_role role, enum ladder_sdp how, uint32_t *count)
{
	bool full = how == LADDER_SDP_FULL;
	struct str text, *notes;
	struct buf b = BUF_INIT;
	struct sdp sdp;
	uint32_t lines = 1, at = 0;

	*count = 0;
	if (how == LADDER_SDP_OFF || role == LADDER_SDP_NONE)
		return NULL;
	if (!sip_body_sdp(scan->content_type, scan->body, &text))
		text = STR_NONE;
	sdp_parse(text, &sdp);
	if (full && sdp.media_count > 1)
		lines = sdp.media_count < LADDER_SDP_LINES ? sdp.media_count : LADDER_SDP_LINES;
	if (!full && sdp.media_count > 0)
		at = first_media(&sdp);
	notes = arena_alloc(arena, lines * sizeof(*notes));
	for (uint32_t i = 0; i < lines; i++) {
		buf_clear(&b);
		buf_add_cstr(&b, role_names[role]);
		if (text.n == 0)
			buf_add_cstr(&b, " empty or not in the capture");
		else if (sdp.media_total == 0)
			buf_add_cstr(&b, " without media");
		else if (sdp.media_count > 0)
			add_media(&b, &sdp.media[at + i], role, full);
		if (i + 1 == lines && sdp.media_total > lines)
			buf_printf(&b, " (+%" PRIu32 " media)", sdp.media_total - lines);
		if (i == 0 && text.n > 0)
			add_flaws(&b, &sdp);
		notes[i] = arena_str(arena, buf_str(&b));
	}
	buf_release(&b);
	*count = lines;
	return notes;
}
