/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Durable appeals a second: CLIENTS connections take appeals as fast as each is answered. An answer
 * means that the appeal is on disk.
 *   appeals_bench PORT CLIENTS SECONDS */
#include "core/clock.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS_MAX = 256, SAMPLES_MAX = 100000 };

static int port;
static char token[64], place[32], category[32];
static int64_t end_at;
static atomic_long taken, refused;

struct client {
    pthread_t thread;
    int number;
    float *latencies; /* ms */
    size_t count;
};

static int dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to)) {
        perror("connect");
        exit(1);
    }
    return fd;
}

/* Sends one request and reads its answer into `out`; returns the HTTP status. */
static int exchange(int fd, const char *request, size_t length, char *out, size_t size)
{
    size_t have = 0;
    if (write(fd, request, length) != (ssize_t)length)
        return 0;
    for (;;) {
        ssize_t n = read(fd, out + have, size - 1 - have);
        if (n <= 0)
            return 0;
        have += (size_t)n;
        out[have] = '\0';
        const char *body = strstr(out, "\r\n\r\n");
        if (!body)
            continue;
        const char *head = strcasestr(out, "content-length:");
        size_t want = head && head < body ? strtoul(head + 15, NULL, 10) : 0;
        if (have >= (size_t)(body + 4 - out) + want)
            return (int)strtol(out + 9, NULL, 10);
    }
}

static int call(int fd, const char *method, const char *path, const char *key, const char *body,
                char *out, size_t size)
{
    char request[4096];
    int n = snprintf(request, sizeof request,
                     "%s /api/v1%s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%s%s%s%s"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     method, path, *token ? "Authorization: Bearer " : "", token,
                     *token ? "\r\n" : "", key ? "Idempotency-Key: " : "", key ? key : "",
                     key ? "\r\n" : "", strlen(body), body);
    return exchange(fd, request, (size_t)n, out, size);
}

/* Copies what stands behind `"name":` (a string or a number) of the answer. */
static void pick(const char *answer, const char *name, char *out, size_t size)
{
    char pattern[64];
    snprintf(pattern, sizeof pattern, "\"%s\":", name);
    const char *p = strstr(answer, pattern);
    if (!p) {
        fprintf(stderr, "no %s in: %s\n", name, answer);
        exit(1);
    }
    p += strlen(pattern);
    p += *p == '"';
    snprintf(out, size, "%.*s", (int)strcspn(p, "\",}"), p);
}

static void *work(void *user)
{
    struct client *client = user;
    char body[1024], key[48], *answer = malloc(65536);
    int fd = dial();
    for (long i = 0; clock_ticks_ms() < end_at; i++) {
        snprintf(key, sizeof key, "bench-%d-%d-%ld", getpid(), client->number, i);
        snprintf(body, sizeof body,
                 "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"138%08ld\","
                 "\"name\":\"测试\",\"place\":%s,\"category\":\"%s\",\"next\":\"dispatch\","
                 "\"words\":\"小区停水两天了，老人孩子没水用，打了物业电话也没人管，请尽快处理。第%"
                 "ld次\"}",
                 (client->number * 100000 + i) % 100000000, place, category, i);
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        int status = call(fd, "POST", "/appeals", key, body, answer, 65536);
        clock_gettime(CLOCK_MONOTONIC, &b);
        if (status == 201) {
            taken++;
            if (client->count < SAMPLES_MAX)
                client->latencies[client->count++] = (float)((double)(b.tv_sec - a.tv_sec) * 1e3 +
                                                             (double)(b.tv_nsec - a.tv_nsec) / 1e6);
        } else if (++refused == 1) {
            fprintf(stderr, "%d %s\n", status, answer);
        }
    }
    close(fd);
    free(answer);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static struct client clients[CLIENTS_MAX];
    if (argc != 4) {
        fprintf(stderr, "usage: %s PORT CLIENTS SECONDS\n", argv[0]);
        return 2;
    }
    port = (int)strtol(argv[1], NULL, 10);
    int count = (int)strtol(argv[2], NULL, 10);
    int64_t seconds = strtol(argv[3], NULL, 10);
    char *answer = malloc(65536);
    int fd = dial();
    call(fd, "POST", "/sessions", NULL, "{\"login\":\"operator\",\"password\":\"minqing-demo\"}",
         answer, 65536);
    pick(answer, "token", token, sizeof token);
    call(fd, "GET", "/addresses/complete?q=1&limit=1", NULL, "", answer, 65536);
    pick(answer, "id", place, sizeof place);
    call(fd, "GET", "/categories?q=ts&limit=1", NULL, "", answer, 65536);
    pick(answer, "code", category, sizeof category);
    close(fd);

    end_at = clock_ticks_ms() + seconds * 1000;
    for (int i = 0; i < count && i < CLIENTS_MAX; i++) {
        clients[i].number = i;
        clients[i].latencies = malloc(SAMPLES_MAX * sizeof(float));
        pthread_create(&clients[i].thread, NULL, work, &clients[i]);
    }
    float *all = malloc((size_t)count * SAMPLES_MAX * sizeof *all);
    size_t n = 0;
    for (int i = 0; i < count && i < CLIENTS_MAX; i++) {
        pthread_join(clients[i].thread, NULL);
        memcpy(all + n, clients[i].latencies, clients[i].count * sizeof *all);
        n += clients[i].count;
        free(clients[i].latencies);
    }
    qsort(all, n, sizeof *all, compare);
    printf("appeals clients=%d seconds=%ld taken=%ld refused=%ld per_second=%.0f p50_ms=%.1f "
           "p99_ms=%.1f\n",
           count, (long)seconds, (long)taken, (long)refused, (double)taken / (double)seconds,
           n ? (double)all[n / 2] : 0, n ? (double)all[n * 99 / 100] : 0);
    free(all);
    free(answer);
    return taken > 0 && refused == 0 ? 0 : 1;
}
