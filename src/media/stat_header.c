/*
 * Values are lists of KEY=value with "," or ";" between, some in quotes that hold a list
 * again: all of these separate. What has no "=" is a further value of the key before it,
 * as in "PL=0,2;JI=3,1".
 */
#include "media/stat_header.h"

#include <limits.h>
#include <math.h>

const char *
stat_header_name(enum stat_header_id id)
{
	static const char *const names[] = {
#define STAT_HEADER_NAME(id, name) [STAT_HEADER_##id] = name,
		STAT_HEADERS(STAT_HEADER_NAME)
#undef STAT_HEADER_NAME
	};

	return names[id];
}

enum stat_kind {
	STAT_COUNT,
	STAT_MS,
	STAT_MS_ABOVE_0,	/* 0: nothing was measured */
	STAT_MOS,
};

#define BOTH	2u	/* of report: received, a second value is that of what was sent */

static const struct stat {
	struct str key;
	uint8_t kind;		/* enum stat_kind */
	uint8_t report;		/* 0: received, 1: sent, BOTH */
	size_t offset;		/* in struct report */
} stats[] = {
#define STAT(key, kind, of, member) \
	{ STR_INIT(key), STAT_##kind, of, offsetof(struct report, member) }
	STAT("PR", COUNT, 0, packets),
	STAT("PS", COUNT, 1, packets),
	STAT("PL", COUNT, BOTH, lost),
	STAT("JI", MS, BOTH, jitter),
	STAT("LA", MS_ABOVE_0, 0, delay),
	STAT("MOS", MOS, 0, mos_lq),
	STAT("LostPkt", COUNT, 0, lost),
	STAT("AvgJit", MS, 0, jitter),
	STAT("maxJitter", MS, 0, max_jitter),
	STAT("MOSlq", MOS, 0, mos_lq),
	STAT("MLQK", MOS, 0, mos_lq),
	STAT("MOScq", MOS, 0, mos_cq),
	STAT("VoOneWayDelayMs", MS_ABOVE_0, 0, delay),
	STAT("Total_Rx_Pkts", COUNT, 0, packets),
	STAT("Total_Tx_Pkts", COUNT, 1, packets),
#undef STAT
};

static bool
is_separator(char c)
{
	return c == ',' || c == ';' || c == '"' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
word_next(struct str *rest, struct str *word)
{
	size_t n = 0;

	while (rest->n > 0 && is_separator(rest->p[0]))
		*rest = str_skip(*rest, 1);
	while (n < rest->n && !is_separator(rest->p[n]))
		n++;
	*word = str_sub(*rest, 0, n);
	*rest = str_skip(*rest, n);
	return n > 0;
}

static bool
set_stat(struct report *r, const struct stat *stat, struct str value)
{
	char *at = (char *)r + stat->offset;
	double number;
	int64_t whole;

	if (!report_number(value, &number))
		return false;
	if (stat->kind == STAT_MOS) {
		number = report_mos(number);
		if (isnan(number))
			return false;
		memcpy(at, &number, sizeof(number));
		return true;
	}
	if (stat->kind == STAT_COUNT)
		whole = report_count(value);
	else if (stat->kind == STAT_MS_ABOVE_0 && number <= 0)
		whole = TIME_NONE;
	else
		whole = report_ms(number);
	if (whole == REPORT_ABSENT)
		return false;
	memcpy(at, &whole, sizeof(whole));
	return true;
}

/* Ends of the call as who wrote it knows them. */
struct ends {
	struct net_endpoint at[2];	/* own, other */
};

static void
read_address(struct ends *ends, struct str key, struct str value, unsigned int nth)
{
	uint32_t port;

	if (str_eq_ci(key, STR("IP")) && nth < 2) {
		if (!net_endpoint_parse(value, &ends->at[nth]))
			ends->at[nth] = (struct net_endpoint){ 0 };
	} else if (str_eq_ci(key, STR("IPL")) || str_eq_ci(key, STR("IPR"))) {
		struct net_addr *a = &ends->at[ascii_lower(key.p[2]) == 'r'].addr;

		if (!net_addr_parse(value, a))
			*a = (struct net_addr){ 0 };
	} else if (str_eq_ci(key, STR("PTL")) || str_eq_ci(key, STR("PTR"))) {
		if (str_to_u32(value, &port) && port <= UINT16_MAX)
			ends->at[ascii_lower(key.p[2]) == 'r'].port = (uint16_t)port;
	}
}

/* Texts and what the headers tell of the call. */
static bool
read_text(enum stat_header_id id, struct stat_header *stat, struct str key, struct str value)
{
	double seconds;

	if (str_eq_ci(key, STR("DU")) || str_eq_ci(key, STR("Dur"))) {
		if (report_number(value, &seconds) && seconds >= 0 && seconds < 1e9)
			stat->duration = (int64_t)(seconds * 1e9);
		return true;
	}
	if (str_eq_ci(key, STR("EN")) || str_eq_ci(key, STR("VoTxCodec"))) {
		stat->encoder = value;
		return true;
	}
	if (str_eq_ci(key, STR("DE")) || str_eq_ci(key, STR("VoRxCodec"))) {
		stat->decoder = value;
		return true;
	}
	/* The same key of two headers. */
	if (str_eq_ci(key, STR("Pkt"))) {
		int64_t *packets = id == STAT_HEADER_TX ? &stat->sent.packets
							: &stat->received.packets;

		*packets = report_count(value);
		return *packets != REPORT_ABSENT;
	}
	return false;
}

static bool
read_value(enum stat_header_id id, struct stat_header *stat, struct str key, struct str value,
	   unsigned int nth)
{
	struct report *of[] = { &stat->received, &stat->sent };

	if (nth == 0 && read_text(id, stat, key, value))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(stats); i++) {
		const struct stat *s = &stats[i];

		if (!str_eq_ci(key, s->key))
			continue;
		if (s->report == BOTH)
			return nth < 2 && set_stat(of[nth], s, value);
		return nth == 0 && set_stat(of[s->report], s, value);
	}
	return false;
}

static void
set_ends(struct stat_header *stat, const struct ends *ends)
{
	const struct net_endpoint *own = &ends->at[0], *other = &ends->at[1];

	if (own->addr.family)
		stat->received.to = stat->sent.from = *own;
	if (other->addr.family)
		stat->received.from = stat->sent.to = *other;
}

bool
stat_header_parse(enum stat_header_id id, struct str value, struct stat_header *stat)
{
	struct str word, key = STR_NONE;
	struct ends ends = { 0 };
	unsigned int nth = 0;
	bool any = false;

	*stat = (struct stat_header){ .duration = TIME_NONE };
	report_init(&stat->received);
	report_init(&stat->sent);
	stat->received.source = stat->sent.source = REPORT_HEADER;
	stat->sent.sender = true;
	while (word_next(&value, &word)) {
		size_t eq = str_chr(word, '=');

		if (eq == SIZE_MAX) {
			nth += nth < UINT_MAX;
		} else {
			key = str_sub(word, 0, eq);
			word = str_skip(word, eq + 1);
			nth = 0;
		}
		/* VQMetrics="...": the list within follows. */
		if (word.n == 0)
			continue;
		any |= read_value(id, stat, key, word, nth);
		read_address(&ends, key, word, nth);
	}
	set_ends(stat, &ends);
	return any;
}
