/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a request comes from, under which number it is known, and its line in the log. Private to
 * http/. */
#ifndef PLATFORM_HTTP_ORIGIN_H
#define PLATFORM_HTTP_ORIGIN_H

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REQUEST_ID_SIZE = 65 };

/* Addresses of proxies whose word about their clients is taken. */
struct proxies {
    const char *const *addresses; /* in digits, NULL-terminated; NULL none */
};

struct origin {
    char address[INET6_ADDRSTRLEN]; /* of the client, as far as is known */
    char network[INET6_ADDRSTRLEN]; /* what is counted as one: the address, or a /64 of IPv6 */
    char id[REQUEST_ID_SIZE];       /* of the request */
    bool from_proxy;
};

/* The address as it is compared: in digits, IPv4 in IPv6 as IPv4. False for what is none. */
bool origin_normalise(const char *text, char out[INET6_ADDRSTRLEN]);
/* Who is connected, and a fresh number. */
void origin_find(struct origin *origin, struct MHD_Connection *connection,
                 const struct proxies *proxies);
/* What a proxy says; from anybody else it is ignored. Of several clients the last counts: the ones
 * before it are what the client itself wrote. */
void origin_forwarded(struct origin *origin, const char *value);
void origin_take_id(struct origin *origin, const char *value);

#endif
