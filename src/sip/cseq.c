#include "sip/cseq.h"

#include "sip/chars.h"

bool
sip_cseq_parse(struct str value, struct sip_cseq *cseq)
{
	struct str s = str_trim(value);
	bool good = true;
	size_t n;

	*cseq = (struct sip_cseq){ .number = 0 };
	if (!str_take_u32(&s, &cseq->number) || cseq->number > INT32_MAX)
		good = false;
	while (s.n > 0 && ascii_is_digit(s.p[0]))
		s = str_skip(s, 1);
	n = sip_span(s, SIP_CHAR_LWS);
	if (n == 0)
		good = false;
	cseq->method_text = str_skip(s, n);
	cseq->method = (uint8_t)sip_method_find(cseq->method_text);
	return good && sip_is_token(cseq->method_text);
}

bool
sip_rack_parse(struct str value, struct sip_rack *rack)
{
	struct str s = str_trim(value);
	bool good = str_take_u32(&s, &rack->rseq);

	if (!good) {
		rack->rseq = 0;
		while (s.n > 0 && ascii_is_digit(s.p[0]))
			s = str_skip(s, 1);
	}
	if (s.n == 0 || !sip_char_is(s.p[0], SIP_CHAR_LWS))
		good = false;
	return sip_cseq_parse(s, &rack->cseq) && good;
}
