/* SPDX-License-Identifier: ISC */
/*
 * One phase: log section, deadline, watchdog on the growth of the log. Both limits are for an idle
 * machine: on a loaded one they grow with the load for each processor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "os/clock.h"
#include "os/file.h"
#include "slot/internal.h"

#define TICK_MS 250
#define LINES_MS 1000
#define MINUTE_MS ((int64_t)60 * 1000)

static const struct rv_slot_phase phases[] = {
    {"extract", false, 20 * MINUTE_MS, 120 * MINUTE_MS},
    {"patch", false, 3 * MINUTE_MS, 30 * MINUTE_MS},
    {"configure", false, 15 * MINUTE_MS, 240 * MINUTE_MS},
    {"build", false, 40 * MINUTE_MS, 2880 * MINUTE_MS},
    {"stage", true, 15 * MINUTE_MS, 480 * MINUTE_MS},
    {"test", false, 25 * MINUTE_MS, 960 * MINUTE_MS},
};

const struct rv_slot_phase *rv_slot_phase_find(const char *name)
{
	for (size_t i = 0; i < RV_COUNT(phases); i++)
		if (strcmp(phases[i].name, name) == 0)
			return &phases[i];
	return rv_slot_phase_find("build");
}

const char *rv_slot_outcome_name(enum rv_slot_outcome outcome)
{
	static const char *const names[] = {"ok", "failed", "timeout", "killed"};

	return names[outcome];
}

/* --- the log */

static int log_text(int fd, const char *text, struct rv_error *err)
{
	return rv_fd_write(fd, "log", text, strlen(text), err);
}

int rv_slot_log_head(int fd, const char *name, struct rv_error *err)
{
	static const char rule[] = "--------------------------------------------------"
				   "------------------------------\n";
	rv_auto(rv_str) char *text = rv_strfmt("\n%s--  Phase: %s\n%s", rule, name, rule);

	return log_text(fd, text, err);
}

/* Counts the lines that came since the last call; true when there is anything new. */
static bool count_lines(struct rv_slot *slot, int fd)
{
	char piece[8192];
	struct rv_stat st;
	int64_t before = slot->counted_bytes;

	if (rv_file_fstat(fd, &st, NULL) < 0)
		return false;
	if ((int64_t)st.size < before)
		slot->counted_bytes = slot->lines = 0;
	while (slot->counted_bytes < (int64_t)st.size) {
		size_t n = (size_t)((int64_t)st.size - slot->counted_bytes);

		n = n < sizeof(piece) ? n : sizeof(piece);
		if (rv_fd_pread(fd, "log", piece, n, (uint64_t)slot->counted_bytes, NULL) < 0)
			break;
		slot->counted_bytes += (int64_t)n;
		for (size_t i = 0; i < n; i++)
			slot->lines += piece[i] == '\n';
	}
	return slot->counted_bytes != before;
}

/* --- watching */

struct watch {
	struct rv_slot *slot;
	const struct rv_slot_run *how;
	int64_t begin_ms, grown_ms, told_ms;
	struct rv_slot_end *end;
};

static double load_factor(void)
{
	double factor = rv_load5() / (double)rv_cpu_count();

	return factor > 1 ? factor : 1;
}

/* true when a limit since since_ms is over. */
static bool is_over(int64_t limit_ms, int64_t since_ms, int64_t now_ms)
{
	/* the load is asked for only when the plain limit is over */
	if (limit_ms == 0 || now_ms - since_ms <= limit_ms)
		return false;
	return (double)(now_ms - since_ms) > (double)limit_ms * load_factor();
}

static void stop(struct watch *w, const char *what, int64_t limit_ms)
{
	w->end->outcome = RV_SLOT_TIMEOUT;
	snprintf(w->end->reason, sizeof(w->end->reason), "%s %lld s", what,
	    (long long)(limit_ms / 1000));
	rv_ns_kill(&w->slot->ns);
}

static void tick(struct watch *w)
{
	const struct rv_slot_phase *phase = w->how->phase;
	int64_t now = rv_clock_mono_ms();
	bool grown = count_lines(w->slot, w->how->log_fd);

	if (grown)
		w->grown_ms = now;
	if (now - w->told_ms >= LINES_MS && w->grown_ms > w->told_ms && w->how->on_lines) {
		w->how->on_lines(w->how->ctx, w->slot->lines);
		w->told_ms = now;
	}
	if (w->end->outcome != RV_SLOT_OK)
		return;
	if (is_over(phase->watchdog_ms, w->grown_ms, now))
		stop(w, "watchdog: the log did not grow for", phase->watchdog_ms);
	else if (is_over(phase->deadline_ms, w->begin_ms, now))
		stop(w, "deadline: it runs for more than", phase->deadline_ms);
}

static void judge(struct watch *w, const struct rv_exit *exit, bool memory)
{
	struct rv_slot_end *end = w->end;
	char text[64];

	if (end->outcome != RV_SLOT_OK || (!exit->signalled && exit->status == 0))
		return;
	end->outcome = exit->signalled || memory ? RV_SLOT_KILLED : RV_SLOT_FAILED;
	if (memory || rv_limit_was_hit(&w->slot->limit))
		snprintf(end->reason, sizeof(end->reason),
		    "%s; a process was killed because the slot's memory limit of %llu MiB was "
		    "reached",
		    rv_exit_text(exit, text, sizeof(text)),
		    (unsigned long long)(w->slot->memory_bytes >> 20));
	else
		snprintf(
		    end->reason, sizeof(end->reason), "%s", rv_exit_text(exit, text, sizeof(text)));
}

static int watch(struct watch *w, struct rv_error *err)
{
	struct rv_exit exit;
	bool memory = false;
	int rc;

	do {
		rc = rv_ns_wait(&w->slot->ns, TICK_MS, &exit, &memory, err);
		if (rc == RV_RUNNING)
			tick(w);
	} while (rc == RV_RUNNING);
	if (rc < 0)
		return -1;
	judge(w, &exit, memory);
	return 0;
}

/* --- environment */

typedef rv_vec(const char *) strings;

/* The tools folder goes before PATH, so that gmake is found whatever the host has. */
static char *make_env(const char *const *env, strings *out)
{
	char *path = NULL;

	for (; env && *env; env++) {
		if (strncmp(*env, "PATH=", 5) == 0 && !path)
			path = rv_strfmt("PATH=/xports/bin:%s", *env + 5);
		else
			rv_vec_push(out, *env);
	}
	if (!path)
		path = rv_strdup("PATH=/xports/bin:/bin:/usr/bin");
	rv_vec_push(out, path);
	rv_vec_push(out, NULL);
	return path;
}

static int start(struct rv_slot *slot, const struct rv_slot_run *how, struct rv_error *err)
{
	strings env = {0};
	/* owns the one string of env that is not the caller's */
	rv_auto(rv_str) RV_UNUSED char *path = make_env(how->env, &env);
	struct rv_ns_command command = RV_NS_COMMAND_INIT;
	int rc;

	command.argv = how->argv;
	command.env = env.v;
	command.stdout_fd = command.stderr_fd = how->log_fd;
	/* no core files, and none for a handler of the host */
	command.limit_core_bytes = 1;
	if (slot->users == RV_NS_RANGE) {
		command.set_user = true;
		command.uid = command.gid = how->phase->as_root ? 0 : RV_SLOT_BUILDER_ID;
	}
	rc = rv_ns_run(&slot->ns, &command, err);
	rv_vec_release(&env);
	return rc;
}

int rv_slot_run(struct rv_slot *slot, const struct rv_slot_run *how, struct rv_slot_end *out,
    struct rv_error *err)
{
	struct watch w = {.slot = slot, .how = how, .end = out};
	rv_auto(rv_str) char *text = NULL;

	*out = (struct rv_slot_end){.outcome = RV_SLOT_OK};
	w.begin_ms = w.grown_ms = w.told_ms = rv_clock_mono_ms();
	if (rv_slot_log_head(how->log_fd, how->phase->name, err) < 0 || start(slot, how, err) < 0 ||
	    watch(&w, err) < 0)
		return rv_context(err, "phase %s", how->phase->name);
	out->elapsed_ms = rv_clock_mono_ms() - w.begin_ms;
	if (out->outcome != RV_SLOT_OK) {
		text = rv_strfmt("\n=> phase %s: %s\n", how->phase->name, out->reason);
		if (log_text(how->log_fd, text, err) < 0)
			return -1;
	}
	(void)count_lines(slot, how->log_fd);
	out->lines = slot->lines;
	return 0;
}
