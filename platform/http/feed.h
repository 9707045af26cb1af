/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change feed: GET /changes, as an answer that never ends or as a long poll. Private to http/.
 */
#ifndef PLATFORM_HTTP_FEED_H
#define PLATFORM_HTTP_FEED_H

#include "platform/http/request.h"
#include "platform/http/sleepers.h"
#include <stdint.h>

/* What all feeds share; outlives them. */
struct feed_options {
    struct api *api;
    struct sleepers *sleepers;
    int64_t heartbeat_ms; /* a stream says something at least so often */
    int64_t wait_max_s;   /* of a long poll */
};

enum feed_step {
    FEED_REFUSED,  /* see request->refusal */
    FEED_ANSWERED, /* request->api holds the answer (long poll) */
    FEED_STREAM,   /* answer with feed_response */
    FEED_WAITS,    /* the connection is suspended; ask again when it is called again */
};
/* One step of GET /changes, on the connection's thread. The first makes request->feed. */
enum feed_step feed_step(const struct feed_options *options, struct http_request *request);
/* The endless answer; NULL without memory. */
struct MHD_Response *feed_response(struct feed *feed);
/* The request is over. NULL is allowed. */
void feed_free(struct feed *feed);

#endif
