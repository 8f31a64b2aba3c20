#include "views/series_plot.h"

#include <math.h>

#include "base/mem.h"
#include "base/text.h"

#define EIGHTHS		8
#define CELLS_MAX	8	/* a column is not wider than this */
#define CLOCK_CELLS	8	/* "09:00:00" */

const struct series_kind_def series_kind_defs[SERIES_KIND_COUNT] = {
#define SERIES_KIND_DEF(id, title, unit, top, help) [SERIES_##id] = { title, unit, top, help },
	SERIES_KINDS(SERIES_KIND_DEF)
#undef SERIES_KIND_DEF
};

const struct series_mark series_marks[] = {
	{ METER_SECOND_SEGMENT, '|', "a segment begins" },
	{ METER_SECOND_EVENT, '#', "DTMF" },
	{ METER_SECOND_STEP, '^', "timestamps jump" },
	{ METER_SECOND_NOISE, '~', "comfort noise" },
	{ METER_SECOND_GAP, '_', "pause without loss" },
	{ 0, 0, NULL }
};

struct series_scale
series_scale_of(int64_t start, int64_t end, int width)
{
	struct series_scale s = { .start = start, .span = NS_PER_S, .cells = 1 };
	int64_t seconds, each;

	if (start == TIME_NONE || end == TIME_NONE || end < start || width < 1)
		return s;
	if (width > CANVAS_MAX_WIDTH)
		width = CANVAS_MAX_WIDTH;
	seconds = span_between(start, end) / NS_PER_S + 1;
	each = (seconds + width - 1) / width;
	/* Files may tell of any times. */
	if (each > INT64_MAX / NS_PER_S)
		each = INT64_MAX / NS_PER_S;
	s.span = each * NS_PER_S;
	s.columns = (int)((seconds + each - 1) / each);
	if (s.columns > width)
		s.columns = width;
	s.cells = width / s.columns < CELLS_MAX ? width / s.columns : CELLS_MAX;
	return s;
}

/* ---- gathering ---- */

void
series_release(struct series *s)
{
	free(s->values);
	free(s->flags);
	free(s->filled);
	*s = (struct series){ 0 };
}

void
series_begin(struct series *s, const struct series_scale *scale)
{
	size_t n = (size_t)scale->columns;

	series_release(s);
	s->scale = *scale;
	for (int i = 0; i < SERIES_KIND_COUNT; i++)
		s->worst[i] = (struct series_worst){ NAN, TIME_NONE };
	s->values = xreallocarray(NULL, n * SERIES_KIND_COUNT + 1, sizeof(*s->values));
	for (size_t i = 0; i < n * SERIES_KIND_COUNT; i++)
		s->values[i] = NAN;
	s->flags = xreallocarray(NULL, n + 1, sizeof(*s->flags));
	memset(s->flags, 0, n);
	s->filled = xreallocarray(NULL, n + 1, sizeof(*s->filled));
	memset(s->filled, 0, n * sizeof(*s->filled));
}

/* Of two values the one that is worse; any is worse than none. */
static bool
is_worse(enum series_kind kind, double a, double than)
{
	if (isnan(a))
		return false;
	return isnan(than) || (kind == SERIES_MOS ? a < than : a > than);
}

static void
take(struct series *s, enum series_kind kind, int column, int64_t at, double value)
{
	float *v = &s->values[(size_t)column * SERIES_KIND_COUNT + kind];

	if (is_worse(kind, value, (double)*v))
		*v = (float)value;
	if (is_worse(kind, value, s->worst[kind].value))
		s->worst[kind] = (struct series_worst){ value, at };
}

static double
in_ms(int64_t span)
{
	return span == TIME_NONE ? NAN : (double)span / NS_PER_MS;
}

static void
take_second(struct series *s, const struct stream *st, const struct meter_setup *setup,
	    int64_t at, const struct meter_second *second)
{
	int64_t offset = span_between(s->scale.start, at);
	int column = offset < 0 ? 0 : offset / s->scale.span < s->scale.columns ?
		     (int)(offset / s->scale.span) : s->scale.columns - 1;
	double all = (double)second->received + (double)second->lost;
	struct quality q = quality_of_second(second, stream_codec_of_second(st, second),
					     st->round_trip, setup);

	s->filled[column] = true;
	s->flags[column] |= second->flags;
	s->seen |= second->flags;
	if (all > 0) {
		take(s, SERIES_LOSS, column, at, 100.0 * second->lost / all);
		take(s, SERIES_LATE, column, at, 100.0 * second->late / all);
	}
	take(s, SERIES_JITTER, column, at, in_ms(meter_second_jitter(second)));
	take(s, SERIES_DELTA, column, at, in_ms(meter_second_max_delta(second)));
	take(s, SERIES_MOS, column, at, q.known ? q.mos : NAN);
}

bool
series_step(struct series *s, const struct stream *st, const struct meter_setup *setup,
	    size_t seconds)
{
	struct meter_second second;
	struct meter_figures f;
	int64_t at;

	if (s->scale.columns == 0)
		return false;
	meter_figures(&st->meter, &f);
	s->walk.rate = outage_rate(f.interval);
	while (seconds-- > 0) {
		if (!outage_next_second(&s->walk, &st->meter, &at, &second))
			return false;
		take_second(s, st, setup, at, &second);
	}
	return true;
}

double
series_value(const struct series *s, enum series_kind kind, int column)
{
	if (column < 0 || column >= s->scale.columns)
		return NAN;
	return (double)s->values[(size_t)column * SERIES_KIND_COUNT + kind];
}

double
series_top(enum series_kind kind, double value)
{
	static const double steps[] = { 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 };
	double least = series_kind_defs[kind].top, power;

	if (kind == SERIES_MOS || isnan(value) || value <= least)
		return least;
	if ((kind == SERIES_LOSS || kind == SERIES_LATE) && value > 80)
		return 100;
	power = pow(10, floor(log10(value)));
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (value <= steps[i] * power * (1 + 1e-9))
			return steps[i] * power;
	return 10 * power;
}

/* ---- drawing ---- */

static enum role
role_of(enum series_kind kind, double value, const struct quality_limits *limits)
{
	switch (kind) {
	case SERIES_LOSS:
	case SERIES_LATE:
		return value >= limits->critical.loss_percent ? ROLE_ERROR :
		       value >= limits->warning.loss_percent ? ROLE_WARNING : ROLE_OK;
	case SERIES_MOS:
		return value <= limits->critical.mos ? ROLE_ERROR :
		       value <= limits->warning.mos ? ROLE_WARNING : ROLE_OK;
	default:
		return ROLE_MEDIA;
	}
}

/* How many eighths of a cell a column is high. */
static int
eighths(enum series_kind kind, double value, double top, int height)
{
	double bottom = kind == SERIES_MOS ? SERIES_MOS_BOTTOM : 0;
	double part = (value - bottom) / (top - bottom) * (height * EIGHTHS);

	if (isnan(value) || (kind != SERIES_MOS && value <= 0))
		return 0;
	/* What is there at all is seen, and what is at the top reaches it. */
	return part < 1 ? 1 : part >= height * EIGHTHS ? height * EIGHTHS : (int)lround(part);
}

void
series_draw(const struct series *s, enum series_kind kind, double top,
	    const struct quality_limits *limits, struct canvas *c, int y, int x, int height)
{
	static const char *const glyphs[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii[] = { " ", ".", ".", ".", ":", ":", ":", "#", "#" };
	int cells = s->scale.cells;

	for (int i = 0; i < s->scale.columns; i++) {
		double value = series_value(s, kind, i);
		int high = height > 0 ? eighths(kind, value, top, height) : 0;
		enum role role = role_of(kind, value, limits);

		for (int row = height - 1; row >= 0 && high > 0; row--, high -= EIGHTHS) {
			int part = high < EIGHTHS ? high : EIGHTHS;

			canvas_fill(c, y + row, x + i * cells, 1, cells, role,
				    c->ascii ? ascii[part] : glyphs[part]);
		}
	}
}

void
series_draw_line(const struct series *s, struct canvas *c, int y, int x)
{
	int cells = s->scale.cells;

	for (int i = 0; i < s->scale.columns; i++) {
		int left = cells;

		if (s->filled[i])
			canvas_hline(c, y, x + i * cells, cells, ROLE_BORDER);
		for (const struct series_mark *m = series_marks; m->flag && left > 0; m++)
			if (s->flags[i] & m->flag)
				canvas_text(c, y, x + i * cells + cells - left--, 1, ROLE_NOTICE,
					    (struct str){ &m->letter, 1 });
	}
}

void
series_draw_clock(const struct series_scale *scale, bool utc, struct canvas *c, int y, int x)
{
	int width = scale->columns * scale->cells, n = width / (3 * CLOCK_CELLS), from = -1;
	struct buf b = BUF_INIT;

	if (n < 1)
		n = 1;
	for (int i = 0; i <= n; i++) {
		int column = i < n ? scale->columns * i / n : scale->columns;
		int64_t at, offset;
		int left = x + column * scale->cells;

		if (i == n)
			left -= CLOCK_CELLS;
		if (scale->columns == 0 || left <= from ||
		    __builtin_mul_overflow((int64_t)column, scale->span, &offset) ||
		    __builtin_add_overflow(scale->start, offset, &at))
			continue;
		buf_clear(&b);
		time_add(&b, at, TIME_CLOCK, utc);
		from = left + canvas_text(c, y, left, CLOCK_CELLS, ROLE_TIME,
					  str_sub(buf_str(&b), 0, CLOCK_CELLS));
	}
	buf_release(&b);
}
