/*
 * A script is read line by line. What belongs to a step (its header changes
 * and its body) follows on lines of their own, so a step is sent when the next
 * one begins. Packets are gathered and written in order of time, a section of
 * the capture at once.
 */
#include "step.h"

#include <errno.h>
#include <netinet/in.h>

#include "base/mem.h"

#define INTERFACES	ARRAY_SIZE(((struct gen *)NULL)->stacks)

struct script {
	const char *path;
	struct gen gen;
	struct out out;
	struct out_config config;
	struct out_interface interfaces[16];
	size_t n_interfaces;
	bool begun;		/* a section has been written before */
	struct str comment;
	struct gen_host *hosts, *last_host;
	struct step_context context;
	int64_t start;		/* of the script */
	int64_t base, last;	/* of the call; of the last step */
	unsigned interface;	/* of the call */
	bool over_udp;		/* the same */
	struct step step;	/* not yet sent */
	bool has_step;
	struct sip_edit **edits_end;
	struct lex_line line;
	size_t number;		/* of the line, from 1 */
	size_t step_number;
	struct err *err;
};

static int
fail(struct script *s, size_t line, size_t column, const char *what)
{
	return err_set(s->err, "%s:%zu:%zu: %s", s->path, line, column, what);
}

/* ---- words ---- */

static struct lex_word *
word_next(struct script *s)
{
	return s->line.next < s->line.n ? &s->line.words[s->line.next++] : NULL;
}

static size_t
column_here(const struct script *s)
{
	size_t i = s->line.next < s->line.n ? s->line.next : s->line.n - 1;

	return s->line.words[i].column;
}

static bool
word_is(const struct lex_word *w, const char *text)
{
	return w && w->key.n == 0 && !w->quoted && str_eq(w->text, str_of(text));
}

static int
bad_word(struct script *s, const struct lex_word *w, const char *what)
{
	return fail(s, s->number, w ? w->column : column_here(s), what);
}

/* ---- hosts and interfaces ---- */

static struct gen_host *
host_find(struct script *s, struct str name)
{
	for (struct gen_host *h = s->hosts; h; h = h->next)
		if (str_eq(h->name, name))
			return h;
	return NULL;
}

static struct gen_host *
host_add(struct script *s, struct str name, struct net_endpoint at)
{
	struct gen_host *h = arena_alloc(&s->gen.arena, sizeof(*h));

	*h = (struct gen_host){ .name = name, .at = at };
	if (s->last_host)
		s->last_host->next = h;
	else
		s->hosts = h;
	s->last_host = h;
	return h;
}

/* A host by name, "name:port", or an endpoint itself. */
static const struct gen_host *
host_of(struct script *s, struct str text, struct net_endpoint *at)
{
	struct gen_host *h = host_find(s, text);
	size_t colon = str_chr(text, ':');
	uint32_t port;

	if (!h && colon != SIZE_MAX && str_to_u32(str_skip(text, colon + 1), &port) &&
	    port <= 65535) {
		h = host_find(s, str_sub(text, 0, colon));
		if (h) {
			*at = h->at;
			at->port = (uint16_t)port;
			return h;
		}
	}
	if (!h && net_endpoint_parse(text, at))
		h = host_add(s, text, *at);
	if (h)
		*at = h->at;
	return h;
}

static int
host_line(struct script *s)
{
	struct lex_word *name = word_next(s), *at = word_next(s), *more;
	struct net_endpoint e;
	struct gen_host *h;

	if (!name || !at)
		return bad_word(s, NULL, "host NAME ADDRESS:PORT [name=DNS]");
	if (!net_endpoint_parse(at->text, &e))
		return bad_word(s, at, "this is no address");
	h = host_add(s, name->text, e);
	while ((more = word_next(s))) {
		if (!str_eq(more->key, STR("name")))
			return bad_word(s, more, "a host has only name=DNS");
		h->dns = more->text;
	}
	return 0;
}

static int
outer_ends(struct script *s, struct stack *stack, const struct lex_word *w)
{
	struct str rest = w->text, part;

	for (int i = 0; i < 2; i++)
		if (!str_cut(&rest, ',', &part) || !net_addr_parse(part, &stack->outer[i]))
			return bad_word(s, w, "outer=ADDRESS,ADDRESS");
	return 0;
}

static int
layers_line(struct script *s, size_t index)
{
	struct stack *stack = &s->gen.stacks[index];
	struct out_interface *interface = &s->interfaces[index];
	struct lex_word *w;
	bool takes = false;
	uint32_t drops;
	const char *bad;

	*stack = (struct stack){ .big = s->config.big };
	while ((w = word_next(s))) {
		if (str_eq(w->key, STR("outer"))) {
			if (outer_ends(s, stack, w) != 0)
				return -1;
		} else if (str_eq(w->key, STR("drops"))) {
			if (!lex_number(w->text, &drops))
				return bad_word(s, w, "drops=NUMBER");
			interface->drops = drops;
			interface->has_drops = true;
		} else if (takes && ascii_hex(w->text.p[0]) >= 0 && stack_number(stack, w->text)) {
			takes = false;
		} else if (!stack_add(stack, w->text, &takes)) {
			return bad_word(s, w, "no such layer");
		}
	}
	bad = stack_finish(stack);
	if (bad)
		return bad_word(s, NULL, bad);
	interface->link = stack_link(stack);
	return 0;
}

static int
interface_line(struct script *s)
{
	struct lex_word *name = word_next(s);
	size_t i;

	if (!name)
		return bad_word(s, NULL, "interface NAME LAYERS...");
	for (i = 0; i < s->n_interfaces; i++)
		if (str_eq(s->interfaces[i].name, name->text))
			break;
	if (i == INTERFACES)
		return bad_word(s, name, "too many interfaces");
	if (i == s->n_interfaces)
		s->n_interfaces++;
	s->interfaces[i] = (struct out_interface){ .name = name->text };
	return layers_line(s, i);
}

static bool
interface_find(const struct script *s, struct str name, unsigned *index)
{
	for (size_t i = 0; i < s->n_interfaces; i++)
		if (str_eq(s->interfaces[i].name, name)) {
			*index = (unsigned)i;
			return true;
		}
	return false;
}

static int
link_line(struct script *s)
{
	if (s->n_interfaces == 0)
		s->n_interfaces = 1;
	return layers_line(s, 0);
}

/* ---- writing what was gathered ---- */

static int
by_time(const void *a, const void *b)
{
	const struct gen_packet *p = a, *q = b;

	if (p->out.time != q->out.time)
		return p->out.time < q->out.time ? -1 : 1;
	return p->order < q->order ? -1 : 1;
}

static void
write_names(struct script *s)
{
	struct out_name names[256];
	size_t n = 0;

	for (struct gen_host *h = s->hosts; h && n < ARRAY_SIZE(names); h = h->next)
		if (h->dns.n)
			names[n++] = (struct out_name){ h->at.addr, h->dns };
	out_names(&s->out, names, n);
}

static int
section_end(struct script *s)
{
	struct gen *g = &s->gen;
	int64_t end = s->start;

	if (s->config.format == OUT_PCAP && s->begun)
		return fail(s, s->number, 1, "only pcapng has sections");
	if (s->n_interfaces == 0)
		s->interfaces[s->n_interfaces++].link = stack_link(&g->stacks[0]);
	for (size_t i = 1; s->config.format == OUT_PCAP && i < s->n_interfaces; i++)
		if (s->interfaces[i].link != s->interfaces[0].link)
			return fail(s, s->number, 1, "a pcap has one link type: use pcapng");
	out_begin(&s->out, &s->config, s->interfaces, s->n_interfaces, s->comment);
	write_names(s);
	if (g->n_packets)
		qsort(g->packets, g->n_packets, sizeof(g->packets[0]), by_time);
	for (size_t i = 0; i < g->n_packets; i++)
		out_packet(&s->out, &g->packets[i].out);
	if (g->n_packets)
		end = g->packets[g->n_packets - 1].out.time;
	out_statistics(&s->out, s->interfaces, s->n_interfaces, end);
	g->n_packets = 0;
	s->context.sent = NULL;
	s->begun = true;
	return 0;
}

static int
tsresol(struct script *s, const struct lex_word *w)
{
	struct str text = w->text;
	bool binary = str_starts(text, STR("2^"));
	uint32_t v;

	if (!str_to_u32(str_skip(text, binary ? 2 : 0), &v) || v > (binary ? 40u : 12u))
		return bad_word(s, w, "tsresol=DIGITS or 2^BITS");
	s->config.tsresol = (uint8_t)(v | (binary ? 0x80 : 0));
	return 0;
}

static int
format_line(struct script *s)
{
	struct lex_word *w = word_next(s);
	uint32_t v;

	if (word_is(w, "pcapng"))
		s->config.format = OUT_PCAPNG;
	else if (word_is(w, "pcap"))
		s->config.format = OUT_PCAP;
	else
		return bad_word(s, w, "format pcap or pcapng");
	while ((w = word_next(s))) {
		if (word_is(w, "big") || word_is(w, "little"))
			s->config.big = w->text.p[0] == 'b';
		else if (word_is(w, "ns") || word_is(w, "us"))
			s->config.tsresol = w->text.p[0] == 'n' ? 9 : 6;
		else if (str_eq(w->key, STR("comment")))
			s->comment = w->text;
		else if (str_eq(w->key, STR("tsresol")) && s->config.format == OUT_PCAPNG) {
			if (tsresol(s, w) != 0)
				return -1;
		} else if (str_eq(w->key, STR("tsoffset")) && lex_number(w->text, &v))
			s->config.tsoffset_s = v;
		else if (str_eq(w->key, STR("snaplen")) && lex_number(w->text, &v))
			s->config.snaplen = v;
		else
			return bad_word(s, w, "no such option of a format");
	}
	return 0;
}

/* ---- calls ---- */

static bool
name_addr(struct script *s, struct str *out)
{
	struct lex_word *w = word_next(s);
	struct buf b = BUF_INIT;

	if (w && w->quoted) {
		buf_printf(&b, "\"%.*s\" ", STR_ARG(w->text));
		w = word_next(s);
	}
	if (w)
		buf_add_str(&b, w->text);
	*out = arena_str(&s->gen.arena, buf_str(&b));
	buf_release(&b);
	return w != NULL;
}

static bool
transport_find(struct str name, enum gen_transport *t)
{
	static const char *const names[] = {
		[GEN_UDP] = "udp", [GEN_TCP] = "tcp", [GEN_WS] = "ws", [GEN_SCTP] = "sctp",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(name, str_of(names[i]))) {
			*t = (enum gen_transport)i;
			return true;
		}
	return false;
}

static int
call_option(struct script *s, struct sip_call *call, const struct lex_word *w)
{
	int64_t at;

	if (word_is(w, "from") && name_addr(s, &call->from))
		return 0;
	if (word_is(w, "to") && name_addr(s, &call->to))
		return 0;
	if (str_eq(w->key, STR("at")) && lex_span(w->text, &at))
		s->base = s->start + at;
	else if (str_eq(w->key, STR("call-id")))
		call->call_id = w->text;
	else if (str_eq(w->key, STR("transport")) && transport_find(w->text, &call->transport))
		return 0;
	else if (word_is(w, "over-udp"))
		s->over_udp = true;
	else if (!str_eq(w->key, STR("interface")) ||
		 !interface_find(s, w->text, &s->interface))
		return bad_word(s, w, "call NAME from ... to ... [at=TIME] [call-id=ID] "
				"[transport=udp|tcp|ws|sctp] [over-udp] [interface=NAME]");
	return 0;
}

static int
call_line(struct script *s)
{
	struct sip_call *call = arena_alloc(&s->gen.arena, sizeof(*call));
	struct lex_word *w = word_next(s);
	struct buf id = BUF_INIT;

	if (!w)
		return bad_word(s, NULL, "call NAME from ... to ...");
	*call = (struct sip_call){
		.name = w->text, .from = STR("<sip:alice@example.com>"),
		.to = STR("<sip:bob@example.net>"),
	};
	buf_printf(&id, "%016llx@%.*s", (unsigned long long)mix_str(s->gen.seed, w->text),
		   STR_ARG(w->text));
	call->call_id = arena_str(&s->gen.arena, buf_str(&id));
	buf_release(&id);
	s->base = s->start;
	s->interface = 0;
	s->over_udp = false;
	while ((w = word_next(s)))
		if (call_option(s, call, w) != 0)
			return -1;
	s->last = s->base;
	s->context.call = call;
	return 0;
}

/* ---- who carries the packets to a collector ---- */

static int
carrier_option(struct script *s, const struct lex_word *w)
{
	struct hep_carrier *c = &s->context.carrier;

	if (word_is(w, "tcp"))
		c->tcp = true;
	else if (word_is(w, "compressed"))
		c->compressed = true;
	else if (str_eq(w->key, STR("name")))
		c->node_name = w->text;
	else if (str_eq(w->key, STR("password")))
		c->password = w->text;
	else if (!(str_eq(w->key, STR("node")) && lex_number(w->text, &c->node)) &&
		 !(str_eq(w->key, STR("delay")) && lex_span(w->text, &c->delay)))
		return bad_word(s, w, "carrier hep3|hep2|hep1 FROM -> TO [node=N] [name=TEXT] "
				"[password=TEXT] [delay=TIME] [tcp] [compressed]");
	return 0;
}

static int
carrier_line(struct script *s)
{
	struct hep_carrier *c = &s->context.carrier;
	struct lex_word *w = word_next(s), *from, *to;

	*c = (struct hep_carrier){ .delay = NS_PER_MS, .wire = { .ip_id = -1 } };
	if (word_is(w, "none"))
		return 0;
	if (!word_is(w, "hep1") && !word_is(w, "hep2") && !word_is(w, "hep3"))
		return bad_word(s, w, "carrier none, hep1, hep2 or hep3");
	c->version = (uint32_t)(w->text.p[3] - '0');
	from = word_next(s);
	if (!from || !host_of(s, from->text, &c->wire.from))
		return bad_word(s, from, "no such host");
	if (!word_is(word_next(s), "->"))
		return bad_word(s, NULL, "carrier VERSION FROM -> TO");
	to = word_next(s);
	if (!to || !host_of(s, to->text, &c->wire.to))
		return bad_word(s, to, "no such host");
	while ((w = word_next(s)))
		if (carrier_option(s, w) != 0)
			return -1;
	return 0;
}

/* ---- steps ---- */

static int
step_flush(struct script *s)
{
	const char *bad;

	if (!s->has_step)
		return 0;
	s->has_step = false;
	bad = step_send(&s->context, &s->step);
	buf_release(&s->step.body);
	return bad ? fail(s, s->step_number, 1, bad) : 0;
}

static bool
step_kind(struct script *s, const struct lex_word *w)
{
	static const struct {
		const char *name;
		enum step_kind kind;
	} kinds[] = {
		{ "raw", STEP_RAW }, { "udp", STEP_UDP }, { "ip", STEP_IP },
		{ "icmp", STEP_ICMP }, { "rtp", STEP_RTP },
		{ "dtmf", STEP_DTMF }, { "report", STEP_REPORT }, { "fin", STEP_FIN },
		{ "syn", STEP_SYN }, { "open", STEP_OPEN }, { "rst", STEP_RST },
		{ "ack", STEP_ACK }, { "probe", STEP_PROBE }, { "again", STEP_AGAIN },
		{ "ping", STEP_PING }, { "pong", STEP_PONG }, { "close", STEP_CLOSE },
		{ "bytes", STEP_BYTES }, { "log", STEP_LOG }, { "rtcp", STEP_RTCP },
		{ "hep", STEP_HEP },
	};

	s->step.kind = STEP_SIP;
	s->step.sip.what = w->text;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (word_is(w, kinds[i].name))
			s->step.kind = kinds[i].kind;
	return s->step.kind != STEP_SIP || s->context.call;
}

static int
step_ends(struct script *s, struct lex_word *from)
{
	struct lex_word *arrow = word_next(s), *to = word_next(s), *what = word_next(s);
	struct step *t = &s->step;

	if (!from || !word_is(arrow, "->") || !to || !what)
		return bad_word(s, arrow, "TIME FROM -> TO METHOD|STATUS|KIND ...");
	t->sip.from = host_of(s, from->text, &t->wire.from);
	if (!t->sip.from)
		return bad_word(s, from, "no such host");
	t->sip.to = host_of(s, to->text, &t->wire.to);
	if (!t->sip.to)
		return bad_word(s, to, "no such host");
	if (t->wire.from.addr.family != t->wire.to.addr.family)
		return bad_word(s, to, "IPv4 and IPv6 do not mix");
	if (!step_kind(s, what))
		return bad_word(s, what, "a message needs a call before it");
	return 0;
}

static int
step_words(struct script *s)
{
	struct step *t = &s->step;
	struct lex_word *w;
	const char *bad;

	while ((w = word_next(s))) {
		if (str_eq(w->key, STR("interface"))) {
			if (!interface_find(s, w->text, &t->wire.interface))
				return bad_word(s, w, "no such interface");
			continue;
		}
		bad = step_option(t, w);
		if (bad)
			return bad_word(s, w, bad);
	}
	return 0;
}

static int
step_line(struct script *s, const struct lex_word *when)
{
	bool relative = when->text.p[0] == '+';
	struct lex_word *w;
	int64_t span;

	if (!lex_span(str_skip(when->text, relative ? 1 : 0), &span))
		return bad_word(s, when, "this is no time; 20ms, 1.5s, +30us are");
	s->last = (relative ? s->last : s->base) + span;
	s->step = (struct step){
		.time = s->last,
		.wire = { .ip_id = -1, .interface = s->interface,
			  .over_udp = s->over_udp },
	};
	s->edits_end = &s->step.sip.edits;
	s->step_number = s->number;
	s->has_step = true;
	w = word_next(s);
	if (word_is(w, "repeat") || word_is(w, "duplicate"))
		s->step.kind = w->text.p[0] == 'r' ? STEP_REPEAT : STEP_DUPLICATE;
	else if (step_ends(s, w) != 0)
		return -1;
	return step_words(s);
}

/* Lines after a step: "+ Name: value", "= Name: value", "- Name",
 * "! start line", "> text of the body", ". bytes of the body". */
static int
detail_line(struct script *s, char kind, struct str rest, size_t column)
{
	struct step *t = &s->step;
	struct buf b = BUF_INIT;
	struct sip_edit *e;
	size_t colon;

	if (!s->has_step)
		return fail(s, s->number, column, "this line belongs to a step, and there is none");
	if (!lex_unescape(kind == '>' || kind == '.' ? &t->body : &b, rest)) {
		buf_release(&b);
		return fail(s, s->number, column,
			    "unknown escape; \\r \\n \\t \\0 \\xHH \\\\ are known");
	}
	if (kind == '>')
		buf_add_cstr(&t->body, "\r\n");
	if (kind == '>' || kind == '.')
		return 0;
	rest = arena_str(&s->gen.arena, buf_str(&b));
	buf_release(&b);
	if (kind == '!') {
		t->sip.start_line = rest;
		return 0;
	}
	colon = str_chr(rest, ':');
	if (kind == '=' && colon == SIZE_MAX)
		return fail(s, s->number, column, "= Name: value");
	e = arena_alloc(&s->gen.arena, sizeof(*e));
	*e = (struct sip_edit){
		.kind = kind, .line = rest, .name = str_trim(str_sub(rest, 0, colon)),
	};
	*s->edits_end = e;
	s->edits_end = &e->next;
	return 0;
}

/* ---- lines ---- */

static int
start_line(struct script *s)
{
	struct lex_word *w = word_next(s);

	if (!w || !lex_moment(w->text, &s->start))
		return bad_word(s, w, "start YYYY-MM-DDTHH:MM:SS[.FRACTION]Z");
	s->base = s->last = s->start;
	return 0;
}

static int
seed_line(struct script *s)
{
	struct lex_word *w = word_next(s);

	return w && str_to_u64(w->text, &s->gen.seed) ? 0 : bad_word(s, w, "seed NUMBER");
}

/* Without a link line there is one interface, Ethernet. */
static void
interfaces_clear(struct script *s)
{
	bool takes;

	s->n_interfaces = 0;
	memset(s->interfaces, 0, sizeof(s->interfaces));
	memset(s->gen.stacks, 0, sizeof(s->gen.stacks));
	stack_add(&s->gen.stacks[0], STR("ethernet"), &takes);
	stack_finish(&s->gen.stacks[0]);
}

static int
section_line(struct script *s)
{
	if (s->config.format != OUT_PCAPNG)
		return bad_word(s, NULL, "only pcapng has sections");
	if (section_end(s) != 0)
		return -1;
	interfaces_clear(s);
	s->interface = 0;
	return 0;
}

static const struct {
	const char *name;
	int (*read)(struct script *s);
} statements[] = {
	{ "call", call_line }, { "carrier", carrier_line }, { "format", format_line },
	{ "host", host_line }, { "interface", interface_line }, { "link", link_line },
	{ "section", section_line }, { "seed", seed_line }, { "start", start_line },
};

static int
line_read(struct script *s, struct str line)
{
	struct str text = str_trim(line);
	size_t column = text.n ? (size_t)(text.p - line.p) + 1 : 1;
	struct lex_word *w;
	size_t bad;

	if (text.n > 0 && memchr("+=-!>.", text.p[0], 6) &&
	    (text.n == 1 || ascii_is_blank(text.p[1]))) {
		/* Blanks at the end count: cut the line end only. */
		struct str whole = str_skip(line, column - 1);

		return detail_line(s, text.p[0], str_skip(whole, 2), column);
	}
	bad = lex_line(&s->line, line, &s->gen.arena);
	if (bad)
		return fail(s, s->number, bad, "this word does not end, or has an unknown escape");
	w = word_next(s);
	if (!w)
		return 0;
	if (step_flush(s) != 0)
		return -1;
	if (ascii_is_digit(w->text.p[0]) || w->text.p[0] == '+')
		return step_line(s, w);
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++)
		if (word_is(w, statements[i].name))
			return statements[i].read(s);
	return bad_word(s, w, "neither a time nor one of: call carrier format host interface link section "
			"seed start");
}

static int
read_all(const char *path, struct buf *b, struct err *err)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	size_t n;
	int bad = 0;

	if (!f)
		return err_set(err, "%s: %s", path, strerror(errno));
	while ((n = fread(buf_reserve(b, 65536), 1, 65536, f)) > 0)
		b->n += n;
	if (ferror(f))
		bad = err_set(err, "%s: %s", path, strerror(errno));
	if (f != stdin)
		fclose(f);
	return bad;
}

static int
lines_run(struct script *s, struct str text)
{
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		s->number++;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (line_read(s, line) != 0)
			return -1;
	}
	if (step_flush(s) != 0)
		return -1;
	if (s->context.waiting.n)
		return fail(s, s->number, 1, "a joined message has no message after it");
	return section_end(s);
}

int
script_run(const char *path, const char *output, bool list, struct err *err)
{
	struct script s = { .path = path, .err = err };
	struct buf text = BUF_INIT;
	int result = -1;

	s.gen.seed = 1;
	s.gen.next_ip_id = 1;
	s.context.gen = &s.gen;
	s.context.list = list;
	interfaces_clear(&s);
	s.config = (struct out_config){ .tsresol = 6, .snaplen = 262144 };
	s.start = s.base = s.last = INT64_C(1772442000) * NS_PER_S;	/* 2026-03-02T09:00Z */
	if (read_all(path, &text, err) == 0 && out_open(&s.out, output, err) == 0) {
		result = lines_run(&s, buf_str(&text));
		if (out_close(&s.out, result ? NULL : err) != 0)
			result = -1;
	}
	buf_release(&text);
	buf_release(&s.step.body);
	buf_release(&s.context.waiting);
	buf_release(&s.context.lines);
	gen_release(&s.gen);
	return result;
}
