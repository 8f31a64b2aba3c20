#include "views/stats_rows.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/mem.h"
#include "sip/status.h"
#include "views/parts.h"

void
stats_rows_release(struct stats_rows *rows)
{
	free(rows->list);
	*rows = (struct stats_rows){ 0 };
}

static void
rows_begin(struct stats_rows *rows, uint64_t whole)
{
	rows->n = 0;
	rows->most = 0;
	rows->whole = whole;
}

static struct stats_row *
row_add(struct stats_rows *rows, enum role role, uint64_t n)
{
	ARRAY_GROW(rows->list, rows->cap, rows->n + 1);
	rows->list[rows->n] = (struct stats_row){ .role = role, .n = n };
	if (n > rows->most)
		rows->most = n;
	return &rows->list[rows->n++];
}

ATTR_PRINTF(4, 5)
static void
row_say(struct stats_rows *rows, enum role role, uint64_t n, const char *fmt, ...)
{
	struct stats_row *row = row_add(rows, role, n);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(row->label, sizeof(row->label), fmt, ap);
	va_end(ap);
}

static int
row_compare(const void *a, const void *b)
{
	const struct stats_row *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->label, y->label);
}

/* The most first. */
static void
rows_sort(struct stats_rows *rows)
{
	if (rows->n > 1)
		qsort(rows->list, rows->n, sizeof(*rows->list), row_compare);
}

void
stats_rows_methods(struct stats_rows *rows, const struct statistics *s, const struct store *store)
{
	rows_begin(rows, s->requests);
	for (size_t i = 0; i < ARRAY_SIZE(s->methods); i++) {
		struct str name = store_method_name(store, (uint8_t)i);

		if (s->methods[i] > 0)
			row_say(rows, ROLE_REQUEST, s->methods[i], "%.*s",
				STR_ARG(name.n ? name : STR("(none)")));
	}
	rows_sort(rows);
}

/* Classes, and the codes of each below it. */
void
stats_rows_codes(struct stats_rows *rows, const struct statistics *s)
{
	rows_begin(rows, s->responses);
	for (unsigned int class = 0; class * 100 < ARRAY_SIZE(s->codes); class++) {
		enum role role = role_of_status(class * 100);
		size_t head = rows->n;
		uint64_t n = 0;

		for (unsigned int code = class * 100; code < class * 100 + 100 &&
		     code < ARRAY_SIZE(s->codes); code++) {
			if (s->codes[code] == 0)
				continue;
			if (rows->n == head && class == 0)
				row_say(rows, role, 0, "no status code");
			else if (rows->n == head)
				row_say(rows, role, 0, "%uxx %.*s", class,
					STR_ARG(sip_status_class_name(class)));
			row_say(rows, role, s->codes[code], "  %u %.*s", code,
				STR_ARG(sip_status_phrase(code)));
			n += s->codes[code];
		}
		if (rows->n > head)
			rows->list[head].n = n;
		if (n > rows->most)
			rows->most = n;
	}
}

void
stats_rows_states(struct stats_rows *rows, const struct statistics *s)
{
	rows_begin(rows, s->calls.n);
	for (int i = 0; i < CALL_STATE_COUNT; i++)
		if (s->calls.states[i] > 0)
			row_say(rows, role_of_state((enum call_state)i, 400), s->calls.states[i],
				"%s", call_state_name((enum call_state)i));
	rows_sort(rows);
}

void
stats_rows_kinds(struct stats_rows *rows, const struct statistics *s)
{
	static const char *const names[] = {
		[CALL_INVITE] = "INVITE", [CALL_REGISTER] = "REGISTER",
		[CALL_SUBSCRIBE] = "SUBSCRIBE", [CALL_SINGLE] = "other",
	};

	rows_begin(rows, s->calls.n);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (s->calls.kinds[i] > 0)
			row_say(rows, ROLE_NORMAL, s->calls.kinds[i], "%s", names[i]);
	rows_sort(rows);
}

ATTR_PRINTF(3, 4)
static void
tell(struct stats_rows *rows, const char *label, const char *fmt, ...)
{
	struct stats_row *row = row_add(rows, ROLE_NORMAL, 0);
	va_list ap;

	snprintf(row->label, sizeof(row->label), "%s", label);
	va_start(ap, fmt);
	vsnprintf(row->value, sizeof(row->value), fmt, ap);
	va_end(ap);
}

static void
tell_moment(struct stats_rows *rows, const char *label, int64_t t, bool utc)
{
	struct buf b = BUF_INIT;

	if (t != TIME_NONE)
		time_add(&b, t - t % NS_PER_MS, TIME_FULL, utc);
	/* To milliseconds: the rest does not fit in a narrow one. */
	tell(rows, label, "%.23s", b.n > 0 ? buf_cstr(&b) : "–");
	buf_release(&b);
}

void
stats_rows_overview(struct stats_rows *rows, const struct statistics *s,
		    const struct views_app *app)
{
	uint32_t all, invites = s->calls.kinds[CALL_INVITE];
	struct store_kept kept;
	struct buf b = BUF_INIT;

	store_kept(app->store, &kept);
	all = kept.calls;
	rows_begin(rows, 0);
	if (s->calls.n < all)
		tell(rows, "Calls", "%" PRIu32 " of %" PRIu32, s->calls.n, all);
	else
		tell(rows, "Calls", "%" PRIu32, s->calls.n);
	if (kept.gone > 0)
		tell(rows, "Evicted", "%" PRIu64 " (not counted)", kept.gone);
	tell(rows, "Messages", "%" PRIu64, s->messages);
	tell(rows, "Requests", "%" PRIu64, s->requests);
	tell(rows, "Responses", "%" PRIu64, s->responses);
	tell(rows, "Retransmitted", "%" PRIu64, s->retransmissions);
	tell(rows, "Seen twice", "%" PRIu64 " (not counted)", s->duplicates);
	if (invites > 0)
		tell(rows, "Answered", "%" PRIu32 " of %" PRIu32 " INVITE, %.1f%%",
		     s->calls.answered, invites, 100.0 * s->calls.answered / invites);
	tell_moment(rows, "First", s->calls.first, app->utc);
	tell_moment(rows, "Last", s->calls.last, app->utc);
	if (s->calls.first != TIME_NONE && s->calls.last > s->calls.first) {
		span_add(&b, s->calls.last - s->calls.first);
		tell(rows, "Span", "%s", buf_cstr(&b));
	}
	if (s->rate.timeless > 0)
		tell(rows, "Without time", "%" PRIu64, s->rate.timeless);
	buf_release(&b);
}

/* "62 of 2536, 2.4 %" */
static void
tell_part(struct stats_rows *rows, const char *label, uint64_t n, uint64_t of)
{
	if (n == 0 || of == 0)
		tell(rows, label, "%" PRIu64, n);
	else
		tell(rows, label, "%" PRIu64 " of %" PRIu64 ", %.2f %%", n, of,
		     100.0 * (double)n / (double)of);
}

void
stats_rows_media(struct stats_rows *rows, const struct media_counts *c)
{
	rows_begin(rows, 0);
	tell(rows, "Streams", "%" PRIu32, c->streams);
	tell(rows, "Of no call", "%" PRIu32, c->orphans);
	if (c->secure > 0)
		tell(rows, "Of SRTP", "%" PRIu32, c->secure);
	if (c->fax > 0)
		tell(rows, "Of T.38", "%" PRIu32, c->fax);
	tell(rows, "Packets", "%" PRIu64, c->packets);
	tell_part(rows, "Lost", c->lost, c->expected);
	tell_part(rows, "Late", c->late, c->expected);
	tell(rows, "Duplicates", "%" PRIu64, c->duplicates);
	tell(rows, "Payload", "%" PRIu64 " bytes", c->bytes);
}

void
stats_rows_codecs(struct stats_rows *rows, const struct media_counts *c)
{
	rows_begin(rows, c->streams);
	for (uint32_t i = 0; i < c->codec_n; i++)
		row_say(rows, ROLE_MEDIA, c->codecs[i].streams, "%s",
			c->codecs_cut && i + 1 == c->codec_n ? "others" :
			c->codecs[i].name[0] ? c->codecs[i].name : "not known");
}

/* Of bands those that have any, the best first: from band @p warning on they are a warning, from
 * @p error on an error. */
static void
say_bands(struct stats_rows *rows, const struct media_counts *c, const uint32_t *counts,
	  const char *const *names, int n, int warning, int error)
{
	rows_begin(rows, c->streams);
	for (int i = 0; i < n; i++)
		if (counts[i] > 0)
			row_say(rows, i >= error ? ROLE_ERROR : i >= warning ? ROLE_WARNING :
				ROLE_OK, counts[i], "%s", names[i]);
}

static void
say_unknown(struct stats_rows *rows, uint32_t n, const char *name)
{
	if (n > 0)
		row_say(rows, ROLE_DIM, n, "%s", name);
}

void
stats_rows_loss(struct stats_rows *rows, const struct media_counts *c)
{
	say_bands(rows, c, c->loss, media_loss_names, MEDIA_LOSS_COUNT, MEDIA_LOSS_MUCH,
		  MEDIA_LOSS_MOST);
	say_unknown(rows, c->no_loss, "not known");
}

void
stats_rows_jitter(struct stats_rows *rows, const struct media_counts *c)
{
	say_bands(rows, c, c->jitter, media_jitter_names, MEDIA_JITTER_COUNT, MEDIA_JITTER_50,
		  MEDIA_JITTER_MORE);
	say_unknown(rows, c->no_jitter, "not measured");
}

void
stats_rows_mos(struct stats_rows *rows, const struct media_counts *c)
{
	say_bands(rows, c, c->mos, media_mos_names, MEDIA_MOS_COUNT, MEDIA_MOS_POOR,
		  MEDIA_MOS_LOWEST);
	say_unknown(rows, c->no_mos, "not estimated");
}
