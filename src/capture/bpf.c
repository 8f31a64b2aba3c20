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
 * LINKTYPE_ values, which files hold, are DLT_ values but for those that the
 * systems number differently (libpcap's pcap-common.c says which).
 */
static int
link_to_dlt(uint16_t link)
{
	switch (link) {
	case 14:	/* raw IP of OpenBSD */
	case 101:
		return DLT_RAW;
	case 100:
		return DLT_ATM_RFC1483;
	case 102:
		return DLT_SLIP_BSDOS;
	case 103:
		return DLT_PPP_BSDOS;
	case 108:
		return DLT_LOOP;
	case 109:
		return DLT_ENC;
	case 246:
		return DLT_PFSYNC;
	default:
		return link;
	}
}

/* @return 0, or -1 with what libpcap says in @p why. */
static int
compile(const char *expression, int dlt, struct bpf_program *program, char *why, size_t why_n)
{
	pcap_t *p = pcap_open_dead(dlt, RECORD_USUAL);
	int r;

	if (!p) {
		snprintf(why, why_n, "out of memory");
		return -1;
	}
	r = pcap_compile(p, program, expression, 1, PCAP_NETMASK_UNKNOWN);
	if (r != 0)
		snprintf(why, why_n, "%s", pcap_geterr(p));
	pcap_close(p);
	return r;
}

int
capture_set_filter(struct capture *c, const char *expression, struct err *err)
{
	/* What these do not know (inbound, wlan type data) one of these may. */
	static const int kinds[] = {
		DLT_EN10MB, DLT_LINUX_SLL, DLT_RAW, DLT_IEEE802_11_RADIO, DLT_PPP, DLT_PFLOG,
		DLT_MTP2, DLT_SUNATM,
	};
	char why[PCAP_ERRBUF_SIZE], other[PCAP_ERRBUF_SIZE];
	struct bpf_program program;
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && !known; i++) {
		known = compile(expression, kinds[i], &program, i == 0 ? why : other,
				sizeof(why)) == 0;
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
	l->fits = compile(f->expression, link_to_dlt(link), &l->program, why, sizeof(why)) == 0;
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
