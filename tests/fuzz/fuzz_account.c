/* SPDX-License-Identifier: Apache-2.0 */
/* The account of a plan, behind a digest that is right, is refused or reads back as
 * what is written of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xxh.h"
#include "plan/plan_account.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool so)
{
	if (!so)
		abort();
}

static void check_round_trip(struct arena *a,
	const struct plan_account *account)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct plan_account back;

	plan_account_write(&once, account);
	demand(plan_account_read(a, &once, &back));
	plan_account_write(&twice, &back);
	demand(once.len == twice.len &&
		memcmp(once.data, twice.data, once.len) == 0);
	buf_release(&once);
	buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct plan_account account;
	char digest[XXH_HEX];

	buf_add(&text, data, size);
	xxh_of(size ? text.data : "", size, digest);
	buf_addf(&text, "\n{\"digest\":\"%s\"}\n", digest);
	if (plan_account_read(&arena, &text, &account))
		check_round_trip(&arena, &account);
	buf_release(&text);
	arena_release(&arena);
	return 0;
}
