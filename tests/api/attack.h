/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack: what the attack tests share: for each published action a story that leads a fresh order
 * to where the action is possible, and who may do it with which body. */
#ifndef TESTS_API_ATTACK_H
#define TESTS_API_ATTACK_H

#include "tests/lib/platform.h"
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A Wednesday; each program makes its own city for it. */
#define ATTACK_CLOCK "start=2026-11-18T09:00:00+08:00"

#if defined(__SANITIZE_ADDRESS__)
enum { SLOW = 1 };
#else
enum { SLOW = 0 };
#endif

struct deed {
    const char *name; /* the action's, but for the few that a story needs in a second form */
    const char *action, *login;
    const char *body;  /* '@' stands for the number of another open order */
    const char *story; /* names of deeds, done before on a fresh order; "+day" waits for one */
};

#define AT_UNIT  "submit dispatch "
#define SIGNED   AT_UNIT "sign "
#define REPLIED  SIGNED "reply "
#define TO_CALL  REPLIED "accept_reply "
#define OBJECTED SIGNED "handle object "
#define REASON   "{\"reason\":\"理由充分\"}"

/* clang-format off */
static const struct deed deeds[] = {
    {"answer", "answer", "operator", "{\"answer\":\"已答复\"}", ""},
    {"classify", "classify", "operator", "{\"category\":\"010102\"}", ""},
    {"submit", "submit", "operator", "{}", ""},
    {"dispatch", "dispatch", "dispatcher", "{\"unit\":201}", "submit"},
    {"dispatch_both", "dispatch", "dispatcher", "{\"unit\":201,\"co_units\":[102]}", "submit"},
    {"merge", "merge", "dispatcher", "{\"target\":\"@\"}", "submit"},
    {"unmerge", "unmerge", "dispatcher", "{}", "submit merge"},
    {"sign", "sign", "handler", "{}", AT_UNIT},
    {"handle", "handle", "handler", "{\"result\":\"已到现场\"}", SIGNED},
    {"reply", "reply", "handler", "{\"reply\":\"已修复供水\"}", SIGNED},
    {"ask_return", "ask_return", "handler", "{\"reason\":\"wrong_place\"}", AT_UNIT},
    {"ask_extension", "ask_extension", "handler", "{\"days\":3,\"reason\":\"等待配件\"}", SIGNED},
    {"object", "object", "handler", "{\"reason\":\"不属我单位\",\"proposed_unit\":102}", SIGNED "handle"},
    {"accept_reply", "accept_reply", "dispatcher", "{}", REPLIED},
    {"refuse_reply", "refuse_reply", "dispatcher", REASON, REPLIED},
    {"accept_return", "accept_return", "dispatcher", "{}", AT_UNIT "ask_return"},
    {"refuse_return", "refuse_return", "dispatcher", REASON, AT_UNIT "ask_return"},
    {"grant_extension", "grant_extension", "supervisor", "{\"days\":2}", SIGNED "ask_extension"},
    {"refuse_extension", "refuse_extension", "supervisor", REASON, SIGNED "ask_extension"},
    {"release", "release", "dispatcher", "{}", "submit dispatch_both"},
    {"callback", "callback", "callback", "{\"reached\":true,\"solved\":true,\"satisfied\":true}", TO_CALL},
    {"unreached", "callback", "callback", "{\"reached\":false}", TO_CALL},
    {"citizen_says", "citizen_says", "operator", "{\"what\":\"urge\",\"words\":\"请快一点\"}", ""},
    {"supervise", "supervise", "supervisor", "{\"form\":\"notice\",\"text\":\"限期办理\"}", "submit"},
    {"suspend", "suspend", "supervisor", "{\"review_on\":\"2026-12-15\",\"reason\":\"等待雨季过去\"}", AT_UNIT},
    {"resume", "resume", "supervisor", "{}", AT_UNIT "suspend"},
    {"close_decision", "close_decision", "supervisor", REASON, TO_CALL},
    {"transfer", "transfer", "dispatcher", "{\"to\":\"公安局\",\"reason\":\"属公安职责\"}", "submit"},
    {"reject", "reject", "operator", REASON, ""},
    {"withdraw", "withdraw", "operator", REASON, ""},
    {"archive", "archive", "supervisor", "{}", TO_CALL "callback"},
    {"opinion", "opinion", "conference", "{\"opinion\":\"应由水务负责\"}", OBJECTED},
    {"rule", "rule", "conference", "{\"outcome\":\"moved\",\"unit\":102,\"reason\":\"按权责清单\"}", OBJECTED},
    {"withdraw_objection", "withdraw_objection", "handler", "{}", OBJECTED},
    /* Last, because the day that passes ends all sessions. */
    {"close_unreached", "close_unreached", "supervisor", "{}", TO_CALL "unreached unreached +day unreached"},
};
/* clang-format on */
enum { DEEDS = sizeof deeds / sizeof deeds[0] };

#undef REASON

static inline const struct deed *deed_find(const char *name, size_t length)
{
    for (size_t i = 0; i < DEEDS; i++)
        if (strlen(deeds[i].name) == length && memcmp(deeds[i].name, name, length) == 0)
            return &deeds[i];
    fail_msg("%.*s: no story leads to this action; add it to attack.h", (int)length, name);
    return NULL;
}

/* --- who -------------------------------------------------------------------------------------- */

/* A token; `again` makes a second session of the same person. They end with a day that passes. */
static struct {
    char login[24], token[64];
    bool again;
} attack_tokens[64];
static size_t attack_token_count;

static inline const char *attack_token(struct test_platform *p, const char *login, bool again)
{
    for (size_t i = 0; i < attack_token_count; i++)
        if (strcmp(attack_tokens[i].login, login) == 0 && attack_tokens[i].again == again)
            return attack_tokens[i].token;
    size_t n = attack_token_count++;
    assert_true(n < sizeof attack_tokens / sizeof attack_tokens[0]);
    struct test_reply reply =
        test_post(p, NULL, "/sessions", "{\"login\":\"%s\",\"password\":\"minqing-demo\"}", login);
    assert_int_equal(reply.status, 201);
    (void)snprintf(attack_tokens[n].login, sizeof attack_tokens[n].login, "%s", login);
    (void)snprintf(attack_tokens[n].token, sizeof attack_tokens[n].token, "%s",
                   json_text(reply.json, "token", ""));
    attack_tokens[n].again = again;
    test_reply_free(&reply);
    return attack_tokens[n].token;
}

static inline const char *deed_token(struct test_platform *p, const struct deed *deed)
{
    return attack_token(p, deed->login, false);
}

/* --- an order --------------------------------------------------------------------------------- */

#define ATTACK_APPEAL                                                                              \
    "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"13800001111\","              \
    "\"region\":\"420281003001\",\"category\":\"010101\",\"words\":\"小区停水三天\","        \
    "\"next\":\"keep\"}"

struct subject {
    int64_t id, version;
    char number[24];
};

static inline struct subject attack_order(struct test_platform *p)
{
    struct test_reply reply =
        test_post(p, attack_token(p, "operator", false), "/appeals", ATTACK_APPEAL);
    if (reply.status != 201)
        fail_msg("no appeal is taken: %d %s", reply.status, reply.text);
    struct subject order = {json_int(reply.json, "id", 0), reply.version, ""};
    (void)snprintf(order.number, sizeof order.number, "%s", json_text(reply.json, "number", ""));
    test_reply_free(&reply);
    return order;
}

/* The deed's body, to be freed. */
static inline char *deed_body(struct test_platform *p, const struct deed *deed)
{
    const char *at = strchr(deed->body, '@');
    struct subject other = {0, 0, ""};
    char *body = NULL;
    if (at)
        other = attack_order(p);
    if (asprintf(&body, "%.*s%s%s", (int)strcspn(deed->body, "@"), deed->body, other.number,
                 at ? at + 1 : "") < 0)
        body = NULL;
    assert_non_null(body);
    return body;
}

static inline void deed_do(struct test_platform *p, const struct deed *deed, struct subject *order)
{
    char *body = deed_body(p, deed);
    struct test_reply reply =
        test_act(p, deed_token(p, deed), order->id, order->version, deed->action, "%s", body);
    if (reply.status != 200)
        fail_msg("%s %s gave %d %s", deed->name, body, reply.status, reply.text);
    assert_int_equal(reply.version, order->version + 1);
    order->version = reply.version;
    test_reply_free(&reply);
    free(body);
}

static inline struct test_reply order_get(struct test_platform *p, int64_t id)
{
    return test_get(p, attack_token(p, "supervisor", false), "/orders/%" PRId64, id);
}

static inline int64_t order_version(struct test_platform *p, int64_t id)
{
    struct test_reply reply = order_get(p, id);
    assert_int_equal(reply.status, 200);
    int64_t version = reply.version;
    test_reply_free(&reply);
    return version;
}

static inline bool order_is_red(struct test_platform *p, int64_t id)
{
    struct test_reply reply = order_get(p, id);
    bool red = strcmp(json_text(reply.json, "card", ""), "red") == 0;
    test_reply_free(&reply);
    return red;
}

/* A day passes, with it the order's limit, and all sessions end. */
static inline void order_wait_day(struct test_platform *p, struct subject *order)
{
    test_platform_advance(p, INT64_C(24) * 3600 * 1000);
    attack_token_count = 0;
    assert_true(TEST_WAIT(order_is_red(p, order->id)));
    order->version = order_version(p, order->id);
}

/* A fresh order to which the deed can be done. */
static inline struct subject deed_order(struct test_platform *p, const struct deed *deed)
{
    struct subject order = attack_order(p);
    for (const char *word = deed->story; *(word += strspn(word, " "));) {
        size_t n = strcspn(word, " ");
        if (n == 4 && memcmp(word, "+day", 4) == 0)
            order_wait_day(p, &order);
        else
            deed_do(p, deed_find(word, n), &order);
        word += n;
    }
    return order;
}

/* All that can be seen of an order, to be freed. */
static inline char *order_picture(struct test_platform *p, int64_t id)
{
    struct test_reply order = order_get(p, id);
    struct test_reply events =
        test_get(p, attack_token(p, "supervisor", false), "/orders/%" PRId64 "/events", id);
    char *text = NULL;
    assert_int_equal(order.status, 200);
    assert_int_equal(events.status, 200);
    assert_true(asprintf(&text, "%s\n%s", order.text, events.text) > 0);
    test_reply_free(&order);
    test_reply_free(&events);
    return text;
}

#endif
