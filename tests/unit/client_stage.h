/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One client before one scripted platform. */
#ifndef TESTS_CLIENT_STAGE_H
#define TESTS_CLIENT_STAGE_H

#include "client_server.h"

struct script {
    int status; /* of every answer */
    const char *json;
    int refuse_first; /* so many requests get the connection closed */
    int busy_first;   /* so many get 503 */
    int early_first;  /* so many get 429, to come again after 1 s */
    bool silent;      /* nothing is answered */
    const char *raw;  /* sent as it is, then closed */
    bool slow;        /* a byte at a time */
    const char *raw_slow;
};

static inline void play(struct server *server, struct request *request)
{
    struct script *script = server->context;
    if (script->silent)
        return;
    if (script->refuse_first > 0) {
        script->refuse_first--;
        conn_close(request->conn);
    } else if (script->raw) {
        send_text(request->conn, script->raw);
        conn_close(request->conn);
    } else if (script->raw_slow) {
        request->conn->slow = script->raw_slow;
        request->conn->slow_left = strlen(script->raw_slow);
    } else if (script->busy_first > 0) {
        script->busy_first--;
        send_answer(request->conn, 503, "{\"type\":\"busy\",\"title\":\"Try again\"}");
    } else if (script->early_first > 0) {
        script->early_first--;
        send_text(request->conn, "HTTP/1.1 429 X\r\nRetry-After: 1\r\nContent-Length: 35\r\n\r\n"
                                 "{\"type\":\"early\",\"title\":\"Too soon\"}");
    } else {
        send_answer(request->conn, script->status, script->json);
    }
}

struct stage {
    struct server server;
    struct script script;
    struct heard heard;
    struct mq *mq;
};

static struct stage stage;

static inline int set_up(void **state)
{
    (void)state;
    memset(&stage, 0, sizeof stage);
    stage.script = (struct script){.status = 200, .json = "{\"items\":[]}"};
    server_start(&stage.server, play, &stage.script);
    stage.mq = client_of(&stage.server, 5000, 3000);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    mq_free(stage.mq);
    heard_free(&stage.heard);
    server_stop(&stage.server);
    return 0;
}

static inline void reopen(int64_t stall_ms, int64_t give_up_ms)
{
    mq_free(stage.mq);
    stage.mq = client_of(&stage.server, stall_ms, give_up_ms);
}

static inline struct mq_result *wait_answer(void)
{
    size_t before = stage.heard.count;
    TURN_UNTIL(stage.mq, &stage.server, stage.heard.count > before);
    return heard_last(&stage.heard);
}

static inline void check_header(size_t n, const char *name, const char *expected)
{
    char value[256];
    assert_string_equal(header_of(&stage.server.requests[n], name, value), expected);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
