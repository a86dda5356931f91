/* SPDX-License-Identifier: ISC */
#include "tiny.h"

int tiny_twice(int n)
{
	return 2 * n;
}
