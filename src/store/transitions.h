/**
 * @file transitions.h  The states of calls, as one table. Only for the room.
 *
 * A message or a timer is an input; the table says where it leads.
 */
#ifndef STORE_TRANSITIONS_H
#define STORE_TRANSITIONS_H

#include "store/call.h"

#define STATE_START	CALL_STATE_COUNT	/* nothing was seen yet */
#define NOWHERE		CALL_STATE_COUNT	/* transition(): nothing happens */

enum call_input {
	INPUT_REQUEST,		/* the request that opens a try */
	INPUT_TRYING,		/* 100 */
	INPUT_PROGRESS,		/* 101 to 199 but 180 */
	INPUT_RINGING,		/* 180 */
	INPUT_SUCCESS,		/* 2xx */
	INPUT_REDIRECT,		/* 3xx */
	INPUT_CHALLENGE,	/* 401, 407 */
	INPUT_BUSY,		/* 486, 600 */
	INPUT_TERMINATED,	/* 487 */
	INPUT_REFUSAL,		/* any other from 400 on */
	INPUT_ACK,
	INPUT_CANCEL,
	INPUT_BYE,		/* of the last answered dialog */
	INPUT_IN_DIALOG,	/* any other sign of a dialog that is up */
	INPUT_REMOVED,		/* 2xx to a request with Expires: 0 */
	INPUT_SUB_ACTIVE,	/* NOTIFY with Subscription-State */
	INPUT_SUB_PENDING,
	INPUT_SUB_TERMINATED,
	INPUT_TIMER_B,		/* 64*T1 without any response (also F) */
	INPUT_TIMER_C,		/* three minutes since the last provisional one */
	INPUT_NO_ACK,		/* 64*T1 since the 2xx */
	INPUT_RUN_OUT,		/* the granted time has passed */
	INPUT_COUNT
};

/** Where @p event leads a call of @p kind from @p state; NOWHERE: it means
 * nothing there. */
uint8_t transition(uint8_t kind, uint8_t state, enum call_input event);

#endif
