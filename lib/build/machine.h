/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine: what this machine has.
 */
#ifndef PGF_MACHINE_H
#define PGF_MACHINE_H

#include <stdint.h>

/* Bytes of memory for us: the machine's, or what our control group (version 2)
 * may take if that is less; 0 if the system does not tell. */
uint64_t machine_memory(void);

#endif
