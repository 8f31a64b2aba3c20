/*
 * A report is lines of "Name: value", some of "Name=value", where a line that begins with a blank goes on with
 * the one before. LocalMetrics and RemoteMetrics have no value: they say whose the lines
 * behind them are. The values of most lines are words "KEY=value".
 *
 * LocalAddr is the receiving end of what LocalMetrics tells of, RemoteAddr its source
 * (RFC 6035 section 4.6); for RemoteMetrics it is the other way about, unless they have
 * addresses of their own, which some reporters write there from their own view.
 */
#include "media/vq_report.h"

#include <math.h>

/* ---- lines and words ---- */

/* The next line with those that go on with it; empty ones are passed over. */
static bool
line_next(struct str *rest, struct str *name, struct str *value)
{
	while (rest->n > 0) {
		struct str line;
		size_t end = 0, colon = 0;

		for (;;) {
			size_t lf = str_chr(str_skip(*rest, end), '\n');

			end = lf == SIZE_MAX ? rest->n : end + lf + 1;
			if (end == rest->n || !ascii_is_blank(rest->p[end]))
				break;
		}
		line = str_trim(str_sub(*rest, 0, end));
		*rest = str_skip(*rest, end);
		if (line.n == 0)
			continue;
		while (colon < line.n && line.p[colon] != ':' && line.p[colon] != '=')
			colon++;
		*name = str_trim(str_sub(line, 0, colon));
		*value = str_trim(str_skip(line, colon + 1));
		return true;
	}
	return false;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';';
}

/* The next "KEY=value"; a value may be in quotes. Some write "KEY:value"; words without
 * either have no value. */
static bool
word_next(struct str *rest, struct str *key, struct str *value)
{
	struct str word;
	bool quoted = false;
	size_t n = 0, eq;

	while (rest->n > 0 && is_space(rest->p[0]))
		*rest = str_skip(*rest, 1);
	if (rest->n == 0)
		return false;
	for (; n < rest->n && (quoted || !is_space(rest->p[n])); n++)
		quoted ^= rest->p[n] == '"';
	word = str_sub(*rest, 0, n);
	*rest = str_skip(*rest, n);
	eq = str_chr(word, '=');
	if (eq == SIZE_MAX)
		eq = str_chr(word, ':');
	*key = str_sub(word, 0, eq);
	*value = eq == SIZE_MAX ? STR_NONE : str_skip(word, eq + 1);
	if (value->n >= 2 && value->p[0] == '"' && value->p[value->n - 1] == '"')
		*value = str_sub(*value, 1, value->n - 2);
	return true;
}

/* ---- ends ---- */

struct end {
	struct net_endpoint at;
	bool has_ssrc, may_be_decimal;
	uint32_t ssrc, decimal;
};

/* The ABNF has "0x" before it, the examples do not, and some write it in decimals. */
static void
read_ssrc(struct str s, struct end *end)
{
	bool marked = str_starts_ci(s, STR("0x"));
	struct str digits = marked ? str_skip(s, 2) : s;
	uint64_t value = 0;

	end->has_ssrc = end->may_be_decimal = false;
	if (!marked)
		end->may_be_decimal = str_to_u32(digits, &end->decimal);
	for (size_t i = 0; i < digits.n; i++) {
		int d = ascii_hex(digits.p[i]);

		if (d < 0 || i >= 8) {
			/* Too long for hexadecimal digits. */
			end->has_ssrc = end->may_be_decimal;
			end->ssrc = end->decimal;
			return;
		}
		value = value << 4 | (uint64_t)d;
	}
	end->has_ssrc = digits.n > 0;
	end->ssrc = (uint32_t)value;
}

static void
read_end(struct str value, struct end *end)
{
	struct str key, v;
	uint32_t port;

	*end = (struct end){ 0 };
	while (word_next(&value, &key, &v)) {
		if (str_eq_ci(key, STR("IP"))) {
			if (!net_addr_parse(v, &end->at.addr))
				end->at.addr = (struct net_addr){ 0 };
		} else if (str_eq_ci(key, STR("PORT"))) {
			if (str_to_u32(v, &port) && port <= UINT16_MAX)
				end->at.port = (uint16_t)port;
		} else if (str_eq_ci(key, STR("SSRC"))) {
			read_ssrc(v, end);
		}
	}
}

/* ---- metrics ---- */

enum metric_kind {
	METRIC_PERCENT,
	METRIC_DENSITY,		/* percent on the wire, a fraction here */
	METRIC_MS,
	METRIC_MS_ABOVE_0,	/* 0: nothing was measured */
	METRIC_R,
	METRIC_MOS,
};

static const struct metric {
	struct str line, key;
	uint8_t kind;
	size_t offset;		/* in struct report */
} metrics[] = {
#define METRIC(line, key, kind, member) \
	{ STR_INIT(line), STR_INIT(key), METRIC_##kind, offsetof(struct report, member) }
	METRIC("PacketLoss", "NLR", PERCENT, lost_percent),
	METRIC("PacketLoss", "JDR", PERCENT, discard_percent),
	METRIC("BurstGapLoss", "BLD", DENSITY, burst_density),
	METRIC("BurstGapLoss", "BD", MS, burst_duration),
	METRIC("BurstGapLoss", "GLD", DENSITY, gap_density),
	METRIC("BurstGapLoss", "GD", MS, gap_duration),
	METRIC("Delay", "RTD", MS_ABOVE_0, round_trip),
	METRIC("Delay", "ESD", MS_ABOVE_0, end_system),
	METRIC("Delay", "OWD", MS_ABOVE_0, delay),
	METRIC("Delay", "SOWD", MS_ABOVE_0, delay),
	METRIC("Delay", "IAJ", MS, jitter),
	METRIC("Delay", "MAJ", MS, max_jitter),
	METRIC("QualityEst", "RLQ", R, r_factor),
	METRIC("QualityEst", "RCQ", R, r_factor),
	METRIC("QualityEst", "MOSLQ", MOS, mos_lq),
	METRIC("QualityEst", "MOSCQ", MOS, mos_cq),
#undef METRIC
};

static void
set(struct report *r, const struct metric *m, double v)
{
	char *at = (char *)r + m->offset;
	int64_t span = report_ms(v);
	double judged;

	switch ((enum metric_kind)m->kind) {
	case METRIC_MS:
	case METRIC_MS_ABOVE_0:
		if (span != TIME_NONE && (v > 0 || m->kind == METRIC_MS))
			memcpy(at, &span, sizeof(span));
		return;
	case METRIC_R:
		judged = report_r_factor(v);
		break;
	case METRIC_MOS:
		judged = report_mos(v);
		break;
	case METRIC_DENSITY:
		judged = report_percent(v) / 100;
		break;
	default:
		judged = report_percent(v);
		break;
	}
	if (!isnan(judged))
		memcpy(at, &judged, sizeof(judged));
}

static void
read_description(struct vq_metrics *m, struct str key, struct str value)
{
	uint32_t n;

	if (str_eq_ci(key, STR("PD")))
		m->codec = value;
	else if (!str_to_u32(value, &n))
		return;
	else if (str_eq_ci(key, STR("PT")))
		m->payload_type = n < 128 ? (uint8_t)n : 255;
	else if (str_eq_ci(key, STR("SR")))
		m->sample_rate = n;
	else if (str_eq_ci(key, STR("FD")))
		m->frame_ms = n;
}

static void
read_metrics(struct vq_metrics *m, struct str name, struct str value)
{
	struct str key, v;
	double number;

	while (word_next(&value, &key, &v)) {
		if (str_eq_ci(name, STR("SessionDesc")))
			read_description(m, key, v);
		if (str_eq_ci(name, STR("Timestamps")) && str_eq_ci(key, STR("START")))
			m->start = v;
		if (str_eq_ci(name, STR("Timestamps")) && str_eq_ci(key, STR("STOP")))
			m->stop = v;
		if (!report_number(v, &number))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
			if (str_eq_ci(name, metrics[i].line) && str_eq_ci(key, metrics[i].key))
				set(&m->report, &metrics[i], number);
	}
}

/* ---- the report ---- */

static void
metrics_init(struct vq_metrics *m)
{
	*m = (struct vq_metrics){ .payload_type = 255 };
	report_init(&m->report);
	m->report.source = REPORT_VQ;
}

static void
set_ends(struct vq_metrics *m, const struct end *from, const struct end *to)
{
	m->report.from = from->at.addr.family ? from->at : (struct net_endpoint){ 0 };
	m->report.to = to->at.addr.family ? to->at : (struct net_endpoint){ 0 };
	m->report.has_ssrc = from->has_ssrc;
	m->report.ssrc = from->ssrc;
	m->may_be_decimal = from->may_be_decimal;
	m->ssrc_decimal = from->decimal;
}

static bool
read_first(struct str *rest, struct vq_report *vq)
{
	static const struct str words[] = {
#define VQ_WORD(id, word) [VQ_##id] = STR_INIT(word),
		VQ_KINDS(VQ_WORD)
#undef VQ_WORD
	};
	struct str name;

	if (!line_next(rest, &name, &vq->type))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!str_eq_ci(name, words[i]))
			continue;
		vq->kind = (uint8_t)i;
		return true;
	}
	return false;
}

/* What a report says of itself: true where the line was such a one. */
static bool
read_texts(struct vq_report *vq, struct str name, struct str value)
{
	const struct {
		struct str name;
		struct str *to;
	} texts[] = {
		{ STR("CallID"), &vq->call_id },
		{ STR("LocalID"), &vq->local_id },
		{ STR("RemoteID"), &vq->remote_id },
		{ STR("OrigID"), &vq->orig_id },
		{ STR("DialogID"), &vq->dialog_id },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!str_eq_ci(name, texts[i].name))
			continue;
		if (texts[i].to->n == 0)
			*texts[i].to = value;
		return true;
	}
	return false;
}

bool
vq_report_parse(struct str body, struct vq_report *vq)
{
	/* [0] as it is told of all, [1] as RemoteMetrics tell of themselves */
	struct end local[2] = { 0 }, remote[2] = { 0 };
	struct vq_metrics *in = NULL;
	bool own = false;
	struct str name, value;

	*vq = (struct vq_report){ 0 };
	metrics_init(&vq->local);
	metrics_init(&vq->remote);
	if (!read_first(&body, vq))
		return false;
	while (line_next(&body, &name, &value)) {
		bool far = in == &vq->remote;

		if (str_eq_ci(name, STR("LocalMetrics"))) {
			in = &vq->local;
			in->present = true;
		} else if (str_eq_ci(name, STR("RemoteMetrics"))) {
			in = &vq->remote;
			in->present = true;
		} else if (str_eq_ci(name, STR("LocalAddr"))) {
			read_end(value, &local[far]);
			own |= far;
		} else if (str_eq_ci(name, STR("RemoteAddr"))) {
			read_end(value, &remote[far]);
			own |= far;
		} else if (!read_texts(vq, name, value) && in) {
			read_metrics(in, name, value);
		}
	}
	set_ends(&vq->local, &remote[0], &local[0]);
	if (own)
		set_ends(&vq->remote, &remote[1], &local[1]);
	else
		set_ends(&vq->remote, &local[0], &remote[0]);
	return true;
}

struct str
vq_report_call_id(struct str body)
{
	struct vq_report vq = { 0 };
	struct str name, value;

	if (!read_first(&body, &vq))
		return STR_NONE;
	while (line_next(&body, &name, &value))
		if (str_eq_ci(name, STR("CallID")) && value.n > 0)
			return value;
	return STR_NONE;
}
