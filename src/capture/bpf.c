/*
 * The BPF filter: one program for each link type that comes along, since the
 * same expression looks at other offsets on each.
 */
#include <pcap/pcap.h>

#include "base/mem.h"
#include "capture/capture_int.h"

struct bpf_for_link {
	struct bpf_program program;
	uint16_t link;
	bool fits;		/**< the expression can be asked of this link type */
};

struct capture_bpf {
	char *expression;
	struct bpf_for_link *links;
	size_t n, cap;
	size_t last;		/**< the one used last */
	size_t fitting;
};

/*
 * Compile for a link type, on a handle that libpcap takes for a file: of a
 * dead handle it believes that it is about a live interface, accepts what the
 * kernel alone could answer (inbound) and would never match. It also turns the
 * LINKTYPE_ value into its own.
 * @return 0, or -1 with what libpcap says in @p why.
 */
static int
compile(const char *expression, uint16_t link, struct bpf_program *program, char *why)
{
	/* 14 is raw IP where OpenBSD wrote the file. */
	struct pcap_file_header header = {
		.magic = 0xa1b2c3d4, .version_major = 2, .version_minor = 4,
		.snaplen = RECORD_USUAL, .linktype = link == 14 ? 101 : link,
	};
	FILE *f = fmemopen(&header, sizeof(header), "rb");
	pcap_t *p = f ? pcap_fopen_offline(f, why) : NULL;
	int r;

	if (!f)
		snprintf(why, PCAP_ERRBUF_SIZE, "out of memory");
	if (!p) {
		if (f)
			fclose(f);
		return -1;
	}
	r = pcap_compile(p, program, expression, 1, PCAP_NETMASK_UNKNOWN);
	if (r != 0)
		snprintf(why, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(p));
	pcap_close(p);
	return r;
}

int
capture_set_filter(struct capture *c, const char *expression, struct err *err)
{
	/* What Ethernet does not know (inbound, wlan type data) one of these
	 * may: cooked, raw, radiotap, PPP, pflog, MTP2, SunATM. */
	static const uint16_t kinds[] = { 1, 113, 101, 127, 9, 117, 140, 123 };
	char why[PCAP_ERRBUF_SIZE], other[PCAP_ERRBUF_SIZE];
	struct bpf_program program;
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && !known; i++) {
		known = compile(expression, kinds[i], &program, i == 0 ? why : other) == 0;
		if (known)
			pcap_freecode(&program);
	}
	if (!known)
		return err_set(err, "BPF filter: %s", why);
	bpf_free(c->bpf);
	c->bpf = xcalloc(1, sizeof(*c->bpf));
	c->bpf->expression = xstrdup(expression);
	return 0;
}

void
bpf_free(struct capture_bpf *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		if (f->links[i].fits)
			pcap_freecode(&f->links[i].program);
	free(f->links);
	free(f->expression);
	free(f);
}

const char *
bpf_text(const struct capture_bpf *f)
{
	return f->expression;
}

static struct bpf_for_link *
for_link(struct stream *s, uint16_t link)
{
	struct capture_bpf *f = s->c->bpf;
	char why[PCAP_ERRBUF_SIZE];
	struct bpf_for_link *l;

	for (size_t i = 0; i < f->n; i++) {
		if (f->links[i].link == link) {
			f->last = i;
			return &f->links[i];
		}
	}
	ARRAY_GROW(f->links, f->cap, f->n + 1);
	f->last = f->n;
	l = &f->links[f->n++];
	*l = (struct bpf_for_link){ .link = link };
	l->fits = compile(f->expression, link, &l->program, why) == 0;
	if (l->fits)
		f->fitting++;
	else
		notice_add(s->c, s->name, false,
			   "BPF filter: does not fit link type %u, whose records are left out: %s",
			   link, why);
	return l;
}

bool
bpf_pass(struct stream *s, const struct record *rec)
{
	struct capture_bpf *f = s->c->bpf;
	struct bpf_for_link *l;

	/* The kernel has looked already. */
	if (s->state == STREAM_LIVE)
		return true;
	if (LIKELY(f->last < f->n && f->links[f->last].link == rec->link))
		l = &f->links[f->last];
	else
		l = for_link(s, rec->link);
	return l->fits && bpf_filter(l->program.bf_insns, rec->data, rec->wirelen,
				     rec->caplen) != 0;
}

void
bpf_end(struct capture *c)
{
	if (c->bpf && c->bpf->n > 0 && c->bpf->fitting == 0)
		notice_add(c, "BPF filter", true, "\"%.200s\" fits no link type of the input",
			   c->bpf->expression);
}
