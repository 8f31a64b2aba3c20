/*
 * What the ends of a call say of streams: RTCP and other reports.
 */
#include "store/streams_int.h"

bool
store_add_rtcp(struct store *s, const struct media_input *in)
{
	(void)in;
	s->media->stats.rtcp++;
	return true;
}

size_t
store_stream_reports(const struct store *s, const struct stream *st, const struct report **list,
		     uint64_t *total)
{
	(void)s;
	(void)st;
	*list = NULL;
	*total = 0;
	return 0;
}
