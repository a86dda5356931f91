/* SPDX-License-Identifier: ISC */
/*
 * Runs one fuzz target over the files of its corpus, as a regression test without libFuzzer. TAP.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int rv_fuzz_one(const uint8_t *data, size_t size);

static int run_file(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8_t *data;
	ssize_t got;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		return 1;
	}
	data = malloc((size_t)st.st_size + 1);
	got = data ? read(fd, data, (size_t)st.st_size) : -1;
	if (got >= 0)
		rv_fuzz_one(data, (size_t)got);
	free(data);
	close(fd);
	return got < 0;
}

int main(int argc, char **argv)
{
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *e;
	int count = 0, bad = 0;

	if (!dir) {
		printf("1..0 # usage: replay CORPUS\n");
		return 2;
	}
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		count++;
		bad = run_file(dirfd(dir), e->d_name);
		printf("%s %d - %s\n", bad ? "not ok" : "ok", count, e->d_name);
		fflush(stdout);
	}
	closedir(dir);
	printf("1..%d\n", count);
	return bad || !count;
}
