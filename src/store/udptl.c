#include "store/streams_int.h"

bool
store_add_udptl(struct store *s, const struct media_input *in)
{
	(void)s;
	(void)in;
	return false;
}
