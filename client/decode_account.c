/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who works here: accounts, their sessions, their passwords. */
#include "client/client_private.h"

static struct mq_account account_read(struct arena *arena, const cJSON *person)
{
    const cJSON *labels = cJSON_GetObjectItemCaseSensitive(person, "role_labels");
    size_t label_count;
    struct mq_account account = {
        .id = json_int(person, "id", 0),
        .login = part_text(arena, person, "login"),
        .name = part_text(arena, person, "name"),
        .language = part_text(arena, person, "language"),
        .unit = part_ref(arena, person, "unit"),
        .role_labels = part_texts(arena, labels, &label_count),
        .state = part_text(arena, person, "state"),
        .state_label = part_text(arena, person, "state_label"),
        .locked_until = json_time(person, "locked_until"),
        .last_login_at = json_time(person, "last_login_at"),
    };
    account.roles =
        part_texts(arena, cJSON_GetObjectItemCaseSensitive(person, "roles"), &account.role_count);
    if (label_count != account.role_count) /* a role without a label is shown by its name */
        account.role_labels = account.roles;
    return account;
}

static void lasting_read(struct answer *answer, const cJSON *json)
{
    struct mq_result *r = &answer->result;
    r->token = part_text(answer->arena, json, "token");
    r->expires_at = json_time(json, "expires_at");
    r->renew_in_s = json_int(json, "renew_in", -1);
}

bool decode_renewal(struct answer *answer, const cJSON *json)
{
    lasting_read(answer, json);
    return *answer->result.token != '\0';
}

bool decode_session(struct answer *answer, const cJSON *json)
{
    struct arena *arena = answer->arena;
    struct mq_result *r = &answer->result;
    struct mq_account *account = arena_alloc(arena, sizeof *account);
    *account = account_read(arena, cJSON_GetObjectItemCaseSensitive(json, "account"));
    r->account = account;
    lasting_read(answer, json);
    r->must_change_password = json_bool(json, "must_change_password", false);
    r->views = part_queues(arena, cJSON_GetObjectItemCaseSensitive(json, "views"), &r->view_count);
    r->states =
        part_choices(arena, cJSON_GetObjectItemCaseSensitive(json, "states"), &r->state_count);
    r->cards = part_choices(arena, cJSON_GetObjectItemCaseSensitive(json, "cards"), &r->card_count);
    r->city = part_text(arena, json, "city");
    r->cursor = part_cursor(arena, json);
    answer->dictionary = json_int(json, "feed_dictionary", 0);
    return account->id > 0 && *r->cursor;
}

bool decode_password_rules(struct answer *answer, const cJSON *json)
{
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "rules", &r->count);
    r->lines = part_texts(answer->arena, array, &r->count);
    r->must_change_password = json_bool(json, "must_change", false);
    return array != NULL;
}

bool decode_sessions(struct answer *answer, const cJSON *json)
{
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count), *item;
    struct mq_session *sessions = arena_alloc(answer->arena, r->count * sizeof *sessions);
    r->sessions = sessions;
    cJSON_ArrayForEach(item, array)
    {
        *sessions++ = (struct mq_session){.created_at = json_time(item, "created_at"),
                                          .seen_at = json_time(item, "seen_at"),
                                          .expires_at = json_time(item, "expires_at"),
                                          .this_one = json_bool(item, "this", false)};
    }
    return array != NULL;
}

bool decode_accounts(struct answer *answer, const cJSON *json)
{
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count), *item;
    struct mq_account *accounts = arena_alloc(answer->arena, r->count * sizeof *accounts);
    r->accounts = accounts;
    r->next = part_text(answer->arena, json, "next");
    cJSON_ArrayForEach(item, array)
    {
        *accounts++ = account_read(answer->arena, item);
    }
    return array != NULL;
}

bool decode_initial_password(struct answer *answer, const cJSON *json)
{
    answer->result.password = part_text(answer->arena, json, "password");
    return *answer->result.password != '\0';
}
