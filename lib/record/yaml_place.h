/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_place: on which line the members and elements of a document stood.
 *
 * Kept by container, as one array of lines each, because values have no
 * identity of their own (there is only one null).
 */
#ifndef PGF_YAML_PLACE_H
#define PGF_YAML_PLACE_H

#include "record/json.h"

/* Lines of the elements of one list or the members of one object. */
struct yaml_place {
	const struct js *node;
	size_t n, cap;
	const char **names; /* NULL for a list */
	unsigned *lines;
};

/* All of them; zero-initialised is empty.  Memory is the arena's. */
struct yaml_places {
	struct arena *arena;
	size_t n, cap;
	struct yaml_place *at;
};

/* Add a container; its number. */
size_t yaml_places_add(struct yaml_places *p, const struct js *node);

/* Add the next member (or, with name NULL, element) of container number i. */
void yaml_places_line(struct yaml_places *p, size_t i, const char *name,
	unsigned line);

/* Say that the members of copy stand where those of node do. */
void yaml_places_copy(struct yaml_places *p, const struct js *node,
	const struct js *copy);

/* The line (from 1) of the member of that name of an object, or of element i
 * of a list; 0 if it is not known.  Looks through all containers: meant for the
 * one message of a run that fails. */
unsigned yaml_member_line(const struct yaml_places *p, const struct js *obj,
	const char *name);
unsigned yaml_element_line(const struct yaml_places *p, const struct js *list,
	size_t i);

#endif
