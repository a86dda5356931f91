/* SPDX-License-Identifier: ISC */
/*
 * Fail-at-N for file operations: tests arm it, the functions of os/file.h ask. RV_FAULT=N:ERRNO in
 * the environment of a program built with it arms at start (rv_fault_from_env).
 */
#pragma once

#include <stdbool.h>

/* The n-th checked operation from now fails with errno `sys`, once; 0 disarms. */
void rv_fault_arm(unsigned n, int sys);
void rv_fault_from_env(void);
/* true: fail now; errno is set. Called at the head of each mutating file operation. */
bool rv_fault_hit(void);
