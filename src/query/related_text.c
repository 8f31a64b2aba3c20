/* What a message says of other calls: Call-IDs it names, sessions it belongs to. */
#include "base/text.h"
#include "query/related_int.h"
#include "sip/address.h"
#include "sip/header.h"

#define CALL_ID_LEAST	4u	/* bytes of what can be a Call-ID */
#define UUID_DIGITS	32u	/* RFC 7989, RFC 7329: in hexadecimal */

static void
add(struct related_tokens *t, struct str text, enum related_reason reason, struct str header)
{
	if (t->n < RELATED_TOKENS_MAX && text.n > 0)
		t->list[t->n++] = (struct related_token){ text, (uint8_t)reason, header };
}

static void
add_call_id(struct related_tokens *t, struct str text, enum related_reason reason,
	    struct str header)
{
	text = str_trim(text);
	if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
		text = str_sub(text, 1, text.n - 2);
	if (text.n >= CALL_ID_LEAST && text.n <= CALL_TEXT_MAX)
		add(t, text, reason, header);
}

/* "call-id;to-tag=..;from-tag=..": Replaces, Join, Target-Dialog. */
static void
add_dialog(struct related_tokens *t, struct str value, enum related_reason reason)
{
	struct str id;

	if (str_cut(&value, ';', &id))
		add_call_id(t, id, reason, STR_NONE);
}

/* Hexadecimal digits, not all of them 0: those stand for "not known yet". */
static void
add_uuid(struct related_tokens *t, struct str text)
{
	bool some = false;

	text = str_trim(text);
	if (text.n != UUID_DIGITS)
		return;
	for (size_t i = 0; i < text.n; i++) {
		if (ascii_hex(text.p[i]) < 0)
			return;
		some |= text.p[i] != '0';
	}
	if (some)
		add(t, text, RELATED_SESSION_ID, STR_NONE);
}

static void
add_session(struct related_tokens *t, struct str value)
{
	struct str local, remote, params;
	size_t n = str_chr(value, ';');

	local = str_sub(value, 0, n);
	add_uuid(t, local);
	params = str_skip(value, local.n);
	if (sip_param_find(params, STR("remote"), &remote))
		add_uuid(t, remote);
}

/* P-Charging-Vector: icid-value=...;icid-generated-at=... */
static void
add_icid(struct related_tokens *t, struct str value)
{
	struct sip_param p;

	while (sip_param_next_by(&value, ';', &p))
		if (str_eq_ci(p.name, STR("icid-value")) && p.value.n >= 8)
			add(t, p.value, RELATED_ICID, STR_NONE);
}

/* The Replaces that a Refer-To asks for is escaped in its URI. */
static void
add_refer(struct related_tokens *t, struct str value)
{
	struct sip_address address;
	struct sip_uri uri;
	struct str name, inside;

	sip_address_parse(value, &address);
	sip_uri_parse(address.uri, &uri);
	t->refer_to = uri.user;
	while (sip_uri_header_next(&uri.headers, &name, &inside)) {
		size_t from = t->text.n;

		if (!str_eq_ci(name, STR("Replaces")) || t->text.n > 0)
			continue;
		/* Only once, as the buffer may move. */
		sip_unescape_add(&t->text, inside);
		add_dialog(t, str_skip(buf_str(&t->text), from), RELATED_REFER_TO);
	}
}

static void
add_list(struct related_tokens *t, struct str value, enum related_reason reason,
	 struct str header)
{
	struct str item;

	while (sip_list_next(&value, &item)) {
		/* Parameters do not belong to it, as in "abc@h;x=y". */
		item = str_sub(item, 0, str_chr(item, ';'));
		add_call_id(t, item, reason, header);
	}
}

static bool
is_wanted(struct str name, struct str headers)
{
	struct str one;

	while (str_cut(&headers, ',', &one))
		if (str_eq_ci(str_trim(one), name))
			return true;
	return false;
}

void
related_tokens_read(struct related_tokens *t, struct str message, struct str headers)
{
	struct sip_headers walk;
	struct sip_header h;

	t->n = 0;
	t->refer_to = STR_NONE;
	buf_clear(&t->text);
	sip_headers_of(message, &walk);
	while (sip_header_next(&walk, &h)) {
		if (h.bad)
			continue;
		switch (h.id) {
		case SIP_HEADER_REPLACES:
			add_dialog(t, h.value, RELATED_REPLACES);
			break;
		case SIP_HEADER_JOIN:
			add_dialog(t, h.value, RELATED_JOIN);
			break;
		case SIP_HEADER_TARGET_DIALOG:
			add_dialog(t, h.value, RELATED_TARGET_DIALOG);
			break;
		case SIP_HEADER_IN_REPLY_TO:
			add_list(t, h.value, RELATED_IN_REPLY_TO, STR_NONE);
			break;
		case SIP_HEADER_SESSION_ID:
			add_session(t, h.value);
			break;
		case SIP_HEADER_P_CHARGING_VECTOR:
			add_icid(t, h.value);
			break;
		case SIP_HEADER_REFER_TO:
			add_refer(t, h.value);
			break;
		default:
			break;
		}
		if (is_wanted(h.name, headers))
			add_list(t, h.value, RELATED_HEADER, h.name);
	}
}
