/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/http/origin.h"
#include <arpa/inet.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Twelve digits, because they are read out on the telephone. Random, for numbers in turn would
 * count the requests of all others. */
static void fresh_id(char id[REQUEST_ID_SIZE])
{
    enum { HALF = 1000000 };
    (void)snprintf(id, REQUEST_ID_SIZE, "%06" PRIu32 "%06" PRIu32, randombytes_uniform(HALF),
                   randombytes_uniform(HALF));
}

static void text_of(const unsigned char six[16], char out[INET6_ADDRSTRLEN])
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (memcmp(six, mapped, sizeof mapped) == 0)
        (void)inet_ntop(AF_INET, six + sizeof mapped, out, INET6_ADDRSTRLEN);
    else
        (void)inet_ntop(AF_INET6, six, out, INET6_ADDRSTRLEN);
}

bool origin_normalise(const char *text, char out[INET6_ADDRSTRLEN])
{
    unsigned char bytes[16];
    if (inet_pton(AF_INET, text, bytes) == 1)
        (void)inet_ntop(AF_INET, bytes, out, INET6_ADDRSTRLEN);
    else if (inet_pton(AF_INET6, text, bytes) == 1)
        text_of(bytes, out);
    else
        return false;
    return true;
}

/* One subscriber has a whole /64: it is counted as one. */
static void set_address(struct origin *origin, const char *address)
{
    unsigned char bytes[16];
    (void)snprintf(origin->address, sizeof origin->address, "%s", address);
    (void)snprintf(origin->network, sizeof origin->network, "%s", address);
    if (inet_pton(AF_INET6, address, bytes) == 1) {
        memset(bytes + 8, 0, 8);
        (void)inet_ntop(AF_INET6, bytes, origin->network, sizeof origin->network);
    }
}

static bool is_proxy(const struct proxies *proxies, const char *address)
{
    for (size_t i = 0; proxies->addresses && proxies->addresses[i]; i++)
        if (strcmp(proxies->addresses[i], address) == 0)
            return true;
    return false;
}

void origin_find(struct origin *origin, struct MHD_Connection *connection,
                 const struct proxies *proxies)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char address[INET6_ADDRSTRLEN] = "";
    if (info && info->client_addr && info->client_addr->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, info->client_addr, sizeof four);
        (void)inet_ntop(AF_INET, &four.sin_addr, address, sizeof address);
    } else if (info && info->client_addr && info->client_addr->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, info->client_addr, sizeof six);
        text_of(six.sin6_addr.s6_addr, address);
    }
    set_address(origin, address);
    origin->from_proxy = is_proxy(proxies, address);
    fresh_id(origin->id);
}

void origin_forwarded(struct origin *origin, const char *value)
{
    char last[INET6_ADDRSTRLEN], address[INET6_ADDRSTRLEN];
    const char *comma = strrchr(value, ',');
    const char *start = comma ? comma + 1 : value;
    start += strspn(start, " \t");
    size_t n = strcspn(start, " \t");
    if (!origin->from_proxy || n >= sizeof last)
        return;
    memcpy(last, start, n);
    last[n] = '\0';
    if (origin_normalise(last, address))
        set_address(origin, address);
}

void origin_take_id(struct origin *origin, const char *value)
{
    size_t n = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    if (origin->from_proxy && n > 0 && n < sizeof origin->id && !value[n])
        memcpy(origin->id, value, n + 1);
}
