/**
 * @file cseq.h  CSeq and RAck. RFC 3261 section 20.16, RFC 3262 section 7.2.
 */
#ifndef SIP_CSEQ_H
#define SIP_CSEQ_H

#include "sip/method.h"

/** Slices borrow from the value. */
struct sip_cseq {
	uint32_t number;	/**< 0 when it does not fit in 32 bits */
	uint8_t method;		/**< enum sip_method */
	struct str method_text;
};

struct sip_rack {
	uint32_t rseq;		/**< of the provisional response */
	struct sip_cseq cseq;
};

/** False when the number is missing or not below 2^31, or the method is no
 * token; what could be read is set. */
bool sip_cseq_parse(struct str value, struct sip_cseq *cseq);

/** As sip_cseq_parse(); the RSeq is any number of 32 bits. */
bool sip_rack_parse(struct str value, struct sip_rack *rack);

#endif
