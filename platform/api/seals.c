/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /seals: the signed roots of all that was written, for who keeps them elsewhere; and their making.
 */
#include "core/clock.h"
#include "core/log.h"
#include "platform/api/api_private.h"
#include "platform/store/seal.h"
#include <inttypes.h>

/* --- making ----------------------------------------------------------------------------------- */

/* The last root of a day is the one to print and to keep: the log has it. */
static void log_day(const struct seal *before, const struct seal *made)
{
    char day[11], name[SEAL_NAME_SIZE];
    if (before->n == 0 || clock_day(before->at) == clock_day(made->at))
        return;
    clock_format_day(clock_day(before->at), day);
    seal_name(before, name);
    log_line(LOG_INFO, "the last seal of %s is %s", day, name);
}

void api_seal(struct api *api)
{
    struct seal made, before;
    struct error err = {ST_OK, ""};
    int64_t now = clock_now_ms();
    api->sealed_at = now;
    if (store_seal(api->store, now, &made, &before, &err))
        log_line(LOG_ERROR, "no seal was made: %s", err.message);
    else if (made.n)
        log_day(&before, &made);
}

void seals_tick(struct api *api)
{
    int64_t now = clock_now_ms();
    if (!api->sealed_at || now < api->sealed_at || now - api->sealed_at >= api->settings.seal_ms)
        api_seal(api);
}

/* --- reading ---------------------------------------------------------------------------------- */

static const struct field_spec seals_fields[] = {
    {"after", FIELD_INT, false, 0, INT64_C(1) << 53, {"after", "起始编号"}, NULL},
    {"limit", FIELD_INT, false, 1, 200, {"limit", "条数"}, NULL},
};

static void add_hex(struct call *call, cJSON *object, const char *name, const unsigned char *bytes,
                    size_t size)
{
    char *hex = arena_alloc(call->arena, 2 * size + 1);
    json_add_text(object, name, sodium_bin2hex(hex, 2 * size + 1, bytes, size));
}

static bool get_seals(struct call *call)
{
    struct seal *seals = NULL;
    size_t count =
        store_seals(call->db, field_number(&call->query, "after", 0),
                    (size_t)field_number(&call->query, "limit", 50), call->arena, &seals);
    call->answer = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(call->answer, "items");
    for (size_t i = 0; i < count; i++) {
        const struct seal *seal = &seals[i];
        cJSON *item = cJSON_CreateObject();
        json_add_int(item, "number", seal->n);
        json_add_time(item, "at", seal->at);
        json_add_int(item, "first", seal->first_seq);
        json_add_int(item, "last", seal->last_seq);
        json_add_int(item, "events", seal->events);
        add_hex(call, item, "root", seal->root, HASH_SIZE);
        add_hex(call, item, "previous", seal->previous, HASH_SIZE);
        json_add_text(item, "key", seal->key_id);
        add_hex(call, item, "signature", seal->signature, sizeof seal->signature);
        cJSON_AddItemToArray(items, item);
    }
    const struct keys *keys = store_keys(call->api->store);
    cJSON *key = cJSON_AddObjectToObject(call->answer, "key");
    json_add_text(key, "id", keys->id);
    add_hex(call, key, "public", keys->sign_public, sizeof keys->sign_public);
    return true;
}

static const struct route routes[] = {
    {API_GET, "seals", 0, BIT(ROLE_AUDITOR), FIELDS(seals_fields), NO_FIELDS, get_seals},
};
const struct route_table routes_seals = {FIELDS(routes)};
