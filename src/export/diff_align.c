/*
 * The longest common sequence of two, by the table of lengths of all pairs of
 * tails. What both begin and end with is taken off first. The table has at most
 * PIECE x PIECE cells: longer sequences are taken in pieces, the next beginning
 * behind the last match of the one before. All tables of a comparison together
 * have a budget, so that no text is slow.
 */
#include "base/mem.h"
#include "export/diff_int.h"

#define PIECE	512

static bool
is_equal(const struct diff_unit *a, const struct diff_unit *b)
{
	return a->hash == b->hash && str_eq(a->text, b->text);
}

static void
join(uint32_t *to_b, uint32_t *to_a, uint32_t i, uint32_t j)
{
	to_b[i] = j;
	to_a[j] = i;
}

struct piece {
	uint32_t a, b;		/* where it begins */
	uint32_t an, bn;
};

/* Match a piece; p->a and p->b become those behind the last match, or behind
 * the piece when there is none. */
static void
match_piece(struct diff_align *al, const struct diff_unit *a, const struct diff_unit *b,
	    struct piece *p, uint32_t *to_b, uint32_t *to_a)
{
	size_t row = PIECE + 1;
	uint16_t *t = al->table;
	uint32_t i, j, last_a = p->an, last_b = p->bn;

	for (j = 0; j <= p->bn; j++)
		t[p->an * row + j] = 0;
	for (i = p->an; i-- > 0;) {
		t[i * row + p->bn] = 0;
		for (j = p->bn; j-- > 0;) {
			uint16_t down = t[(i + 1) * row + j], right = t[i * row + j + 1];

			if (is_equal(&a[p->a + i], &b[p->b + j]))
				t[i * row + j] = (uint16_t)(t[(i + 1) * row + j + 1] + 1);
			else
				t[i * row + j] = down > right ? down : right;
		}
	}
	for (i = 0, j = 0; i < p->an && j < p->bn && t[i * row + j] > 0;) {
		if (is_equal(&a[p->a + i], &b[p->b + j])) {
			join(to_b, to_a, p->a + i, p->b + j);
			last_a = ++i;
			last_b = ++j;
		} else if (t[(i + 1) * row + j] >= t[i * row + j + 1]) {
			i++;
		} else {
			j++;
		}
	}
	p->a += last_a;
	p->b += last_b;
}

void
diff_align_run(struct diff_align *al, const struct diff_unit *a, uint32_t an,
	       const struct diff_unit *b, uint32_t bn, uint32_t *to_b, uint32_t *to_a)
{
	struct piece p = { 0 };

	for (uint32_t i = 0; i < an; i++)
		to_b[i] = DIFF_NONE;
	for (uint32_t j = 0; j < bn; j++)
		to_a[j] = DIFF_NONE;
	for (; p.a < an && p.b < bn && is_equal(&a[p.a], &b[p.b]); p.a++, p.b++)
		join(to_b, to_a, p.a, p.b);
	for (; an > p.a && bn > p.b && is_equal(&a[an - 1], &b[bn - 1]); an--, bn--)
		join(to_b, to_a, an - 1, bn - 1);
	while (p.a < an && p.b < bn) {
		bool whole = an - p.a <= PIECE && bn - p.b <= PIECE;

		p.an = an - p.a < PIECE ? an - p.a : PIECE;
		p.bn = bn - p.b < PIECE ? bn - p.b : PIECE;
		if ((uint64_t)p.an * p.bn > al->budget) {
			al->coarse = true;
			return;
		}
		al->budget -= (uint64_t)p.an * p.bn;
		if (!al->table)
			al->table = xreallocarray(NULL, (PIECE + 1) * (PIECE + 1),
						  sizeof(*al->table));
		match_piece(al, a, b, &p, to_b, to_a);
		if (whole)
			return;
	}
}
