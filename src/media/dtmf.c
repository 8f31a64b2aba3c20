#include "media/dtmf.h"

#include "base/bytes.h"

/* ---- events ---- */

static const char dtmf_digits[] = "0123456789*#ABCD!";

char
dtmf_digit(unsigned int event)
{
	return event < sizeof(dtmf_digits) - 1 ? dtmf_digits[event] : '\0';
}

unsigned int
dtmf_event_of(char digit)
{
	if (digit >= 'a' && digit <= 'd')
		digit = (char)(digit - 'a' + 'A');
	for (unsigned int i = 0; i < sizeof(dtmf_digits) - 1; i++)
		if (dtmf_digits[i] == digit)
			return i;
	return 255;
}

void
dtmf_events_of(struct str payload, struct dtmf_events *events)
{
	*events = (struct dtmf_events){ .rest = payload, .first = true, .open = true };
}

bool
dtmf_event_next(struct dtmf_events *events, struct dtmf_event *event)
{
	const uint8_t *p = (const uint8_t *)events->rest.p;

	if (!events->open || events->rest.n < 4)
		return false;
	*event = (struct dtmf_event){
		.event = p[0], .end = (p[1] & 0x80) != 0, .volume = p[1] & 0x3f,
		.duration = get_be16(p + 2), .offset = events->offset,
	};
	if (!events->first && event->duration == 0)
		return false;
	events->first = false;
	events->open = event->end && event->duration > 0;
	events->offset += event->duration;
	events->rest = str_skip(events->rest, 4);
	return true;
}

/* ---- redundancy ---- */

bool
red_blocks_of(struct str payload, struct red_blocks *blocks)
{
	size_t n = 0;

	while (n < payload.n && (payload.p[n] & 0x80))
		n += 4;
	if (n >= payload.n)
		return false;
	blocks->headers = str_sub(payload, 0, n + 1);
	blocks->data = str_skip(payload, n + 1);
	return true;
}

bool
red_block_next(struct red_blocks *blocks, struct red_block *block)
{
	const uint8_t *p = (const uint8_t *)blocks->headers.p;
	size_t n;

	if (blocks->headers.n == 0)
		return false;
	if (blocks->headers.n == 1) {
		*block = (struct red_block){ .payload_type = p[0] & 0x7f, .data = blocks->data };
		blocks->headers.n = 0;
		return true;
	}
	n = get_be16(p + 2) & 0x3ff;
	if (n > blocks->data.n)
		return false;
	*block = (struct red_block){
		.payload_type = p[0] & 0x7f, .offset = get_be16(p + 1) >> 2,
		.data = str_sub(blocks->data, 0, n),
	};
	blocks->headers = str_skip(blocks->headers, 4);
	blocks->data = str_skip(blocks->data, n);
	return true;
}

/* ---- bodies ---- */

enum dtmf_body
dtmf_body_of(struct str type, struct str subtype)
{
	static const struct str names[] = {
#define DTMF_BODY_NAME(id, name) STR_INIT(name),
		DTMF_BODIES(DTMF_BODY_NAME)
#undef DTMF_BODY_NAME
	};

	if (!str_eq_ci(type, STR("application")))
		return DTMF_BODY_COUNT;
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq_ci(subtype, names[i]))
			return (enum dtmf_body)i;
	return DTMF_BODY_COUNT;
}

static void
told_add(struct dtmf_told *told, unsigned int event)
{
	if (told->n < DTMF_TOLD_MAX)
		told->digits[told->n++] = dtmf_digit(event);
	else
		told->more = true;
}

/* All of @p digits, where each of them is one. */
static bool
told_add_all(struct dtmf_told *told, struct str digits)
{
	for (size_t i = 0; i < digits.n; i++)
		if (dtmf_event_of(digits.p[i]) == 255)
			return false;
	for (size_t i = 0; i < digits.n; i++)
		told_add(told, dtmf_event_of(digits.p[i]));
	return digits.n > 0;
}

/* "5", "*", and as some do, the number of the event: "10" for the star. */
static bool
signal_read(struct str s, struct dtmf_told *told)
{
	uint32_t number;

	if (s.n == 1 && dtmf_event_of(s.p[0]) != 255) {
		told_add(told, dtmf_event_of(s.p[0]));
		return true;
	}
	if (s.n < 2 || !str_to_u32(s, &number) || number > DTMF_FLASH)
		return false;
	told_add(told, number);
	return true;
}

/* The value of "@p name = value" where @p line is that. */
static bool
line_value(struct str line, struct str name, struct str *value)
{
	size_t at = str_chr(line, '=');

	if (at == SIZE_MAX || !str_eq_ci(str_trim(str_sub(line, 0, at)), name))
		return false;
	*value = str_trim(str_skip(line, at + 1));
	return true;
}

/* "Signal=5", "Duration=160" in ms; a line each, the first of each counts. */
static bool
relay_read(struct str body, struct dtmf_told *told)
{
	struct str line, value;
	uint32_t ms;

	while (str_cut(&body, '\n', &line)) {
		if (told->n == 0 && line_value(line, STR("Signal"), &value))
			signal_read(value, told);
		else if (told->duration == TIME_NONE &&
			 line_value(line, STR("Duration"), &value) && str_to_u32(value, &ms))
			told->duration = (int64_t)ms * NS_PER_MS;
	}
	return told->n > 0;
}

/* The digit alone: "5"; "D5" too. */
static bool
plain_read(struct str body, struct dtmf_told *told)
{
	struct str s = str_trim(body);

	if (str_chr(s, '=') != SIZE_MAX)
		return relay_read(s, told);
	if (signal_read(s, told))
		return true;
	if (s.n == 2 && (s.p[0] == 'D' || s.p[0] == 'd'))
		s = str_skip(s, 1);
	return told_add_all(told, s);
}

static bool
nortel_read(struct str body, struct dtmf_told *told)
{
	struct str line, value;

	while (told->n == 0 && str_cut(&body, '\n', &line))
		if (line_value(line, STR("d"), &value))
			told_add_all(told, value);
	return told->n > 0;
}

/* ---- XML, as much as KPML needs ---- */

static bool
xml_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Cut what is up to @p end, and that, off the front; all of it where there is none. */
static struct str
xml_cut(struct str *s, struct str end)
{
	size_t at = str_find_ci(*s, end);
	struct str before = str_sub(*s, 0, at);

	*s = at == SIZE_MAX ? STR_NONE : str_skip(*s, at + end.n);
	return before;
}

/* Cut a name off: up to a blank, '=', '/' or '>'. */
static struct str
xml_name(struct str *s)
{
	struct str name;
	size_t n = 0;

	while (n < s->n && !xml_is_blank(s->p[n]) && s->p[n] != '=' && s->p[n] != '/' &&
	       s->p[n] != '>')
		n++;
	name = str_sub(*s, 0, n);
	*s = str_skip(*s, n);
	return name;
}

static void
xml_skip_blanks(struct str *s)
{
	while (s->n > 0 && xml_is_blank(s->p[0]))
		*s = str_skip(*s, 1);
}

/* The next attribute of an element; false at its end, or where it is none. */
static bool
xml_attribute(struct str *s, struct str *name, struct str *value)
{
	size_t n;

	xml_skip_blanks(s);
	*name = xml_name(s);
	xml_skip_blanks(s);
	if (name->n == 0 || s->n == 0 || s->p[0] != '=')
		return false;
	*s = str_skip(*s, 1);
	xml_skip_blanks(s);
	if (s->n == 0 || (s->p[0] != '"' && s->p[0] != '\''))
		return false;
	n = str_chr(str_skip(*s, 1), s->p[0]);
	if (n == SIZE_MAX)
		return false;
	*value = str_sub(*s, 1, n);
	*s = str_skip(*s, n + 2);
	return true;
}

/* What was pressed, whatever became of the pattern; "R" is the recall key. */
static void
kpml_digits(struct str digits, struct dtmf_told *told)
{
	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];
		unsigned int event = c == 'R' || c == 'r' ? DTMF_FLASH : dtmf_event_of(c);

		if (event != 255)
			told_add(told, event);
	}
}

/* The attribute digits of the first element kpml-response, RFC 4730 section 5.3. */
static bool
kpml_read(struct str body, struct dtmf_told *told)
{
	struct str name, value;

	for (;;) {
		xml_cut(&body, STR("<"));
		if (body.n == 0)
			return false;
		if (str_starts(body, STR("!--"))) {
			xml_cut(&body, STR("-->"));
			continue;
		}
		name = xml_name(&body);
		if (str_chr(name, ':') != SIZE_MAX)
			name = str_skip(name, str_chr(name, ':') + 1);
		if (str_eq(name, STR("kpml-response")))
			break;
	}
	while (xml_attribute(&body, &name, &value)) {
		if (!str_eq(name, STR("digits")))
			continue;
		kpml_digits(value, told);
		break;
	}
	return told->n > 0;
}

bool
dtmf_body_read(enum dtmf_body kind, struct str body, struct dtmf_told *told)
{
	*told = (struct dtmf_told){ .duration = TIME_NONE };
	switch (kind) {
	case DTMF_BODY_RELAY:
		return relay_read(body, told);
	case DTMF_BODY_PLAIN:
		return plain_read(body, told);
	case DTMF_BODY_NORTEL:
		return nortel_read(body, told);
	case DTMF_BODY_KPML:
		return kpml_read(body, told);
	case DTMF_BODY_COUNT:
		break;
	}
	return false;
}
