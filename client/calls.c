/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls: what each asks for, and how its answer is read. */
#include "client/client_private.h"
#include "core/clock.h"
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static bool submit(struct mq *mq, struct call *call)
{
    if (call)
        call_submit(mq, call);
    return call != NULL;
}

static bool get(struct mq *mq, struct buf *url, decode_fn decode, mq_done done, void *user)
{
    return submit(mq, call_new(mq, METHOD_GET, buf_take(url), NULL, decode, done, user));
}

static bool get_plain(struct mq *mq, const char *path, decode_fn decode, mq_done done, void *user)
{
    return submit(mq, call_new(mq, METHOD_GET, url_plain(mq, path), NULL, decode, done, user));
}

/* A POST with a fresh key unless `key` is given; NULL without memory. */
static struct call *post(struct mq *mq, struct buf *url, struct body *body, const char *key,
                         decode_fn decode, mq_done done, void *user)
{
    struct call *call =
        call_new(mq, METHOD_POST, buf_take(url), body_take(body), decode, done, user);
    if (call && key)
        memcpy(call->key, key, strlen(key) + 1);
    else if (call)
        mq_new_key(call->key);
    return call;
}

bool mq_health(struct mq *mq, mq_done done, void *user)
{
    return get_plain(mq, "/health", decode_health, done, user);
}

bool mq_actions(struct mq *mq, mq_done done, void *user)
{
    return get_plain(mq, "/actions", decode_actions, done, user);
}

bool mq_queues(struct mq *mq, mq_done done, void *user)
{
    return get_plain(mq, "/queues", decode_queues, done, user);
}

bool mq_channels(struct mq *mq, mq_done done, void *user)
{
    return get_plain(mq, "/channels", decode_channels, done, user);
}

bool mq_kinds(struct mq *mq, mq_done done, void *user)
{
    return get_plain(mq, "/kinds", decode_kinds, done, user);
}

bool mq_bulletin(struct mq *mq, mq_done done, void *user)
{
    return get_plain(mq, "/bulletin", decode_bulletin, done, user);
}

bool mq_access(struct mq *mq, const struct mq_access_query *query, mq_done done, void *user)
{
    struct buf url;
    url_start(mq, &url, "/access");
    url_param(&url, "kind", query->kind);
    url_param(&url, "account", query->account);
    url_param(&url, "order", query->order);
    url_param(&url, "from", query->from);
    url_param(&url, "to", query->to);
    url_param(&url, "after", query->after);
    url_param_int(&url, "limit", query->limit);
    return get(mq, &url, decode_access, done, user);
}

bool mq_board(struct mq *mq, const char *by, mq_done done, void *user)
{
    struct buf url;
    url_start(mq, &url, "/board");
    url_param(&url, "by", by);
    return get(mq, &url, decode_board, done, user);
}

bool mq_orders(struct mq *mq, const struct mq_list_query *query, mq_done done, void *user)
{
    struct buf url;
    url_start(mq, &url, "/orders");
    url_param(&url, "view", query->view);
    url_param(&url, "q", query->q);
    url_param(&url, "from", query->from);
    url_param(&url, "to", query->to);
    url_param(&url, "after", query->after);
    url_param_int(&url, "limit", query->limit);
    url_params(&url, query->extra);
    return get(mq, &url, decode_orders, done, user);
}

bool mq_order(struct mq *mq, const char *ref, mq_done done, void *user)
{
    struct buf url;
    url_start(mq, &url, "/orders");
    url_segment(&url, ref);
    struct call *call = call_new(mq, METHOD_GET, buf_take(&url), NULL, decode_order, done, user);
    if (!submit(mq, call))
        return false;
    if (!*ref) /* that address is another's: the list's */
        call_fail(mq, call, ST_NOT_FOUND, MESSAGE_BAD_INPUT, "");
    return true;
}

/* "/orders/N/what" */
static void order_url(struct mq *mq, struct buf *url, int64_t order_id, const char *what)
{
    url_start(mq, url, "/orders");
    buf_printf(url, "/%lld/%s", (long long)order_id, what);
}

bool mq_events(struct mq *mq, int64_t order_id, mq_done done, void *user)
{
    struct buf url;
    order_url(mq, &url, order_id, "events");
    return get(mq, &url, decode_events, done, user);
}

bool mq_why(struct mq *mq, int64_t order_id, const char *of, const char *action, mq_done done,
            void *user)
{
    struct buf url;
    order_url(mq, &url, order_id, "why");
    url_param(&url, "of", of);
    url_param(&url, "action", action);
    return get(mq, &url, decode_why, done, user);
}

bool mq_act(struct mq *mq, int64_t order_id, int64_t version, const char *action, int64_t on,
            const struct mq_value *values, size_t count, mq_done done, void *user)
{
    struct buf url;
    struct body body;
    order_url(mq, &url, order_id, "actions");
    url_segment(&url, action);
    body_start(&body);
    if (on)
        body_int(&body, "on", on);
    body_values(&body, values, count);
    struct call *call = post(mq, &url, &body, NULL, decode_order, done, user);
    if (call)
        call->version = version;
    return submit(mq, call);
}

static bool key_valid(const char *key)
{
    size_t n = strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
    return n > 0 && n <= KEY_MAX && key[n] == '\0';
}

bool mq_appeal(struct mq *mq, const char *key, const struct mq_value *values, size_t count,
               mq_done done, void *user)
{
    struct buf url;
    struct body body;
    bool valid = key && key_valid(key);
    url_start(mq, &url, "/appeals");
    body_start(&body);
    body_values(&body, values, count);
    struct call *call = post(mq, &url, &body, valid ? key : NULL, decode_order, done, user);
    if (!submit(mq, call))
        return false;
    if (!valid) /* under another key a draft could be sent twice */
        call_fail(mq, call, ST_INVALID, MESSAGE_BAD_INPUT, "Idempotency-Key");
    return true;
}

bool mq_reveal(struct mq *mq, int64_t order_id, const char *reason, mq_done done, void *user)
{
    struct buf url;
    struct body body;
    order_url(mq, &url, order_id, "reveal");
    body_start(&body);
    body_text(&body, "reason", reason);
    return submit(mq, post(mq, &url, &body, NULL, decode_reveal, done, user));
}

bool mq_caller_orders(struct mq *mq, const char *phone, mq_done done, void *user)
{
    struct buf url;
    struct body body;
    url_start(mq, &url, "/callers/lookup");
    body_start(&body);
    body_text(&body, "phone", phone);
    return submit(mq, post(mq, &url, &body, NULL, decode_orders, done, user));
}

/* On a kernel without the call. A key must be unique within its account, not secret: the time, the
 * process and a count are that. */
static void entropy_instead(unsigned char *bytes, size_t n)
{
    static uint64_t count;
    uint64_t parts[] = {(uint64_t)clock_now_ms(), (uint64_t)getpid(), ++count};
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(parts[i % 3] >> (i / 3 * 6));
}

void mq_new_key(char out[23])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    unsigned char bytes[22];
    _Static_assert(sizeof digits - 1 == 64, "six bits a digit");
    if (getentropy(bytes, sizeof bytes) != 0)
        entropy_instead(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        out[i] = digits[bytes[i] & 63];
    out[sizeof bytes] = '\0';
}

/* ---- completion -------------------------------------------------------------------------- */

static bool complete(struct mq *mq, const char *path, const char *q, int limit,
                     struct channel *channel, decode_fn decode, mq_done done, void *user)
{
    struct buf url;
    url_start(mq, &url, path);
    url_param(&url, "q", q);
    url_param_int(&url, "limit", limit);
    struct call *call = call_new(mq, METHOD_GET, buf_take(&url), NULL, decode, done, user);
    if (call)
        call_submit_newest(mq, call, channel);
    return call != NULL;
}

bool mq_complete_place(struct mq *mq, const char *q, int limit, mq_done done, void *user)
{
    return complete(mq, "/addresses/complete", q, limit, &mq->places, decode_places, done, user);
}

bool mq_complete_unit(struct mq *mq, const char *q, int limit, mq_done done, void *user)
{
    return complete(mq, "/units", q, limit, &mq->units, decode_units, done, user);
}

bool mq_complete_category(struct mq *mq, const char *q, int limit, mq_done done, void *user)
{
    return complete(mq, "/categories", q, limit, &mq->categories, decode_categories, done, user);
}

bool mq_suggest_unit(struct mq *mq, const char *category, int64_t place, const char *region,
                     mq_done done, void *user)
{
    struct buf url;
    url_start(mq, &url, "/suggestions/unit");
    url_param(&url, "category", category);
    url_param_int(&url, "place", place);
    url_param(&url, "region", region);
    return get(mq, &url, decode_suggestions, done, user);
}

bool mq_hints(struct mq *mq, const struct mq_hint_query *query, mq_done done, void *user)
{
    struct buf url;
    struct body body;
    const struct mq_value values[] = {
        {"phone", "line", query->phone},   {"identity", "line", query->identity},
        {"region", "line", query->region}, {"category", "category", query->category},
        {"text", "text", query->text},
    };
    url_start(mq, &url, "/hints");
    body_start(&body);
    body_values(&body, values, sizeof values / sizeof values[0]);
    if (query->place)
        body_int(&body, "place", query->place);
    struct call *call = post(mq, &url, &body, NULL, decode_hints, done, user);
    if (call)
        call_submit_newest(mq, call, &mq->hints);
    return call != NULL;
}

/* ---- knowledge --------------------------------------------------------------------------- */

bool mq_articles(struct mq *mq, const char *q, const char *category, const char *after, int limit,
                 mq_done done, void *user)
{
    struct buf url;
    url_start(mq, &url, "/articles");
    url_param(&url, "q", q);
    url_param(&url, "category", category);
    url_param(&url, "after", after);
    url_param_int(&url, "limit", limit);
    return get(mq, &url, decode_articles, done, user);
}

bool mq_article(struct mq *mq, int64_t id, mq_done done, void *user)
{
    struct buf url;
    url_start(mq, &url, "/articles");
    buf_printf(&url, "/%lld", (long long)id);
    return get(mq, &url, decode_article, done, user);
}
