/*
 * The values are asked for once, into a row of keys per item; what is sorted by
 * merging are the numbers of the rows. Values of text that was read for the
 * purpose are copied, others stay in the store.
 */
#include "query/order.h"

#include "base/arena.h"
#include "base/mem.h"

struct order_value {
	bool absent;
	uint8_t kind;
	union {
		int64_t number;
		struct str text;
	} as;
};

struct order {
	const struct order_key *keys;
	size_t key_count;
	struct order_value *values;	/**< key_count a row */
	struct arena texts;
};

int
order_parse(enum query_subject of, struct str text, struct order_key *keys, struct err *err)
{
	struct str name;
	int n = 0;

	while (str_cut(&text, ',', &name)) {
		struct order_key key = { .reverse = false };

		name = str_trim(name);
		if (str_starts(name, STR("-"))) {
			key.reverse = true;
			name = str_skip(name, 1);
		}
		if (name.n == 0)
			continue;
		if (n == (int)ORDER_MAX_KEYS)
			return err_set(err, "more than %u fields to sort by", ORDER_MAX_KEYS);
		if (!field_find(of, name, &key.field)) {
			const char *near = field_suggest(of, name);

			return err_set(err, near ? "unknown field '%.*s' (did you mean '%s'?)" :
				       "unknown field '%.*s'", STR_ARG(name), near);
		}
		keys[n++] = key;
	}
	return n > 0 ? n : err_set(err, "no field to sort by");
}

/** An endpoint as bytes that sort like net_endpoint_cmp(). */
static struct str
endpoint_key(struct arena *a, const struct net_endpoint *e)
{
	char *to = arena_alloc(a, 1 + sizeof(e->addr.bytes) + 2);

	to[0] = (char)e->addr.family;
	memcpy(to + 1, e->addr.bytes, sizeof(e->addr.bytes));
	to[1 + sizeof(e->addr.bytes)] = (char)(e->port >> 8);
	to[2 + sizeof(e->addr.bytes)] = (char)(e->port & 0xff);
	return (struct str){ to, 1 + sizeof(e->addr.bytes) + 2 };
}

static struct order_value
take_value(struct order *o, const struct field *field, const struct field_value *v)
{
	struct order_value value = { .absent = v->absent, .kind = v->kind };

	if (v->absent)
		return value;
	switch ((enum field_kind)v->kind) {
	case FIELD_TEXT:
	case FIELD_CHOICE:
		value.as.text = field->def->need == FIELD_NEED_INDEX ? v->as.text :
				arena_str(&o->texts, v->as.text);
		break;
	case FIELD_ADDRESS:
		value.as.text = endpoint_key(&o->texts, &v->as.endpoint);
		break;
	case FIELD_PERCENT:
		value.as.number = (int64_t)(v->as.real * 1e9);
		break;
	case FIELD_LIST:	/* the most names last */
		value.as.number = (int64_t)__builtin_popcount(v->as.list.bits) << 32 |
				  v->as.list.bits;
		break;
	case FIELD_NUMBERS:	/* by the first, then by how many */
		value.as.number = (int64_t)v->as.numbers.p[0] << 31 |
				  (v->as.numbers.n & 0x7fffffff);
		break;
	case FIELD_COUNT:
	case FIELD_STATUS:
	case FIELD_TIME:
	case FIELD_SPAN:
	case FIELD_BOOL:
		value.as.number = v->as.number;
		break;
	}
	return value;
}

static int
value_cmp(const struct order_value *a, const struct order_value *b)
{
	int c;

	if (a->kind == FIELD_ADDRESS)
		return str_cmp(a->as.text, b->as.text);
	if (a->kind == FIELD_TEXT || a->kind == FIELD_CHOICE) {
		c = str_cmp_ci(a->as.text, b->as.text);
		return c ? c : str_cmp(a->as.text, b->as.text);
	}
	return (a->as.number > b->as.number) - (a->as.number < b->as.number);
}

static int
row_cmp(const struct order *o, uint32_t x, uint32_t y)
{
	const struct order_value *a = o->values + (size_t)x * o->key_count;
	const struct order_value *b = o->values + (size_t)y * o->key_count;

	for (size_t i = 0; i < o->key_count; i++) {
		int c;

		if (a[i].absent || b[i].absent) {
			if (a[i].absent == b[i].absent)
				continue;
			return a[i].absent ? 1 : -1;
		}
		c = value_cmp(&a[i], &b[i]);
		if (c)
			return o->keys[i].reverse ? -c : c;
	}
	return 0;
}

/** Merge the sorted runs [0, half) and [half, n) of @p from into @p to. */
static void
merge(const struct order *o, const uint32_t *from, size_t half, size_t n, uint32_t *to)
{
	size_t left = 0, right = half;

	for (size_t i = 0; i < n; i++) {
		bool take_right = right < n &&
			(left == half || row_cmp(o, from[right], from[left]) < 0);

		to[i] = from[take_right ? right++ : left++];
	}
}

/** Sort rows by merging runs of doubling length. @return where the result is. */
static uint32_t *
sort_rows(const struct order *o, uint32_t *rows, uint32_t *spare, size_t n)
{
	for (size_t run = 1; run < n; run *= 2) {
		uint32_t *other = spare;

		for (size_t at = 0; at < n; at += 2 * run) {
			size_t size = n - at < 2 * run ? n - at : 2 * run;

			merge(o, rows + at, run < size ? run : size, size, spare + at);
		}
		spare = rows;
		rows = other;
	}
	return rows;
}

void
order_sort(struct query *q, enum query_subject of, const struct order_key *keys,
	   size_t key_count, uint32_t *items, size_t n)
{
	struct order o = { .keys = keys, .key_count = key_count, .texts = ARENA_INIT };
	uint32_t *rows, *spare, *sorted;

	if (n < 2 || key_count == 0)
		return;
	o.values = xreallocarray(NULL, n * key_count, sizeof(*o.values));
	rows = xreallocarray(NULL, n, sizeof(*rows));
	spare = xreallocarray(NULL, n, sizeof(*spare));
	for (size_t i = 0; i < n; i++) {
		struct query_item item = of == QUERY_CALL ? query_call(q, items[i]) :
					 query_message(q, items[i]);

		for (size_t k = 0; k < key_count; k++) {
			struct field_value v = field_get(q, &keys[k].field, &item);

			o.values[i * key_count + k] = take_value(&o, &keys[k].field, &v);
		}
		rows[i] = (uint32_t)i;
	}
	sorted = sort_rows(&o, rows, spare, n);
	for (size_t i = 0; i < n; i++)
		sorted[i] = items[sorted[i]];
	memcpy(items, sorted, n * sizeof(*items));
	free(rows);
	free(spare);
	free(o.values);
	arena_release(&o.texts);
}
