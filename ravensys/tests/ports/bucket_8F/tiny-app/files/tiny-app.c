/* SPDX-License-Identifier: ISC */
/* tiny-app [N]: prints the word of its configuration file, the data's motto and twice N. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiny.h"

#ifdef LOUD
#define SAY(c) toupper((unsigned char)(c))
#else
#define SAY(c) (c)
#endif

static void show(const char *path)
{
	char line[128];
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		exit(1);
	}
	if (!fgets(line, sizeof line, f))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	for (char *p = line; *p; p++)
		putchar(SAY(*p));
	putchar(' ');
	fclose(f);
}

int main(int argc, char **argv)
{
	show(CONF);
	show(DATA "/motto");
	printf("%d\n", tiny_twice(argc > 1 ? atoi(argv[1]) : 21));
	return 0;
}
