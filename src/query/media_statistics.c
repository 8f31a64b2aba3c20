#include "query/media_statistics.h"

#define STREAMS_AT_ONCE	256u
#define PACKETS_LEAST	QUALITY_PACKETS_LEAST	/* expected, of which a part tells anything */

#define NAME_OF(id, value, name) name,
#define VALUE_OF(id, value, name) value,
const char *const media_loss_names[] = { MEDIA_LOSS_BANDS(NAME_OF) };
const char *const media_jitter_names[] = { MEDIA_JITTER_BANDS(NAME_OF) };
const char *const media_mos_names[] = { MEDIA_MOS_BANDS(NAME_OF) };
static const double loss_limits[] = { MEDIA_LOSS_BANDS(VALUE_OF) };
static const double jitter_limits[] = { MEDIA_JITTER_BANDS(VALUE_OF) };
/* Of R. */
static const double mos_limits[] = { MEDIA_MOS_BANDS(VALUE_OF) };
#undef NAME_OF
#undef VALUE_OF

void
media_statistics_init(struct media_statistics *s, struct query *q,
		      bool (*takes)(void *ctx, uint32_t call), void *ctx)
{
	*s = (struct media_statistics){ .query = q, .takes = takes, .ctx = ctx };
}

void
media_statistics_look(struct media_statistics *s)
{
	if (s->looking)
		return;
	s->looking = true;
	s->looked = store_first_stream(s->query->store);
	s->next = (struct media_counts){ 0 };
}

/* Whether a stream is of a call that is of interest. */
static bool
is_taken(const struct media_statistics *s, const struct stream *st)
{
	const struct stream_link *link;
	uint32_t cursor = 0;

	if (!s->takes)
		return true;
	while ((link = query_next_link(s->query, st, &cursor)))
		if (s->takes(s->ctx, link->call))
			return true;
	return false;
}

static void
count_codec(struct media_counts *c, const struct stream *st)
{
	const struct stream_codec *codec = stream_codec(st);
	struct str name = st->kind == STREAM_T38 ? STR("T.38") :
			  codec && codec->name ? str_of(codec->name) : STR("");
	uint32_t i = 0;

	name = str_sub(name, 0, MEDIA_CODEC_BYTES);
	while (i < c->codec_n && !str_eq_ci(str_of(c->codecs[i].name), name))
		i++;
	if (i == MEDIA_CODECS_MAX) {
		c->codecs_cut = true;
		i--;
	} else if (i == c->codec_n) {
		memcpy(c->codecs[i].name, name.p, name.n);
		c->codec_n++;
	}
	c->codecs[i].streams++;
}

/* The first band that @p value is not above. */
static size_t
band_up_to(double value, const double *limits)
{
	size_t i = 0;

	while (value > limits[i])
		i++;
	return i;
}

static void
count_bands(struct media_counts *c, const struct meter_figures *f, const struct quality *q)
{
	size_t i = 0;

	if (f->expected > 0)
		c->loss[band_up_to(100.0 * (double)f->lost / (double)f->expected, loss_limits)]++;
	else
		c->no_loss++;
	if (f->mean_jitter != TIME_NONE)
		c->jitter[band_up_to((double)f->mean_jitter / NS_PER_MS, jitter_limits)]++;
	else
		c->no_jitter++;
	if (!q->known) {
		c->no_mos++;
		return;
	}
	while (q->r_factor < mos_limits[i])
		i++;
	c->mos[i]++;
}

/* Keep it where it is among the worst. */
static void
note_worst(struct media_counts *c, struct media_worst w)
{
	size_t at = c->worst_n;

	while (at > 0 && (c->worst[at - 1].bad_percent < w.bad_percent ||
			  (c->worst[at - 1].bad_percent <= w.bad_percent &&
			   c->worst[at - 1].jitter_ms < w.jitter_ms)))
		at--;
	if (at == MEDIA_WORST_MAX)
		return;
	if (c->worst_n < MEDIA_WORST_MAX)
		c->worst_n++;
	memmove(c->worst + at + 1, c->worst + at, (c->worst_n - at - 1) * sizeof(*c->worst));
	c->worst[at] = w;
}

static void
look_at(struct media_statistics *s, uint32_t i)
{
	const struct stream *st = store_stream(s->query->store, i);
	struct media_counts *c = &s->next;
	const struct meter_figures *f;
	struct media_worst w = { .stream = i, .jitter_ms = -1 };

	if (!st || !is_taken(s, st))
		return;
	f = query_figures(s->query, st);
	c->streams++;
	c->orphans += store_stream_call(s->query->store, st) == CALL_NONE;
	c->fax += st->kind == STREAM_T38;
	c->secure += st->kind == STREAM_SRTP;
	c->packets += f->packets;
	c->expected += f->expected;
	c->lost += f->lost;
	c->late += f->late;
	c->duplicates += f->duplicates;
	c->bytes += f->bytes;
	count_codec(c, st);
	count_bands(c, f, query_quality(s->query, st));
	if (f->expected < PACKETS_LEAST || f->lost + f->late == 0)
		return;
	w.bad_percent = 100.0 * (double)(f->lost + f->late) / (double)f->expected;
	if (f->mean_jitter != TIME_NONE)
		w.jitter_ms = (double)f->mean_jitter / NS_PER_MS;
	note_worst(c, w);
}

static int
codec_compare(const void *a, const void *b)
{
	const struct media_codec_count *x = a, *y = b;

	if (x->streams != y->streams)
		return x->streams < y->streams ? 1 : -1;
	return strcmp(x->name, y->name);
}

bool
media_statistics_step(struct media_statistics *s)
{
	uint32_t count = store_stream_count(s->query->store);

	if (!s->looking)
		return false;
	for (uint32_t n = 0; n < STREAMS_AT_ONCE && s->looked < count; n++) {
		if (!store_stream_is_gone(s->query->store, s->looked))
			look_at(s, s->looked);
		s->looked++;
	}
	if (s->looked < count)
		return true;
	s->looking = false;
	/* What stands for more stays the last. */
	qsort(s->next.codecs, s->next.codec_n - s->next.codecs_cut, sizeof(*s->next.codecs),
	      codec_compare);
	s->counts = s->next;
	s->version++;
	return false;
}
