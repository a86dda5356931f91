/* SPDX-License-Identifier: ISC */
/* The entry of worker processes. */
#pragma once

int rv_adm_worker_main(int argc, char **argv);
