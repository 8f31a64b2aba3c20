/*
 * What was learned of each TLS connection. JSON and CSV are one table of columns;
 * text leaves out what was not seen and counts the flaws.
 */
#include "app/tls_list.h"

#include <inttypes.h>

#include "base/text.h"
#include "export/quote.h"
#include "export/sink.h"
#include "export/visible.h"
#include "query/field.h"

#define LABEL_CELLS	14	/* of the labels in text, blanks included */
#define LINE_CELLS	100	/* where long lists are wrapped */

/* ---- values ---- */

/* Append the name, or the number of what has none. */
static void
add_suite(struct buf *b, uint16_t suite)
{
	const char *name = tls_suite_name(suite);

	if (name)
		buf_add_cstr(b, name);
	else
		buf_printf(b, "0x%04x", suite);
}

static void
add_version(struct buf *b, uint16_t version)
{
	const char *name = tls_version_name(version);

	if (name)
		buf_add_cstr(b, name);
	else
		buf_printf(b, "0x%04x", version);
}

static uint32_t
suites_kept(const struct tls_info *info)
{
	return info->suite_n < TLS_SUITES_MAX ? info->suite_n : TLS_SUITES_MAX;
}

static void
add_suites(struct buf *b, const struct tls_info *info)
{
	for (uint32_t i = 0; i < suites_kept(info); i++) {
		if (i > 0)
			buf_add_char(b, ' ');
		add_suite(b, info->suites[i]);
	}
}

static const char *
flaw_name(unsigned int bit)
{
	return bit < TLS_FLAW_COUNT ? tls_flaw_name((enum tls_flaw_bit)bit) : NULL;
}

static struct field_value
text_value(struct str s)
{
	return (struct field_value){ .kind = FIELD_TEXT, .absent = s.n == 0, .as.text = s };
}

static struct field_value
number_value(enum field_kind kind, int64_t n)
{
	return (struct field_value){ .kind = (uint8_t)kind, .as.number = n,
		.absent = kind == FIELD_TIME && n == TIME_NONE };
}

static struct field_value
count_value(uint64_t n)
{
	return number_value(FIELD_COUNT, n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

static struct field_value
endpoint_value(const struct net_endpoint *at)
{
	return (struct field_value){ .kind = FIELD_ADDRESS, .absent = at->addr.family == NET_NONE,
		.as.endpoint = *at };
}

static struct field_value
flaws_value(const struct tls_info *info)
{
	struct field_value v = { .kind = FIELD_LIST, .as.list.name = flaw_name };

	for (unsigned int i = 0; i < TLS_FLAW_COUNT; i++)
		if (info->flaws[i] > 0)
			v.as.list.bits |= 1u << i;
	return v;
}

/* ---- columns ---- */

#define COLUMNS(_) \
	_(TIME,             "time") \
	_(END,              "end") \
	_(FRAME,            "frame") \
	_(SOURCE,           "source") \
	_(DESTINATION,      "destination") \
	_(SERVER_NAME,      "server_name") \
	_(VERSION,          "version") \
	_(VERSION_OFFERED,  "version_offered") \
	_(SUITE,            "suite") \
	_(SUITES_OFFERED,   "suites_offered") \
	_(SUITES_COUNT,     "suites_offered_count") \
	_(ALPN,             "alpn") \
	_(SUBJECT,          "subject") \
	_(ISSUER,           "issuer") \
	_(NAMES,            "names") \
	_(NOT_BEFORE,       "not_before") \
	_(NOT_AFTER,        "not_after") \
	_(CLIENT_CERT,      "client_certificate") \
	_(RESUMED,          "resumed") \
	_(RETRIED,          "retried") \
	_(EARLY_DATA,       "early_data") \
	_(STAGE,            "stage") \
	_(ALERTS,           "alerts") \
	_(BYTES_SENT,       "bytes_sent") \
	_(BYTES_RECEIVED,   "bytes_received") \
	_(TEXT_SENT,        "text_bytes_sent") \
	_(TEXT_RECEIVED,    "text_bytes_received") \
	_(CLIENT_RANDOM,    "client_random") \
	_(DECRYPTED,        "decrypted") \
	_(REASON,           "reason") \
	_(FLAWS,            "flaws")

enum column {
#define COLUMN_ID(id, name) COLUMN_##id,
	COLUMNS(COLUMN_ID)
#undef COLUMN_ID
	COLUMN_COUNT
};

static const char *const column_names[COLUMN_COUNT] = {
#define COLUMN_NAME(id, name) name,
	COLUMNS(COLUMN_NAME)
#undef COLUMN_NAME
};

/* What stands between the items of a column that is a list; NULL: it is none. */
static const char *
column_separator(enum column c)
{
	switch (c) {
	case COLUMN_SUITES_OFFERED: return " ";
	case COLUMN_NAMES: return ", ";
	case COLUMN_ALERTS: return "; ";
	default: return NULL;
	}
}

/* Texts are borrowed, of the record or from @p scratch, which is empty. */
static struct field_value
column_value(enum column c, const struct tls_connection *r, struct buf *scratch)
{
	const struct tls_info *info = &r->info;
	unsigned int client = info->client & 1;

	switch (c) {
	case COLUMN_TIME: return number_value(FIELD_TIME, r->first);
	case COLUMN_END: return number_value(FIELD_TIME, r->last);
	case COLUMN_FRAME: return count_value(r->frame);
	case COLUMN_SOURCE: return endpoint_value(&r->client);
	case COLUMN_DESTINATION: return endpoint_value(&r->server);
	case COLUMN_SERVER_NAME: return text_value(buf_str(&info->server_name));
	case COLUMN_VERSION:
		if (info->version != 0)
			add_version(scratch, info->version);
		break;
	case COLUMN_VERSION_OFFERED:
		if (info->version_offered != 0)
			add_version(scratch, info->version_offered);
		break;
	case COLUMN_SUITE:
		if (info->suite != 0)
			add_suite(scratch, info->suite);
		break;
	case COLUMN_SUITES_OFFERED:
		add_suites(scratch, info);
		break;
	case COLUMN_SUITES_COUNT: return count_value(info->suite_n);
	case COLUMN_ALPN: return text_value(buf_str(&info->alpn));
	case COLUMN_SUBJECT: return text_value(buf_str(&info->subject));
	case COLUMN_ISSUER: return text_value(buf_str(&info->issuer));
	case COLUMN_NAMES: return text_value(buf_str(&info->names));
	case COLUMN_NOT_BEFORE: return number_value(FIELD_TIME, info->not_before);
	case COLUMN_NOT_AFTER: return number_value(FIELD_TIME, info->not_after);
	case COLUMN_CLIENT_CERT: return number_value(FIELD_BOOL, info->client_certificate);
	case COLUMN_RESUMED: return number_value(FIELD_BOOL, info->resumed);
	case COLUMN_RETRIED: return number_value(FIELD_BOOL, info->retried);
	case COLUMN_EARLY_DATA: return number_value(FIELD_BOOL, info->early_data);
	case COLUMN_STAGE: return text_value(str_of(tls_stage_name((enum tls_stage)info->stage)));
	case COLUMN_ALERTS: return text_value(buf_str(&info->alerts));
	case COLUMN_BYTES_SENT: return count_value(info->bytes[client]);
	case COLUMN_BYTES_RECEIVED: return count_value(info->bytes[!client]);
	case COLUMN_TEXT_SENT: return count_value(info->text_bytes[client]);
	case COLUMN_TEXT_RECEIVED: return count_value(info->text_bytes[!client]);
	case COLUMN_CLIENT_RANDOM:
		for (size_t i = 0; info->has_random && i < sizeof(info->client_random); i++)
			buf_printf(scratch, "%02x", info->client_random[i]);
		break;
	case COLUMN_DECRYPTED: return number_value(FIELD_BOOL, info->decrypted);
	case COLUMN_REASON: return text_value(buf_str(&info->reason));
	case COLUMN_FLAWS: return flaws_value(info);
	case COLUMN_COUNT: break;
	}
	return text_value(buf_str(scratch));
}

/* ---- json ---- */

/* Cut the next item off the front of *rest. */
static bool
take_item(struct str *rest, struct str separator, struct str *item)
{
	size_t at;

	if (rest->n == 0)
		return false;
	at = str_find_ci(*rest, separator);
	*item = str_sub(*rest, 0, at);
	*rest = at == SIZE_MAX ? STR_NONE : str_skip(*rest, at + separator.n);
	return true;
}

static void
json_array(struct buf *b, struct str text, struct str separator)
{
	static const struct field_style style = FIELD_STYLE_JSON;
	struct str item;
	bool more = false;

	buf_add_char(b, '[');
	while (take_item(&text, separator, &item)) {
		struct field_value v = { .kind = FIELD_TEXT, .as.text = item };

		if (more)
			buf_add_cstr(b, ", ");
		more = true;
		field_format(b, &v, &style);
	}
	buf_add_char(b, ']');
}

static void
json_record(struct buf *b, const struct tls_connection *r)
{
	static const struct field_style style = FIELD_STYLE_JSON;
	struct buf scratch = BUF_INIT;

	for (int c = 0; c < COLUMN_COUNT; c++) {
		const char *separator = column_separator((enum column)c);
		struct field_value v;

		buf_clear(&scratch);
		v = column_value((enum column)c, r, &scratch);
		buf_printf(b, "%c\"%s\":", c > 0 ? ',' : '{', column_names[c]);
		if (separator)
			json_array(b, v.as.text, str_of(separator));
		else
			field_format(b, &v, &style);
	}
	buf_add_char(b, '}');
	buf_release(&scratch);
}

/* ---- csv ---- */

static void
csv_header(struct buf *b)
{
	for (int c = 0; c < COLUMN_COUNT; c++)
		buf_printf(b, "%s%s", c > 0 ? "," : "", column_names[c]);
}

static void
csv_record(struct buf *b, const struct tls_connection *r)
{
	static const struct field_style style = FIELD_STYLE_CSV;
	struct buf scratch = BUF_INIT;

	for (int c = 0; c < COLUMN_COUNT; c++) {
		struct field_value v;

		buf_clear(&scratch);
		v = column_value((enum column)c, r, &scratch);
		if (c > 0)
			buf_add_char(b, ',');
		if (v.kind == FIELD_TEXT && !v.absent)
			quote_csv(b, v.as.text);
		else
			field_format(b, &v, &style);
	}
	buf_release(&scratch);
}

/* ---- text ---- */

static void
text_label(struct buf *b, const char *label)
{
	buf_printf(b, "  %-*s", LABEL_CELLS, label);
}

/* A line with text from the wire; none where there is no text. */
static void
text_line(struct buf *b, const char *label, const struct buf *text, bool ascii)
{
	if (text->n == 0)
		return;
	text_label(b, label);
	visible_add(b, buf_str(text), false, ascii);
	buf_add_char(b, '\n');
}

static void
text_head(struct buf *b, const struct tls_connection *r, bool utc)
{
	const struct net_endpoint *ends[2] = { &r->client, &r->server };

	buf_printf(b, "#%" PRIu64 "  ", r->frame);
	if (r->first == TIME_NONE)
		buf_add_cstr(b, "no time");
	time_add(b, r->first, TIME_FULL, utc);
	for (int i = 0; i < 2; i++) {
		buf_add_cstr(b, i == 0 ? "  " : " -> ");
		if (ends[i]->addr.family == NET_NONE)
			buf_add_char(b, '?');
		else
			net_endpoint_add(b, ends[i]);
	}
	if (r->first != TIME_NONE && r->last != TIME_NONE && r->last >= r->first) {
		buf_add_cstr(b, "  ");
		span_add(b, span_between(r->first, r->last));
	}
	buf_add_char(b, '\n');
}

/* Words with a comma between, on lines of their own where they are many. */
static void
text_wrap(struct buf *b, struct str words)
{
	int cells = 2 + LABEL_CELLS;
	struct str word;

	for (bool more = false; take_item(&words, STR(" "), &word); more = true) {
		if (more)
			buf_add_char(b, ',');
		if (more && cells + (int)word.n + 2 > LINE_CELLS) {
			buf_add_char(b, '\n');
			buf_add_chars(b, ' ', 2 + LABEL_CELLS);
			cells = 2 + LABEL_CELLS;
		} else if (more) {
			buf_add_char(b, ' ');
		}
		buf_add_str(b, word);
		cells += (int)word.n + 2;
	}
}

static void
text_choices(struct buf *b, const struct tls_info *info)
{
	struct buf words = BUF_INIT;

	if (info->version != 0 || info->version_offered != 0) {
		text_label(b, "version");
		if (info->version_offered != 0) {
			buf_add_cstr(b, "up to ");
			add_version(b, info->version_offered);
			buf_add_cstr(b, " offered, ");
		}
		if (info->version != 0)
			add_version(b, info->version);
		buf_add_cstr(b, info->version != 0 ? " chosen\n" : "none chosen\n");
	}
	if (info->suite != 0) {
		text_label(b, "suite");
		add_suite(b, info->suite);
		buf_add_char(b, '\n');
	}
	if (info->suite_n > 0) {
		text_label(b, "offered");
		add_suites(&words, info);
		text_wrap(b, buf_str(&words));
		if (info->suite_n > suites_kept(info))
			buf_printf(b, ", and %" PRIu32 " more", info->suite_n - suites_kept(info));
		buf_add_char(b, '\n');
		buf_release(&words);
	}
}

static void
text_dates(struct buf *b, const struct tls_info *info, bool utc)
{
	if (info->not_before == TIME_NONE && info->not_after == TIME_NONE)
		return;
	text_label(b, "valid");
	if (info->not_before != TIME_NONE) {
		buf_add_cstr(b, "from ");
		time_add(b, info->not_before, TIME_DATE, utc);
	}
	if (info->not_after != TIME_NONE) {
		buf_add_cstr(b, info->not_before != TIME_NONE ? " to " : "to ");
		time_add(b, info->not_after, TIME_DATE, utc);
	}
	buf_add_char(b, '\n');
}

static void
text_stage(struct buf *b, const struct tls_info *info)
{
	const struct {
		bool is;
		const char *text;
	} notes[] = {
		{ info->resumed, "session resumed" },
		{ info->retried, "hello retried" },
		{ info->early_data, "early data offered" },
		{ info->client_certificate, "client certificate" },
	};

	text_label(b, "handshake");
	buf_add_cstr(b, tls_stage_name((enum tls_stage)info->stage));
	for (size_t i = 0; i < ARRAY_SIZE(notes); i++)
		if (notes[i].is)
			buf_printf(b, ", %s", notes[i].text);
	buf_add_char(b, '\n');
}

static void
text_traffic(struct buf *b, const struct tls_info *info, bool ascii)
{
	unsigned int client = info->client & 1;
	bool any = false;

	text_label(b, "bytes");
	buf_printf(b, "%" PRIu64 " sent in %" PRIu64 " records, ",
		   info->bytes[client], info->records[client]);
	buf_printf(b, "%" PRIu64 " received in %" PRIu64 "\n",
		   info->bytes[!client], info->records[!client]);
	text_label(b, "decrypted");
	if (info->decrypted)
		buf_printf(b, "%" PRIu64 " bytes sent, %" PRIu64 " received",
			   info->text_bytes[client], info->text_bytes[!client]);
	else
		buf_add_cstr(b, "no");
	if (info->reason.n > 0) {
		buf_add_cstr(b, info->decrypted ? "; not all: " : ": ");
		visible_add(b, buf_str(&info->reason), false, ascii);
	}
	buf_add_char(b, '\n');
	for (int i = 0; i < TLS_FLAW_COUNT; i++) {
		if (info->flaws[i] == 0)
			continue;
		if (any)
			buf_add_cstr(b, ", ");
		else
			text_label(b, "flaws");
		any = true;
		buf_printf(b, "%s %" PRIu64, tls_flaw_name((enum tls_flaw_bit)i), info->flaws[i]);
	}
	if (any)
		buf_add_char(b, '\n');
}

static void
text_record(struct buf *b, const struct tls_connection *r, const struct tls_list_options *o)
{
	const struct tls_info *info = &r->info;

	text_head(b, r, o->utc);
	text_line(b, "server name", &info->server_name, o->ascii);
	text_choices(b, info);
	text_line(b, "alpn", &info->alpn, o->ascii);
	text_line(b, "certificate", &info->subject, o->ascii);
	text_line(b, "issuer", &info->issuer, o->ascii);
	text_line(b, "names", &info->names, o->ascii);
	text_dates(b, info, o->utc);
	text_stage(b, info);
	text_line(b, "alerts", &info->alerts, o->ascii);
	text_traffic(b, info, o->ascii);
}

/* ---- the list ---- */

/* End a line of JSON or CSV that was made in @p line. */
static void
end_line(struct buf *b, struct buf *line, const struct tls_list_options *o)
{
	if (!o->terminal)
		buf_add_str(b, buf_str(line));
	else if (o->format == OUTPUT_JSON)
		quote_json_ascii(b, buf_str(line));
	else
		text_add_visible(b, buf_str(line), false);
	buf_add_char(b, '\n');
	buf_clear(line);
}

int
tls_list_write(const struct tls_connection *list, size_t n,
	       const struct tls_list_options *o, FILE *out, struct err *err)
{
	struct buf line = BUF_INIT;
	struct sink sink;

	sink_init(&sink, out);
	if (o->format == OUTPUT_CSV) {
		csv_header(&line);
		end_line(&sink.buf, &line, o);
	}
	for (size_t i = 0; i < n && sink_step(&sink); i++) {
		switch (o->format) {
		case OUTPUT_TEXT:
			if (i > 0)
				buf_add_char(&sink.buf, '\n');
			text_record(&sink.buf, &list[i], o);
			break;
		case OUTPUT_JSON:
			json_record(&line, &list[i]);
			end_line(&sink.buf, &line, o);
			break;
		case OUTPUT_CSV:
			csv_record(&line, &list[i]);
			end_line(&sink.buf, &line, o);
			break;
		}
	}
	buf_release(&line);
	return sink_end(&sink, err);
}
