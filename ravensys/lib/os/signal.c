/* SPDX-License-Identifier: ISC */
/*
 * Signals into a pipe. The state is the process's, as signal dispositions are: one loop at a time
 * may own it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "os/internal.h"
#include "os/spawn.h"

static volatile sig_atomic_t came[NSIG];
static int pipe_fds[2] = {-1, -1};
static struct sigaction old_action[NSIG];
static bool caught[NSIG];

static void on_signal(int signo)
{
	int keep = errno;
	ssize_t n;

	came[signo] = 1;
	n = write(pipe_fds[1], "", 1);
	/* a full pipe wakes the loop as well */
	(void)n;
	errno = keep;
}

int rv_os_signal_open(int *out_read_fd)
{
	if (pipe_fds[0] >= 0) {
		errno = EBUSY;
		return -1;
	}
	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	*out_read_fd = pipe_fds[0];
	return 0;
}

int rv_os_signal_catch(int signo)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	if (signo <= 0 || signo >= NSIG) {
		errno = EINVAL;
		return -1;
	}
	if (caught[signo])
		return 0;
	sigemptyset(&action.sa_mask);
	if (sigaction(signo, &action, &old_action[signo]) < 0)
		return -1;
	caught[signo] = true;
	return 0;
}

bool rv_os_signal_take(int signo)
{
	bool was = came[signo];

	came[signo] = 0;
	return was;
}

void rv_os_signal_release(void)
{
	for (int i = 1; i < NSIG; i++) {
		if (caught[i])
			sigaction(i, &old_action[i], NULL);
		caught[i] = false;
		came[i] = 0;
	}
	rv_fd_release(&pipe_fds[0]);
	rv_fd_release(&pipe_fds[1]);
}

void rv_terminal_keys_ignore(bool on)
{
	static struct sigaction old[2];
	static const int keys[] = {SIGINT, SIGQUIT};
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	for (size_t i = 0; i < RV_COUNT(keys); i++)
		sigaction(keys[i], on ? &ignore : &old[i], on ? &old[i] : NULL);
}
