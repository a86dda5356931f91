/* SPDX-License-Identifier: ISC */
/*
 * timed COMMAND [ARG ...]: runs it with standard output and error to /dev/null and prints
 * "MILLISECONDS KIB STATUS CPU": wall time; the largest memory of it or any descendant that was
 * waited for; the processor time of all these in milliseconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double ms_of(const struct timeval *t)
{
	return (double)t->tv_sec * 1e3 + (double)t->tv_usec / 1e3;
}

static void child(char **argv)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(126);
	execvp(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	double began_ms = now_ms();
	struct rusage used;
	int status;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: timed COMMAND [ARG ...]\n");
		return 2;
	}
	pid = fork();
	if (pid == 0)
		child(argv + 1);
	while (pid > 0 && wait4(pid, &status, 0, &used) < 0)
		if (errno != EINTR)
			pid = -1;
	if (pid < 0) {
		perror("timed");
		return 2;
	}
	printf("%.1f %ld %d %.1f\n", now_ms() - began_ms, used.ru_maxrss,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    ms_of(&used.ru_utime) + ms_of(&used.ru_stime));
	return 0;
}
