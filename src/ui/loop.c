#include <poll.h>

#include "base/time.h"
#include "ui/loop.h"
#include "ui/term.h"

/* Read, then let the views do what they put off. While there is more to read that
 * gets half the time, so that a key never waits for two full slices. */
static enum loop_state
source_read(struct stack *stack, const struct loop_source *source)
{
	enum loop_state state = source ? source->read_for(source->ctx, LOOP_SLICE_MS) : LOOP_IDLE;
	int budget = state == LOOP_BUSY ? LOOP_SLICE_MS / 2 : LOOP_SLICE_MS;

	return stack_work(stack, budget) ? LOOP_BUSY : state;
}

static int
source_fd(const struct loop_source *source)
{
	return source && source->fd ? source->fd(source->ctx) : -1;
}

static int
source_timeout(const struct loop_source *source)
{
	return source && source->timeout_ms ? source->timeout_ms(source->ctx) : -1;
}

void
loop_drain(struct stack *stack, const struct loop_source *source)
{
	enum loop_state state;

	while ((state = source_read(stack, source)) != LOOP_IDLE) {
		struct pollfd p = { source_fd(source), POLLIN, 0 };
		int timeout = source_timeout(source);

		if (state != LOOP_WAIT)
			continue;
		if (p.fd < 0 && timeout < 0)
			BUG("a source that waits has neither fd nor timeout");
		poll(&p, 1, timeout);
	}
	stack_refresh(stack);
}

static void
show(struct stack *stack, struct canvas *c)
{
	if (stack_take_repaint(stack))
		term_repaint();
	c->ascii = stack->ascii;
	stack_draw(stack, c);
	term_show(c);
}

/* The shorter of two poll timeouts, of which -1 is never. */
static int
sooner(int a, int b)
{
	if (a < 0)
		return b;
	return b < 0 || a < b ? a : b;
}

static void
fit_to_terminal(struct stack *stack, struct canvas *c)
{
	int height, width;

	term_size(&height, &width);
	canvas_resize(c, height, width);
	stack_resize(stack, c->height, c->width);
}

/* Take all keys there are. @return TERM_NONE when there are no more, or what
 * ends the loop. *acted is set when there was one. */
static enum term_event
take_keys(struct stack *stack, struct canvas *c, bool *acted)
{
	enum term_event event;
	struct mouse mouse;
	struct key key;

	while (!stack_done(stack) && (event = term_next(&key, &mouse)) != TERM_NONE) {
		*acted = true;
		if (event == TERM_KEY)
			stack_key(stack, key);
		else if (event == TERM_MOUSE)
			stack_mouse(stack, &mouse);
		else if (event == TERM_RESIZE)
			fit_to_terminal(stack, c);
		else
			return event;
	}
	return TERM_NONE;
}

enum loop_end
loop_run(struct stack *stack, const struct loop_source *source, bool ascii)
{
	struct canvas *c = canvas_new(1, 1);
	enum loop_end end = LOOP_QUIT;
	int64_t looked = time_monotonic_ms() - LOOP_DRAW_MS;	/* at the data */
	enum loop_state state = LOOP_BUSY;
	bool stale = false;	/* the views have not looked since it was read */

	stack->ascii = ascii;
	stack->copy = term_copy;
	fit_to_terminal(stack, c);
	while (!stack_done(stack)) {
		struct pollfd fds[TERM_FDS + 1];
		enum term_event event;
		bool acted = false;
		int timeout, wait;
		int64_t idle;

		event = take_keys(stack, c, &acted);
		if (event != TERM_NONE) {
			end = event == TERM_SIGNAL ? LOOP_SIGNALED : LOOP_CLOSED;
			break;
		}
		if (stack_done(stack))
			break;
		/* A key is answered before more is read. */
		if (!acted) {
			state = source_read(stack, source);
			stale = true;
		}
		/* It may have slept for weeks. */
		idle = time_monotonic_ms() - looked;
		wait = idle < LOOP_DRAW_MS ? LOOP_DRAW_MS - (int)idle : 0;
		/* A look that is not to be seen only costs time. */
		if (stale && !acted && wait <= 0) {
			stack_refresh(stack);
			stale = false;
			looked = time_monotonic_ms();
		}
		if (stack_changed(stack) && (acted || wait <= 0))
			show(stack, c);
		timeout = state == LOOP_BUSY || acted ? 0 : source_timeout(source);
		if (stale || stack_changed(stack))
			timeout = sooner(timeout, wait > 0 ? wait : 0);
		for (int i = 0; i < TERM_FDS; i++)
			fds[i] = (struct pollfd){ term_fd(i), POLLIN, 0 };
		fds[TERM_FDS] = (struct pollfd){ source_fd(source), POLLIN, 0 };
		if (poll(fds, TERM_FDS + 1, timeout) > 0)
			for (int i = 0; i < TERM_FDS; i++)
				if (fds[i].revents)
					term_ready(i, fds[i].revents);
	}
	stack->copy = NULL;
	canvas_free(c);
	return end;
}
