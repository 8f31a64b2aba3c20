/* One header value: the first byte says which header. Lists must end. */
#include <stdint.h>

#include "base/buf.h"
#include "sip/address.h"
#include "sip/check.h"
#include "sip/header.h"
#include "sip/reason.h"
#include "sip/type.h"
#include "sip/via.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk_lists(struct str in)
{
	struct sip_address address;
	struct sip_warning warning;
	struct sip_reason reason;
	struct sip_param param;
	struct sip_via via;
	struct str rest;
	size_t items = 0;

	for (rest = in; sip_address_next(&rest, &address);)
		items++;
	for (rest = in; sip_via_next(&rest, &via);)
		items++;
	for (rest = in; sip_reason_next(&rest, &reason);)
		items++;
	for (rest = in; sip_warning_next(&rest, &warning);)
		items++;
	for (rest = in; sip_param_next(&rest, &param);)
		items++;
	for (rest = in; sip_param_next_by(&rest, ',', &param);)
		items++;
	if (items > 6 * (in.n + 1))
		BUG("more items than bytes");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size };
	struct buf b = BUF_INIT;
	struct sip_parts parts;
	struct sip_part part;
	struct sip_type type;
	struct sip_uri uri;

	if (size == 0)
		return 0;
	in = str_skip(in, 1);
	sip_check_header(data[0] % SIP_HEADER_COUNT, in);
	walk_lists(in);
	if (sip_uri_parse(in, &uri) && uri.user.n > in.n)
		BUG("a user longer than its URI");
	sip_unescape_add(&b, in);
	sip_quoted_add(&b, in);
	buf_release(&b);
	type = (struct sip_type){ .type = STR("multipart"), .boundary = STR("a") };
	sip_parts_of(&type, in, &parts);
	while (sip_part_next(&parts, &part))
		if (part.depth >= SIP_PART_DEPTH)
			BUG("too deep");
	return 0;
}
