/* Alerts in words (RFC 5246 section 7.2, RFC 8446 section 6). */
#include "transport/tls_int.h"

#define ALERTS_TEXT_MAX	512u

static const struct {
	uint8_t code;
	const char *text;
} alerts[] = {
	{ 0, "close notify" },
	{ 10, "unexpected message" },
	{ 20, "bad record mac" },
	{ 21, "decryption failed" },
	{ 22, "record overflow" },
	{ 30, "decompression failure" },
	{ 40, "handshake failure" },
	{ 41, "no certificate" },
	{ 42, "bad certificate" },
	{ 43, "unsupported certificate" },
	{ 44, "certificate revoked" },
	{ 45, "certificate expired" },
	{ 46, "certificate unknown" },
	{ 47, "illegal parameter" },
	{ 48, "unknown ca" },
	{ 49, "access denied" },
	{ 50, "decode error" },
	{ 51, "decrypt error" },
	{ 60, "export restriction" },
	{ 70, "protocol version" },
	{ 71, "insufficient security" },
	{ 80, "internal error" },
	{ 86, "inappropriate fallback" },
	{ 90, "user canceled" },
	{ 100, "no renegotiation" },
	{ 109, "missing extension" },
	{ 110, "unsupported extension" },
	{ 111, "certificate unobtainable" },
	{ 112, "unrecognized name" },
	{ 113, "bad certificate status response" },
	{ 114, "bad certificate hash value" },
	{ 115, "unknown psk identity" },
	{ 116, "certificate required" },
	{ 120, "no application protocol" },
};

static const char *
alert_text(uint8_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(alerts); i++)
		if (alerts[i].code == code)
			return alerts[i].text;
	return NULL;
}

void
tls_alert_note(struct tls *t, unsigned d, const char *what)
{
	struct buf *b = &t->info.alerts;

	t->info.alert_n++;
	if (b->n >= ALERTS_TEXT_MAX)
		return;
	buf_printf(b, "%s%s: %s", b->n > 0 ? "; " : "",
		   d == t->info.client ? "client" : "server", what);
}

bool
tls_alert_take(struct tls *t, unsigned d, struct str s, struct flow_event *ev)
{
	bool told = false;

	for (; s.n >= 2; s = str_skip(s, 2)) {
		uint8_t level = (uint8_t)s.p[0], code = (uint8_t)s.p[1];
		const char *text = alert_text(code);

		/* A connection that ends as it should is no alarm; but one that
		 * ends before it was made is. */
		if (code == 0 && t->info.stage >= TLS_STAGE_ENCRYPTED) {
			ev->kind = FLOW_END;
			told = true;
			continue;
		}
		snprintf(t->text, sizeof(t->text), "%s: ", level == 2 ? "fatal" : "warning");
		if (text)
			snprintf(t->text + strlen(t->text), sizeof(t->text) - strlen(t->text), "%s",
				 text);
		else
			snprintf(t->text + strlen(t->text), sizeof(t->text) - strlen(t->text),
				 "alert %u", code);
		tls_alert_note(t, d, t->text);
		ev->kind = FLOW_ALERT;
		ev->text = t->text;
		told = true;
	}
	if (s.n > 0)
		tls_flaw(t, TLS_FLAW_BIT_HANDSHAKE);
	return told;
}
