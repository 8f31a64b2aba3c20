/* media/vq_report.h: slices stay inside, numbers stay in their ranges. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "media/vq_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
inside(struct str body, struct str s)
{
	if (s.n > 0 && (s.p < body.p || s.p + s.n > body.p + body.n))
		BUG("a slice of something else");
}

static void
check(struct str body, const struct vq_metrics *m)
{
	const struct report *r = &m->report;

	inside(body, m->codec);
	inside(body, m->start);
	inside(body, m->stop);
	if ((!isnan(r->mos_cq) && !(r->mos_cq >= 1 && r->mos_cq <= 5)) ||
	    (!isnan(r->lost_percent) && !(r->lost_percent >= 0 && r->lost_percent <= 100)) ||
	    (!isnan(r->burst_density) && !(r->burst_density >= 0 && r->burst_density <= 1)) ||
	    (r->round_trip != TIME_NONE && r->round_trip <= 0))
		BUG("out of range");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = xmalloc(size ? size : 1);
	struct str body = { copy, size };
	struct vq_report vq;

	if (size > 0)
		memcpy(copy, data, size);
	if (vq_report_parse(body, &vq)) {
		check(body, &vq.local);
		check(body, &vq.remote);
		inside(body, vq.call_id);
		inside(body, vq.dialog_id);
		if (!str_eq(vq.call_id, vq_report_call_id(body)))
			BUG("two Call-IDs of one report");
	} else if (vq_report_call_id(body).n > 0) {
		BUG("a Call-ID of no report");
	}
	free(copy);
	return 0;
}
