/* SPDX-License-Identifier: GPL-3.0-or-later */
/* version: of both programs and the library, which are made together. */
#ifndef CORE_VERSION_H
#define CORE_VERSION_H

#define MINQING_VERSION "0.1"

#endif
