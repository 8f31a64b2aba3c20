#include <archive.h>
#include <gnutls/gnutls.h>
#include <jansson.h>
#include <pcap/pcap.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <seccomp.h>
#include <unistring/version.h>

#include "app/version.h"

#include "decode/decode.h"

void
version_print(FILE *out)
{
	char pcre2[64] = "PCRE2";
	const struct scmp_version *seccomp = seccomp_version();
	const char *name;
	uint16_t link;

	pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
	fprintf(out, "rung %s\n", PACKAGE_VERSION);
	fprintf(out, "Licence GPL-3.0-or-later; there is no warranty.\n");
	fprintf(out, "%s\n%s\nPCRE2 %s\nGnuTLS %s\njansson %s\nlibunistring %d.%d\n",
		pcap_lib_version(), archive_version_string(), pcre2, gnutls_check_version(NULL),
		jansson_version_str(), _libunistring_version >> 16,
		_libunistring_version >> 8 & 0xff);
	fprintf(out, "libseccomp %u.%u.%u\n", seccomp->major, seccomp->minor, seccomp->micro);
	fprintf(out, "link types:");
	for (size_t i = 0; decode_link_at(i, &link, &name); i++)
		fprintf(out, "%s %s (%u)", i ? "," : "", name, link);
	fputc('\n', out);
}
