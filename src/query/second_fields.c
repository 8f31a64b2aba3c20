/*
 * The fields of a second of a stream. They are in no table that is asked by name, but
 * are written as all others are.
 */
#include "query/stream_fields.h"

#include "base/mem.h"
#include "query/field_int.h"

static struct field_value
second_get_time(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_time(FIELD_TIME, item->second->time);
}

static struct field_value
second_get_second(struct query *q, const struct query_item *item)
{
	int64_t start = query_figures(q, item->stream)->start, span;

	if (start == TIME_NONE || __builtin_sub_overflow(item->second->time, start, &span))
		return field_absent(FIELD_COUNT);
	return field_number(FIELD_COUNT, span / NS_PER_S);
}

#define SECOND_COUNT(name) \
static struct field_value \
second_get_##name(struct query *q, const struct query_item *item) \
{ \
	(void)q; \
	return field_number(FIELD_COUNT, item->second->meter.name); \
}

SECOND_COUNT(received)
SECOND_COUNT(lost)
SECOND_COUNT(late)
SECOND_COUNT(copies)
SECOND_COUNT(out_of_order)

static struct field_value
span_of(int64_t ns)
{
	return ns == TIME_NONE ? field_absent(FIELD_SPAN) : field_time(FIELD_SPAN, ns);
}

static struct field_value
second_get_jitter(struct query *q, const struct query_item *item)
{
	(void)q;
	return span_of(meter_second_jitter(&item->second->meter));
}

static struct field_value
second_get_max_delta(struct query *q, const struct query_item *item)
{
	(void)q;
	return span_of(meter_second_max_delta(&item->second->meter));
}

static struct quality
judge(struct query *q, const struct query_item *item)
{
	const struct meter_second *second = &item->second->meter;

	return quality_of_second(second, stream_codec_of_second(item->stream, second),
				 item->stream->round_trip, store_media_setup_get(q->store));
}

static struct field_value
second_get_mos(struct query *q, const struct query_item *item)
{
	struct quality quality = judge(q, item);

	return field_real(quality.known ? quality.mos : NAN, 2);
}

static struct field_value
second_get_r_factor(struct query *q, const struct query_item *item)
{
	struct quality quality = judge(q, item);

	return field_real(quality.known ? quality.r_factor : NAN, 1);
}

static struct field_value
second_get_burst_ratio(struct query *q, const struct query_item *item)
{
	uint8_t burst = item->second->meter.burst;

	(void)q;
	return field_real(burst > 0 ? burst / 16.0 : NAN, 2);
}

static const char *
choice_flag(unsigned int i)
{
	static const char *const names[] = {
		"event", "noise", "segment", "gap", "marker", "step",
	};

	return i < ARRAY_SIZE(names) ? names[i] : NULL;
}

static struct field_value
second_get_flags(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_list(item->second->meter.flags, choice_flag);
}

const struct field_def second_field_defs[SECOND_FIELD_TOTAL] = {
#define ROW(id, name_, title_, kind_, unit_, width_, get_, choice_, help_) \
	[SECOND_FIELD_##id] = { .name = name_, .title = title_, .unit = unit_, \
				.help = help_, .get = get_, .choice = choice_, \
				.kind = FIELD_##kind_, .need = FIELD_NEED_INDEX, \
				.width = width_, .listed = true },
	SECOND_FIELDS(ROW)
#undef ROW
};

static void
add_field(struct field **fields, size_t *n, size_t *cap, const struct field_def *def)
{
	ARRAY_GROW(*fields, *cap, *n + 1);
	(*fields)[(*n)++] = (struct field){ .def = def, .of = QUERY_STREAM };
}

static const struct field_def *
find_second(struct str name)
{
	for (size_t i = 0; i < SECOND_FIELD_TOTAL; i++)
		if (str_eq_ci(name, str_of(second_field_defs[i].name)))
			return &second_field_defs[i];
	return NULL;
}

/* A name that is no field of seconds is one of streams, or wrong. */
static int
find_other(struct str name, struct field *field, struct err *err)
{
	const char *near = field_suggest(QUERY_STREAM, name);
	struct suggest s;

	if (field_find(QUERY_STREAM, name, field))
		return 0;
	suggest_start(&s, name);
	for (size_t i = 0; i < SECOND_FIELD_TOTAL; i++)
		suggest_offer(&s, second_field_defs[i].name);
	near = s.best ? s.best : near;
	return err_set(err, near ? "unknown field '%.*s' (did you mean '%s'?)" :
		       "unknown field '%.*s'", STR_ARG(name), near);
}

int
second_list_parse(const char *columns, struct field **fields, size_t *n, struct err *err)
{
	static const enum stream_field who[] = {
		STREAM_FIELD_CALL_ID, STREAM_FIELD_SOURCE, STREAM_FIELD_DESTINATION,
		STREAM_FIELD_SSRC,
	};
	struct str list = str_of(columns ? columns : ""), name;
	size_t cap = 0;

	*fields = NULL;
	*n = 0;
	for (size_t i = 0; !columns && i < ARRAY_SIZE(who); i++)
		add_field(fields, n, &cap, &stream_field_defs[who[i]]);
	for (size_t i = 0; !columns && i < SECOND_FIELD_TOTAL; i++)
		add_field(fields, n, &cap, &second_field_defs[i]);
	while (str_cut(&list, ',', &name)) {
		struct field field;

		name = str_trim(name);
		if (name.n == 0)
			continue;
		field = (struct field){ .def = find_second(name), .of = QUERY_STREAM };
		if (!field.def && find_other(name, &field, err) != 0) {
			free(*fields);
			*fields = NULL;
			*n = 0;
			return -1;
		}
		ARRAY_GROW(*fields, cap, *n + 1);
		(*fields)[(*n)++] = field;
	}
	return *n > 0 ? 0 : err_set(err, "no fields named");
}
