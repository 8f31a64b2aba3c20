/*
 * What keeping within bounds costs, and whether memory stays flat: feeds a store with
 * messages of calls of ten messages each, many at a time, and of registrations that are
 * refreshed for ever.
 *
 *	retain [--memory MiB] [--calls N] [--registrations N] [--flood] [--header BYTES]
 *
 * Tells every tenth of the way what the store counts, what the process has, and the longest
 * store_retain() and hundred messages added between; at the end ns of CPU a message. --flood: calls of one message, each from a
 * port of its own. --header: every other 200,000 calls have URIs of up to as many bytes.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "sip/scan.h"
#include "store/store.h"

#define CALL_LINES	10u
#define AT_ONCE		2000u	/* calls under way */

struct bench {
	struct store *store;
	uint64_t seed;
	uint32_t frames;
	int64_t now;
	bool flood;
	uint32_t header;	/* bytes of the user, of a part of the calls */
};

static const struct { const char *start, *cseq, *branch; bool forth, tag; } lines[CALL_LINES] = {
	{ "INVITE sip:bob@b.test SIP/2.0", "1 INVITE", "a", true, false },
	{ "SIP/2.0 100 Trying", "1 INVITE", "a", false, false },
	{ "SIP/2.0 180 Ringing", "1 INVITE", "a", false, true },
	{ "SIP/2.0 200 OK", "1 INVITE", "a", false, true },
	{ "ACK sip:bob@b.test SIP/2.0", "1 ACK", "b", true, true },
	{ "INFO sip:bob@b.test SIP/2.0", "2 INFO", "c", true, true },
	{ "SIP/2.0 200 OK", "2 INFO", "c", false, true },
	{ "BYE sip:bob@b.test SIP/2.0", "3 BYE", "d", true, true },
	{ "SIP/2.0 200 OK", "3 BYE", "d", false, true },
	{ "SIP/2.0 200 OK", "3 BYE", "d", false, true },
};

static int64_t
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static double
resident_mib(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	char line[128] = "";
	char *p = line;

	if (f) {
		if (!fgets(line, sizeof(line), f))
			line[0] = '\0';
		fclose(f);
	}
	strtoul(p, &p, 10);
	return (double)strtoul(p, NULL, 10) * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

static void
say(struct bench *b, uint32_t id, uint32_t line, const char *reg)
{
	struct sip_scan scan;
	struct store_input in = { .scan = &scan, .ttl = 64 };
	static char user[8192];
	char text[9000];
	uint32_t wide = id * UINT32_C(2654435761) % (b->header + 1);
	const char *start = reg ? reg : lines[line].start;
	bool forth = reg ? reg[0] == 'R' : lines[line].forth;
	int n = snprintf(text, sizeof(text), "%s\r\n"
		"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK%s%u-%u\r\n"
		"From: <sip:alice%u%.*s@a.test>;tag=f%u\r\nTo: <sip:bob@b.test>%s\r\n"
		"Call-ID: %s%08x-1234-5678-9abc@host.example\r\nCSeq: %s\r\nExpires: 120\r\n"
		"Content-Length: 0\r\n\r\n", start, reg ? "r" : lines[line].branch, id,
		reg ? line : 0, id % 10000,
		(int)(id % 400000 < 200000 ? wide : 0), user, id, !reg && lines[line].tag ? ";tag=t" : "",
		reg ? "reg-" : "", id, reg ? "" : lines[line].cseq);

	if (user[0] == 0)
		memset(user, 'x', sizeof(user) - 1);
	if (reg) {
		n = snprintf(text, sizeof(text), "%s\r\n"
			"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKr%u-%u\r\n"
			"From: <sip:alice%u@a.test>;tag=f%u\r\nTo: <sip:alice%u@a.test>\r\n"
			"Call-ID: reg-%08x@host.example\r\nCSeq: %u REGISTER\r\n"
			"Expires: 120\r\nContent-Length: 0\r\n\r\n", start, id, line, id, id, id,
			id, line + 1);
	}
	if (sip_scan((struct str){ text, (size_t)n }, SIP_DATAGRAM, &scan) != SIP_SCAN_MESSAGE)
		abort();
	b->now += 100 * 1000;	/* ten thousand messages a second */
	net_addr_set_ip4(&in.src.addr, (const uint8_t[]){ 192, 0, 2, forth ? 1 : 2 });
	net_addr_set_ip4(&in.dst.addr, (const uint8_t[]){ 192, 0, 2, forth ? 2 : 1 });
	in.src.port = in.dst.port = 5060;
	if (b->flood) {
		in.src.port = (uint16_t)id;
		in.src.addr.bytes[0] = (uint8_t)(id >> 16);
	}
	in.length = (uint32_t)n;
	in.frame = ++b->frames;
	in.place.offset = (uint64_t)b->frames * 600;
	in.time = b->now;
	store_expect(b->store, &in);
	store_add(b->store, &in);
}

static int64_t
retain(struct bench *b)
{
	int64_t before = cpu_ns();

	store_retain(b->store);
	return cpu_ns() - before;
}

int
main(int argc, char **argv)
{
	struct store_bounds bounds = { 0 };
	struct bench b = { .store = store_new(), .seed = 1, .now = NS_PER_S };
	struct store_kept kept;
	uint32_t calls = 1000000, regs = 0, told = 0;
	int64_t longest = 0, adding = 0, since, all = 0, begun, spent;
	double most = 0;
	uint64_t n = 0, total;

	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--flood") == 0)
			b.flood = true;
		else if (strcmp(argv[i], "--header") == 0)
			b.header = (uint32_t)strtoul(value, NULL, 10) % 8000;
		else if (strcmp(argv[i], "--memory") == 0)
			bounds.memory = strtoul(value, NULL, 10) << 20;
		else if (strcmp(argv[i], "--calls") == 0)
			calls = (uint32_t)strtoul(value, NULL, 10);
		else if (strcmp(argv[i], "--registrations") == 0)
			regs = (uint32_t)strtoul(value, NULL, 10);
	}
	if (bounds.memory)
		store_set_bounds(b.store, &bounds, NULL, NULL);
	total = (uint64_t)calls * (b.flood ? 1 : CALL_LINES);
	printf("%10s %10s %10s %8s %8s %8s %8s %8s\n", "messages", "counted", "resident", "calls", "gone",
	       "unfin.", "ms", "adding");
	begun = since = cpu_ns();
	/* Calls go on side by side: the k-th message of the i-th group of them. */
	for (; n < total; n++) {
		uint64_t group = n / (AT_ONCE * CALL_LINES), in = n % (AT_ONCE * CALL_LINES);

		if (b.flood)
			say(&b, (uint32_t)n, 0, NULL);
		else
			say(&b, (uint32_t)(group * AT_ONCE + in % AT_ONCE),
			    (uint32_t)(in / AT_ONCE), NULL);
		if (regs && n % 4 == 0) {
			uint32_t turn = (uint32_t)(n / 4);

			say(&b, turn % regs, turn / regs, "REGISTER sip:b.test SIP/2.0");
			say(&b, turn % regs, turn / regs, "SIP/2.0 200 OK");
		}
		if (n % 100 == 0) {
			spent = cpu_ns() - since;
			adding = spent > adding ? spent : adding;
			spent = retain(&b);
			since = cpu_ns();
			all += spent;
			longest = spent > longest ? spent : longest;
		}
		if (n * 10 / total > told || n + 1 == total) {
			told = (uint32_t)(n * 10 / total);
			store_kept(b.store, &kept);
			most = resident_mib() > most ? resident_mib() : most;
			printf("%10u %10.1f %10.1f %8u %8" PRIu64 " %8" PRIu64 " %8.2f %8.2f\n",
			       store_message_count(b.store),
			       (double)store_memory(b.store) / 1048576, resident_mib(),
			       kept.calls, kept.gone, kept.gone_unfinished,
			       (double)longest / 1e6, (double)adding / 1e6);
			longest = adding = 0;
			since = cpu_ns();
		}
	}
	spent = cpu_ns() - begun;
	printf("%.0f ns a message, of them %.0f for letting go; %" PRIu64 " messages cut\n",
	       (double)spent / (double)store_message_count(b.store),
	       (double)all / (double)store_message_count(b.store), kept.gone_messages);
	store_free(b.store);
	return 0;
}
