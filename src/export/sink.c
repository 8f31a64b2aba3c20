#include "export/sink.h"

#include <errno.h>

void
sink_init(struct sink *s, FILE *file)
{
	*s = (struct sink){ .buf = BUF_INIT, .file = file };
}

static void
sink_fail(struct sink *s)
{
	if (s->error == 0)
		s->error = errno ? errno : EIO;
}

void
sink_flush(struct sink *s)
{
	if (!s->file)
		return;
	if (s->error == 0 && s->buf.n > 0) {
		errno = 0;
		if (fwrite(s->buf.p, 1, s->buf.n, s->file) != s->buf.n)
			sink_fail(s);
	}
	buf_clear(&s->buf);
}

int
sink_status(const struct sink *s, struct err *err)
{
	if (s->error == 0)
		return 0;
	err_set(err, "write: %s", strerror(s->error));
	errno = s->error;
	return -1;
}

int
sink_end(struct sink *s, struct err *err)
{
	sink_flush(s);
	errno = 0;
	if (s->error == 0 && s->file && fflush(s->file) != 0)
		sink_fail(s);
	buf_release(&s->buf);
	return sink_status(s, err);
}
