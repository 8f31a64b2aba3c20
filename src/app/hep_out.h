/**
 * @file hep_out.h  Every SIP message, and RTCP, on to a HEP collector.
 */
#ifndef APP_HEP_OUT_H
#define APP_HEP_OUT_H

#include "app/engine.h"
#include "export/hep_send.h"

struct hep_out;

/**
 * Send what the engine sees from now on to @p where. RTCP is told as JSON with the
 * Call-ID of the call whose session descriptions name its address.
 * @param live  the input does not wait: what the collector does not take in time is
 *              dropped. Else reading waits for it, 5 s without progress at most.
 * @return NULL with *err when @p where cannot be used.
 */
struct hep_out *hep_out_open(struct engine *e, const char *where,
			     const struct hep_send_options *options, bool live,
			     struct err *err);

/** Send what goes without waiting; to be called about once in 100 ms. */
void hep_out_run(struct hep_out *o);

/** Whether something is queued. */
bool hep_out_waits(const struct hep_out *o);

/** Wait for what is queued, 5 s without progress at most. */
void hep_out_finish(struct hep_out *o);

/** Where it goes to: for the sandbox. */
const struct peers *hep_out_peers(const struct hep_out *o);

void hep_out_stats(const struct hep_out *o, struct hep_send_stats *stats);
const char *hep_out_error(const struct hep_out *o);

/** NULL is fine. The engine is left without it. */
void hep_out_close(struct hep_out *o);

#endif
