#include <unistd.h>

#include "capture/reserve.h"

#include "capture/spool.h"

/* Three for each capture: what is open, what is opened instead of it, and what is read
 * again for saving; one for what that writes. */
#define RESERVE_MAX	10

static struct {
	int fds[RESERVE_MAX];
	int n;
	bool filled;
} reserve;

void
reserve_fill(void)
{
	reserve.filled = true;
	while (reserve.n < RESERVE_MAX) {
		int fd = spool_make_file(NULL);

		if (fd < 0)
			return;
		reserve.fds[reserve.n++] = fd;
	}
}

int
reserve_take(void)
{
	return reserve.n > 0 ? reserve.fds[--reserve.n] : -1;
}

void
reserve_give(int fd)
{
	if (!reserve.filled || reserve.n == RESERVE_MAX || ftruncate(fd, 0) != 0) {
		close(fd);
		return;
	}
	reserve.fds[reserve.n++] = fd;
}
