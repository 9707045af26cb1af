/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/http/listen.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static enum status bind_failed(const char *address, uint16_t port, struct error *err)
{
    switch (errno) {
    case EADDRINUSE:
        return error_set(err, ST_BUSY,
                         "port %u of %s is in use by another program: stop that one (see it with "
                         "ss -ltnp), or take another --port",
                         port, address);
    case EADDRNOTAVAIL:
        return error_set(err, ST_INVALID, "%s is not an address of this machine", address);
    case EACCES:
        return error_set(err, ST_DENIED,
                         "port %u of %s may be opened by root only: take one above 1023", port,
                         address);
    default:
        return error_set(err, ST_IO, "cannot listen on port %u of %s: %s", port, address,
                         strerror(errno));
    }
}

static bool bound_port(int fd, uint16_t *port)
{
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof bound;
    if (getsockname(fd, (struct sockaddr *)&bound, &size) != 0)
        return false;
    if (bound.ss_family == AF_INET6)
        *port = ntohs(((struct sockaddr_in6 *)&bound)->sin6_port);
    else
        *port = ntohs(((struct sockaddr_in *)&bound)->sin_port);
    return true;
}

enum status listen_open(const char *address, uint16_t port, int *fd, uint16_t *actual_port,
                        struct error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *where = NULL;
    char service[8];
    (void)snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(address, service, &hints, &where) != 0)
        return error_set(err, ST_INVALID, "\"%s\" is not an address such as 127.0.0.1 or ::1",
                         address);
    int one = 1;
    *fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* A restart must not wait until the old connections are forgotten. */
    bool good = *fd >= 0 && setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
                bind(*fd, where->ai_addr, where->ai_addrlen) == 0 && listen(*fd, SOMAXCONN) == 0 &&
                bound_port(*fd, actual_port);
    int failure = errno;
    freeaddrinfo(where);
    if (good)
        return ST_OK;
    errno = failure;
    enum status st = bind_failed(address, port, err);
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
    return st;
}
