/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hundred lines over a table.  getopt_long was refused because its table
 * knows neither help nor types, so every program would repeat both.
 */
#include "base/opt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/version.h"

struct parse {
	const struct opt_spec *spec;
	int argc;
	char **argv;
	int next; /* argument not yet looked at */
};

static const struct opt builtin[] = {
	{ OPT_FLAG, 'h', "help", NULL, NULL, "print this and exit" },
	{ OPT_FLAG, 'V', "version", NULL, NULL, "print the version and exit" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt *find(const struct opt_spec *spec, char letter,
	const char *name, size_t len)
{
	const struct opt *tables[] = { spec->opts, spec->more, builtin };

	for (size_t i = 0; i < 3; i++)
		for (const struct opt *o = tables[i]; o && o->type; o++)
			if (name ? strlen(o->name) == len &&
						memcmp(o->name, name, len) ==
							0 :
				   o->letter == letter)
				return o;
	return NULL;
}

static void print_table(const struct opt *o)
{
	for (; o && o->type; o++) {
		char left[64];

		snprintf(left, sizeof(left), "%c%c%s--%s%s%s",
			o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
			o->letter ? ", " : "  ", o->name, o->value ? " " : "",
			o->value ? o->value : "");
		if (strlen(left) > 24)
			printf("  %s\n  %-24s  %s\n", left, "", o->help);
		else
			printf("  %-24s  %s\n", left, o->help);
	}
}

static void print_help(const struct opt_spec *spec)
{
	printf("usage: %s %s\n%s\n\n", spec->name, spec->synopsis,
		spec->summary);
	print_table(spec->opts);
	print_table(spec->more);
	print_table(builtin);
	printf("\nThe whole story: man %s\n", spec->name);
}

/* A sentence for the page: mdoc wants a full stop and a capital. */
static void print_mdoc_table(const struct opt *o)
{
	for (; o && o->type; o++) {
		printf(".It ");
		if (o->letter)
			printf("Fl %c%s%s , ", o->letter,
				o->value ? " Ar " : "",
				o->value ? o->value : "");
		printf("Fl Fl %s%s%s\n", o->name, o->value ? " Ar " : "",
			o->value ? o->value : "");
		printf("%c%s.\n",
			o->help[0] >= 'a' && o->help[0] <= 'z' ?
				o->help[0] - 'a' + 'A' :
				o->help[0],
			o->help + 1);
	}
}

static void print_mdoc(const struct opt_spec *spec)
{
	printf(".Bl -tag -width Ds\n");
	print_mdoc_table(spec->opts);
	print_mdoc_table(spec->more);
	print_mdoc_table(builtin);
	printf(".El\n");
}

static _Noreturn void leave(void)
{
	if (fflush(stdout) == 0)
		exit(0);
	log_error("cannot write '<stdout>': %s", strerror(errno));
	exit(ERR_FAIL);
}

static void do_builtin(const struct opt_spec *spec, const struct opt *o,
	const char *value)
{
	if (o->letter == 'V')
		printf("%s %s\n", spec->name, PGF_VERSION);
	else if (value != NULL && str_eq(value, "mdoc"))
		print_mdoc(spec);
	else
		print_help(spec);
	leave();
}

static int store(const struct opt *o, const char *value, struct err *err)
{
	struct opt_list *list;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)o->target = true;
		return 0;
	case OPT_TEXT:
		*(const char **)o->target = value;
		return 0;
	case OPT_COUNT:
		if (!str_to_i64(value, o->target) || *(int64_t *)o->target < 0)
			return err_set(err, ERR_USAGE,
				"option '--%s' wants "
				"a number, not '%s'",
				o->name, value);
		return 0;
	case OPT_LIST:
		list = o->target;
		if (list->n == OPT_LIST_MAX)
			return err_set(err, ERR_USAGE,
				"option '--%s' given more than %d times",
				o->name, OPT_LIST_MAX);
		list->at[list->n++] = value;
		return 0;
	default:
		return 0;
	}
}

/* The option's value: joined to it, or the next argument. */
static int take(struct parse *p, const struct opt *o, const char *joined,
	struct err *err)
{
	bool is_builtin = o >= builtin && o < builtin + 2;

	if (is_builtin)
		do_builtin(p->spec, o, joined);
	if (o->type == OPT_FLAG) {
		if (joined != NULL)
			return err_set(err, ERR_USAGE,
				"option '--%s' takes no value", o->name);
		return store(o, NULL, err);
	}
	if (joined == NULL) {
		if (p->next >= p->argc)
			return err_set(err, ERR_USAGE,
				"option '--%s' wants a value", o->name);
		joined = p->argv[p->next++];
	}
	return store(o, joined, err);
}

static int parse_long(struct parse *p, const char *arg, struct err *err)
{
	size_t len = strcspn(arg, "=");
	const struct opt *o = find(p->spec, 0, arg, len);

	if (o == NULL)
		return err_set(err, ERR_USAGE, "unknown option '--%.*s'",
			(int)len, arg);
	return take(p, o, arg[len] == '=' ? arg + len + 1 : NULL, err);
}

static int parse_letters(struct parse *p, const char *s, struct err *err)
{
	for (; *s != '\0'; s++) {
		const struct opt *o = find(p->spec, *s, NULL, 0);

		if (o == NULL)
			return err_set(err, ERR_USAGE, "unknown option '-%c'",
				*s);
		if (o->type != OPT_FLAG)
			return take(p, o, s[1] ? s + 1 : NULL, err);
		if (take(p, o, NULL, err) < 0)
			return -1;
	}
	return 0;
}

int opt_parse(const struct opt_spec *spec, int argc, char **argv,
	struct err *err)
{
	struct parse p = { spec, argc, argv, 1 };
	int operands = 0;
	char **kept = mem_alloc(((size_t)argc + 1) * sizeof(*kept));
	int r = 0;

	while (r == 0 && p.next < argc) {
		char *arg = argv[p.next++];

		if (str_eq(arg, "--")) {
			while (p.next < argc)
				kept[operands++] = argv[p.next++];
		} else if (str_starts(arg, "--")) {
			r = parse_long(&p, arg + 2, err);
		} else if (arg[0] == '-' && arg[1] != '\0') {
			r = parse_letters(&p, arg + 1, err);
		} else {
			kept[operands++] = arg;
		}
	}
	for (int i = 0; i < operands; i++)
		argv[argc - operands + i] = kept[i];
	mem_free(kept);
	return r < 0 ? -1 : argc - operands;
}
