/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is installed, not what is free: that changes while tasks run, and would
 * make a graph that is printed twice differ.
 */
#include "build/machine.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/str.h"

/* As a container sees its own group. */
static const char *const group_limit = "/sys/fs/cgroup/memory.max";

static uint64_t limit(void)
{
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	uint64_t n = 0;

	if (io_read_file(group_limit, 64, &text, &ignored) == 0 &&
		text.len > 0) {
		text.data[strcspn(text.data, "\n")] = '\0';
		if (!str_to_u64(text.data, &n))
			n = 0; /* "max" */
	}
	buf_release(&text);
	return n;
}

uint64_t machine_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
	uint64_t group = limit(), all;

	if (pages <= 0 || page <= 0)
		return group;
	all = (uint64_t)pages * (uint64_t)page;
	return group > 0 ? num_min(group, all) : all;
}
