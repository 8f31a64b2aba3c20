/**
 * @file transitions.h  The states of calls, as one table. Only for the room.
 *
 * A message or a timer is an event; the table says where it leads.
 */
#ifndef STORE_TRANSITIONS_H
#define STORE_TRANSITIONS_H

#include "store/call.h"

#define STATE_START	CALL_STATE_COUNT	/* nothing was seen yet */
#define NOWHERE		CALL_STATE_COUNT	/* transition(): nothing happens */

enum call_event {
	EVENT_REQUEST,		/* the request that opens a try */
	EVENT_TRYING,		/* 100 */
	EVENT_PROGRESS,		/* 101 to 199 but 180 */
	EVENT_RINGING,		/* 180 */
	EVENT_SUCCESS,		/* 2xx */
	EVENT_REDIRECT,		/* 3xx */
	EVENT_CHALLENGE,	/* 401, 407 */
	EVENT_BUSY,		/* 486, 600 */
	EVENT_TERMINATED,	/* 487 */
	EVENT_REFUSAL,		/* any other from 400 on */
	EVENT_ACK,
	EVENT_CANCEL,
	EVENT_BYE,		/* of the last answered dialog */
	EVENT_IN_DIALOG,	/* any other sign of a dialog that is up */
	EVENT_REMOVED,		/* 2xx to a request with Expires: 0 */
	EVENT_SUB_ACTIVE,	/* NOTIFY with Subscription-State */
	EVENT_SUB_PENDING,
	EVENT_SUB_TERMINATED,
	EVENT_TIMER_B,		/* 64*T1 without any response (also F) */
	EVENT_TIMER_C,		/* three minutes since the last provisional one */
	EVENT_NO_ACK,		/* 64*T1 since the 2xx */
	EVENT_RUN_OUT,		/* the granted time has passed */
	EVENT_COUNT
};

/** Where @p event leads a call of @p kind from @p state; NOWHERE: it means
 * nothing there. */
uint8_t transition(uint8_t kind, uint8_t state, enum call_event event);

#endif
