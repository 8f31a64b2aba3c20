/**
 * @file options.h  What was asked on the command line.
 *
 * One table of options makes the parser, --help and the man page's section.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "base/buf.h"
#include "base/err.h"

#define OPTIONS_MEMORY_MIN	((uint64_t)64 << 20)	/* bytes, of --memory */

/** Which commands an option belongs to. */
enum option_scope {
	SCOPE_SCREENS = 1 << 0,		/**< rung FILE, without a command */
	SCOPE_CALLS = 1 << 1,
	SCOPE_FLOW = 1 << 2,
	SCOPE_MESSAGES = 1 << 3,
	SCOPE_SAVE = 1 << 4,
	SCOPE_STREAMS = 1 << 5,
	SCOPE_RECORD = 1 << 6,
	SCOPE_LISTS = SCOPE_CALLS | SCOPE_FLOW | SCOPE_MESSAGES | SCOPE_STREAMS,
	SCOPE_ALL = SCOPE_SCREENS | SCOPE_LISTS | SCOPE_SAVE,
	SCOPE_ANY = SCOPE_ALL | SCOPE_RECORD,	/**< those that decode nothing too */
	SCOPE_TAKING = SCOPE_SCREENS | SCOPE_LISTS | SCOPE_RECORD,	/**< that have -O */
};

/** id, letter (0: none), name, argument (NULL: none), scope, help */
#define OPTIONS(_) \
	_(INPUT,     'I', "input",     "FILE", SCOPE_ANY, \
	  "Read FILE, or standard input for \"-\"; several are merged by time.") \
	_(DEVICE,    'd', "device",    "NAME[,NAME]", SCOPE_ANY, \
	  "Capture on these interfaces until interrupted; \"any\" is all of them, \"?\" asks. Words behind are a BPF filter.") \
	_(BUFFER,    'B', "buffer",    "MB",   SCOPE_ANY, \
	  "With -d: MiB the kernel may hold for each interface, 1 to 2048 (64).") \
	_(SNAPLEN,   0,   "snaplen",   "N",    SCOPE_ANY, \
	  "With -d: bytes to take of each packet, 1 to 262144 (262144).") \
	_(NO_PROMISCUOUS, 0, "no-promiscuous", NULL, SCOPE_ANY, \
	  "With -d: take only what is for this host.") \
	_(INTERFACES, 0,  "interfaces", NULL,  SCOPE_ANY, \
	  "List the interfaces there are, and quit.") \
	_(FOLLOW,    0,   "follow",    NULL,   SCOPE_ANY, \
	  "Go on with capture files that are still written, also when they are rotated, until interrupted. \"rung calls\" tells each call as it ends then, of -d and -L too.") \
	_(RECORD,    'O', "output",    "FILE", SCOPE_TAKING, \
	  "Write all packets to FILE as they come, at least each second: pcap where its name ends in .pcap, else pcapng.") \
	_(ROTATE_SIZE, 0, "rotate-size", "SIZE", SCOPE_TAKING, \
	  "With -O: begin a new file before one would be larger than SIZE (100M, 2G). They are named by the time they begin: FILE-20261121-141500.pcapng.") \
	_(ROTATE_TIME, 0, "rotate-time", "SPAN", SCOPE_TAKING, \
	  "With -O: begin a new file when one is this old (30s, 10m, 1h), named likewise.") \
	_(KEEP,      0,   "keep",      "N",    SCOPE_TAKING, \
	  "With --rotate-size or --rotate-time: remove the oldest so that N files are there, those of earlier runs counted.") \
	_(DURATION,  0,   "duration",  "SPAN", SCOPE_RECORD, \
	  "Stop after this time (30s, 10m, 1h).") \
	_(STOP_SIZE, 0,   "stop-size", "SIZE", SCOPE_RECORD, \
	  "Stop before more than SIZE (100M, 2G) is written, all files together.") \
	_(RECORD_QUIET, 'q', "quiet",  NULL,   SCOPE_RECORD, \
	  "Tell of faults only.") \
	_(MEMORY,    0,   "memory",    "SIZE", SCOPE_ALL, \
	  "Keep the program within SIZE, at least 64M, by evicting calls: the oldest finished ones first. Live input has a bound without it: a quarter of the machine's memory, at most 2G.") \
	_(MAX_CALLS, 'l', "max-calls", "N",    SCOPE_ALL, \
	  "Keep at most N calls: the oldest finished one is evicted for a new one. Where none is finished, the new one is counted and not taken.") \
	_(MAX_CALLS_TOO, 0, "limit",   "N",    SCOPE_SCREENS, \
	  "The same as --max-calls.") \
	_(ROTATE,    'R', "rotate",    NULL,   SCOPE_ALL, \
	  "With -l: where no call is finished, the one that was silent longest is evicted.") \
	_(KEYLOG,    0,   "keylog",    "FILE", SCOPE_ALL, \
	  "Decrypt TLS with the secrets of this key log, which may still grow; may be given several times. The file that SSLKEYLOGFILE names is read too.") \
	_(KEYFILE,   'k', "keyfile",   "FILE", SCOPE_ALL, \
	  "Decrypt TLS with this RSA private key (PEM), where the key exchange is RSA; may be given several times.") \
	_(HEP_LISTEN, 'L', "eep-listen", "udp|tcp|tls:ADDRESS:PORT", SCOPE_ANY, \
	  "Listen for HEP from capture agents until interrupted; may be given several times.") \
	_(HEP_SEND,  'H', "eep-send",  "udp|tcp|tls:HOST:PORT", SCOPE_ALL, \
	  "Send every SIP message, and RTCP as JSON, as HEP version 3 to a collector.") \
	_(HEP_PASSWORD, 0, "hep-password", "TEXT", SCOPE_ANY, \
	  "With -L: drop and count HEP packets without this key; with -H: send it.") \
	_(HEP_NODE,  0,   "hep-node",  "N",    SCOPE_ALL, \
	  "With -H: capture agent id to send (2002).") \
	_(HEP_CERT,  0,   "hep-cert",  "FILE", SCOPE_ANY, \
	  "With -L tls: certificate to show (PEM).") \
	_(HEP_KEY,   0,   "hep-key",   "FILE", SCOPE_ANY, \
	  "With -L tls: private key of the certificate (PEM).") \
	_(HEP_INSECURE, 0, "hep-insecure", NULL, SCOPE_ALL, \
	  "With -H tls: take any certificate of the collector.") \
	_(KEEP_RTP,  'r', "rtp",       NULL,   SCOPE_SCREENS, \
	  "Keep the RTP, RTCP and T.38 of live input and pipes too, so that they can be saved with the calls. They are measured in any case.") \
	_(SPOOL,     0,   "spool",     "SIZE", SCOPE_ALL, \
	  "Let temporary files in $TMPDIR (or /tmp) take SIZE, at least 4M (500M, 8G), for what can be read only once. Without it 4G with live input, 16G else, and never more than half of what is free.") \
	_(NO_RTP,    0,   "no-rtp",    NULL,   SCOPE_ALL, \
	  "Do not look at media: no streams, no quality.") \
	_(WHERE,     'w', "where",     "EXPR", SCOPE_ALL, \
	  "Take only the calls (messages, streams) for which the filter expression EXPR holds.") \
	_(ICASE,     'i', "icase",     NULL,   SCOPE_ALL, \
	  "The first word that names no file is a match expression (PCRE2), and words behind it are the BPF filter: take only what has it in a message, upper and lower case as one.") \
	_(INVERT,    'v', "invert",    NULL,   SCOPE_ALL, \
	  "Take what does not match the expression of -i, or --where; with neither, the first word is a match expression that minds the case.") \
	_(CALL_ID,   0,   "call-id",   "ID",   SCOPE_ALL, \
	  "Take only the call with this Call-ID; may be given several times.") \
	_(CALLS,     'c', "calls",     NULL,   SCOPE_ALL, \
	  "Take only calls that began with INVITE.") \
	_(SORT,      's', "sort",      "FIELD[,FIELD]", SCOPE_LISTS, \
	  "Order by fields instead of by arrival; a field after \"-\" runs backwards.") \
	_(REVERSE,   0,   "reverse",   NULL,   SCOPE_LISTS, \
	  "Turn the order around.") \
	_(LIMIT,     'n', "limit",     "N",    SCOPE_LISTS, \
	  "Show at most N.") \
	_(COLUMNS,   'o', "columns",   "FIELD[,FIELD]", SCOPE_CALLS | SCOPE_MESSAGES | SCOPE_STREAMS, \
	  "Fields to show, in this order; header.NAME is the header NAME.") \
	_(FORMAT,    0,   "format",    "text|json|csv", SCOPE_LISTS, \
	  "How to write the answer: for people, as one JSON object a line, or as CSV with a heading.") \
	_(TIME,      0,   "time",      "absolute|relative|delta", SCOPE_LISTS, \
	  "Times as clock, since the first message, or since the message before.") \
	_(UTC,       'u', "utc",       NULL,   SCOPE_ANY, \
	  "Times in UTC instead of the local zone.") \
	_(ASCII,     0,   "ascii",     NULL,   SCOPE_ALL, \
	  "Draw with ASCII only.") \
	_(WIDTH,     0,   "width",     "N",    SCOPE_FLOW, \
	  "Cells a ladder may take; without it those of the terminal, or 100.") \
	_(MERGE,     'm', "merge",     NULL,   SCOPE_FLOW, \
	  "Draw all calls as one ladder.") \
	_(PORTS,     0,   "ports",     NULL,   SCOPE_FLOW, \
	  "A lane for each address and port instead of each address.") \
	_(SDP,       0,   "sdp",       "off|first|full", SCOPE_FLOW, \
	  "How much to tell of session descriptions (first).") \
	_(NO_MEDIA,  0,   "no-media",  NULL,   SCOPE_FLOW, \
	  "Leave out the streams of media, and what was heard when.") \
	_(UNFOLD,    0,   "unfold",    NULL,   SCOPE_FLOW, \
	  "Draw retransmissions and duplicates as arrows of their own.") \
	_(RAW,       0,   "raw",       NULL,   SCOPE_MESSAGES, \
	  "Write messages byte for byte as captured.") \
	_(TLS,       0,   "tls",       NULL,   SCOPE_MESSAGES, \
	  "List the TLS connections instead: who, what was agreed, how far it got, and why it is not decrypted.") \
	_(SERIES,    0,   "series",    NULL,   SCOPE_STREAMS, \
	  "Write a row for each second of each stream.") \
	_(SUMMARY,   'S', "summary",   NULL,   SCOPE_ALL, \
	  "Tell what was read: records, bytes, messages, calls, flaws and other protocols by name.") \
	_(OUTPUT,    'o', "output",    "FILE", SCOPE_SAVE, \
	  "Write to FILE, packed where its name ends in .gz, or to standard output for \"-\".") \
	_(SAVE_FORMAT, 0, "format",    "pcap|pcapng|text|json|csv", SCOPE_SAVE, \
	  "What to write; without it the end of the name of FILE tells, else it is pcapng.") \
	_(RTP,       'r', "rtp",       NULL,   SCOPE_SAVE, \
	  "With the RTP, RTCP and T.38 of the calls, and no other.") \
	_(STREAMS,   0,   "streams",   NULL,   SCOPE_SAVE, \
	  "Write streams instead of calls: their RTP or T.38, and the RTCP about them, without SIP. --where chooses among streams, as for rung streams.") \
	_(SPLIT,     0,   "split",     "TEMPLATE", SCOPE_SAVE, \
	  "Instead of -o: write one file a call, named by TEMPLATE with %i (index), %c (Call-ID), %f and %t (user of From and To), %% (a percent sign).") \
	_(WITH_SECRETS, 0, "with-secrets", NULL, SCOPE_SAVE, \
	  "In pcapng: with the secrets of the TLS connections that are saved, and of no other, so that whoever has the file can read them.") \
	_(DECRYPTED, 0,   "decrypted", NULL,   SCOPE_SAVE, \
	  "Messages that came in TLS as decrypted text (exported PDUs) instead of their packets.") \
	_(FORCE,     0,   "force",     NULL,   SCOPE_ANY, \
	  "Replace the file of -o, -O, -T or --split that is there.") \
	_(USER,      0,   "user",      "NAME", SCOPE_ANY, \
	  "As root: become user NAME once everything is open, instead of who called sudo, or nobody. \"root\" keeps root's files without root's powers.") \
	_(NO_SANDBOX, 0,  "no-sandbox", NULL,  SCOPE_ANY, \
	  "Stay the user who started it, and forbid nothing to the program.") \
	_(SANDBOX_STATUS, 0, "sandbox-status", NULL, SCOPE_ANY, \
	  "Enter the sandbox, print what holds in it, and quit.") \
	_(NO_INTERFACE, 'N', "no-interface", NULL, SCOPE_SCREENS, \
	  "Read everything, print the number of calls, and quit.") \
	_(QUIET,     'q', "quiet",     NULL,   SCOPE_SCREENS, \
	  "With -N: print nothing.") \
	_(CONFIG,    'f', "config",    "FILE", SCOPE_ANY, \
	  "Read settings from FILE after the usual ones.") \
	_(NO_CONFIG, 'F', "no-config", NULL,   SCOPE_ANY, \
	  "Do not read the usual settings files.") \
	_(TEXT,      'T', "text",      "FILE", SCOPE_SCREENS, \
	  "Read everything, write all messages as text to FILE, and quit.") \
	_(PRINT_CONFIG, 'D', "print-config", NULL, SCOPE_SCREENS, \
	  "Print all settings, keys, colours and names that hold as a settings file with comments, and quit.") \
	_(SCRIPT,    0,   "script",    "FILE", SCOPE_SCREENS, \
	  "Take keys from FILE instead of a terminal and write the screens it asks for.") \
	_(SCRIPT_OUT, 0,  "script-out", "DIR", SCOPE_SCREENS, \
	  "Where --script writes its screens.") \
	_(HELP,      'h', "help",      NULL,   SCOPE_ANY, "Print this help.") \
	_(VERSION,   'V', "version",   NULL,   SCOPE_ANY, "Print the version and what it was built with.")

/** The options above, as --help and the man page divide them: the first one of a group
 * and its title. */
#define OPTION_GROUPS(_) \
	_(INPUT,        "Input") \
	_(RECORD,       "Recording") \
	_(MEMORY,       "Bounds") \
	_(KEYLOG,       "TLS") \
	_(HEP_LISTEN,   "HEP") \
	_(KEEP_RTP,     "Media and packets that are kept") \
	_(WHERE,        "Which calls") \
	_(SORT,         "Answer") \
	_(OUTPUT,       "Saving") \
	_(USER,         "Sandbox") \
	_(NO_INTERFACE, "Settings and the rest")

enum option_id {
#define OPTION_ID(id, ...) OPTION_##id,
	OPTIONS(OPTION_ID)
#undef OPTION_ID
	OPTION_COUNT
};

struct option_def {
	char letter;
	const char *name;
	const char *arg;
	unsigned scope;
	const char *help;
};

extern const struct option_def option_defs[OPTION_COUNT];

enum output_format {
	OUTPUT_TEXT,
	OUTPUT_JSON,
	OUTPUT_CSV,
};

enum output_time {
	OUTPUT_ABSOLUTE,
	OUTPUT_RELATIVE,
	OUTPUT_DELTA,
};

/** Words of an option that may be given several times. */
struct words {
	const char **list;	/**< owned array */
	size_t n, cap;
};

/** Strings are borrowed from argv, but for the filter. */
struct options {
	struct words inputs, devices, call_ids, keylogs, keyfiles, hep_listen;
	const char *hep_send, *hep_password, *hep_cert, *hep_key;
	uint32_t hep_node;
	uint64_t spool;		/**< bytes; 0: not given */
	uint32_t buffer_mb, snaplen;	/**< 0: not given */
	struct buf bpf;		/**< the words of the BPF filter; empty: none */
	const char *where, *sort, *columns, *config, *script, *script_out, *output, *user, *split;
	const char *record;	/**< -O */
	uint64_t rotate_size, stop_size;	/**< 0: none */
	int64_t rotate_span, duration;	/**< in ns; 0: none */
	uint32_t keep;		/**< files; 0: all */
	int save_format;	/**< enum save_format; -1: not given */
	uint32_t limit;		/**< UINT32_MAX: none */
	const char *match;	/**< match expression of -i or -v; NULL: none */
	const char *text;	/**< of -T */
	uint64_t memory;	/**< bytes; 0: not given */
	uint32_t max_calls;	/**< 0: not given */
	int width;		/**< 0: not given */
	enum output_format format;
	enum output_time time;
	int sdp;		/**< 0 off, 1 first, 2 full */
	bool given[OPTION_COUNT];
};

enum options_result {
	OPTIONS_OK,
	OPTIONS_HELP,		/**< --help: the text is to be printed */
	OPTIONS_VERSION,
	OPTIONS_BAD,		/**< usage error, *err says which */
};

/**
 * Parse argv[1..] for the commands of @p scope. Leading words that name
 * existing files, "-" included, are inputs; what follows is the BPF filter. A
 * first word that names no file is an input too where none was given, no listener and
 * no interface, so that the answer is "no such file".
 * @return OPTIONS_OK and so on; options_release() in any case.
 */
enum options_result options_parse(struct options *o, int argc, char **argv, unsigned scope,
				  struct err *err);
void options_release(struct options *o);

/** @return the title of the group that @p id begins, or NULL. */
const char *options_group(enum option_id id);

/** Append the options of @p scope, a line or more each, in groups, as --help shows them. */
void options_help(struct buf *b, unsigned scope);

#endif
