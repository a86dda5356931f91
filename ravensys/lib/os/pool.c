/* SPDX-License-Identifier: ISC */
/* The thread pool: one lock, one queue; the first error empties the queue. */
#include "os/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "os/clock.h"

struct item {
	struct item *next;
	rv_job_fn *fn;
	void *job;
};

struct rv_pool {
	pthread_mutex_t lock;
	pthread_cond_t work, room, idle;
	struct item *first, **last;
	unsigned waiting, most_waiting, running;
	bool ending, failed;
	struct rv_error error;
	unsigned n_threads;
	pthread_t threads[];
};

static void drop_queue(struct rv_pool *p)
{
	while (p->first) {
		struct item *it = p->first;

		p->first = it->next;
		free(it);
	}
	p->last = &p->first;
	p->waiting = 0;
}

static void keep_error(struct rv_pool *p, const struct rv_error *err)
{
	if (!p->failed)
		p->error = *err;
	p->failed = true;
	drop_queue(p);
	pthread_cond_broadcast(&p->room);
}

/* Called and left with the lock held. */
static void run_first(struct rv_pool *p)
{
	struct rv_error err = RV_ERROR_INIT;
	struct item *it = p->first;
	int rc;

	p->first = it->next;
	if (!p->first)
		p->last = &p->first;
	p->waiting--;
	p->running++;
	pthread_cond_signal(&p->room);
	pthread_mutex_unlock(&p->lock);
	rc = it->fn(it->job, &err);
	free(it);
	pthread_mutex_lock(&p->lock);
	p->running--;
	if (rc < 0)
		keep_error(p, &err);
	if (p->running == 0 && !p->first)
		pthread_cond_broadcast(&p->idle);
}

static void *thread_main(void *ctx)
{
	struct rv_pool *p = ctx;

	pthread_mutex_lock(&p->lock);
	while (!p->ending) {
		if (p->first)
			run_first(p);
		else
			pthread_cond_wait(&p->work, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static int start_threads(struct rv_pool *p, unsigned threads, struct rv_error *err)
{
	sigset_t all, old;
	int sys = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (p->n_threads < threads && sys == 0) {
		sys = pthread_create(&p->threads[p->n_threads], NULL, thread_main, p);
		if (sys == 0)
			p->n_threads++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	errno = sys;
	return sys ? rv_fail_sys(err, "start a thread") : 0;
}

int rv_pool_new(unsigned threads, unsigned queued, struct rv_pool **out, struct rv_error *err)
{
	struct rv_pool *p;

	if (threads == 0)
		threads = rv_cpu_count();
	p = rv_alloc(sizeof(*p) + threads * sizeof(p->threads[0]));
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->room, NULL);
	pthread_cond_init(&p->idle, NULL);
	p->last = &p->first;
	p->most_waiting = queued;
	if (start_threads(p, threads, err) < 0) {
		rv_pool_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

void rv_pool_add(struct rv_pool *p, rv_job_fn *fn, void *job)
{
	struct item *it;

	pthread_mutex_lock(&p->lock);
	while (p->most_waiting && p->waiting >= p->most_waiting && !p->failed)
		pthread_cond_wait(&p->room, &p->lock);
	if (!p->failed) {
		it = rv_alloc(sizeof(*it));
		*it = (struct item){.fn = fn, .job = job};
		*p->last = it;
		p->last = &it->next;
		p->waiting++;
		pthread_cond_signal(&p->work);
	}
	pthread_mutex_unlock(&p->lock);
}

int rv_pool_finish(struct rv_pool *p, struct rv_error *err)
{
	bool failed;

	pthread_mutex_lock(&p->lock);
	while (p->first || p->running > 0)
		pthread_cond_wait(&p->idle, &p->lock);
	failed = p->failed;
	if (failed && err)
		*err = p->error;
	p->failed = false;
	pthread_mutex_unlock(&p->lock);
	return failed ? -1 : 0;
}

void rv_pool_free(struct rv_pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->ending = true;
	drop_queue(p);
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->room);
	pthread_cond_destroy(&p->idle);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
