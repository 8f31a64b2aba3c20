#include <errno.h>
#include <inttypes.h>

#include "app/recording.h"

#include "app/signals.h"
#include "base/mem.h"
#include "base/text.h"
#include "export/record.h"
#include "export/save.h"

struct recording {
	struct recorder *recorder;	/* owned */
	struct buf comment;
	uint64_t told;			/* notices */
	bool hushed, finished;
	bool ended;			/* and that was told */
};

/* ---- opening ---- */

/* What the recorder asks. */
static const char *
name_source(void *ctx, uint16_t source, bool *device)
{
	const struct session *s = ctx;
	const struct capture_source *from = capture_source_at(s->engine.capture, source);

	*device = strcmp(from->format, "live") == 0;
	return from->name;
}

static bool
is_input(void *ctx, const struct stat *st)
{
	const struct session *s = ctx;

	return capture_is_input(s->engine.capture, st);
}

static bool
is_leaving(void *ctx)
{
	(void)ctx;
	return signals_end() != 0;
}

static void
tap(void *ctx, const struct record *rec)
{
	record_packet(ctx, rec);
}

static void
add_comment(struct buf *b, const struct session *s)
{
	struct buf line = BUF_INIT;

	buf_add_cstr(&line, "recorded");
	if (s->devices.n > 0)
		buf_printf(&line, " on %s", buf_cstr(&s->devices));
	if (s->options.bpf.n > 0)
		buf_printf(&line, "; BPF filter %s", buf_cstr(&s->options.bpf));
	text_add_visible(b, buf_str(&line), false);
	buf_release(&line);
}

static enum exit_code
refuse(const char *what)
{
	complain("%s", what);
	return EXIT_USAGE;
}

/* Options that have no meaning together. */
static enum exit_code
check_options(const struct options *o, bool alone, bool *ng)
{
	bool rotates = o->rotate_size > 0 || o->rotate_span > 0;
	size_t stem;
	enum save_format format;

	if (!o->record && (rotates || o->keep > 0))
		return refuse("--rotate-size, --rotate-time and --keep need -O FILE");
	if (!o->record)
		return EXIT_DONE;
	if (!*o->record)
		return refuse("-O: no name of a file");
	if (o->keep > 0 && !rotates)
		return refuse("--keep needs --rotate-size or --rotate-time");
	if (!alone && strcmp(o->record, "-") == 0)
		return refuse("-O -: \"rung record\" writes packets to standard output; here the "
			      "answer goes there");
	format = save_format_of(str_of(o->record), &stem);
	if (save_is_packed(str_of(o->record)))
		return refuse("-O: what is recorded is not packed, since it has to keep up, and "
			      "to be readable while it is written: leave out .gz");
	if (format != SAVE_PCAP && format != SAVE_PCAPNG && format != SAVE_FORMAT_COUNT)
		return refuse("-O: packets are written as they come, as .pcap or .pcapng; "
			      "\"rung save\" writes calls as text");
	*ng = format != SAVE_PCAP;
	return EXIT_DONE;
}

/* Several sources may have several types of link. */
static void
warn_of_links(const struct session *s)
{
	const struct options *o = &s->options;
	bool several = memchr(buf_cstr(&s->devices), ',', s->devices.n) != NULL;

	if (several || o->inputs.n + o->hep_listen.n + (s->devices.n > 0) > 1)
		complain("%s: pcap holds one type of link; if the sources have several, all but "
			 "the first are left out: .pcapng holds all", o->record);
}

enum exit_code
recording_open(struct session *s, bool alone)
{
	const struct options *o = &s->options;
	bool ng = true;
	enum exit_code code = check_options(o, alone, &ng);
	struct recording *rec;
	struct err err;

	if (code != EXIT_DONE || !o->record)
		return code;
	rec = xcalloc(1, sizeof(*rec));
	add_comment(&rec->comment, s);
	rec->recorder = record_open(&(struct record_options){
		.path = o->record, .ng = ng, .force = o->given[OPTION_FORCE],
		.utc = session_utc(s), .wait = alone, .drops = s->live && !alone,
		.rotate_size = o->rotate_size, .rotate_span = o->rotate_span, .keep = o->keep,
		.program = "rung " PACKAGE_VERSION, .comment = buf_cstr(&rec->comment),
		.source = name_source, .is_input = is_input, .leaving = is_leaving, .ctx = s,
	}, &err);
	if (!rec->recorder) {
		complain("-O: %s%s", err.text, errno == EEXIST ? "; --force replaces it" : "");
		recording_free(rec);
		return EXIT_INPUT;
	}
	if (!ng)
		warn_of_links(s);
	s->recording = rec;
	s->engine.tap_record = tap;
	s->engine.tap_record_ctx = rec->recorder;
	return EXIT_DONE;
}

int
recording_made(const struct session *s)
{
	const struct options *o = &s->options;

	if (!s->recording || (o->rotate_size == 0 && o->rotate_span == 0))
		return -1;
	return record_fd(s->recording->recorder);
}

/* ---- while it runs ---- */

int
recording_check(const struct session *s, struct err *err)
{
	struct err why;

	if (!s->recording || record_check(s->recording->recorder, &why) == 0)
		return 0;
	return err_set(err, "-O: no second file of the ring could be made: %s", why.text);
}

static void
tell(struct recording *rec)
{
	uint64_t n = record_notice_count(rec->recorder);

	if (n - rec->told > RECORD_NOTICES)
		rec->told = n - RECORD_NOTICES;
	for (; rec->told < n; rec->told++)
		complain("-O: %s", record_notice(rec->recorder, rec->told));
}

void
recording_tend(struct session *s)
{
	struct recording *rec = s->recording;

	if (!rec || rec->finished)
		return;
	if (signals_take_next_file())
		record_next_file(rec->recorder);
	record_tick(rec->recorder);
	if (!rec->hushed)
		tell(rec);
}

void
recording_hush(struct session *s, bool hush)
{
	if (s->recording)
		s->recording->hushed = hush;
}

uint64_t
recording_notices(const struct session *s, uint64_t back, const char **last)
{
	const struct recording *rec = s->recording;
	uint64_t n = rec ? record_notice_count(rec->recorder) : 0;

	*last = n > back ? record_notice(rec->recorder, n - 1 - back) : NULL;
	return n;
}

void
recording_finish(struct session *s)
{
	struct recording *rec = s->recording;
	struct record_stats stats;

	if (!rec || rec->ended)
		return;
	if (!rec->finished)
		record_finish(rec->recorder);
	rec->finished = true;
	s->engine.tap_record = NULL;
	if (rec->hushed)
		return;
	rec->ended = true;
	record_stats(rec->recorder, &stats);
	tell(rec);
	if (stats.lost > 0)
		complain("-O: %" PRIu64 " packets are not in %s", stats.lost,
			 s->options.rotate_size || s->options.rotate_span ? "the files"
			 : record_path(rec->recorder));
}

void
recording_free(struct recording *rec)
{
	if (!rec)
		return;
	record_free(rec->recorder);
	buf_release(&rec->comment);
	free(rec);
}

struct recorder *
recording_recorder(const struct session *s)
{
	return s->recording ? s->recording->recorder : NULL;
}
