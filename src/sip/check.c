#include "sip/check.h"

#include "sip/address.h"
#include "sip/auth.h"
#include "sip/chars.h"
#include "sip/cseq.h"
#include "sip/event.h"
#include "sip/header.h"
#include "sip/reason.h"
#include "sip/sdp.h"
#include "sip/type.h"
#include "sip/via.h"

/* Whether an address and the URI in it follow the grammar. */
static bool
address_is_good(const struct sip_address *address)
{
	struct sip_uri uri;

	if (address->star)
		return !address->bad;
	return !address->bad && sip_uri_parse(address->uri, &uri);
}

static bool
check_address(struct str value)
{
	struct sip_address address;

	sip_address_parse(value, &address);
	return !address.star && address_is_good(&address);
}

static bool
check_addresses(struct str value)
{
	struct sip_address address;
	bool good = true;

	while (sip_address_next(&value, &address))
		if (!address_is_good(&address))
			good = false;
	return good;
}

static bool
check_contacts(struct str value)
{
	struct str expires, rest = value;
	struct sip_address address;
	uint32_t seconds;

	while (sip_address_next(&rest, &address))
		if (sip_param_find(address.params, STR("expires"), &expires) &&
		    !str_to_u32(expires, &seconds))
			return false;
	return check_addresses(value);
}

static bool
check_vias(struct str value)
{
	struct sip_via via;
	bool good = true;

	while (sip_via_next(&value, &via))
		if (via.bad)
			good = false;
	return good;
}

static bool
check_reasons(struct str value)
{
	struct sip_reason reason;
	bool good = true;

	while (sip_reason_next(&value, &reason))
		if (reason.bad)
			good = false;
	return good;
}

static bool
check_warnings(struct str value)
{
	struct sip_warning warning;
	bool good = true;

	while (sip_warning_next(&value, &warning))
		if (warning.bad)
			good = false;
	return good;
}

static bool
check_auth(struct str value)
{
	struct sip_auth auth;

	return sip_auth_parse(value, &auth);
}

static bool
check_type(struct str value)
{
	struct sip_type type;

	return sip_type_parse(value, &type);
}

static bool
check_event(struct str value)
{
	struct sip_event event;

	return sip_event_parse(value, &event);
}

static bool
check_subscription(struct str value)
{
	struct sip_subscription sub;

	return sip_subscription_parse(value, &sub);
}

static bool
check_seconds(struct str value)
{
	struct sip_seconds seconds;

	return sip_seconds_parse(value, &seconds);
}

static bool
check_number(struct str value)
{
	uint32_t number;

	return str_to_u32(value, &number);
}

static bool
check_max_forwards(struct str value)
{
	uint32_t number;

	return str_to_u32(value, &number) && number <= 255;
}

static bool
check_rack(struct str value)
{
	struct sip_rack rack;

	return sip_rack_parse(value, &rack);
}

/* RFC 3261 section 20.17: always in GMT, in the form of RFC 1123. */
static bool
check_date(struct str s)
{
	static const char form[] = "Aaa, 00 Aaa 0000 00:00:00 GMT";
	static const char days[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	bool day = false, month = false;

	if (s.n != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool good;

		if (form[i] == '0')
			good = ascii_is_digit(s.p[i]);
		else if (form[i] == 'a' || form[i] == 'A')
			good = ascii_is_alpha(s.p[i]);
		else
			good = form[i] == s.p[i];
		if (i >= s.n - 3)
			good = form[i] == s.p[i];
		if (!good)
			return false;
	}
	for (size_t i = 0; i < sizeof(days) - 1; i += 3)
		day = day || memcmp(days + i, s.p, 3) == 0;
	for (size_t i = 0; i < sizeof(months) - 1; i += 3)
		month = month || memcmp(months + i, s.p + 8, 3) == 0;
	return day && month;
}

/* "<uri>;params", a list: Alert-Info and the like. RFC 3261 section 20.4. */
static bool
check_uris(struct str value)
{
	struct sip_address address;
	struct sip_uri uri;
	bool good = true;

	while (sip_address_next(&value, &address))
		if (address.bad || !address.brackets || !sip_uri_parse(address.uri, &uri))
			good = false;
	return good;
}

/* A list of tokens with parameters. Empty lists are allowed where an empty
 * value says "none" (Allow, Supported, Accept). */
static bool
check_list(struct str value)
{
	struct str item;

	if (value.n == 0)
		return true;
	while (sip_list_next(&value, &item))
		if (item.n == 0)
			return false;
	return true;
}

static bool
check_content_length(struct str value)
{
	uint32_t number;

	return str_to_u32(value, &number);
}

static bool
check_cseq(struct str value)
{
	struct sip_cseq cseq;

	return sip_cseq_parse(value, &cseq);
}

/* Headers with a parser of their own, and the flaw when it says no. */
static const struct {
	bool (*good)(struct str value);
	uint32_t flaw;
} checks[SIP_HEADER_COUNT] = {
	[SIP_HEADER_FROM] = { check_address, SIP_FLAW_FROM },
	[SIP_HEADER_TO] = { check_address, SIP_FLAW_TO },
	[SIP_HEADER_VIA] = { check_vias, SIP_FLAW_VIA },
	[SIP_HEADER_CSEQ] = { check_cseq, SIP_FLAW_CSEQ },
	[SIP_HEADER_CONTENT_LENGTH] = { check_content_length, SIP_FLAW_LENGTH_BAD },
	[SIP_HEADER_CONTACT] = { check_contacts, SIP_FLAW_VALUE },
	[SIP_HEADER_CONTENT_TYPE] = { check_type, SIP_FLAW_VALUE },
	[SIP_HEADER_EVENT] = { check_event, SIP_FLAW_VALUE },
	[SIP_HEADER_EXPIRES] = { check_seconds, SIP_FLAW_VALUE },
	[SIP_HEADER_FLOW_TIMER] = { check_number, SIP_FLAW_VALUE },
	[SIP_HEADER_MAX_FORWARDS] = { check_max_forwards, SIP_FLAW_VALUE },
	[SIP_HEADER_MIN_EXPIRES] = { check_seconds, SIP_FLAW_VALUE },
	[SIP_HEADER_MIN_SE] = { check_seconds, SIP_FLAW_VALUE },
	[SIP_HEADER_RACK] = { check_rack, SIP_FLAW_VALUE },
	[SIP_HEADER_REASON] = { check_reasons, SIP_FLAW_VALUE },
	[SIP_HEADER_RETRY_AFTER] = { check_seconds, SIP_FLAW_VALUE },
	[SIP_HEADER_RSEQ] = { check_number, SIP_FLAW_VALUE },
	[SIP_HEADER_SESSION_EXPIRES] = { check_seconds, SIP_FLAW_VALUE },
	[SIP_HEADER_SUBSCRIPTION_STATE] = { check_subscription, SIP_FLAW_VALUE },
	[SIP_HEADER_WARNING] = { check_warnings, SIP_FLAW_VALUE },
};

uint32_t
sip_check_header(unsigned id, struct str value)
{
	bool good = true;

	if (id == SIP_HEADER_OTHER || id >= SIP_HEADER_COUNT)
		return 0;
	value = str_trim(value);
	if (checks[id].good)
		return checks[id].good(value) ? 0 : checks[id].flaw;
	switch ((enum sip_header_kind)sip_header_defs[id].kind) {
	case SIP_KIND_ADDRESS:
		good = check_address(value);
		break;
	case SIP_KIND_ADDRESSES:
		good = check_addresses(value);
		break;
	case SIP_KIND_AUTH:
		good = check_auth(value);
		break;
	case SIP_KIND_URI:
		good = check_uris(value);
		break;
	case SIP_KIND_DATE:
		good = check_date(value);
		break;
	case SIP_KIND_LIST:
		good = check_list(value);
		break;
	case SIP_KIND_NUMBER:
	case SIP_KIND_TEXT:
	case SIP_KIND_VALUE:
	case SIP_KIND_VIA:
		break;
	}
	return good ? 0 : (uint32_t)SIP_FLAW_VALUE;
}

/* An attribute that does not parse is the SDP's own flaw: what it says of the
 * media still holds. */
static bool
sdp_is_good(struct str text)
{
	struct sdp sdp;

	sdp_parse(text, &sdp);
	return !(sdp.flaws & ~(uint32_t)SDP_FLAW_ATTRIBUTE);
}

static bool
body_is_good(struct str content_type, struct str body)
{
	struct sip_parts parts;
	struct sip_part part;
	struct sip_type type;

	if (body.n == 0)
		return true;
	if (sip_body_is_sdp(content_type, body))
		return sdp_is_good(body);
	sip_type_parse(content_type, &type);
	if (!str_eq_ci(type.type, STR("multipart")))
		return true;
	sip_parts_of(&type, body, &parts);
	if (parts.bad)
		return false;
	while (sip_part_next(&parts, &part)) {
		if (part.cut)
			return false;
		sip_type_parse(part.content_type, &type);
		if (sip_type_is(&type, STR("application"), STR("sdp")) &&
		    !sdp_is_good(part.body))
			return false;
	}
	return true;
}

uint32_t
sip_check(const struct sip_scan *scan, struct str message)
{
	struct str first[SIP_HEADER_COUNT] = { STR_NONE };
	uint32_t flaws = scan->flaws;
	struct sip_headers headers;
	struct sip_header header;
	struct sip_uri uri;

	if (scan->request &&
	    (!sip_uri_parse(scan->uri, &uri) || uri.headers.p))
		flaws |= SIP_FLAW_URI;
	sip_headers_of(message, &headers);
	while (sip_header_next(&headers, &header)) {
		if (headers.cut)
			break;		/* what is missing is not wrong */
		if (header.bad) {
			flaws |= SIP_FLAW_HEADER;
			continue;
		}
		flaws |= sip_check_header(header.id, header.value);
		if (str_chr(header.line, '\r') != SIZE_MAX) {
			/* A CR that no LF follows is no line end, and no text. */
			for (size_t i = 0; i < header.line.n; i++)
				if (header.line.p[i] == '\r' &&
				    (i + 1 == header.line.n || header.line.p[i + 1] != '\n'))
					flaws |= SIP_FLAW_LINE_END;
		}
		if (!sip_header_defs[header.id].once)
			continue;
		if (!first[header.id].p)
			first[header.id] = header.value;
		else if (!str_eq(first[header.id], header.value))
			flaws |= SIP_FLAW_DUPLICATE;
	}
	flaws |= headers.flaws;
	if (!(flaws & SIP_FLAW_LENGTH_LONG) && !body_is_good(scan->content_type, scan->body))
		flaws |= SIP_FLAW_BODY;
	return flaws;
}
