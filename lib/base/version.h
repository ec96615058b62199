/* SPDX-License-Identifier: Apache-2.0 */
/* version: the one place that knows it; the man pages take it from here. */
#ifndef PGF_VERSION_H
#define PGF_VERSION_H

#define PGF_VERSION "0.1.0"

#endif
