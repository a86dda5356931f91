/* SPDX-License-Identifier: ISC */
#pragma once

/* Twice n. */
int tiny_twice(int n);
