/**
 * @file type.h  Content-Type, and the parts of multipart bodies.
 *
 * RFC 3261 section 20.15, RFC 5621, RFC 2046 section 5.1.
 */
#ifndef SIP_TYPE_H
#define SIP_TYPE_H

#include "sip/param.h"

/** Slices borrow from the value. */
struct sip_type {
	struct str type;	/**< "application" */
	struct str subtype;	/**< "sdp" */
	struct str params;	/**< for sip_param_next() */
	struct str boundary;	/**< without quotes; empty when absent */
	bool bad;		/**< does not follow the grammar */
};

/** Take a Content-Type apart. @return !type->bad. */
bool sip_type_parse(struct str value, struct sip_type *type);

/** Whether it is @p name/@p subtype, in any case. */
bool sip_type_is(const struct sip_type *type, struct str name, struct str subtype);

/** One part of a multipart body; slices borrow from the body. */
struct sip_part {
	struct str head;	/**< header lines, for sip_headers_of_part() */
	struct str body;	/**< without the line end before the next boundary */
	struct str content_type;	/**< value; empty: text/plain */
	struct str content_id;
	struct str disposition;	/**< Content-Disposition */
	uint8_t depth;		/**< 0: of the body itself, 1: of a part ... */
	bool cut;		/**< no boundary follows */
};

/** Nested multiparts are entered up to this depth, deeper ones are one part. */
#define SIP_PART_DEPTH 4

/** Where a walk over the parts is. */
struct sip_parts {
	struct {
		struct str rest;	/* behind the boundary line of the next part */
		struct str boundary;
	} level[SIP_PART_DEPTH];
	int depth;		/**< -1 when it is over */
	bool bad;		/**< no boundary parameter, or none in the body */
};

/** Begin with the first part of @p body, whose Content-Type is @p type. */
void sip_parts_of(const struct sip_type *type, struct str body, struct sip_parts *parts);

/** The next part; a part that is a multipart itself comes first, then what is in
 * it, one deeper. False at the end. Together O(n * depth). */
bool sip_part_next(struct sip_parts *parts, struct sip_part *part);

/** The body of that type: all of it, or its first such part that is not empty. False when
 * there is none; *found is STR_NONE then. */
bool sip_body_part(struct str content_type, struct str body, struct str name, struct str subtype,
		   struct str *found);

/** Whether a body is SDP as a whole: by its type, or, where a sender left that out though it
 * has to be there (RFC 3261 section 20.15), by its first line. */
bool sip_body_is_sdp(struct str content_type, struct str body);

/** Whether a body of no type is SDP: it begins with the line "v=0". */
bool sip_body_begins_sdp(struct str body);

/** The SDP in @p body: all of it, or that of its first such part. False when
 * there is none. */
bool sip_body_sdp(struct str content_type, struct str body, struct str *sdp);

#endif
