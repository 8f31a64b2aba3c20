/**
 * @file pcap_write.h  Packets into a capture file: pcap or pcapng.
 *
 * pcap (version 2.4, this machine's byte order) has one link type, and times of
 * seconds since 1970 in 32 bits. pcapng (version 1.0) gets an interface for each
 * source, interface, link type and resolution that packets come from, as they come.
 * Both keep the length on the wire, and times to the nanosecond where asked.
 * No secrets are written.
 */
#ifndef EXPORT_PCAP_WRITE_H
#define EXPORT_PCAP_WRITE_H

#include "export/sink.h"
#include "net/addr.h"
#include "net/record.h"

/** All but ng is of pcapng alone, and may be NULL. */
struct pcap_write_options {
	bool ng;
	bool fine;		/**< pcap: times in nanoseconds */
	const char *program;	/**< that writes */
	const char *comment;
};

struct pcap_interface {
	uint16_t source, interface, link;
	bool fine, early;	/**< early: its times lie before 1970 */
};

struct pcap_writer {
	struct sink sink;
	struct pcap_write_options o;
	uint64_t packets;	/**< written */
	struct pcap_interface *interfaces;	/**< pcap: the only one; owned */
	size_t n, cap;
	size_t recent;		/**< private: the one of the packet before */
	int64_t last;		/**< time written before; TIME_NONE: none */
	struct buf block;	/**< private */
};

/** @p out is borrowed until pcap_write_end(). */
void pcap_write_begin(struct pcap_writer *w, const struct pcap_write_options *options,
		      FILE *out);

/** pcapng: a name for an address; to be told before the packets. */
void pcap_write_name(struct pcap_writer *w, const struct net_addr *addr, struct str name);

/** What is told of a packet beside it: for pcapng. Zeroes are useful. */
struct pcap_packet_note {
	bool fine;		/**< its source tells more than microseconds */
	const char *source;	/**< where it comes from, said of its interface */
	bool device;		/**< source is the name of an interface of this host */
	const char *comment;
};

/**
 * Write a packet; @p note NULL: none. A time that is not known is written as such
 * where the format can (a simple packet block), else as that of the packet before.
 * @return 0; or -1 with *err: writing failed, or the packet cannot be said in pcap.
 */
int pcap_write_packet(struct pcap_writer *w, const struct record *rec,
		      const struct pcap_packet_note *note, struct err *err);

/** As pcap_write_packet(), into the buffer of the sink alone, for who writes that himself.
 * Costs no system call, and allocates only when the buffer grows. */
int pcap_write_gather(struct pcap_writer *w, const struct record *rec,
		      const struct pcap_packet_note *note, struct err *err);

/** Whether the next packet, of this source, needs its note: its interface is new. */
bool pcap_write_is_new(const struct pcap_writer *w, const struct record *rec, bool fine);

/** Into the buffer alone: the header of a pcap file without packets, if it has none yet. */
void pcap_write_head(struct pcap_writer *w, uint16_t link);

/** Release all, and write nothing. */
void pcap_write_drop(struct pcap_writer *w);

/** pcapng: tell how far the capture reached that the packets are of, which may be
 * later than the last of them; behind the packets. */
void pcap_write_until(struct pcap_writer *w, int64_t time);

/** Write out the rest, a header at least; release all but the FILE.
 * @return 0, or -1 with *err. */
int pcap_write_end(struct pcap_writer *w, struct err *err);

#endif
