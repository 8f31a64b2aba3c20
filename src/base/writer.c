#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "base/writer.h"

#define STACK	((size_t)256 << 10)	/* bytes; instrumented code wants some */

enum { JOB_IDLE, JOB_WAITS, JOB_CANCELLED, JOB_DONE };

static struct {
	pthread_mutex_t lock;		/* of all below, and of the state of jobs but for DONE */
	pthread_cond_t more, less;	/* a job came; one is done */
	struct writer_job *first, **last;
	bool up;			/* the thread has begun */
	bool runs;			/* likewise, as the first thread knows it */
} writer = {
	.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER,
	.less = PTHREAD_COND_INITIALIZER,
};

/* ---- doing it ---- */

static void
write_bytes(struct writer_job *job)
{
	const uint8_t *p = job->p;

	while (job->done < job->n) {
		size_t n = job->n - job->done;
		ssize_t r = job->at == WRITER_GO_ON ? write(job->fd, p + job->done, n) :
			pwrite(job->fd, p + job->done, n, job->at + (off_t)job->done);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			job->error = r < 0 ? errno : ENOSPC;
			return;
		}
		job->done += (size_t)r;
	}
}

static void
do_job(struct writer_job *job)
{
	if (job->broken && *job->broken) {
		job->error = ECANCELED;
		return;
	}
	if (job->kind == WRITER_WRITE)
		write_bytes(job);
	else if (fallocate(job->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, job->at,
			   (off_t)job->n) != 0)
		job->error = errno;
	if (job->error && job->broken)
		*job->broken = true;
}

static void *
run(void *ctx)
{
	(void)ctx;
	pthread_mutex_lock(&writer.lock);
	writer.up = true;
	pthread_cond_broadcast(&writer.less);
	for (;;) {
		struct writer_job *job = writer.first;

		if (!job) {
			pthread_cond_wait(&writer.more, &writer.lock);
			continue;
		}
		writer.first = job->next;
		if (!writer.first)
			writer.last = &writer.first;
		if (job->state == JOB_CANCELLED) {
			job->error = ECANCELED;
		} else {
			pthread_mutex_unlock(&writer.lock);
			do_job(job);
			pthread_mutex_lock(&writer.lock);
		}
		/* From here on it is not ours. */
		__atomic_store_n(&job->state, JOB_DONE, __ATOMIC_RELEASE);
		pthread_cond_broadcast(&writer.less);
	}
	return NULL;
}

/* ---- the first thread ---- */

/* Who captures goes first, where it does not share its core by turns. */
static void
set_rank(pthread_attr_t *attr)
{
	struct sched_param rank;
	int policy;

	if (pthread_getschedparam(pthread_self(), &policy, &rank) != 0 ||
	    (policy != SCHED_FIFO && policy != SCHED_RR))
		return;
	if (rank.sched_priority == 1)
		policy = SCHED_OTHER;
	rank.sched_priority--;
	pthread_attr_setinheritsched(attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(attr, policy);
	pthread_attr_setschedparam(attr, &rank);
}

static bool
begin(const pthread_attr_t *attr)
{
	pthread_t thread;

	return pthread_create(&thread, attr, run, NULL) == 0;
}

bool
writer_start(void)
{
	pthread_attr_t attr;
	sigset_t all, old;

	if (writer.runs)
		return true;
	writer.last = &writer.first;
	if (pthread_attr_init(&attr) != 0)
		return false;
	pthread_attr_setstacksize(&attr, STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	set_rank(&attr);
	writer.runs = begin(&attr);
	if (!writer.runs) {
		pthread_attr_setinheritsched(&attr, PTHREAD_INHERIT_SCHED);
		writer.runs = begin(&attr);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	if (!writer.runs)
		return false;
	/* What it does to begin may not be allowed any more once we go on. */
	pthread_mutex_lock(&writer.lock);
	while (!writer.up)
		pthread_cond_wait(&writer.less, &writer.lock);
	pthread_mutex_unlock(&writer.lock);
	return true;
}

bool
writer_runs(void)
{
	return writer.runs;
}

void
writer_put(struct writer_job *job)
{
	job->done = 0;
	job->error = 0;
	job->next = NULL;
	if (!writer.runs) {
		do_job(job);
		job->state = JOB_DONE;
		return;
	}
	pthread_mutex_lock(&writer.lock);
	job->state = JOB_WAITS;
	*writer.last = job;
	writer.last = &job->next;
	pthread_mutex_unlock(&writer.lock);
	pthread_cond_signal(&writer.more);
}

bool
writer_is_done(const struct writer_job *job)
{
	return __atomic_load_n(&job->state, __ATOMIC_ACQUIRE) == JOB_DONE;
}

void
writer_wait(struct writer_job *job)
{
	if (writer_is_done(job))
		return;
	pthread_mutex_lock(&writer.lock);
	while (!writer_is_done(job))
		pthread_cond_wait(&writer.less, &writer.lock);
	pthread_mutex_unlock(&writer.lock);
}

void
writer_cancel(struct writer_job *job)
{
	pthread_mutex_lock(&writer.lock);
	if (!writer_is_done(job))
		job->state = JOB_CANCELLED;
	pthread_mutex_unlock(&writer.lock);
}
