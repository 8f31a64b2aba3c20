/*
 * The messages of one call. A call is a caller, callees (one To-tag each) and
 * transactions hop by hop. A request from a host that has the same method
 * still to answer is a forwarded one: it keeps CSeq and tags and gets a Via on
 * top. Any other is new: from the caller it goes forward, from anybody else
 * backward, with From and To turned. A response answers the newest transaction
 * between the two hosts that has no final answer yet.
 */
#include "gen.h"

#include <stdarg.h>

/* An end of the dialog. */
struct sip_party {
	struct sip_party *next;
	const struct gen_host *host;
	struct str tag;
	struct str sdp;		/**< the last one it sent */
	uint32_t sdp_version;
};

struct sip_txn {
	struct sip_txn *next;
	struct sip_txn *upstream;	/**< the one it forwards */
	struct str method, uri, vias, branch;
	const struct gen_host *from, *to;
	struct sip_party *callee;	/**< whose tag its To has; NULL: none */
	struct sip_party *answered_by;	/**< of the last response */
	uint32_t cseq;
	int status;		/**< of the last response; 0: none */
	bool reverse;		/**< from the callee's side */
};

/* A message while it is put together. */
struct draft {
	struct gen *g;
	struct sip_call *call;
	const struct sip_step *step;
	struct sip_txn *txn;
	struct sip_party *local, *remote;	/**< From and To of a request */
	int status;		/**< 0: a request */
	struct buf start, headers, body;
	struct str body_type;
};

static const struct {
	int status;
	const char *phrase;
} phrases[] = {
	{ 100, "Trying" }, { 180, "Ringing" }, { 181, "Call Is Being Forwarded" },
	{ 182, "Queued" }, { 183, "Session Progress" }, { 199, "Early Dialog Terminated" },
	{ 200, "OK" }, { 202, "Accepted" }, { 204, "No Notification" },
	{ 300, "Multiple Choices" }, { 301, "Moved Permanently" },
	{ 302, "Moved Temporarily" }, { 305, "Use Proxy" },
	{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" },
	{ 404, "Not Found" }, { 405, "Method Not Allowed" }, { 406, "Not Acceptable" },
	{ 407, "Proxy Authentication Required" }, { 408, "Request Timeout" },
	{ 410, "Gone" }, { 415, "Unsupported Media Type" }, { 420, "Bad Extension" },
	{ 422, "Session Interval Too Small" }, { 423, "Interval Too Brief" },
	{ 480, "Temporarily Unavailable" }, { 481, "Call/Transaction Does Not Exist" },
	{ 482, "Loop Detected" }, { 483, "Too Many Hops" }, { 484, "Address Incomplete" },
	{ 486, "Busy Here" }, { 487, "Request Terminated" }, { 488, "Not Acceptable Here" },
	{ 489, "Bad Event" }, { 491, "Request Pending" }, { 500, "Server Internal Error" },
	{ 501, "Not Implemented" }, { 502, "Bad Gateway" }, { 503, "Service Unavailable" },
	{ 504, "Server Time-out" }, { 600, "Busy Everywhere" }, { 603, "Decline" },
	{ 604, "Does Not Exist Anywhere" }, { 606, "Not Acceptable" },
};

/* In a URI, in a Via. */
static const char *const transports[][2] = {
	[GEN_UDP] = { "udp", "UDP" }, [GEN_TCP] = { "tcp", "TCP" }, [GEN_WS] = { "ws", "WS" },
	[GEN_SCTP] = { "sctp", "SCTP" },
};

struct str
sip_uri_of(struct str s)
{
	size_t open = str_chr(s, '<'), close = str_chr(s, '>');

	if (open == SIZE_MAX || close == SIZE_MAX || close < open)
		return s;
	return str_sub(s, open + 1, close - open - 1);
}

static bool
is(struct str s, const char *word)
{
	return str_eq(s, str_of(word));
}

static bool
is_any(struct str s, const char *words)
{
	struct str rest = str_of(words), word;

	while (str_cut(&rest, ' ', &word))
		if (str_eq(word, s))
			return true;
	return false;
}

/* ---- what a call remembers ---- */

static struct sip_party *
party_of(struct draft *d, const struct gen_host *host)
{
	struct sip_call *call = d->call;
	struct sip_party *p;
	struct buf tag = BUF_INIT;

	for (p = call->parties; p; p = p->next)
		if (p->host == host)
			return p;
	p = arena_alloc(&d->g->arena, sizeof(*p));
	*p = (struct sip_party){ .next = call->parties, .host = host };
	call->parties = p;
	buf_printf(&tag, "%08x", (uint32_t)mix_str(mix_str(d->g->seed, call->call_id), host->name));
	p->tag = arena_str(&d->g->arena, buf_str(&tag));
	buf_release(&tag);
	return p;
}

/* The host called @p name, made up when the script has none (a second To-tag
 * of the same address, say). */
static const struct gen_host *
host_named(struct draft *d, struct str name)
{
	struct gen_host *h;

	for (struct sip_party *p = d->call->parties; p; p = p->next)
		if (str_eq(p->host->name, name))
			return p->host;
	h = arena_alloc(&d->g->arena, sizeof(*h));
	*h = *d->step->from;
	h->name = name;
	return h;
}

static struct sip_txn *
txn_new(struct draft *d, struct str method, const struct gen_host *from,
	const struct gen_host *to)
{
	struct sip_txn *t = arena_alloc(&d->g->arena, sizeof(*t));

	*t = (struct sip_txn){
		.next = d->call->txns, .method = method, .from = from, .to = to,
	};
	d->call->txns = t;
	return t;
}

/* The newest transaction of @p method (empty: any) that @p host has to answer
 * (and, with @p to_host, sent by that one). */
static struct sip_txn *
txn_open(const struct sip_call *call, struct str method, const struct gen_host *host,
	 const struct gen_host *from)
{
	for (struct sip_txn *t = call->txns; t; t = t->next)
		if (t->to == host && (!from || t->from == from) && t->status < 200 &&
		    (method.n == 0 || str_eq(t->method, method)))
			return t;
	return NULL;
}

static struct sip_txn *
txn_last(const struct sip_call *call, struct str method, const struct gen_host *from,
	 const struct gen_host *to)
{
	for (struct sip_txn *t = call->txns; t; t = t->next)
		if (t->from == from && t->to == to &&
		    (method.n == 0 || str_eq(t->method, method)))
			return t;
	return NULL;
}

/* ---- pieces of text ---- */

ATTR_PRINTF(3, 4)
static void
header(struct draft *d, const char *name, const char *fmt, ...)
{
	static const char *const compact[][2] = {
		{ "Via", "v" }, { "From", "f" }, { "To", "t" }, { "Call-ID", "i" },
		{ "Contact", "m" }, { "Content-Type", "c" }, { "Content-Length", "l" },
		{ "Supported", "k" }, { "Event", "o" }, { "Refer-To", "r" },
		{ "Allow-Events", "u" }, { "Subject", "s" }, { "Session-Expires", "x" },
	};
	char value[2048];
	va_list ap;

	for (size_t i = 0; d->step->compact && i < ARRAY_SIZE(compact); i++)
		if (strcmp(name, compact[i][0]) == 0)
			name = compact[i][1];
	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	buf_printf(&d->headers, "%s: %s\r\n", name, value);
}

static void
add_endpoint(struct buf *b, const struct gen_host *host)
{
	struct net_endpoint e = host->at;

	if (e.addr.family == NET_IP6 && e.port == 0)
		e.port = 5060;
	net_endpoint_add(b, &e);
}

/* "sip:user@192.0.2.1:5060" of one end. */
static struct str
contact_uri(struct draft *d, const struct sip_party *p)
{
	struct str name_addr = p == d->call->caller ? d->call->from : d->call->to;
	struct str uri = sip_uri_of(name_addr), user;
	struct buf b = BUF_INIT;
	struct str s;

	uri = str_skip(uri, str_chr(uri, ':') + 1);
	buf_add_cstr(&b, "sip:");
	if (str_chr(uri, '@') != SIZE_MAX && str_cut(&uri, '@', &user)) {
		buf_add_str(&b, user);
		buf_add_char(&b, '@');
	}
	add_endpoint(&b, p->host);
	if (d->call->transport != GEN_UDP)
		buf_printf(&b, ";transport=%s", transports[d->call->transport][0]);
	s = arena_str(&d->g->arena, buf_str(&b));
	buf_release(&b);
	return s;
}

static void
via_push(struct draft *d, struct sip_txn *t, struct str below)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s: SIP/2.0/%s ", d->step->compact ? "v" : "Via",
		   transports[d->call->transport][1]);
	add_endpoint(&b, t->from);
	buf_printf(&b, ";branch=z9hG4bK%.*s;rport\r\n", STR_ARG(t->branch));
	buf_add_str(&b, below);
	t->vias = arena_str(&d->g->arena, buf_str(&b));
	buf_release(&b);
}

static struct str
branch_new(struct draft *d)
{
	struct buf b = BUF_INIT;
	uint64_t h = mix(mix_str(d->g->seed, d->call->call_id), ++d->call->branches);
	struct str s;

	buf_printf(&b, "%012llx", (unsigned long long)(h >> 16));
	s = arena_str(&d->g->arena, buf_str(&b));
	buf_release(&b);
	return s;
}

/* ---- SDP ---- */

static const struct {
	const char *name;
	unsigned type;
	const char *map;
} sdp_codecs[] = {
	{ "pcmu", 0, "PCMU/8000" }, { "gsm", 3, "GSM/8000" }, { "g723", 4, "G723/8000" },
	{ "pcma", 8, "PCMA/8000" }, { "g722", 9, "G722/8000" }, { "g729", 18, "G729/8000" },
	{ "telephone-event", 101, "telephone-event/8000" }, { "opus", 111, "opus/48000/2" },
};

static void
sdp_media(struct buf *b, struct str codecs, unsigned port)
{
	struct buf maps = BUF_INIT;
	struct str rest = codecs, name;

	buf_printf(b, "m=audio %u RTP/AVP", port);
	while (str_cut(&rest, ',', &name))
		for (size_t i = 0; i < ARRAY_SIZE(sdp_codecs); i++) {
			if (!is(name, sdp_codecs[i].name))
				continue;
			buf_printf(b, " %u", sdp_codecs[i].type);
			buf_printf(&maps, "a=rtpmap:%u %s\r\n", sdp_codecs[i].type,
				   sdp_codecs[i].map);
		}
	buf_add_cstr(b, "\r\n");
	buf_add_str(b, buf_str(&maps));
	buf_release(&maps);
}

static void
add_sdp(struct draft *d, struct sip_party *p, bool fresh)
{
	const struct sip_step *s = d->step;
	struct buf b = BUF_INIT, addr = BUF_INIT;
	const char *family = p->host->at.addr.family == NET_IP6 ? "IP6" : "IP4";
	unsigned port = s->sdp_port ? s->sdp_port :
		4000 + (unsigned)(mix_str(d->g->seed, p->tag) % 8000) * 2;

	d->body_type = STR("application/sdp");
	if (p->sdp.n && !fresh && !s->codecs.n && !s->mode.n && !s->sdp_addr.n && !s->sdp_port) {
		buf_add_str(&d->body, p->sdp);
		return;
	}
	net_addr_add(&addr, &p->host->at.addr);
	buf_printf(&b, "v=0\r\no=- %u %u IN %s %s\r\ns=-\r\n",
		   (uint32_t)mix_str(d->g->seed, p->tag), ++p->sdp_version, family,
		   buf_cstr(&addr));
	if (s->sdp_addr.n)
		family = str_chr(s->sdp_addr, ':') != SIZE_MAX ? "IP6" : "IP4";
	buf_printf(&b, "c=IN %s %.*s\r\nt=0 0\r\n", family,
		   STR_ARG(s->sdp_addr.n ? s->sdp_addr : buf_str(&addr)));
	sdp_media(&b, s->codecs.n ? s->codecs : STR("pcma,telephone-event"), port);
	buf_printf(&b, "a=ptime:20\r\na=%.*s\r\n", STR_ARG(s->mode.n ? s->mode : STR("sendrecv")));
	p->sdp = arena_str(&d->g->arena, buf_str(&b));
	buf_add_str(&d->body, p->sdp);
	buf_release(&b);
	buf_release(&addr);
}

/* ---- requests ---- */

static uint32_t
next_cseq(struct draft *d, bool reverse)
{
	return d->step->cseq ? (d->call->cseq[reverse] = d->step->cseq)
			     : ++d->call->cseq[reverse];
}

/* The callee that a request is within a dialog with; NULL: with none. */
static struct sip_party *
request_callee(struct draft *d, struct sip_txn *t)
{
	struct sip_call *call = d->call;

	if (d->step->tag.n)
		return party_of(d, host_named(d, d->step->tag));
	if (t->upstream)
		return t->upstream->callee;
	if (is(t->method, "ACK") && t->answered_by)
		return t->answered_by;
	if (is_any(t->method, "CANCEL REGISTER OPTIONS MESSAGE PUBLISH"))
		return NULL;
	if (is_any(t->method, "INVITE SUBSCRIBE REFER"))
		return call->confirmed ? call->dialog : NULL;
	/* The capture began in the middle: there is a dialog all the same. */
	if (!call->dialog)
		call->dialog = party_of(d, t->reverse ? d->step->from : d->step->to);
	return call->dialog;
}

/* An ACK or CANCEL lives off its INVITE. @return false: like any request. */
static bool
request_of_invite(struct draft *d, struct sip_txn *t)
{
	struct sip_txn *invite = txn_last(d->call, STR("INVITE"), d->step->from, d->step->to);

	if (!invite)
		return false;
	if (is(t->method, "ACK") && invite->status < 300 && txn_open(d->call, STR("ACK"),
								      d->step->from, NULL))
		return false;
	t->cseq = d->step->cseq ? d->step->cseq : invite->cseq;
	t->reverse = invite->reverse;
	t->uri = invite->uri;
	t->branch = invite->branch;
	if (is(t->method, "ACK") && (invite->status < 300 || d->step->new_branch)) {
		t->branch = branch_new(d);
		t->uri = STR_NONE;
	}
	t->answered_by = is(t->method, "ACK") ? invite->answered_by : NULL;
	via_push(d, t, STR_NONE);
	return true;
}

static void
request_new(struct draft *d, struct sip_txn *t)
{
	struct sip_call *call = d->call;
	struct sip_txn *up = txn_open(call, t->method, d->step->from, NULL);

	t->branch = branch_new(d);
	if (up && up != t) {
		t->upstream = up;
		t->cseq = up->cseq;
		t->reverse = up->reverse;
		t->uri = up->uri;
		via_push(d, t, up->vias);
		return;
	}
	t->reverse = call->caller->host != d->step->from;
	t->cseq = is(t->method, "ACK") ? (d->step->cseq ? d->step->cseq : call->cseq[t->reverse]) :
		next_cseq(d, t->reverse);
	if (t->cseq == 0)
		t->cseq = call->cseq[t->reverse] = 1;
	via_push(d, t, STR_NONE);
}

static struct str
request_uri(struct draft *d, struct sip_party *target)
{
	struct str to = sip_uri_of(d->call->to);

	if (d->step->uri.n)
		return d->step->uri;
	if (d->txn->uri.n)
		return d->txn->uri;
	if (target)
		return contact_uri(d, target);
	if (is(d->txn->method, "REGISTER") && str_chr(to, '@') != SIZE_MAX) {
		struct buf b = BUF_INIT;

		buf_add_cstr(&b, "sip:");
		buf_add_str(&b, str_skip(to, str_chr(to, '@') + 1));
		to = arena_str(&d->g->arena, buf_str(&b));
		buf_release(&b);
	}
	return to;
}

static void
request_begin(struct draft *d)
{
	const struct sip_step *s = d->step;
	struct sip_call *call = d->call;
	struct sip_txn *t = txn_new(d, s->what, s->from, s->to);

	if (!call->caller)
		call->caller = party_of(d, s->from);
	if (!is_any(t->method, "ACK CANCEL") || !request_of_invite(d, t))
		request_new(d, t);
	struct sip_party *callee = t->callee = request_callee(d, t);
	d->txn = t;
	d->local = t->reverse ? callee : call->caller;
	d->remote = t->reverse ? call->caller : callee;
	t->uri = request_uri(d, d->remote);
	buf_printf(&d->start, "%.*s %.*s SIP/2.0\r\n", STR_ARG(t->method), STR_ARG(t->uri));
}

/* ---- responses ---- */

/* Whose To-tag: named, the dialog's, the relayed one's, or the host's own. */
static struct sip_party *
answering(struct draft *d, struct sip_txn *t)
{
	if (d->step->tag.n)
		return party_of(d, host_named(d, d->step->tag));
	if (t->callee)
		return t->callee;
	for (struct sip_txn *down = d->call->txns; down; down = down->next)
		if (down->upstream == t && down->answered_by && down->status == d->status)
			return down->answered_by;
	return party_of(d, d->step->from);
}

static struct sip_txn *
response_txn(struct draft *d)
{
	const struct sip_step *s = d->step;
	struct sip_txn *t = txn_open(d->call, s->for_method, s->from, s->to);

	if (!t)
		t = txn_last(d->call, s->for_method, s->to, s->from);
	if (t)
		return t;
	/* Its request was before the capture. */
	t = txn_new(d, s->for_method.n ? s->for_method : STR("INVITE"), s->to, s->from);
	if (!d->call->caller)
		d->call->caller = party_of(d, s->to);
	t->reverse = d->call->caller->host != s->to;
	t->branch = branch_new(d);
	t->cseq = next_cseq(d, t->reverse);
	if (!is_any(t->method, "INVITE REGISTER OPTIONS"))
		t->callee = request_callee(d, t);
	via_push(d, t, STR_NONE);
	return t;
}

/* What a response does to the dialog of the call. */
static void
dialog_answered(struct draft *d, struct sip_txn *t)
{
	struct sip_call *call = d->call;

	if (t->reverse || d->status == 100 || !is_any(t->method, "INVITE SUBSCRIBE REFER"))
		return;
	if (d->status < 300) {
		call->dialog = t->answered_by;
		call->confirmed |= d->status >= 200;
	} else if (!call->confirmed && t->from == call->caller->host) {
		call->dialog = NULL;
	}
}

static void
response_begin(struct draft *d)
{
	struct sip_txn *t = response_txn(d);
	struct sip_party *callee = NULL;
	struct str phrase = d->step->phrase;

	for (size_t i = 0; phrase.n == 0 && i < ARRAY_SIZE(phrases); i++)
		if (phrases[i].status == d->status)
			phrase = str_of(phrases[i].phrase);
	d->txn = t;
	if (d->status > 100) {
		callee = answering(d, t);
		t->answered_by = callee;
	}
	t->status = d->status;
	dialog_answered(d, t);
	d->local = t->reverse ? callee : d->call->caller;
	d->remote = t->reverse ? d->call->caller : callee;
	if (d->status == 100)
		d->remote = t->reverse ? d->call->caller : t->callee;
	if (!d->local)
		d->local = t->callee ? t->callee : party_of(d, t->from);
	buf_printf(&d->start, "SIP/2.0 %d %.*s\r\n", d->status, STR_ARG(phrase));
}

/* ---- the headers of both ---- */

static void
add_ends(struct draft *d)
{
	struct sip_call *call = d->call;
	bool reverse = d->txn->reverse;
	struct str from = reverse ? call->to : call->from, to = reverse ? call->from : call->to;
	struct str local = d->local ? d->local->tag : STR("0");

	header(d, "From", "%.*s;tag=%.*s", STR_ARG(from), STR_ARG(local));
	if (d->remote)
		header(d, "To", "%.*s;tag=%.*s", STR_ARG(to), STR_ARG(d->remote->tag));
	else
		header(d, "To", "%.*s", STR_ARG(to));
	header(d, "Call-ID", "%.*s", STR_ARG(call->call_id));
	header(d, "CSeq", "%u %.*s", d->txn->cseq, STR_ARG(d->txn->method));
}

/* The end that a message comes from, over all hops. */
static struct sip_party *
origin(struct draft *d)
{
	struct sip_party *p = d->status ? d->remote : d->local;

	return p ? p : party_of(d, d->step->from);
}

static void
add_contact(struct draft *d)
{
	struct str m = d->txn->method;
	struct sip_party *p = d->status ? origin(d) : d->local ? d->local : d->call->caller;

	if (d->status >= 300 || d->status == 100 || is_any(m, "ACK BYE CANCEL MESSAGE PRACK INFO"))
		return;
	if (is(m, "REGISTER")) {
		p = d->call->caller;
		header(d, "Contact", "<%.*s>;expires=%u", STR_ARG(contact_uri(d, p)),
		       d->step->has_expires ? d->step->expires : 3600);
		return;
	}
	header(d, "Contact", "<%.*s>", STR_ARG(contact_uri(d, p)));
}

static void
add_challenge(struct draft *d)
{
	bool proxy = d->status == 407;
	struct str realm = sip_uri_of(d->call->to);

	if (str_chr(realm, '@') != SIZE_MAX)
		realm = str_skip(realm, str_chr(realm, '@') + 1);
	header(d, proxy ? "Proxy-Authenticate" : "WWW-Authenticate",
	       "Digest realm=\"%.*s\", nonce=\"%016llx\", algorithm=MD5, qop=\"auth\"",
	       STR_ARG(realm), (unsigned long long)mix_str(d->g->seed, d->call->call_id));
	d->call->auth = proxy ? STR("Proxy-Authorization") : STR("Authorization");
	d->call->auth_method = d->txn->method;
}

static void
add_credentials(struct draft *d)
{
	struct str user = sip_uri_of(d->call->from), realm = sip_uri_of(d->call->to);
	uint64_t h = mix_str(d->g->seed, d->call->call_id);
	char name[32];

	if (!d->call->auth.n || !str_eq(d->call->auth_method, d->txn->method))
		return;
	user = str_skip(user, str_chr(user, ':') + 1);
	user = str_sub(user, 0, str_chr(user, '@'));
	if (str_chr(realm, '@') != SIZE_MAX)
		realm = str_skip(realm, str_chr(realm, '@') + 1);
	snprintf(name, sizeof(name), "%.*s", STR_ARG(d->call->auth));
	header(d, name, "Digest username=\"%.*s\", realm=\"%.*s\", nonce=\"%016llx\", "
	       "uri=\"%.*s\", response=\"%016llx%016llx\", algorithm=MD5, qop=auth, "
	       "nc=00000001, cnonce=\"%08x\"", STR_ARG(user), STR_ARG(realm),
	       (unsigned long long)h, STR_ARG(d->txn->uri), (unsigned long long)mix(h, 1),
	       (unsigned long long)mix(h, 2), (unsigned)mix(h, 3));
}

static void
add_event(struct draft *d)
{
	const struct sip_step *s = d->step;
	struct str m = d->txn->method;

	if (!d->status && is_any(m, "SUBSCRIBE NOTIFY PUBLISH"))
		header(d, "Event", "%.*s", STR_ARG(s->event.n ? s->event : STR("presence")));
	if (!d->status && is(m, "NOTIFY"))
		header(d, "Subscription-State", "%.*s",
		       STR_ARG(s->state.n ? s->state : STR("active;expires=3600")));
	if (d->status < 300 && is_any(m, "SUBSCRIBE PUBLISH"))
		header(d, "Expires", "%u", s->has_expires ? s->expires : 3600);
	else if (s->has_expires && !is(m, "REGISTER"))
		header(d, "Expires", "%u", s->expires);
	if (s->refer_to.n)
		header(d, "Refer-To", "<%.*s>", STR_ARG(s->refer_to));
}

static void
add_reliable(struct draft *d)
{
	if (d->status && d->step->reliable) {
		header(d, "Require", "100rel");
		header(d, "RSeq", "%u", ++d->call->rseq);
	} else if (!d->status && is(d->txn->method, "PRACK")) {
		const struct sip_txn *t = d->call->txns;

		while (t->next && !is(t->method, "INVITE"))
			t = t->next;
		header(d, "RAck", "%u %u INVITE", d->call->rseq ? d->call->rseq : 1, t->cseq);
	}
}

static void
add_headers(struct draft *d)
{
	buf_add_str(&d->headers, d->txn->vias);
	if (!d->status) {
		unsigned hops = 70;

		for (struct sip_txn *t = d->txn->upstream; t; t = t->upstream)
			hops--;
		header(d, "Max-Forwards", "%u", hops);
	}
	add_ends(d);
	add_contact(d);
	if (d->status == 401 || d->status == 407)
		add_challenge(d);
	else if (!d->status && !is_any(d->txn->method, "ACK CANCEL"))
		add_credentials(d);
	add_event(d);
	add_reliable(d);
	if (is_any(d->txn->method, "INVITE OPTIONS") && (!d->status || d->status == 200))
		header(d, "Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, REFER");
	if (d->status != 100)
		header(d, d->status ? "Server" : "User-Agent", "%.*s/1.0",
		       STR_ARG(origin(d)->host->name));
}

static void
apply_edit(struct buf *headers, const struct sip_edit *e)
{
	struct buf out = BUF_INIT;
	struct str rest = buf_str(headers), line;
	bool done = false;

	while (str_cut(&rest, '\n', &line) && (line.n || rest.p)) {
		struct str name = str_trim(str_sub(line, 0, str_chr(line, ':')));

		if (e->kind != '+' && str_eq_ci(name, e->name)) {
			if (e->kind == '=' && !done) {
				buf_add_str(&out, e->line);
				buf_add_cstr(&out, "\r\n");
			}
			done = true;
			continue;
		}
		buf_add_str(&out, line);
		buf_add_char(&out, '\n');
	}
	if (e->kind == '+' || (e->kind == '=' && !done)) {
		buf_add_str(&out, e->line);
		buf_add_cstr(&out, "\r\n");
	}
	buf_release(headers);
	*headers = out;
}

static void
finish(struct draft *d, struct buf *b)
{
	const struct sip_step *s = d->step;
	size_t at = b->n;

	if (s->start_line.n) {
		buf_clear(&d->start);
		buf_add_str(&d->start, s->start_line);
		buf_add_cstr(&d->start, "\r\n");
	}
	if (d->body_type.n)
		header(d, "Content-Type", "%.*s", STR_ARG(d->body_type));
	header(d, "Content-Length", "%zu", d->body.n);
	for (const struct sip_edit *e = s->edits; e; e = e->next)
		apply_edit(&d->headers, e);
	buf_add_str(b, buf_str(&d->start));
	buf_add_str(b, buf_str(&d->headers));
	buf_add_cstr(b, "\r\n");
	buf_add_str(b, buf_str(&d->body));
	if (s->lf) {
		size_t to = at;

		for (size_t i = at; i < b->n; i++)
			if (b->p[i] != '\r')
				b->p[to++] = b->p[i];
		b->n = to;
	}
	buf_release(&d->start);
	buf_release(&d->headers);
	buf_release(&d->body);
}

void
sip_message(struct gen *g, struct sip_call *call, const struct sip_step *step, struct buf *b)
{
	struct draft d = { .g = g, .call = call, .step = step };
	uint32_t status;

	if (str_to_u32(step->what, &status)) {
		d.status = (int)status;
		response_begin(&d);
	} else {
		request_begin(&d);
	}
	add_headers(&d);
	d.body_type = step->body_type;
	if (step->body.n)
		buf_add_str(&d.body, step->body);
	else if (step->sdp)
		add_sdp(&d, origin(&d), !d.status && !d.txn->upstream);
	finish(&d, b);
}
