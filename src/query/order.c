/*
 * The values are asked for once. Each makes a rank, 64 bits that sort as the value does
 * or as its beginning; the rank by the first key goes with the item through the merging,
 * so that most comparisons look at nothing else. What the rank leaves open is in the
 * values: texts, and the other keys.
 *
 * Merging goes from below, runs of doubling length, and can stop between any two items.
 */
#include "query/order.h"

#include "base/mem.h"
#include "base/time.h"

#define ABSENT		UINT64_MAX	/* no value has this rank */
#define PIECE_INDEX	256	/* items asked between looks at the clock */
#define PIECE_MERGE	512	/* items merged between them */

enum { PHASE_ASK, PHASE_MERGE, PHASE_COPY, PHASE_DONE };

struct order_row {
	uint64_t rank;		/* by the first key */
	uint32_t item;
	uint32_t number;	/* of its values */
};

struct order_value {
	uint64_t rank;
	uint64_t more;		/* of texts: sorts as the 8 bytes after those of the rank */
	struct str text;	/* all of a text; of an IPv6 address, what rank has not */
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

static bool
is_text(enum field_kind kind)
{
	return kind == FIELD_TEXT || kind == FIELD_CHOICE || kind == FIELD_WORDS;
}

/* The first bytes, in lower case where case does not count. */
static uint64_t
rank_of_bytes(struct str s, bool fold)
{
	uint64_t rank = 0;

	for (size_t i = 0; i < 8; i++) {
		unsigned char c = i < s.n ? (unsigned char)s.p[i] : 0;

		rank = rank << 8 | (fold && i < s.n ? ascii_lower((char)c) : c);
	}
	return rank;
}

/* Family, address, port: all of IPv4. What is left of IPv6 is set as *rest. */
static uint64_t
rank_of_endpoint(struct arena *a, const struct net_endpoint *e, struct str *rest)
{
	char bytes[1 + sizeof(e->addr.bytes) + 2] = { (char)e->addr.family };
	size_t n = e->addr.family == NET_IP6 ? sizeof(e->addr.bytes) : 4;

	memcpy(bytes + 1, e->addr.bytes, n);
	bytes[1 + n] = (char)(e->port >> 8);
	bytes[2 + n] = (char)(e->port & 0xff);
	if (e->addr.family == NET_IP6)
		*rest = arena_str(a, (struct str){ bytes + 8, sizeof(bytes) - 8 });
	return rank_of_bytes((struct str){ bytes, n + 3 }, false);
}

static int64_t
number_of(const struct field_value *v)
{
	switch ((enum field_kind)v->kind) {
	case FIELD_PERCENT:
	case FIELD_REAL:
		return (int64_t)(v->as.real * 1e9);
	case FIELD_LIST:	/* the most names last */
		return (int64_t)__builtin_popcount(v->as.list.bits) << 32 | v->as.list.bits;
	case FIELD_NUMBERS:	/* by the first, then by how many */
		return (int64_t)field_number_at(v, 0) << 15 | (v->as.numbers.n & 0x7fff);
	default:
		return v->as.number;
	}
}

/* Whether a text of the index is there until the sorting is done. */
static bool
is_kept(const struct order_job *job, const struct order_key *key)
{
	return key->field.def->need == FIELD_NEED_INDEX && !job->query->lets_go;
}

static struct order_value
take_value(struct order_job *job, const struct order_key *key, const struct field_value *v)
{
	struct order_value value = { ABSENT, 0, STR_NONE };

	if (v->absent)
		return value;
	if (v->place > 0) {
		value.rank = v->place;
	} else if (is_text((enum field_kind)v->kind)) {
		value.text = is_kept(job, key) ? v->as.text : arena_str(&job->texts, v->as.text);
		value.rank = rank_of_bytes(value.text, true);
		value.more = rank_of_bytes(str_skip(value.text, 8), true);
	} else if (v->kind == FIELD_ADDRESS) {
		value.rank = rank_of_endpoint(&job->texts, &v->as.endpoint, &value.text);
		value.more = rank_of_bytes(value.text, false);
	} else {
		value.rank = (uint64_t)number_of(v) ^ UINT64_C(1) << 63;
	}
	if (key->reverse) {
		value.rank = ~value.rank;
		value.more = ~value.more;
	}
	/* The last two ranks are one: texts are compared in full then, and no number
	 * that is measured is so large. */
	if (value.rank >= ABSENT - 1) {
		value.rank = ABSENT - 1;
		value.more = 0;
	}
	return value;
}

/* By the texts, of equal ranks. */
static int
text_cmp(const struct order_key *key, struct str a, struct str b)
{
	int c = key->field.def->kind == FIELD_ADDRESS ? 0 : str_cmp_ci(a, b);

	if (c == 0)
		c = str_cmp(a, b);
	return key->reverse ? -c : c;
}

static int
row_cmp(const struct order_job *job, const struct order_row *x, const struct order_row *y)
{
	const struct order_value *a, *b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (!job->values)
		return 0;
	a = job->values + (size_t)x->number * job->key_count;
	b = job->values + (size_t)y->number * job->key_count;
	for (size_t i = 0; i < job->key_count; i++) {
		int c;

		if (a[i].rank != b[i].rank)
			return a[i].rank < b[i].rank ? -1 : 1;
		if (a[i].more != b[i].more)
			return a[i].more < b[i].more ? -1 : 1;
		c = text_cmp(&job->keys[i], a[i].text, b[i].text);
		if (c)
			return c;
	}
	return 0;
}

void
order_job_start(struct order_job *job, struct query *q, enum query_subject of,
		const struct order_key *keys, size_t key_count, uint32_t *items, size_t n)
{
	enum field_kind kind = key_count > 0 ? keys[0].field.def->kind : FIELD_COUNT;

	*job = (struct order_job){
		.query = q, .of = of, .keys = keys, .key_count = key_count, .items = items,
		.n = n, .phase = n < 2 || key_count == 0 ? PHASE_DONE : PHASE_ASK,
	};
	if (job->phase == PHASE_DONE)
		return;
	job->rows = xreallocarray(NULL, n, sizeof(*job->rows));
	job->spare = xreallocarray(NULL, n, sizeof(*job->spare));
	if (key_count > 1 || is_text(kind) || kind == FIELD_ADDRESS)
		job->values = xreallocarray(NULL, n * key_count, sizeof(*job->values));
}

/* Give back what the next phase does not need: in parts, as giving back many pages takes
 * some ms. */
static void
free_values(struct order_job *job)
{
	free(job->values);
	job->values = NULL;
	arena_release(&job->texts);
}

static void
free_spare(struct order_job *job)
{
	free(job->spare);
	job->spare = NULL;
}

void
order_job_release(struct order_job *job)
{
	free_values(job);
	free_spare(job);
	free(job->rows);
	*job = (struct order_job){ .phase = PHASE_DONE };
}

static void
ask(struct order_job *job, size_t i)
{
	struct query_item item = query_item_of(job->query, job->of, job->items[i]);
	bool gone = job->query->lets_go && query_is_gone(job->query, job->of, job->items[i]);

	for (size_t k = 0; k < job->key_count; k++) {
		struct field_value v = { .absent = true };
		struct order_value value;

		if (!gone)
			v = field_get(job->query, &job->keys[k].field, &item);
		value = take_value(job, &job->keys[k], &v);
		if (job->values)
			job->values[i * job->key_count + k] = value;
		if (k == 0)
			job->rows[i] = (struct order_row){ value.rank, job->items[i],
							   (uint32_t)i };
	}
}

/* How many items to ask about before looking at the clock. */
static size_t
ask_piece(const struct order_job *job)
{
	for (size_t k = 0; k < job->key_count; k++)
		if (job->keys[k].field.def->need != FIELD_NEED_INDEX ||
		    job->keys[k].field.of != job->of)
			return 1;
	return PIECE_INDEX;
}

/* Set out to merge the two runs that begin at row @p at. */
static void
merge_runs_at(struct order_job *job, size_t at)
{
	size_t left = job->n - at;

	job->at = job->left = at;
	job->middle = job->right = at + (job->run < left ? job->run : left);
	left = job->n - job->middle;
	job->end = job->middle + (job->run < left ? job->run : left);
}

/* Merge up to @p count rows of the two runs. */
static void
merge(struct order_job *job, size_t count)
{
	const struct order_row *rows = job->rows;
	size_t stop = job->end - job->at < count ? job->end : job->at + count;

	for (; job->at < stop; job->at++) {
		bool take_right = job->right < job->end &&
			(job->left == job->middle ||
			 row_cmp(job, &rows[job->right], &rows[job->left]) < 0);

		job->spare[job->at] = rows[take_right ? job->right++ : job->left++];
	}
}

/* Go on with the merging for a piece. @return whether it goes on. */
static bool
merge_piece(struct order_job *job)
{
	for (size_t done = 0; done < PIECE_MERGE;) {
		size_t before = job->at;

		merge(job, PIECE_MERGE - done);
		done += job->at - before;
		if (job->at < job->end)
			return true;
		if (job->at == job->n) {
			struct order_row *rows = job->rows;

			job->rows = job->spare;
			job->spare = rows;
			job->run *= 2;
			if (job->run >= job->n)
				return false;
			merge_runs_at(job, 0);
		} else {
			merge_runs_at(job, job->at);
		}
	}
	return true;
}

/* One piece of work. */
static void
work_piece(struct order_job *job, size_t asked)
{
	switch (job->phase) {
	case PHASE_ASK:
		for (size_t i = 0; i < asked && job->at < job->n; i++)
			ask(job, job->at++);
		if (job->at < job->n)
			return;
		job->phase = PHASE_MERGE;
		job->run = 1;
		merge_runs_at(job, 0);
		return;
	case PHASE_MERGE:
		if (merge_piece(job))
			return;
		job->phase = PHASE_COPY;
		job->at = 0;
		free_values(job);
		return;
	case PHASE_COPY:
		if (job->at == 0)
			free_spare(job);
		for (size_t i = 0; i < PIECE_MERGE && job->at < job->n; i++, job->at++)
			job->items[job->at] = job->rows[job->at].item;
		if (job->at == job->n)
			job->phase = PHASE_DONE;
		return;
	}
}

bool
order_job_step(struct order_job *job, int64_t end_us)
{
	size_t asked = ask_piece(job);

	while (job->phase != PHASE_DONE) {
		work_piece(job, asked);
		if (end_us != INT64_MAX && time_monotonic_us() >= end_us)
			break;
	}
	return job->phase != PHASE_DONE;
}

void
order_sort(struct query *q, enum query_subject of, const struct order_key *keys,
	   size_t key_count, uint32_t *items, size_t n)
{
	struct order_job job;

	order_job_start(&job, q, of, keys, key_count, items, n);
	order_job_step(&job, INT64_MAX);
	order_job_release(&job);
}
