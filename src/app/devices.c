#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "app/devices.h"

#include "base/text.h"
#include "export/quote.h"

/* ---- which ---- */

bool
devices_wanted(const struct session *s)
{
	return s->options.devices.n > 0 || s->default_device;
}

/* "eth0,eth1" each, without doubles, into s->devices as a list with commas. */
static void
add_devices(struct session *s, const char *list)
{
	struct str rest = str_of(list), part;

	while (str_cut(&rest, ',', &part)) {
		struct str known = buf_str(&s->devices), name;
		bool twice = false;

		part = str_trim(part);
		while (str_cut(&known, ',', &name))
			twice = twice || str_eq(name, part);
		if (part.n == 0 || twice)
			continue;
		if (s->devices.n > 0)
			buf_add_char(&s->devices, ',');
		buf_add_str(&s->devices, part);
	}
}

static const char *
state_name(const struct capture_interface *i)
{
	return !i->up ? "down" : i->running ? "up" : "no carrier";
}

static void
add_addresses(struct buf *b, const struct capture_interface *i)
{
	for (size_t k = 0; k < i->n; k++) {
		buf_add_cstr(b, k > 0 ? " " : "");
		net_addr_add(b, &i->addrs[k]);
	}
}

static void
print_line(FILE *out, size_t number, const struct capture_interface *i)
{
	struct buf line = BUF_INIT, shown = BUF_INIT;

	if (number > 0)
		buf_printf(&line, "%3zu  ", number);
	buf_printf(&line, "%-15s  %-10s  ", i->name, state_name(i));
	add_addresses(&line, i);
	if (*i->description)
		buf_printf(&line, "%s%s", i->n > 0 ? "  " : "", i->description);
	while (line.n > 0 && line.p[line.n - 1] == ' ')
		line.p[--line.n] = '\0';
	text_add_visible(&shown, buf_str(&line), true);
	fprintf(out, "%s\n", buf_cstr(&shown));
	buf_release(&line);
	buf_release(&shown);
}

/* What was answered: numbers or names, with commas or blanks. @return false when there
 * is nothing in it, or a number that is not in the list. */
static bool
take_answer(struct session *s, char *answer, const struct capture_interface *list, size_t n)
{
	struct str rest, word;
	uint32_t number;

	for (char *p = answer; *p; p++)
		if (*p == ' ' || *p == '\t' || *p == '\n')
			*p = ',';
	rest = str_of(answer);
	while (str_cut(&rest, ',', &word)) {
		char name[64];

		snprintf(name, sizeof(name), "%.*s", STR_ARG(word));
		if (!str_to_u32(word, &number))
			add_devices(s, name);
		else if (number > 0 && number <= n)
			add_devices(s, list[number - 1].name);
		else
			return false;
	}
	return s->devices.n > 0;
}

/* Before the screens begin: on the terminal, whatever standard input is. */
static enum exit_code
ask(struct session *s)
{
	struct capture_interface *list = NULL;
	enum exit_code code = EXIT_INPUT;
	FILE *tty = fopen("/dev/tty", "r+e");
	char answer[512];
	struct err err;
	size_t n = 0;

	if (!tty) {
		complain("-d \"?\": no terminal to ask on; --interfaces lists them");
		return EXIT_USAGE;
	}
	if (capture_interfaces(&list, &n, &err) != 0) {
		complain("%s", err.text);
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		print_line(tty, i + 1, &list[i]);
	for (;;) {
		fprintf(tty, "Capture on which (numbers or names; empty: none)? ");
		fflush(tty);
		if (!fgets(answer, sizeof(answer), tty) || answer[0] == '\n')
			goto out;
		/* From reading to writing. */
		fseek(tty, 0, SEEK_CUR);
		buf_clear(&s->devices);
		if (take_answer(s, answer, list, n))
			break;
	}
	code = EXIT_DONE;
out:
	capture_interfaces_free(list, n);
	fclose(tty);
	return code;
}

/* ---- who may ---- */

static void
advise(void)
{
	char path[1024];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[n > 0 ? n : 0] = '\0';
	if (n <= 0)
		snprintf(path, sizeof(path), "PATH-OF-RUNG");
	if (geteuid() == 0) {
		complain("root has no CAP_NET_RAW here: a container needs --cap-add=NET_RAW "
			 "--cap-add=NET_ADMIN --network=host");
		return;
	}
	if (n > 0 && getxattr(path, "security.capability", NULL, 0) > 0) {
		complain("%s has capabilities, but they do not hold: it is on a file system "
			 "mounted nosuid, started with no_new_privs, or in a container without "
			 "NET_RAW and NET_ADMIN", path);
		complain("run it as root: sudo %s ...", path);
		return;
	}
	complain("run it as root: sudo %s ...", path);
	complain("or let all users capture: sudo setcap cap_net_raw,cap_net_admin=eip %s", path);
	complain("or those of a group alone, before setcap: sudo chgrp GROUP %s && "
		 "sudo chmod 750 %s", path, path);
}

/* ---- opening ---- */

static enum exit_code
open_device(struct session *s, const char *name)
{
	const struct options *o = &s->options;
	int64_t mb = o->buffer_mb ? o->buffer_mb : s->settings.capture_buffer_mb;
	struct capture_live live = {
		.buffer = (uint32_t)mb << 20, .snaplen = o->snaplen,
		.no_promiscuous = o->given[OPTION_NO_PROMISCUOUS],
	};
	struct err err;
	int result;

	/* A ring is counted in int. */
	if (mb >= 2048)
		live.buffer = (2047u << 20);
	result = capture_add_live(s->engine.capture, name, &live, &err);
	if (result == CAPTURE_LIVE_OK)
		return EXIT_DONE;
	complain("%s", err.text);
	if (result == CAPTURE_LIVE_PERMISSION)
		advise();
	return result == CAPTURE_LIVE_FILTER ? EXIT_USAGE : EXIT_INPUT;
}

enum exit_code
devices_open(struct session *s)
{
	const struct options *o = &s->options;
	enum exit_code code = EXIT_DONE;
	struct str rest, part;

	for (size_t i = 0; i < o->devices.n; i++)
		add_devices(s, o->devices.list[i]);
	if (s->default_device)
		add_devices(s, *s->settings.capture_device ? s->settings.capture_device : "any");
	if (str_eq(buf_str(&s->devices), STR("?"))) {
		buf_clear(&s->devices);
		code = ask(s);
	}
	if (code == EXIT_DONE && s->devices.n == 0) {
		complain("-d: no interface given; --interfaces lists them");
		return EXIT_USAGE;
	}
	rest = buf_str(&s->devices);
	while (code == EXIT_DONE && str_cut(&rest, ',', &part)) {
		char name[64];

		snprintf(name, sizeof(name), "%.*s", STR_ARG(part));
		code = open_device(s, name);
	}
	s->live |= code == EXIT_DONE;
	return code;
}

/* ---- what was lost ---- */

static bool
is_live(const struct capture_source *source)
{
	return strcmp(source->format, "live") == 0 || strcmp(source->format, "hep") == 0;
}

void
devices_drops(const struct session *s, struct devices_drops *drops)
{
	const struct capture *c = s->engine.capture;

	*drops = (struct devices_drops){ 0 };
	for (size_t i = 0; s->live && i < capture_source_count(c); i++) {
		const struct capture_source *source = capture_source_at(c, i);

		if (!is_live(source))
			continue;
		drops->kernel += source->stats.dropped;
		drops->interface += source->stats.if_dropped;
		if (source->stats.drop_cause)
			drops->cause = source->stats.drop_cause;
	}
}

void
devices_tell_drops(const struct session *s)
{
	const struct capture *c = s->engine.capture;

	for (size_t i = 0; s->live && i < capture_source_count(c); i++) {
		const struct capture_source *source = capture_source_at(c, i);
		const struct capture_stats *stats = &source->stats;

		if (!is_live(source) || stats->dropped + stats->if_dropped == 0)
			continue;
		complain("%s: %" PRIu64 " packets taken, %" PRIu64 " dropped by the kernel, %"
			 PRIu64 " by the interface%s%s", source->name, stats->records,
			 stats->dropped, stats->if_dropped, stats->drop_cause ? ": " : "",
			 stats->drop_cause ? stats->drop_cause : "");
	}
}

/* ---- the list ---- */

static void
print_json(const struct capture_interface *i)
{
	json_t *addresses = json_array(), *line;
	struct buf b = BUF_INIT;
	char *text;

	for (size_t k = 0; k < i->n; k++) {
		buf_clear(&b);
		net_addr_add(&b, &i->addrs[k]);
		json_array_append_new(addresses, json_string(buf_cstr(&b)));
	}
	buf_clear(&b);
	line = json_pack("{s:s, s:s, s:b, s:b, s:b, s:o}", "name", i->name, "description",
			 i->description, "up", i->up, "running", i->running, "loopback",
			 i->loopback, "addresses", addresses);
	text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	if (text) {
		quote_json_ascii(&b, str_of(text));
		printf("%s\n", buf_cstr(&b));
	}
	free(text);
	json_decref(line);
	buf_release(&b);
}

static void
print_csv(const struct capture_interface *i)
{
	struct buf line = BUF_INIT, addresses = BUF_INIT;

	add_addresses(&addresses, i);
	quote_csv(&line, str_of(i->name));
	buf_printf(&line, ",%s,%s,%s,", i->up ? "true" : "false", i->running ? "true" : "false",
		   i->loopback ? "true" : "false");
	quote_csv(&line, buf_str(&addresses));
	buf_add_char(&line, ',');
	quote_csv(&line, str_of(i->description));
	printf("%s\n", buf_cstr(&line));
	buf_release(&line);
	buf_release(&addresses);
}

enum exit_code
devices_list(struct session *s)
{
	struct capture_interface *list;
	struct err err;
	size_t n;

	if (capture_interfaces(&list, &n, &err) != 0) {
		complain("%s", err.text);
		return EXIT_INPUT;
	}
	if (s->options.format == OUTPUT_CSV)
		printf("name,up,running,loopback,addresses,description\n");
	for (size_t i = 0; i < n; i++) {
		if (s->options.format == OUTPUT_JSON)
			print_json(&list[i]);
		else if (s->options.format == OUTPUT_CSV)
			print_csv(&list[i]);
		else
			print_line(stdout, 0, &list[i]);
	}
	capture_interfaces_free(list, n);
	if (n == 0)
		complain("no interface");
	return n > 0 ? EXIT_DONE : EXIT_NOTHING;
}
