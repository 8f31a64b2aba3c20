/* The capture readers, plain and packed, out of a file in memory; the first
 * byte chooses between a file, a pipe and a file with a filter. */
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "capture/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FEW		7u
#define PIPE_MAX	((size_t)60000)	/* what a pipe takes without a reader */

static int
open_input(const uint8_t *data, size_t size, bool as_pipe)
{
	int fd, p[2];

	if (as_pipe && size <= PIPE_MAX && pipe(p) == 0) {
		if (write(p[1], data, size) != (ssize_t)size)
			abort();
		close(p[1]);
		return p[0];
	}
	fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

/* Look at the bytes of a record, and whether its place leads to them. */
static uint64_t
look(struct capture *c, const struct record *rec, bool read)
{
	uint64_t sum = 0;
	struct err err;

	if (rec->wirelen < rec->caplen || rec->frame == 0)
		abort();
	for (uint32_t i = 0; i < rec->caplen; i++)
		sum += rec->data[i];
	/* What is not kept is nowhere. */
	if (rec->fleeting && !capture_keep(c, rec))
		return sum;
	if (rec->place.source != PLACE_NONE && rec->caplen > 0 && read) {
		uint8_t *copy = xmalloc(rec->caplen);

		if (capture_read(c, rec->place, copy, rec->caplen, &err) != 0 ||
		    memcmp(copy, rec->data, rec->caplen) != 0)
			abort();
		free(copy);
	}
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture *c = capture_new();
	struct capture_stats stats;
	struct record rec, few[FEW];
	struct err err;
	enum capture_status st;
	uint64_t sum = 0;
	size_t k;
	int fd;

	if (size == 0) {
		capture_free(c);
		return 0;
	}
	capture_set_spool_cap(c, UINT64_C(64) << 20);
	if (data[0] & 2 && capture_set_filter(c, "udp port 5060", &err) != 0)
		abort();
	fd = open_input(data + 1, size - 1, data[0] & 1);
	capture_add_fd(c, fd, "fuzz", &err);
	/* A small packed input may hold very much: not all of it is needed. */
	for (uint64_t n = 0; n < 20000; n++) {
		st = capture_next(c, &rec);
		if (st == CAPTURE_END)
			break;
		if (st == CAPTURE_WAIT) {
			if (capture_fd(c) < 0)
				abort();
			continue;
		}
		sum += look(c, &rec, n < 100);
		k = data[0] & 4 ? capture_next_few(c, few, FEW) : 0;
		for (size_t i = 0; i < k; i++)
			sum += look(c, &few[i], n < 100);
		n += k;
	}
	capture_stats(c, &stats);
	if (stats.records > 0 && capture_source_count(c) == 0)
		abort();
	for (size_t i = 0; i < capture_notice_count(c); i++)
		sum += strlen(capture_notice_at(c, i)->text);
	capture_free(c);
	close(fd);
	return sum == UINT64_MAX;
}
