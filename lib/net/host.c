/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts are few: a list will do. */
#include "net/host.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

struct host *host_find(struct host **list, const char *origin)
{
	struct host *h = *list;
	size_t size = strlen(origin) + 1;

	while (h != NULL && !str_eq(h->origin, origin))
		h = h->next;
	if (h != NULL)
		return h;
	h = mem_alloc(sizeof(*h));
	*h = (struct host){ .next = *list, .origin = mem_alloc(size) };
	h->last = &h->first;
	memcpy(h->origin, origin, size);
	*list = h;
	return h;
}

void host_append(struct host *h, struct turn *t)
{
	host_put(h, h->last, t);
}

struct turn *host_take(struct host *h, struct turn **at)
{
	struct turn *t = *at;

	*at = t->next;
	h->waiting--;
	if (h->last == &t->next)
		h->last = at;
	return t;
}

void host_put(struct host *h, struct turn **at, struct turn *t)
{
	t->next = *at;
	*at = t;
	h->waiting++;
	if (t->next == NULL)
		h->last = &t->next;
}

void hosts_release(struct host **list)
{
	while (*list != NULL) {
		struct host *h = *list;

		*list = h->next;
		mem_free(h->origin);
		mem_free(h);
	}
}
