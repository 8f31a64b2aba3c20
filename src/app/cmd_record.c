/*
 * rung record: packets from where they come to where they are kept, and nothing between:
 * what is not looked at cannot go wrong, and costs nothing.
 */
#include <inttypes.h>
#include <poll.h>
#include <unistd.h>

#include "app/answer.h"
#include "app/commands.h"
#include "app/devices.h"
#include "app/recording.h"
#include "app/safe.h"
#include "app/signals.h"
#include "base/text.h"
#include "base/units.h"
#include "export/record.h"

#define READ_AT_ONCE	4096u			/* records between looks at anything else */
#define WAIT_MS		100
#define DRAIN_NS	(2 * NS_PER_S)		/* for what came before the end was asked for */
#define OVERHEAD	64u			/* bytes of a file a packet has around it, at most */

struct run {
	struct session *session;
	struct recorder *recorder;
	uint64_t packets;	/* captured */
	int64_t until;		/* monotonic: --duration; INT64_MAX: none */
	int64_t stopped;	/* monotonic: when the end was asked for; 0: it was not */
	int64_t told;		/* monotonic: when the line was written */
	bool line;		/* a line of progress is on the terminal */
	bool full;		/* --stop-size */
};

/* Take what is there, for a turn. */
static enum capture_status
take(struct run *run)
{
	struct capture *c = run->session->engine.capture;
	uint64_t stop_size = run->session->options.stop_size;
	enum capture_status status = CAPTURE_RECORD;
	struct record rec;

	for (unsigned i = 0; i < READ_AT_ONCE && !run->full; i++) {
		status = capture_next(c, &rec);
		if (status != CAPTURE_RECORD)
			break;
		run->packets++;
		run->full = stop_size > 0 && run->packets > 1 &&
			record_bytes(run->recorder) + rec.caplen + OVERHEAD > stop_size;
		if (run->full)
			run->packets--;
		else
			record_packet(run->recorder, &rec);
	}
	return status;
}

/* Whether to go on; what is live gets a moment for what has come. */
static bool
goes_on(struct run *run, enum capture_status status)
{
	int64_t now = time_monotonic();

	if (run->full || status == CAPTURE_END || record_is_over(run->recorder))
		return false;
	if (run->stopped > 0)
		return now - run->stopped < DRAIN_NS;
	if (!signals_end() && now < run->until)
		return true;
	if (!run->session->live)
		return false;
	run->stopped = now;
	capture_stop(run->session->engine.capture);
	return true;
}

/* Whether there is an interface or a listener. */
static bool
may_drop(const struct session *s)
{
	return s->devices.n > 0 || s->options.hep_listen.n > 0;
}

static void
add_dropped(struct buf *b, const struct session *s)
{
	struct devices_drops drops;

	devices_drops(s, &drops);
	buf_printf(b, "%" PRIu64 " dropped by the kernel, %" PRIu64 " by the interface%s%s",
		   drops.kernel, drops.interface, drops.cause ? ": " : "",
		   drops.cause ? drops.cause : "");
}

/* On a terminal a line tells each second how it goes. */
static void
show_progress(struct run *run)
{
	int64_t now = time_monotonic();
	struct record_stats stats;
	struct buf line = BUF_INIT;

	if (now - run->told < NS_PER_S)
		return;
	run->told = now;
	record_stats(run->recorder, &stats);
	buf_printf(&line, "%" PRIu64 " packets, ", run->packets);
	size_add(&line, stats.bytes);
	if (stats.lost > 0)
		buf_printf(&line, ", %" PRIu64 " not written", stats.lost);
	if (may_drop(run->session)) {
		buf_add_cstr(&line, ", ");
		add_dropped(&line, run->session);
	}
	fprintf(stderr, "\r\033[K%s", buf_cstr(&line));
	run->line = true;
	buf_release(&line);
}

static void
clear_line(struct run *run)
{
	if (run->line)
		fputs("\r\033[K", stderr);
	run->line = false;
}

static void
summarize(const struct run *run)
{
	const struct session *s = run->session;
	struct record_stats stats;
	struct buf line = BUF_INIT;

	record_stats(run->recorder, &stats);
	buf_printf(&line, "%" PRIu64 " packet%s captured, %" PRIu64 " written to ", run->packets,
		   run->packets == 1 ? "" : "s", stats.packets);
	if (stats.files > 1)
		buf_printf(&line, "%" PRIu64 " files up to ", stats.files);
	buf_printf(&line, "%s, ", record_path(run->recorder));
	size_add(&line, stats.bytes);
	if (stats.removed > 0)
		buf_printf(&line, "; %" PRIu64 " file%s removed", stats.removed,
			   stats.removed == 1 ? "" : "s");
	if (may_drop(s)) {
		buf_add_cstr(&line, "; ");
		add_dropped(&line, s);
	}
	complain("%s", buf_cstr(&line));
	buf_release(&line);
}

static enum exit_code
record_all(struct session *s)
{
	bool quiet = s->options.given[OPTION_RECORD_QUIET];
	bool shows = !quiet && isatty(STDERR_FILENO);
	struct run run = { .session = s, .recorder = recording_recorder(s), .until = INT64_MAX };
	enum capture_status status;
	struct record_stats stats;

	if (s->options.duration > 0)
		run.until = time_monotonic() + s->options.duration;
	signals_watch();
	do {
		uint64_t notices = record_notice_count(run.recorder);

		status = take(&run);
		record_tick(run.recorder);
		if (record_notice_count(run.recorder) != notices)
			clear_line(&run);
		recording_tend(s);
		session_tell(s);
		if (shows)
			show_progress(&run);
		if (status == CAPTURE_WAIT && !signals_end()) {
			struct pollfd wait = { .fd = capture_fd(s->engine.capture),
					       .events = POLLIN };

			poll(&wait, 1, WAIT_MS);
		}
	} while (goes_on(&run, status));
	clear_line(&run);
	recording_finish(s);
	session_tell(s);
	record_stats(run.recorder, &stats);
	if (!quiet)
		summarize(&run);
	if (capture_source_count(s->engine.capture) == 0)
		return EXIT_INPUT;
	return stats.lost > 0 && !record_reader_left(run.recorder) ? EXIT_INPUT : EXIT_DONE;
}

enum exit_code
record_run(struct session *s)
{
	const struct options *o = &s->options;
	enum exit_code code;

	if (!o->record) {
		complain("record: -O FILE is missing: where to");
		return EXIT_USAGE;
	}
	s->default_device = o->inputs.n == 0 && o->hep_listen.n == 0 && o->devices.n == 0;
	code = session_open_sources(s);
	if (code == EXIT_DONE)
		code = safe_enter(s, SAFE_ANSWERS);
	return code == EXIT_DONE ? record_all(s) : code;
}
