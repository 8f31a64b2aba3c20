/*
 * Capture files that are written, read again: packets, times, link types, names and
 * comments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "capture/capture.h"
#include "export/pcap_write.h"

#define EARLY	(INT64_MIN + 2 * NS_PER_S)
#define NOON	(INT64_C(1772366400) * NS_PER_S)

static const uint8_t bytes[] = "0123456789abcdef";

struct fixture {
	int fd;
	FILE *out;
	struct pcap_writer w;
	struct capture *c;
};

static void
begin(struct fixture *f, const struct pcap_write_options *o)
{
	f->fd = memfd_create("capture", MFD_CLOEXEC);
	assert_true(f->fd >= 0);
	f->out = fdopen(dup(f->fd), "w");
	assert_non_null(f->out);
	pcap_write_begin(&f->w, o, f->out);
}

static void
end(struct fixture *f)
{
	struct err err;

	assert_int_equal(pcap_write_end(&f->w, &err), 0);
	fclose(f->out);
	lseek(f->fd, 0, SEEK_SET);
	f->c = capture_new();
	assert_int_equal(capture_add_fd(f->c, f->fd, "written", &err), 0);
}

static void
release(struct fixture *f)
{
	struct record rec;

	assert_int_equal(capture_next(f->c, &rec), CAPTURE_END);
	assert_int_equal(capture_notice_count(f->c), 0);
	capture_free(f->c);
	close(f->fd);
}

static struct record
packet(int64_t time, uint16_t link, uint32_t n)
{
	return (struct record){
		.data = bytes, .caplen = n, .wirelen = n + 7, .time = time, .link = link,
		.frame = 1,
	};
}

static void
expect(struct fixture *f, int64_t time, uint16_t link, uint32_t n, uint32_t wire)
{
	struct record rec;

	assert_int_equal(capture_next(f->c, &rec), CAPTURE_RECORD);
	assert_int_equal(rec.time, time);
	assert_int_equal(rec.link, link);
	assert_int_equal(rec.caplen, n);
	assert_int_equal(rec.wirelen, wire);
	assert_memory_equal(rec.data, bytes, n);
}

static void
test_pcap(void **state)
{
	(void)state;
	for (int fine = 0; fine < 2; fine++) {
		struct fixture f;
		struct record rec;

		begin(&f, &(struct pcap_write_options){ .fine = fine });
		for (uint32_t n = 0; n < sizeof(bytes); n++) {
			rec = packet(NOON + n * 1001, 113, n);
			assert_int_equal(pcap_write_packet(&f.w, &rec, NULL, NULL), 0);
		}
		rec = packet(TIME_NONE, 113, 3);
		assert_int_equal(pcap_write_packet(&f.w, &rec, NULL, NULL), 0);
		assert_int_equal(f.w.packets, sizeof(bytes) + 1);
		end(&f);
		for (uint32_t n = 0; n < sizeof(bytes); n++)
			expect(&f, NOON + (fine ? n * 1001 : n * 1001 / 1000 * 1000), 113, n, n + 7);
		expect(&f, NOON + (fine ? 16016 : 16000), 113, 3, 10);
		release(&f);
	}
}

static void
test_pcap_refuses(void **state)
{
	const int64_t late = INT64_C(4294967296) * NS_PER_S;
	struct fixture f;
	struct record rec = packet(NOON, 1, 4);
	struct err err;

	(void)state;
	begin(&f, &(struct pcap_write_options){ 0 });
	assert_int_equal(pcap_write_packet(&f.w, &rec, NULL, &err), 0);
	rec.link = 101;
	assert_int_equal(pcap_write_packet(&f.w, &rec, NULL, &err), -1);
	assert_string_equal(err.text, "pcap holds packets of one link type, and these are of "
			    "types 1 and 101: choose pcapng");
	rec = packet(-1, 1, 4);
	assert_int_equal(pcap_write_packet(&f.w, &rec, NULL, &err), -1);
	rec.time = late;
	assert_int_equal(pcap_write_packet(&f.w, &rec, NULL, &err), -1);
	rec.time = late - 1;
	assert_int_equal(pcap_write_packet(&f.w, &rec, NULL, &err), 0);
	end(&f);
	expect(&f, NOON, 1, 4, 11);
	expect(&f, late - 1000, 1, 4, 11);
	release(&f);
}

static void
test_empty(void **state)
{
	(void)state;
	for (int ng = 0; ng < 2; ng++) {
		struct fixture f;

		begin(&f, &(struct pcap_write_options){ .ng = ng });
		end(&f);
		release(&f);
	}
}

static void
write_ng(struct fixture *f)
{
	struct pcap_packet_note fine = { .fine = true, .source = "a.pcap", .comment = "look" };
	struct record rec = packet(NOON + 1, 1, 5);

	assert_int_equal(pcap_write_packet(&f->w, &rec, &fine, NULL), 0);
	rec = packet(NOON + 2, 101, 6);
	assert_int_equal(pcap_write_packet(&f->w, &rec, &fine, NULL), 0);
	rec = packet(NOON + 3001, 1, 7);
	rec.source = 1;
	assert_int_equal(pcap_write_packet(&f->w, &rec, NULL, NULL), 0);
	rec = packet(-1, 1, 8);
	assert_int_equal(pcap_write_packet(&f->w, &rec, &fine, NULL), 0);
	rec = packet(EARLY, 1, 9);
	assert_int_equal(pcap_write_packet(&f->w, &rec, &fine, NULL), 0);
	/* Of the first interface, whole: a block without time; cut: as the one before. */
	rec = packet(TIME_NONE, 1, 10);
	rec.wirelen = 10;
	assert_int_equal(pcap_write_packet(&f->w, &rec, &fine, NULL), 0);
	rec.wirelen = 11;
	rec.time = NOON + 9;
	assert_int_equal(pcap_write_packet(&f->w, &rec, &fine, NULL), 0);
	rec.time = TIME_NONE;
	assert_int_equal(pcap_write_packet(&f->w, &rec, &fine, NULL), 0);
}

static void
test_pcapng(void **state)
{
	struct pcap_write_options o = { .ng = true, .program = "test", .comment = "of mine" };
	struct net_addr a4 = net_addr_ip4((const uint8_t *)"\300\0\2\1"), a6;
	struct fixture f;

	(void)state;
	assert_true(net_addr_parse(STR("2001:db8::1"), &a6));
	begin(&f, &o);
	pcap_write_name(&f.w, &a4, STR("gate"));
	pcap_write_name(&f.w, &a6, STR("six"));
	pcap_write_name(&f.w, &a6, STR(""));
	write_ng(&f);
	pcap_write_until(&f.w, NOON + 77);
	assert_int_equal(f.w.n, 4);
	end(&f);
	expect(&f, NOON + 1, 1, 5, 12);
	expect(&f, NOON + 2, 101, 6, 13);
	expect(&f, NOON + 3000, 1, 7, 14);
	expect(&f, -1, 1, 8, 15);
	expect(&f, EARLY, 1, 9, 16);
	expect(&f, TIME_NONE, 1, 10, 10);
	expect(&f, NOON + 9, 1, 10, 11);
	expect(&f, NOON + 9, 1, 10, 11);
	release(&f);
}

static void
test_pcapng_told(void **state)
{
	struct pcap_write_options o = { .ng = true, .program = "test", .comment = "of mine" };
	struct net_addr a4 = net_addr_ip4((const uint8_t *)"\300\0\2\1");
	struct capture_stats stats;
	struct fixture f;
	struct record rec;

	(void)state;
	begin(&f, &o);
	pcap_write_name(&f.w, &a4, STR("gate"));
	write_ng(&f);
	pcap_write_until(&f.w, NOON + 77);
	end(&f);
	while (capture_next(f.c, &rec) == CAPTURE_RECORD)
		;
	assert_int_equal(capture_name_count(f.c), 1);
	assert_true(net_addr_eq(&capture_name_at(f.c, 0)->addr, &a4));
	assert_string_equal(capture_name_at(f.c, 0)->name, "gate");
	assert_string_equal(capture_comment_at(f.c, 0)->text, "of mine");
	assert_int_equal(capture_comment_at(f.c, 0)->frame, 0);
	assert_string_equal(capture_comment_at(f.c, 1)->text, "look");
	assert_int_equal(capture_comment_at(f.c, 1)->frame, 1);
	assert_int_equal(capture_secrets_count(f.c), 0);
	capture_stats(f.c, &stats);
	assert_int_equal(stats.until, NOON + 77);
	release(&f);
}

static void
test_full(void **state)
{
	FILE *out = fopen("/dev/full", "w");
	struct record rec = packet(NOON, 1, 16);
	struct pcap_writer w;
	struct err err;
	int r = 0;

	(void)state;
	assert_non_null(out);
	pcap_write_begin(&w, &(struct pcap_write_options){ 0 }, out);
	for (int i = 0; i < 100000 && r == 0; i++)
		r = pcap_write_packet(&w, &rec, NULL, &err);
	assert_int_equal(r, -1);
	assert_string_equal(err.text, "write: No space left on device");
	assert_int_equal(pcap_write_end(&w, &err), -1);
	fclose(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcap),
		cmocka_unit_test(test_pcap_refuses),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_pcapng),
		cmocka_unit_test(test_pcapng_told),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
