/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The socket that the platform listens on. Private to http/. */
#ifndef PLATFORM_HTTP_LISTEN_H
#define PLATFORM_HTTP_LISTEN_H

#include "core/status.h"
#include <stdint.h>

/* Opens a listening TCP socket, not blocking, at an address in digits; port 0 takes a free one. The
 * caller closes *fd. ST_INVALID for what is no address of this machine, ST_BUSY for a port that is
 * in use, ST_DENIED for one that only root may have. */
enum status listen_open(const char *address, uint16_t port, int *fd, uint16_t *actual_port,
                        struct error *err);

#endif
