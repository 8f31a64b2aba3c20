/* RTP, RTCP and telephone events of scripts. */
#include "step.h"

static const struct {
	struct str name;
	unsigned type;
	uint32_t clock;		/* Hz, of the timestamp */
	unsigned bytes_10ms;
} codecs[] = {
	{ STR_INIT("pcmu"), 0, 8000, 80 }, { STR_INIT("gsm"), 3, 8000, 17 },
	{ STR_INIT("pcma"), 8, 8000, 80 }, { STR_INIT("g722"), 9, 8000, 80 },
	{ STR_INIT("g729"), 18, 8000, 10 }, { STR_INIT("opus"), 111, 48000, 40 },
};

static bool
has(const struct pieces *p, uint32_t i)
{
	for (size_t k = 0; k < p->n; k++)
		if (p->at[k] == i)
			return true;
	return false;
}

static void
put_header(struct buf *b, const struct step *s, unsigned type, bool marker, uint32_t seq,
	   uint32_t timestamp)
{
	buf_clear(b);
	put_8(b, 0x80);
	put_8(b, type | (marker ? 0x80 : 0));
	put_be16(b, seq);
	put_be32(b, timestamp);
	put_be32(b, s->rtp.ssrc);
}

/* A packet, and its copy with the same IP identification. */
static void
send_packet(struct gen *g, const struct step *s, int64_t time, const struct buf *b)
{
	struct wire w = s->wire;

	w.drop.n = 0;
	if (w.ip_id < 0)
		w.ip_id = g->next_ip_id++;
	wire_udp(g, time, &w, b->p, b->n);
	if (s->rtp.copies)
		wire_udp(g, time + s->rtp.copies, &w, b->p, b->n);
}

const char *
media_rtp(struct gen *g, const struct step *s)
{
	const struct rtp *r = &s->rtp;
	int64_t ptime = r->ptime ? r->ptime : 20 * NS_PER_MS;
	size_t k = 0;
	uint32_t count;
	struct buf b = BUF_INIT;

	while (r->codec.n && k < ARRAY_SIZE(codecs) && !str_eq(codecs[k].name, r->codec))
		k++;
	if (k == ARRAY_SIZE(codecs))
		return "rtp: no such codec";
	count = (uint32_t)((r->length ? r->length : NS_PER_S) / ptime);
	if (count > 100000)
		return "rtp: too long";
	for (uint32_t i = 0; i < count; i++) {
		uint64_t h = mix(r->ssrc, i);
		int64_t late = r->jitter ? (int64_t)(h % (uint64_t)r->jitter) : 0;

		if ((r->lose && i % r->lose == r->lose - 1) || has(&s->wire.drop, i))
			continue;
		if (has(&r->swap, i))
			late += ptime + NS_PER_MS;
		put_header(&b, s, r->has_type ? r->type : codecs[k].type, i == 0, r->seq + i,
			   r->timestamp + (uint32_t)(ptime * i / NS_PER_US * codecs[k].clock /
						     1000000));
		buf_add_chars(&b, '\x55', (size_t)(ptime / (10 * NS_PER_MS)) *
			      codecs[k].bytes_10ms);
		send_packet(g, s, s->time + i * ptime + late, &b);
	}
	buf_release(&b);
	return NULL;
}

/* RFC 4733: a packet every 20 ms, the last one three times. */
const char *
media_dtmf(struct gen *g, const struct step *s)
{
	static const struct str names = STR_INIT("0123456789*#ABCD!");
	const struct rtp *r = &s->rtp;
	int64_t length = r->length ? r->length : 100 * NS_PER_MS, time = s->time;
	int64_t gap = r->gap ? r->gap : 100 * NS_PER_MS;
	uint32_t seq = r->seq, turns = (uint32_t)(length / (20 * NS_PER_MS));
	struct buf b = BUF_INIT;

	if (turns == 0 || turns > 400)
		return "dtmf: digits of 20ms to 8s";
	for (size_t i = 0; i < r->digits.n; i++, time += length + gap) {
		size_t event = str_chr(names, r->digits.p[i]);

		if (event >= names.n)
			return "dtmf: digits=0-9*#ABCD!";
		for (uint32_t k = 1; k <= turns + 2; k++) {
			uint32_t at = k < turns ? k : turns;

			put_header(&b, s, r->has_type ? r->type : 101, k == 1, seq++,
				   r->timestamp + (uint32_t)((time - s->time) / NS_PER_US / 125));
			put_8(&b, (unsigned)event);
			put_8(&b, (k >= turns ? 0x80 : 0) | (r->volume ? r->volume & 63 : 10));
			put_be16(&b, at * 160);
			send_packet(g, s, time + (at - 1) * 20 * NS_PER_MS +
				    (k > turns ? (k - turns) * NS_PER_MS : 0), &b);
		}
	}
	buf_release(&b);
	return NULL;
}

/* NTP, 32.32 bits. */
static uint64_t
ntp_of(int64_t time)
{
	uint64_t s = (uint64_t)(time / NS_PER_S) + 2208988800u;

	return s << 32 | ((uint64_t)(time % NS_PER_S) << 32) / (uint64_t)NS_PER_S;
}

/* A sender report, whose clock is that of the capture, with one report block or none, and
 * a description of the source. */
const char *
media_report(struct gen *g, const struct step *s)
{
	const struct rtcp_report *r = &s->report;
	struct buf b = BUF_INIT;
	uint64_t now = ntp_of(s->time);

	put_8(&b, 0x80 | (r->about ? 1 : 0));
	put_8(&b, 200);
	put_be16(&b, r->about ? 12 : 6);
	put_be32(&b, s->rtp.ssrc);
	put_be32(&b, (uint32_t)(now >> 32));
	put_be32(&b, (uint32_t)now);
	put_be32(&b, s->rtp.timestamp);
	put_be32(&b, s->rtp.seq);
	put_be32(&b, s->rtp.seq * 160);
	if (r->about) {
		put_be32(&b, r->about);
		put_be32(&b, r->fraction << 24 | (r->missing & 0xffffff));
		put_be32(&b, r->highest);
		put_be32(&b, r->jitter);
		put_be32(&b, r->ago ? (uint32_t)(ntp_of(s->time - r->ago) >> 16) : 0);
		put_be32(&b, (uint32_t)(r->held * 65536 / NS_PER_S));
	}
	buf_add_str(&b, (struct str){ "\x81\xca\0\3", 4 });
	put_be32(&b, s->rtp.ssrc);
	buf_add_str(&b, (struct str){ "\1\4rung\0\0", 8 });
	send_packet(g, s, s->time, &b);
	buf_release(&b);
	return NULL;
}
