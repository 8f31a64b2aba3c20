#include "capture/sniff.h"

#include "base/bytes.h"
#include "base/str.h"

struct magic {
	uint16_t offset;
	struct str bytes;
	const char *name;
};

static const struct magic packings[] = {
	{ 0, STR_INIT("\x1f\x8b"), "gzip" },
	{ 0, STR_INIT("BZh"), "bzip2" },
	{ 0, STR_INIT("\xfd" "7zXZ\0"), "xz" },
	{ 0, STR_INIT("\x28\xb5\x2f\xfd"), "zstd" },
	{ 0, STR_INIT("\x04\x22\x4d\x18"), "lz4" },
	{ 0, STR_INIT("PK\003\004"), "zip" },
	{ 0, STR_INIT("PK\005\006"), "zip" },
	{ 257, STR_INIT("ustar"), "tar" },
};

/* Files people offer in the belief that they are captures. */
static const struct magic others[] = {
	{ 0, STR_INIT("snoop\0\0\0"), "a snoop capture (convert it with editcap)" },
	{ 0, STR_INIT("GMBU"), "a Microsoft Network Monitor capture (convert it with editcap)" },
	{ 0, STR_INIT("RTSS"), "a Network Monitor 1 capture (convert it with editcap)" },
	{ 0, STR_INIT("TRSNIFF data"), "a Sniffer capture (convert it with editcap)" },
	{ 0, STR_INIT("XCP\0"), "a NetXRay or Sniffer capture (convert it with editcap)" },
	{ 0, STR_INIT("btsnoop\0"), "a Bluetooth btsnoop capture" },
	{ 0, STR_INIT("iptrace 1.0"), "an AIX iptrace capture (convert it with editcap)" },
	{ 0, STR_INIT("iptrace 2.0"), "an AIX iptrace capture (convert it with editcap)" },
	{ 0, STR_INIT("ObserverPktBuffer"), "an Observer capture (convert it with editcap)" },
	{ 0, STR_INIT("\x05VNF"), "a Visual Networks capture (convert it with editcap)" },
	{ 0, STR_INIT("\xaa\xaa\xaa\xaa"), "a 5View capture (convert it with editcap)" },
	{ 0, STR_INIT("LOGG"), "a Vector BLF log" },
	{ 0, STR_INIT("#!rtpplay1.0"), "an rtpdump file" },
	{ 0, STR_INIT("\x7f" "ELF"), "an ELF program" },
	{ 0, STR_INIT("MZ"), "a Windows program" },
	{ 0, STR_INIT("%PDF"), "a PDF document" },
	{ 0, STR_INIT("\x89PNG"), "a PNG image" },
	{ 0, STR_INIT("\xff\xd8\xff"), "a JPEG image" },
	{ 0, STR_INIT("GIF8"), "a GIF image" },
	{ 0, STR_INIT("RIFF"), "a RIFF file (WAV or AVI)" },
	{ 0, STR_INIT("OggS"), "an Ogg file" },
	{ 0, STR_INIT(".snd"), "an AU audio file" },
	{ 0, STR_INIT("SQLite format 3"), "an SQLite database" },
	{ 0, STR_INIT("7z\xbc\xaf\x27\x1c"), "a 7-Zip archive, which is not supported" },
	{ 0, STR_INIT("Rar!"), "a RAR archive, which is not supported" },
	{ 0, STR_INIT("LZIP"), "lzip data, which is not supported" },
	{ 0, STR_INIT("\x1f\x9d"), "compress (.Z) data, which is not supported" },
	{ 0, STR_INIT("\x5d\0\0"), "lzma data, which is not supported" },
	{ 0, STR_INIT("MSCF"), "a cabinet archive, which is not supported" },
	{ 0, STR_INIT("!<arch>"), "an ar archive, which is not supported" },
	{ 0, STR_INIT("-----BEGIN "), "a PEM file (a key or certificate)" },
	{ 0, STR_INIT("CLIENT_RANDOM "), "a TLS key log" },
	{ 0, STR_INIT("SIP/2.0 "), "SIP text" },
	{ 0, STR_INIT("HTTP/1."), "HTTP text" },
	{ 0, STR_INIT("\xff\xfe"), "UTF-16 text" },
	{ 0, STR_INIT("\xfe\xff"), "UTF-16 text" },
};

static const uint32_t pcap_magics[] = {
	0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34,
};

static bool
has(const uint8_t *p, size_t n, const struct magic *m)
{
	return n >= m->offset + m->bytes.n &&
	       memcmp(p + m->offset, m->bytes.p, m->bytes.n) == 0;
}

/* zstd and lz4 may begin with a skippable frame: 0x184d2a50 to 5f. */
static bool
is_skippable(const uint8_t *p, size_t n)
{
	return n >= 8 && (get_le32(p) & 0xfffffff0u) == 0x184d2a50u;
}

enum sniff
sniff_kind(const uint8_t *p, size_t n)
{
	if (n < 4)
		return n >= 2 && has(p, n, &packings[0]) ? SNIFF_PACKED : SNIFF_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(pcap_magics); i++)
		if (get_le32(p) == pcap_magics[i] || get_be32(p) == pcap_magics[i])
			return SNIFF_PCAP;
	if (get_be32(p) == 0x0a0d0d0a)
		return SNIFF_PCAPNG;
	for (size_t i = 0; i < ARRAY_SIZE(packings); i++)
		if (has(p, n, &packings[i]))
			return SNIFF_PACKED;
	return is_skippable(p, n) ? SNIFF_PACKED : SNIFF_OTHER;
}

const char *
sniff_packing(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(packings); i++)
		if (has(p, n, &packings[i]))
			return packings[i].name;
	return "zstd or lz4";
}

/* A SIP request line among the first bytes. */
static bool
is_sip_request(struct str s)
{
	size_t space = str_chr(s, ' ');

	if (space == 0 || space > 32)
		return false;
	s = str_skip(s, space + 1);
	return str_starts_ci(s, STR("sip:")) || str_starts_ci(s, STR("sips:")) ||
	       str_starts_ci(s, STR("tel:"));
}

static bool
is_text(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((p[i] < 0x20 && p[i] != '\t' && p[i] != '\r' && p[i] != '\n' &&
		     p[i] != '\f' && p[i] != 0x1b) || p[i] == 0x7f)
			return false;
	return true;
}

/* ERF has no magic: its records' lengths must lead from one to the next. */
static bool
is_erf(const uint8_t *p, size_t n)
{
	size_t at = 0, records = 0;

	while (n - at >= 16) {
		unsigned type = p[at + 8] & 0x7f;
		size_t length = get_be16(p + at + 10);

		if (type == 0 || type > 48 || length < 16 || get_be16(p + at + 14) == 0)
			return false;
		records++;
		if (length > n - at)
			break;
		at += length;
	}
	return records >= 2;
}

const char *
sniff_name(const uint8_t *p, size_t n)
{
	struct str s = { (const char *)p, n };
	size_t zeros = 0;

	if (n == 0)
		return "an empty file";
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (has(p, n, &others[i]))
			return others[i].name;
	while (zeros < n && p[zeros] == 0)
		zeros++;
	if (zeros == n)
		return "a file of zero bytes";
	if (is_text(p, n)) {
		s = str_trim(s);
		if (str_starts_ci(s, STR("<!doctype html")) || str_starts_ci(s, STR("<html")))
			return "an HTML page";
		if (str_starts_ci(s, STR("<?xml")))
			return "an XML file";
		if (str_starts(s, STR("{")) || str_starts(s, STR("[")))
			return "a JSON file";
		if (str_starts(s, STR("#!")))
			return "a script";
		return is_sip_request(s) ? "SIP text" : "a text file";
	}
	if (is_sip_request(s))
		return "a raw SIP message";
	if (is_erf(p, n))
		return "an ERF capture (convert it with editcap)";
	return n < 24 ? "too short for a capture" : "data of an unknown kind";
}
