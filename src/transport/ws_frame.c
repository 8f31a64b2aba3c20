#include "transport/ws_int.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "transport/intake.h"

#define LOOK_TEXT	48u	/* bytes of text that are looked at */
#define LOOK_PACKED	512u	/* compressed bytes that are unpacked for it */
#define METHOD_MAX	32u
#define SCHEME_MAX	12u

#define WS_FLAW_NAME(id, name, ...) [WS_FLAW_BIT_##id] = name,
static const char *const flaw_names[WS_FLAW_COUNT] = { WS_FLAWS(WS_FLAW_NAME) };
#undef WS_FLAW_NAME

#define WS_FLAW_TEXT(id, name, text) [WS_FLAW_BIT_##id] = text,
static const char *const flaw_texts[WS_FLAW_COUNT] = { WS_FLAWS(WS_FLAW_TEXT) };
#undef WS_FLAW_TEXT

const char *
ws_flaw_name(enum ws_flaw_bit f)
{
	return flaw_names[f];
}

const char *
ws_flaw_text(enum ws_flaw_bit f)
{
	return flaw_texts[f];
}

const char *
ws_close_name(uint16_t code)
{
	switch (code) {
	case 1001:
		return "going away";
	case 1002:
		return "protocol error";
	case 1003:
		return "unsupported data";
	case 1007:
		return "invalid payload data";
	case 1008:
		return "policy violation";
	case 1009:
		return "message too big";
	case 1010:
		return "extension missing";
	case 1011:
		return "internal server error";
	}
	return NULL;
}

bool
ws_frame_read(struct str in, struct ws_frame *f)
{
	const uint8_t *p = (const uint8_t *)in.p;

	if (in.n < 2)
		return false;
	f->fin = p[0] & 0x80;
	f->rsv = p[0] >> 4 & 7;
	f->opcode = p[0] & 15;
	f->masked = p[1] & 0x80;
	f->length = p[1] & 0x7f;
	f->header = 2;
	memset(f->key, 0, sizeof(f->key));
	if (f->length == 126) {
		if (in.n < 4)
			return false;
		f->length = get_be16(p + 2);
		f->header = 4;
	} else if (f->length == 127) {
		if (in.n < 10)
			return false;
		f->length = get_be64(p + 2);
		f->header = 10;
	}
	if (f->masked) {
		if (in.n < f->header + 4)
			return false;
		memcpy(f->key, p + f->header, 4);
		f->header += 4;
	}
	return true;
}

bool
ws_frame_known(const struct ws_frame *f)
{
	switch (f->opcode) {
	case WS_OP_CONTINUE:
	case WS_OP_TEXT:
	case WS_OP_BINARY:
		return (f->rsv & ~WS_RSV1) == 0;
	case WS_OP_CLOSE:
	case WS_OP_PING:
	case WS_OP_PONG:
		return f->rsv == 0;
	}
	return false;
}

void
ws_unmask(char *to, const char *from, size_t n, const uint8_t key[4])
{
	uint64_t word, keys;
	size_t i = 0;

	memcpy(&keys, key, 4);
	memcpy((char *)&keys + 4, key, 4);
	for (; i + 8 <= n; i += 8) {
		memcpy(&word, from + i, 8);
		word ^= keys;
		memcpy(to + i, &word, 8);
	}
	for (; i < n; i++)
		to[i] = (char)((uint8_t)from[i] ^ key[i % 4]);
}

static bool
is_method_char(char c)
{
	return (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' || ascii_is_digit(c);
}

/* "INVITE sip:", where @whole says that no more text follows. */
static enum ws_look
request_look(struct str s, bool whole)
{
	enum ws_look more = whole ? WS_LOOK_NO : WS_LOOK_CUT;
	size_t at = 0, scheme;

	if (s.n == 0)
		return more;
	if (!ascii_is_alpha(s.p[0]))
		return WS_LOOK_NO;
	while (at < s.n && at < METHOD_MAX && is_method_char(s.p[at]))
		at++;
	if (at == s.n)
		return more;
	if (at < 2 || s.p[at] != ' ')
		return WS_LOOK_NO;
	scheme = ++at;
	while (at < s.n && at - scheme < SCHEME_MAX &&
	       (ascii_is_alpha(s.p[at]) || (at > scheme && ascii_is_digit(s.p[at]))))
		at++;
	if (at == s.n)
		return more;
	return at - scheme >= 2 && s.p[at] == ':' ? WS_LOOK_YES : WS_LOOK_NO;
}

static enum ws_look
text_look(struct str s, bool whole)
{
	static const struct str version = STR_INIT("SIP/2.0 ");
	size_t n = s.n;

	/* A keep-alive is all line ends (RFC 5626 section 3.5.1). */
	while (s.n > 0 && (s.p[0] == '\r' || s.p[0] == '\n'))
		s = str_skip(s, 1);
	if (s.n == 0 && whole)
		return n >= 2 && n <= 4 ? WS_LOOK_YES : WS_LOOK_NO;
	if (str_starts_ci(s, version))
		return WS_LOOK_YES;
	if (!whole && s.n < version.n && str_starts_ci(version, s))
		return WS_LOOK_CUT;
	return request_look(s, whole);
}

enum ws_look
ws_frame_look(struct str in)
{
	char text[LOOK_TEXT];
	enum ws_look look;
	struct ws_frame f;
	size_t n;

	if (in.n == 0)
		return WS_LOOK_CUT;
	if ((in.p[0] & 0x7f) != WS_OP_TEXT && (in.p[0] & 0x7f) != WS_OP_BINARY)
		return WS_LOOK_NO;
	if (!ws_frame_read(in, &f))
		return WS_LOOK_CUT;
	if (f.length < 2 || f.length > WS_MESSAGE_MAX)
		return WS_LOOK_NO;
	n = in.n - f.header;
	if (n > f.length)
		n = (size_t)f.length;
	if (n > sizeof(text))
		n = sizeof(text);
	ws_unmask(text, in.p + f.header, n, f.key);
	look = text_look((struct str){ text, n }, n == f.length);
	/* More than this is never looked at: to wait for it would be for ever. */
	return look == WS_LOOK_CUT && n == sizeof(text) ? WS_LOOK_NO : look;
}

bool
ws_frame_look_packed(struct str in)
{
	struct ws_inflate *inflate = NULL;
	struct buf out = BUF_INIT;
	char text[LOOK_PACKED];
	struct ws_frame f;
	bool yes = false;
	size_t n;

	if (!ws_frame_read(in, &f) || f.rsv != WS_RSV1 || f.length > WS_MESSAGE_MAX ||
	    (f.opcode != WS_OP_TEXT && f.opcode != WS_OP_BINARY))
		return false;
	n = in.n - f.header;
	if (n > f.length)
		n = (size_t)f.length;
	if (n > sizeof(text))
		n = sizeof(text);
	ws_unmask(text, in.p + f.header, n, f.key);
	if (ws_inflate_add(&inflate, (struct str){ text, n }, false, &out) == WS_INFLATE_OK)
		yes = out.n > 0 && text_look(buf_str(&out), false) != WS_LOOK_NO;
	ws_inflate_free(inflate);
	buf_release(&out);
	return yes;
}

bool
ws_frames_fill(struct str in, int masked)
{
	struct ws_frame f;

	if (in.n == 0)
		return false;
	while (in.n > 0) {
		if (!ws_frame_read(in, &f) || !ws_frame_known(&f) ||
		    f.length > in.n - f.header ||
		    (ws_frame_is_control(&f) && (!f.fin || f.length > 125)))
			return false;
		if (masked < 0)
			masked = f.masked;
		if (f.masked != (masked != 0))
			return false;
		in = str_skip(in, f.header + (size_t)f.length);
	}
	return true;
}

void
ws_stamps_add(struct stamp **stamps, size_t *n, size_t *cap, const struct stamp *list,
	      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct stamp *last = *n > 0 ? &(*stamps)[*n - 1] : NULL;

		if (last && last->frame == list[i].frame && last->source == list[i].source)
			continue;
		if (*n == INTAKE_STAMPS_MAX)
			--*n;
		ARRAY_GROW(*stamps, *cap, *n + 1);
		(*stamps)[(*n)++] = list[i];
	}
}

bool
ws_may_be_frames(struct str in)
{
	return in.n > 0 && (ws_frame_look(in) != WS_LOOK_NO || ws_frame_look_packed(in));
}
