#include "query/stream_fields.h"

#include "query/field_int.h"
#include "query/stream_told.h"

/* ---- who ---- */

static struct field_value
stream_get_call_id(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_text(item->call ? call_id(item->call) : STR_NONE);
}

static struct field_value
stream_get_source(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_endpoint(&item->stream->src);
}

static struct field_value
stream_get_destination(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_endpoint(&item->stream->dst);
}

static bool
is_rtp(const struct query_item *item)
{
	return item->stream->kind != STREAM_T38;
}

static struct field_value
stream_get_ssrc(struct query *q, const struct query_item *item)
{
	(void)q;
	return is_rtp(item) ? field_number(FIELD_HEX, item->stream->ssrc) :
	       field_absent(FIELD_HEX);
}

static struct field_value
stream_get_index(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_number(FIELD_COUNT, (int64_t)item->stream->index + 1);
}

static struct field_value
stream_get_kind(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_choice(stream_kind_name(item->stream->kind));
}

static struct field_value
stream_get_transport(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_choice(stream_carriage_name(item->stream->carriage));
}

static struct field_value
stream_get_orphan(struct query *q, const struct query_item *item)
{
	return field_bool(store_stream_call(q->store, item->stream) == CALL_NONE);
}

static struct field_value
stream_get_confidence(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_number(FIELD_COUNT, item->stream->confidence);
}

/* The link to the call that is asked with the stream, or the best one. */
static const struct stream_link *
link_of(const struct query *q, const struct query_item *item)
{
	const struct stream_link *link;
	uint32_t cursor = 0;

	while ((link = query_next_link(q, item->stream, &cursor)) != NULL)
		if (!item->call || link->call == item->call->index)
			break;
	return link;
}

static struct field_value
stream_get_linked_by(struct query *q, const struct query_item *item)
{
	const struct stream_link *link = link_of(q, item);

	return field_choice(link ? stream_how_name(link->how) : NULL);
}

static struct field_value
stream_get_side(struct query *q, const struct query_item *item)
{
	const struct stream_link *link = link_of(q, item);

	return field_choice(link ? call_side_name((enum call_side)link->side) : NULL);
}

static struct field_value
stream_get_calls(struct query *q, const struct query_item *item)
{
	uint32_t cursor = 0, n = 0;

	while (query_next_link(q, item->stream, &cursor))
		n++;
	return field_number(FIELD_COUNT, n);
}

static struct field_value
stream_get_reverse(struct query *q, const struct query_item *item)
{
	uint32_t reverse = store_stream_reverse(q->store, item->stream);

	return reverse == STREAM_NONE ? field_absent(FIELD_COUNT) :
	       field_number(FIELD_COUNT, (int64_t)reverse + 1);
}

static struct field_value
stream_get_frame(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_nonzero(FIELD_COUNT, (int64_t)stream_first_frame(item->stream));
}

static struct field_value
stream_get_vlan(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_nonzero(FIELD_COUNT, item->stream->vlan);
}

/* ---- what ---- */

/* Of events or noise alone where there is nothing else. */
static const struct stream_codec *
codec_of(const struct query_item *item)
{
	const struct stream *st = item->stream;
	const struct stream_codec *c = stream_codec(st);

	return c ? c : st->codec_n > 0 ? &st->codecs[0] : NULL;
}

static struct field_value
stream_get_payload_type(struct query *q, const struct query_item *item)
{
	const struct stream_codec *c = codec_of(item);

	(void)q;
	return c && is_rtp(item) ? field_number(FIELD_COUNT, c->payload_type) :
	       field_absent(FIELD_COUNT);
}

static struct str
codec_name(const struct stream_codec *c)
{
	return c && c->name ? str_of(c->name) : STR_NONE;
}

static struct field_value
stream_get_codec(struct query *q, const struct query_item *item)
{
	struct str name = codec_name(codec_of(item));

	(void)q;
	return field_text(name.n > 0 || is_rtp(item) ? name : STR("t38"));
}

static struct field_value
stream_get_clock_rate(struct query *q, const struct query_item *item)
{
	const struct stream_codec *c = codec_of(item);

	(void)q;
	return field_nonzero(FIELD_COUNT, c && is_rtp(item) ? c->clock_rate : 0);
}

static struct field_value
stream_get_ptime(struct query *q, const struct query_item *item)
{
	const struct stream_codec *c = codec_of(item);

	(void)q;
	return field_nonzero(FIELD_COUNT, c ? c->ptime_ms : 0);
}

static struct field_value
stream_get_codecs(struct query *q, const struct query_item *item)
{
	const struct stream *st = item->stream;

	buf_clear(&q->made);
	for (uint8_t i = 0; i < st->codec_n; i++)
		query_add_word(&q->made, codec_name(&st->codecs[i]));
	return field_words(buf_str(&q->made));
}

static struct field_value
stream_get_flaws(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_list(item->stream->flaws, field_rtp_flaw_name);
}

static struct field_value
stream_get_crypto(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_list(item->stream->crypto, stream_crypto_name);
}

static struct field_value
stream_get_dtmf(struct query *q, const struct query_item *item)
{
	const struct digit **list = NULL;
	size_t cap = 0, n = store_stream_digits(q->store, item->stream, &list, &cap);

	buf_clear(&q->made);
	for (size_t i = 0; i < n; i++)
		buf_add_cstr(&q->made, list[i]->text);
	free(list);
	return field_text(buf_str(&q->made));
}

/* ---- measured ---- */

#define FIGURE_COUNT(name, member) \
static struct field_value \
stream_get_##name(struct query *q, const struct query_item *item) \
{ \
	return field_number(FIELD_COUNT, (int64_t)query_figures(q, item->stream)->member); \
}

FIGURE_COUNT(packets, packets)
FIGURE_COUNT(bytes, bytes)
FIGURE_COUNT(expected, expected)
FIGURE_COUNT(lost, lost)
FIGURE_COUNT(duplicates, duplicates)
FIGURE_COUNT(out_of_order, out_of_order)
FIGURE_COUNT(late, late)
FIGURE_COUNT(markers, markers)
FIGURE_COUNT(timestamp_jumps, timestamp_jumps)
FIGURE_COUNT(gaps, gaps)
FIGURE_COUNT(segments, segments)
FIGURE_COUNT(bursts, bursts)

static struct field_value
stream_get_recovered(struct query *q, const struct query_item *item)
{
	(void)q;
	return item->stream->kind == STREAM_T38 ? field_number(FIELD_COUNT, item->stream->recovered)
		: field_absent(FIELD_COUNT);
}

static struct field_value
stream_get_lost_percent(struct query *q, const struct query_item *item)
{
	const struct meter_figures *f = query_figures(q, item->stream);

	return field_percent(f->expected > 0 ?
			     100.0 * (double)f->lost / (double)f->expected : NAN);
}

#define FIGURE_SPAN(name, member) \
static struct field_value \
stream_get_##name(struct query *q, const struct query_item *item) \
{ \
	return field_measured(query_figures(q, item->stream)->member); \
}

FIGURE_SPAN(min_delta, min_delta)
FIGURE_SPAN(mean_delta, mean_delta)
FIGURE_SPAN(max_delta, max_delta)
FIGURE_SPAN(min_jitter, min_jitter)
FIGURE_SPAN(mean_jitter, mean_jitter)
FIGURE_SPAN(max_jitter, max_jitter)
FIGURE_SPAN(interval, interval)

static struct field_value
burst_span(const struct meter_figures *f, int64_t span)
{
	return f->bursts > 0 ? field_measured(span) : field_absent(FIELD_SPAN);
}

static struct field_value
stream_get_burst_duration(struct query *q, const struct query_item *item)
{
	const struct meter_figures *f = query_figures(q, item->stream);

	return burst_span(f, f->burst_duration);
}

static struct field_value
stream_get_burst_density(struct query *q, const struct query_item *item)
{
	const struct meter_figures *f = query_figures(q, item->stream);

	return field_real(f->bursts > 0 ? f->burst_density : NAN, 4);
}

static struct field_value
stream_get_gap_density(struct query *q, const struct query_item *item)
{
	return field_real(query_figures(q, item->stream)->gap_density, 4);
}

static struct field_value
stream_get_burst_ratio(struct query *q, const struct query_item *item)
{
	const struct meter_figures *f = query_figures(q, item->stream);

	return field_real(f->lost + f->late > 0 && f->burst_ratio > 0 ? f->burst_ratio : NAN, 2);
}

static struct field_value
stream_get_start(struct query *q, const struct query_item *item)
{
	return field_time(FIELD_TIME, query_figures(q, item->stream)->start);
}

static struct field_value
stream_get_end(struct query *q, const struct query_item *item)
{
	return field_time(FIELD_TIME, query_figures(q, item->stream)->end);
}

static struct field_value
stream_get_duration(struct query *q, const struct query_item *item)
{
	const struct meter_figures *f = query_figures(q, item->stream);
	int64_t span;

	if (f->start == TIME_NONE || f->end == TIME_NONE ||
	    __builtin_sub_overflow(f->end, f->start, &span))
		return field_absent(FIELD_SPAN);
	return field_time(FIELD_SPAN, span);
}

/* ---- judged ---- */

static struct field_value
stream_get_mos(struct query *q, const struct query_item *item)
{
	const struct quality *quality = query_quality(q, item->stream);

	return field_real(quality->known ? quality->mos : NAN, 2);
}

static struct field_value
stream_get_r_factor(struct query *q, const struct query_item *item)
{
	const struct quality *quality = query_quality(q, item->stream);

	return field_real(quality->known ? quality->r_factor : NAN, 1);
}

static struct field_value
stream_get_delay(struct query *q, const struct query_item *item)
{
	const struct quality *quality = query_quality(q, item->stream);

	if (!quality->known)
		return field_absent(FIELD_SPAN);
	return field_measured(llround(quality->delay_ms * (double)NS_PER_MS));
}

static struct field_value
stream_get_delay_assumed(struct query *q, const struct query_item *item)
{
	const struct quality *quality = query_quality(q, item->stream);

	return quality->known ? field_bool(quality->delay_assumed) : field_absent(FIELD_BOOL);
}

static struct field_value
stream_get_quality(struct query *q, const struct query_item *item)
{
	uint8_t level = query_windows(q, item->stream)->level;
	struct field_value value = field_choice(quality_level_name((enum quality_level)level));

	/* The worst last. */
	value.place = (uint8_t)(level + 1);
	return value;
}

static struct field_value
stream_get_quality_since(struct query *q, const struct query_item *item)
{
	return field_time(FIELD_TIME, query_windows(q, item->stream)->since);
}

static struct field_value
stream_get_quality_duration(struct query *q, const struct query_item *item)
{
	const struct quality_windows *w = query_windows(q, item->stream);

	return w->since == TIME_NONE ? field_absent(FIELD_SPAN) : field_measured(w->duration);
}

static struct field_value
stream_get_quality_times(struct query *q, const struct query_item *item)
{
	return field_nonzero(FIELD_COUNT, query_windows(q, item->stream)->times);
}

static struct field_value
stream_get_worst_loss(struct query *q, const struct query_item *item)
{
	return field_percent(query_windows(q, item->stream)->worst_loss_percent);
}

static struct field_value
stream_get_worst_mos(struct query *q, const struct query_item *item)
{
	return field_real(query_windows(q, item->stream)->worst_mos, 2);
}

static struct field_value
stream_get_worst_at(struct query *q, const struct query_item *item)
{
	return field_time(FIELD_TIME, query_windows(q, item->stream)->worst_at);
}

/* ---- told by others ---- */

static struct field_value
stream_get_round_trip(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_measured(item->stream->round_trip);
}

static struct field_value
stream_get_reports(struct query *q, const struct query_item *item)
{
	return field_number(FIELD_COUNT, (int64_t)query_told(q, item)->reports);
}

static const char *
choice_report(unsigned int i)
{
	return i < REPORT_SOURCE_COUNT ? report_source_name((enum report_source)i) : NULL;
}

static struct field_value
stream_get_reported_by(struct query *q, const struct query_item *item)
{
	return field_list(query_told(q, item)->sources, choice_report);
}

static struct field_value
told_count(int64_t n)
{
	return n == REPORT_ABSENT ? field_absent(FIELD_COUNT) : field_number(FIELD_COUNT, n);
}

static struct field_value
stream_get_reported_packets(struct query *q, const struct query_item *item)
{
	return told_count(query_told(q, item)->last.packets);
}

static struct field_value
stream_get_reported_lost(struct query *q, const struct query_item *item)
{
	return told_count(query_told(q, item)->last.lost);
}

static struct field_value
stream_get_reported_lost_percent(struct query *q, const struct query_item *item)
{
	return field_percent(query_told(q, item)->last.lost_percent);
}

static struct field_value
stream_get_reported_jitter(struct query *q, const struct query_item *item)
{
	return field_measured(query_told(q, item)->last.jitter);
}

static struct field_value
stream_get_reported_mos(struct query *q, const struct query_item *item)
{
	const struct report *last = &query_told(q, item)->last;

	return field_real(isnan(last->mos_cq) ? last->mos_lq : last->mos_cq, 2);
}

static struct field_value
stream_get_reported_round_trip(struct query *q, const struct query_item *item)
{
	return field_measured(query_told(q, item)->last.round_trip);
}

/* ---- the table ---- */

static const char *
choice_kind(unsigned int i)
{
	return stream_kind_name(i);
}

static const char *
choice_transport(unsigned int i)
{
	return stream_carriage_name(i);
}

static const char *
choice_how(unsigned int i)
{
	return stream_how_name(i);
}

static const char *
choice_side(unsigned int i)
{
	return i < CALL_SIDE_CALLEE ? call_side_name((enum call_side)(i + 1)) : NULL;
}

static const char *
choice_crypto(unsigned int i)
{
	return stream_crypto_name(i);
}

static const char *
choice_quality(unsigned int i)
{
	return i < QUALITY_UNKNOWN ? quality_level_name((enum quality_level)i) : NULL;
}

const char *
field_rtp_flaw_name(unsigned int bit)
{
	return bit < RTP_FLAW_COUNT ? rtp_flaw_defs[bit].name : NULL;
}

static const char *
choice_flaw(unsigned int i)
{
	return field_rtp_flaw_name(i);
}

const struct field_def stream_field_defs[STREAM_FIELD_TOTAL] = {
#define ROW(id, name_, title_, kind_, unit_, width_, listed_, need_, get_, choice_, help_) \
	[STREAM_FIELD_##id] = { .name = name_, .title = title_, .unit = unit_, \
				.help = help_, .get = get_, .choice = choice_, \
				.kind = FIELD_##kind_, .need = FIELD_NEED_##need_, \
				.width = width_, .listed = FIELD_IS_##listed_ },
	STREAM_FIELDS(ROW)
#undef ROW
};
