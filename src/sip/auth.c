#include "sip/auth.h"

#include "sip/chars.h"

static const struct {
	struct str name;
	size_t offset;
} members[] = {
	{ STR_INIT("realm"), offsetof(struct sip_auth, realm) },
	{ STR_INIT("nonce"), offsetof(struct sip_auth, nonce) },
	{ STR_INIT("uri"), offsetof(struct sip_auth, uri) },
	{ STR_INIT("username"), offsetof(struct sip_auth, username) },
	{ STR_INIT("qop"), offsetof(struct sip_auth, qop) },
	{ STR_INIT("algorithm"), offsetof(struct sip_auth, algorithm) },
	{ STR_INIT("response"), offsetof(struct sip_auth, response) },
	{ STR_INIT("opaque"), offsetof(struct sip_auth, opaque) },
	{ STR_INIT("cnonce"), offsetof(struct sip_auth, cnonce) },
	{ STR_INIT("nc"), offsetof(struct sip_auth, nc) },
	{ STR_INIT("domain"), offsetof(struct sip_auth, domain) },
};

bool
sip_auth_parse(struct str value, struct sip_auth *auth)
{
	struct str s = str_trim(value);
	size_t n = sip_span(s, SIP_CHAR_TOKEN);
	struct sip_param param;

	*auth = (struct sip_auth){ .scheme = { s.p, n } };
	if (n == 0)
		auth->bad = true;
	auth->params = s = sip_skip_lws(str_skip(s, n));
	/* Other schemes may have a token68 in place of parameters. */
	if (!str_eq_ci(auth->scheme, STR("Digest")) && str_chr(s, '"') == SIZE_MAX)
		return !auth->bad;
	while (sip_param_next_by(&s, ',', &param)) {
		if (param.bad || !param.has_value)
			auth->bad = true;
		if (str_eq_ci(param.name, STR("stale")))
			auth->stale = str_eq_ci(param.value, STR("true"));
		for (size_t i = 0; i < ARRAY_SIZE(members); i++)
			if (str_eq_ci(param.name, members[i].name))
				*(struct str *)(void *)((char *)auth + members[i].offset) =
					param.value;
	}
	if (str_eq_ci(auth->scheme, STR("Digest")) && (!auth->realm.p || !auth->nonce.p))
		auth->bad = true;
	return !auth->bad;
}
