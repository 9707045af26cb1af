/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading answers: each member arrives where it belongs, and whatever a foreign machine sends, no
 * string of a result is NULL and nothing is read beyond what came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/client_private.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNIT "{\"id\":12,\"name\":\"市自来水公司\"}"
#define ROW                                                                                              \
    "\"id\":3000330012345670,\"number\":\"261118-0042-7\",\"version\":3,\"state\":\"in_hand\","          \
    "\"state_label\":\"办理中\",\"needs\":[\"dispatch\",\"callback\"],\"kind\":\"complaint\","        \
    "\"kind_label\":\"投诉\",\"channel\":{\"code\":\"phone\",\"name\":\"12345\"},"                     \
    "\"category\":{\"code\":\"010203\",\"name\":\"停水\",\"path\":\"供水·停水\"},"                \
    "\"region\":{\"code\":\"420281001\",\"name\":\"金湖街道\",\"path\":\"大冶市 金湖街道\"}," \
    "\"place\":\"碧桂园\",\"title\":\"停水两天\",\"urgent\":true,\"complex\":false,"              \
    "\"confidential\":true,\"received_at\":\"2026-11-18T09:00:00.000+08:00\","                           \
    "\"deadline_at\":\"2026-11-19T09:00:00+08:00\",\"first_deadline_at\":null,\"card\":\"red\","         \
    "\"card_label\":\"红\",\"round\":2,\"unsatisfied\":true,\"lead\":" UNIT ","                          \
    "\"promised_on\":\"2026-11-30\",\"suggestion\":{\"unit\":" UNIT ",\"reason\":\"权责表\"}"
#define DETAIL                                                                                     \
    "\"appeals\":[{\"id\":1,\"channel\":\"12345\",\"source_no\":\"A1\",\"received_at\":"           \
    "\"2026-11-18T09:00:00+08:00\",\"taken_by\":\"王芳\",\"person\":{\"name\":\"李*\","         \
    "\"phone\":\"138****0001\"},\"words\":\"停水\\n两天\",\"kind_label\":\"投诉\"},"         \
    "{\"id\":2,\"person\":null,\"channel\":{\"code\":\"app\",\"name\":\"小程序\"}}],"           \
    "\"assignments\":[{\"id\":3,\"unit\":" UNIT ",\"lead\":true,\"round\":1,\"state\":\"signed\"," \
    "\"state_label\":\"已签收\",\"offered_at\":\"2026-11-18T09:00:00+08:00\",\"sign_by\":null," \
    "\"due_at\":null,\"signed_at\":null,\"replied_at\":null,\"result\":\"solved\","                \
    "\"reply\":\"已恢复\",\"late\":true,\"return_reason\":null}],"                              \
    "\"objections\":[{\"id\":4,\"unit\":" UNIT ",\"state\":\"open\",\"state_label\":\"审理\","   \
    "\"reason\":\"不属我方\",\"proposed\":" UNIT ",\"outcome\":null,\"ruled\":null,"               \
    "\"ruling\":null}],"                                                                           \
    "\"callbacks\":[{\"round\":1,\"reached\":true,\"solved\":false,\"satisfied\":null,"            \
    "\"promised_on\":null,\"way_label\":\"电话\",\"at\":\"2026-11-18T09:00:00+08:00\","          \
    "\"by\":{\"id\":5,\"name\":\"王芳\"},\"note\":\"\"}],\"conclusion\":\"已办结\","          \
    "\"actions\":[{\"name\":\"dispatch\",\"label\":\"派发\",\"on\":7,\"defaults\":"              \
    "{\"unit\":3000330012345670,\"helpers\":[1," UNIT "],\"urgent\":false,\"note\":\"x\","         \
    "\"deadline\":null}}]"

#define ARTICLE                                                                                           \
    "\"id\":7001,\"version\":2,\"title\":\"登记收费\",\"summary\":\"每件八十元\",\"category\":{" \
    "\"code\":\"010203\",\"name\":\"停水\",\"path\":\"供水 / 停水\"},\"region\":{\"code\":\"\","    \
    "\"name\":\"\",\"path\":\"\"},\"unit\":null,\"state\":\"published\",\"state_label\":"                 \
    "\"已发布\","                                                                                      \
    "\"review_on\":\"2026-11-30\",\"updated_at\":\"2026-11-18T09:00:00+08:00\""

static const struct sample {
    decode_fn decode;
    int http_status;
    const char *json;
} samples[] = {
    {decode_order, 200, "{" ROW "," DETAIL "}"},
    {decode_order, 412, "{\"type\":\"stale\",\"title\":\"变了\",\"current\":{" ROW "," DETAIL "}}"},
    {decode_order, 409, "{\"type\":\"t\",\"title\":\"变了\",\"field\":\"unit\"}"},
    {decode_orders, 200, "{\"items\":[{" ROW "},{" ROW "}],\"next\":\"abc\"}"},
    {decode_session, 200,
     "{\"token\":\"t\",\"account\":{\"id\":5,\"login\":\"wang\",\"name\":\"王芳\",\"language\":"
     "\"zh\",\"roles\":[\"a\",\"b\"],\"role_labels\":[\"甲\",\"乙\"],\"unit\":" UNIT "},"
     "\"views\":[{\"name\":\"dispatch\",\"label\":\"派发\"}],\"city\":\"大冶市\",\"cursor\":"
     "\"5d0c1f6e9ab3427781e64c20fb95d3a8\"}"},
    {decode_actions, 200,
     "{\"version\":\"1\",\"actions\":[{\"name\":\"dispatch\",\"subject\":\"order\",\"label\":"
     "\"派发\",\"confirm\":null,\"fields\":[{\"name\":\"unit\",\"label\":\"单位\",\"type\":\"unit\""
     ",\"required\":true,\"min\":0,\"max\":9,\"choices\":[{\"name\":\"a\",\"label\":\"甲\"}]}]}]}"},
    {decode_queues, 200,
     "{\"items\":[{\"name\":\"dispatch\",\"label\":\"派发\",\"count\":12,\"red\":1}],\"cursor\":"
     "9}"},
    {decode_events, 200,
     "{\"items\":[{\"n\":1,\"at\":\"2026-11-18T09:00:00+08:00\",\"arrived_at\":null,\"action\":"
     "\"dispatch\",\"label\":\"派发\",\"from\":\"a\",\"to\":\"b\",\"to_label\":\"乙\",\"by\":" UNIT
     ",\"text\":null,\"detail\":{\"unit\":3000330012345670,\"x\":[1.5]},\"version\":2}]}"},
    {decode_why, 200, "{\"lines\":[\"一\",\"二\"]}"},
    {decode_reveal, 200,
     "{\"appeals\":[{\"id\":1,\"name\":\"李雷\",\"phone\":\"13800000001\",\"words\":\"停水\"}]}"},
    {decode_places, 200,
     "{\"items\":[{\"id\":0,\"name\":\"湖滨社区\",\"path\":\"金湖街道\",\"region\":"
     "\"420281001002\","
     "\"kind\":\"region\"}]}"},
    {decode_units, 200,
     "{\"items\":[{\"id\":12,\"name\":\"水务\",\"kind\":\"utility\",\"path_name\":\"市\"}]}"},
    {decode_categories, 200,
     "{\"items\":[{\"code\":\"01\",\"name\":\"供水\",\"path\":\"供水\",\"leaf\":true}]}"},
    {decode_channels, 200, "{\"items\":[{\"code\":\"phone\",\"name\":\"12345\"}]}"},
    {decode_kinds, 200, "{\"items\":[{\"name\":\"complaint\",\"label\":\"投诉\"}]}"},
    {decode_suggestions, 200,
     "{\"items\":[{\"unit\":" UNIT
     ",\"reason\":\"权责表\",\"source\":\"list\",\"boundary\":true}]}"},
    {decode_board, 200,
     "{\"by\":\"unit\",\"label\":\"单位\",\"items\":[{\"key\":12,\"label\":\"水务\",\"total\":9,"
     "\"open\":4,\"yellow\":2,\"red\":1,\"unsatisfied\":1,\"concluded\":5,\"satisfied\":4,"
     "\"query\":\"unit=12\"}],\"totals\":{\"total\":9}}"},
    {decode_bulletin, 200,
     "{\"items\":[{\"at\":\"2026-11-18T09:00:00+08:00\",\"round\":2,\"unit\":" UNIT
     ",\"order\":{" ROW "}}]}"},
    {decode_access, 200,
     "{\"items\":[{\"id\":3,\"at\":\"2026-11-18T09:00:00+08:00\",\"kind\":\"reveal\","
     "\"kind_label\":\"查看\",\"account\":" UNIT ",\"about\":null,\"order\":\"261118-0042-7\","
     "\"reason\":\"回访\"}],\"next\":\"5.3\"}"},
    {decode_frame, 200,
     "{\"cursor\":\"5d0c1f6e9ab3427781e64c20fb95d3a8\",\"items\":[{\"id\":3000330012345670,"
     "\"version\":3,\"row\":{" ROW "}},"
     "{\"id\":8,\"gone\":true}],\"queues\":[{\"name\":\"dispatch\",\"count\":1,\"red\":0}]}"},
    {decode_articles, 200, "{\"items\":[{" ARTICLE "},{" ARTICLE "}],\"next\":\"5.7\"}"},
    {decode_article, 200,
     "{" ARTICLE ",\"body\":\"每件\\n八十元\",\"source_no\":\"K-1\",\"valid_to\":\"2027-01-01\"}"},
    {decode_hints, 200,
     "{\"caller\":{\"known\":true,\"open\":1,\"orders\":[{" ROW
     "}]},\"duplicates\":[{\"order\":{" ROW
     "},\"score\":62,\"why\":[\"同一号码\",\"内容相似\"]}],\"articles\":[{" ARTICLE
     "}],\"categories\":[{\"code\":\"010101\",\"path\":\"供水 / 停水\",\"score\":81}],\"units\":[{"
     "\"unit\":" UNIT ",\"reason\":\"权责表\",\"source\":\"list\",\"boundary\":false}]}"},
    {decode_health, 200, "{\"status\":\"ok\",\"city\":\"大冶市\"}"},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static struct answer *read_answer(const struct sample *sample, const char *json, size_t n)
{
    struct answer *answer = answer_new();
    char *body = malloc(n + 1);
    assert_non_null(answer);
    assert_non_null(body);
    memcpy(body, json, n);
    body[n] = '\0';
    answer_fill(answer, sample->http_status, body, n, sample->decode, false);
    return answer;
}

/* ---- touching everything ----------------------------------------------------------------------
 */

static size_t touched;

static void text(const char *s)
{
    assert_non_null(s);
    touched += strlen(s);
}

static void texts(const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text(list[i]);
}

static void ref(struct mq_ref r)
{
    texts((const char *[]){r.code, r.name, r.path}, 3);
}

static void appeals(const struct mq_appeal *a, size_t count)
{
    for (; count > 0; count--, a++)
        texts((const char *[]){a->channel, a->source_no, a->name, a->phone, a->words, a->kind_label,
                               a->taken_by},
              7);
}

static void detail(const struct mq_order_detail *d)
{
    appeals(d->appeals, d->appeal_count);
    for (size_t i = 0; i < d->assignment_count; i++) {
        const struct mq_assignment *a = &d->assignments[i];
        ref(a->unit);
        texts((const char *[]){a->state, a->state_label, a->result, a->reply, a->return_reason}, 5);
    }
    for (size_t i = 0; i < d->objection_count; i++) {
        const struct mq_objection *o = &d->objections[i];
        ref(o->unit);
        ref(o->proposed);
        ref(o->ruled);
        texts((const char *[]){o->state, o->state_label, o->reason, o->outcome, o->ruling}, 5);
    }
    for (size_t i = 0; i < d->callback_count; i++) {
        const struct mq_callback *c = &d->callbacks[i];
        texts((const char *[]){c->promised_on, c->way_label, c->by, c->note}, 4);
    }
    for (size_t i = 0; i < d->action_count; i++) {
        const struct mq_allowed *a = &d->actions[i];
        texts((const char *[]){a->name, a->label}, 2);
        for (size_t k = 0; k < a->default_count; k++)
            texts((const char *[]){a->defaults[k].field, a->defaults[k].value}, 2);
    }
}

static void order(const struct mq_order *o)
{
    texts((const char *[]){o->number, o->state, o->state_label, o->kind, o->kind_label, o->place,
                           o->title, o->card, o->card_label, o->promised_on, o->conclusion,
                           o->suggested_why},
          12);
    texts(o->needs, o->need_count);
    ref(o->channel);
    ref(o->category);
    ref(o->region);
    ref(o->lead);
    ref(o->suggested);
    if (o->detail)
        detail(o->detail);
}

static void board_row(const struct mq_board_row *b)
{
    texts((const char *[]){b->key, b->label, b->query}, 3);
}

static void actions(const struct mq_result *r)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct mq_action *a = &r->actions[i];
        texts((const char *[]){a->name, a->subject, a->label, a->confirm}, 4);
        for (size_t k = 0; k < a->field_count; k++) {
            const struct mq_field *f = &a->fields[k];
            texts((const char *[]){f->name, f->label, f->type}, 3);
            for (size_t c = 0; c < f->choice_count; c++)
                texts((const char *[]){f->choices[c].name, f->choices[c].label}, 2);
        }
    }
}

static void queues(const struct mq_queue *q, size_t count)
{
    for (; count > 0; count--, q++)
        texts((const char *[]){q->name, q->label}, 2);
}

static void article(const struct mq_article *a)
{
    texts((const char *[]){a->title, a->summary, a->body, a->source_no, a->state, a->state_label,
                           a->review_on, a->valid_to},
          8);
    ref(a->category);
    ref(a->region);
    ref(a->unit);
}

static void hints(const struct mq_hints *h)
{
    for (size_t i = 0; i < h->caller_count; i++)
        order(&h->caller_orders[i]);
    for (size_t i = 0; i < h->duplicate_count; i++) {
        order(&h->duplicates[i].order);
        texts(h->duplicates[i].why, h->duplicates[i].why_count);
    }
    for (size_t i = 0; i < h->article_count; i++)
        article(&h->articles[i]);
    for (size_t i = 0; i < h->category_count; i++)
        texts((const char *[]){h->categories[i].code, h->categories[i].path}, 2);
    for (size_t i = 0; i < h->unit_count; i++)
        ref(h->units[i].unit);
}

static void rows(const struct mq_result *r)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->orders)
            order(&r->orders[i]);
        if (r->events) {
            const struct mq_event *e = &r->events[i];
            texts((const char *[]){e->action, e->label, e->from, e->to, e->to_label, e->by, e->text,
                                   e->detail},
                  8);
        }
        if (r->places) {
            const struct mq_place *p = &r->places[i];
            texts((const char *[]){p->name, p->path, p->region, p->kind}, 4);
        }
        if (r->refs)
            ref(r->refs[i]);
        if (r->suggestions) {
            ref(r->suggestions[i].unit);
            texts((const char *[]){r->suggestions[i].reason, r->suggestions[i].source}, 2);
        }
        if (r->articles)
            article(&r->articles[i]);
        if (r->board)
            board_row(&r->board[i]);
        if (r->access) {
            ref(r->access[i].account);
            ref(r->access[i].about);
            text(r->access[i].kind);
            text(r->access[i].kind_label);
            text(r->access[i].order);
            text(r->access[i].reason);
        }
        if (r->bulletin) {
            ref(r->bulletin[i].unit);
            order(r->bulletin[i].order);
        }
        if (r->changes && !r->changes[i].gone)
            order(r->changes[i].order);
    }
}

static void touch(const struct mq_result *r)
{
    texts((const char *[]){r->problem, r->message, r->field, r->json, r->next, r->token, r->city},
          7);
    board_row(&r->totals);
    if (r->status != ST_OK)
        assert_true(*r->message != '\0');
    if (r->order)
        order(r->order);
    if (r->actions)
        actions(r);
    if (r->lines)
        texts(r->lines, r->count);
    if (r->appeals)
        appeals(r->appeals, r->count);
    if (r->account) {
        const struct mq_account *a = r->account;
        texts((const char *[]){a->login, a->name, a->language}, 3);
        ref(a->unit);
        texts(a->roles, a->role_count);
        texts(a->role_labels, a->role_count);
    }
    if (r->hints)
        hints(r->hints);
    queues(r->queues, r->queue_count);
    queues(r->views, r->view_count);
    rows(r);
}

/* ---- rules ------------------------------------------------------------------------------------
 */

static const struct sample *sample_of(decode_fn decode)
{
    size_t i = 0;
    while (samples[i].decode != decode)
        i++;
    return &samples[i];
}

static void every_member_of_the_hints_arrives(void **state)
{
    (void)state;
    const struct sample *sample = sample_of(decode_hints);
    struct answer *answer = read_answer(sample, sample->json, strlen(sample->json));
    assert_int_equal(answer->result.status, ST_OK);
    const struct mq_hints *h = answer->result.hints;
    assert_true(h->caller_known && h->open_count == 1 && h->caller_count == 1);
    assert_string_equal(h->caller_orders[0].number, "261118-0042-7");
    assert_int_equal(h->duplicates[0].score, 62);
    assert_int_equal(h->duplicates[0].why_count, 2);
    assert_string_equal(h->duplicates[0].why[1], "内容相似");
    assert_string_equal(h->duplicates[0].order.state, "in_hand");
    assert_int_equal(h->articles[0].id, 7001);
    assert_string_equal(h->articles[0].category.code, "010203");
    assert_string_equal(h->articles[0].body, "");
    assert_string_equal(h->categories[0].path, "供水 / 停水");
    assert_int_equal(h->categories[0].score, 81);
    assert_int_equal(h->units[0].unit.id, 12);
    answer_deliver(answer, NULL, NULL);
    sample = sample_of(decode_article);
    answer = read_answer(sample, sample->json, strlen(sample->json));
    assert_string_equal(answer->result.articles[0].body, "每件\n八十元");
    assert_string_equal(answer->result.articles[0].source_no, "K-1");
    assert_string_equal(answer->result.articles[0].valid_to, "2027-01-01");
    answer_deliver(answer, NULL, NULL);
}

static void every_member_of_an_order_arrives(void **state)
{
    (void)state;
    struct answer *answer = read_answer(&samples[0], samples[0].json, strlen(samples[0].json));
    assert_int_equal(answer->result.status, ST_OK);
    const struct mq_order *o = answer->result.order;
    const struct mq_order_detail *d = o->detail;
    assert_true(o->id == 3000330012345670);
    assert_string_equal(o->category.path, "供水·停水");
    assert_string_equal(o->region.code, "420281001");
    assert_true(o->urgent && o->confidential && o->unsatisfied && !o->complex);
    assert_true(o->received_at == 1794963600000);
    assert_true(o->deadline_at == o->received_at + 86400000);
    assert_true(o->first_deadline_at == 0);
    assert_int_equal(o->need_count, 2);
    assert_string_equal(o->needs[1], "callback");
    assert_int_equal(o->suggested.id, 12);
    assert_string_equal(o->suggested_why, "权责表");
    assert_string_equal(o->conclusion, "已办结");
    assert_string_equal(d->appeals[0].phone, "138****0001");
    assert_string_equal(d->appeals[0].words, "停水\n两天");
    assert_string_equal(d->appeals[1].channel, "小程序");
    assert_string_equal(d->appeals[1].name, "");
    assert_true(d->assignments[0].late && d->assignments[0].lead);
    assert_int_equal(d->objections[0].proposed.id, 12);
    assert_int_equal(d->objections[0].ruled.id, 0);
    assert_int_equal(d->callbacks[0].reached, 1);
    assert_int_equal(d->callbacks[0].solved, 0);
    assert_int_equal(d->callbacks[0].satisfied, -1);
    assert_string_equal(d->callbacks[0].by, "王芳");
    assert_int_equal(d->actions[0].default_count, 5);
    assert_string_equal(d->actions[0].defaults[0].value, "3000330012345670");
    assert_string_equal(d->actions[0].defaults[1].value, "1,12");
    assert_string_equal(d->actions[0].defaults[2].value, "false");
    assert_string_equal(d->actions[0].defaults[4].value, "");
    mq_result_free(&answer->result);
}

static void every_list_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct answer *answer = read_answer(&samples[i], samples[i].json, strlen(samples[i].json));
        const struct mq_result *r = &answer->result;
        assert_int_equal(r->status, samples[i].http_status == 412   ? ST_STALE
                                    : samples[i].http_status == 409 ? ST_CONFLICT
                                                                    : ST_OK);
        touch(r);
        if (samples[i].decode == decode_events)
            assert_string_equal(r->events[0].detail, "{\"unit\":3000330012345670,\"x\":[1.5]}");
        if (samples[i].decode == decode_board) {
            assert_string_equal(r->board[0].key, "12");
            assert_int_equal(r->totals.total, 9);
        }
        if (samples[i].decode == decode_kinds)
            assert_string_equal(r->refs[0].name, "投诉");
        if (samples[i].decode == decode_units)
            assert_string_equal(r->refs[0].path, "市");
        mq_result_free(&answer->result);
    }
    assert_true(touched > 1000);
}

static void half_an_answer_is_never_taken_for_a_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        if (samples[i].http_status != 200)
            continue;
        for (size_t n = 0; n < strlen(samples[i].json); n++) {
            struct answer *answer = read_answer(&samples[i], samples[i].json, n);
            assert_int_equal(answer->result.status, ST_CORRUPT);
            touch(&answer->result);
            mq_result_free(&answer->result);
        }
    }
}

static void a_list_without_end_is_refused(void **state)
{
    (void)state;
    struct buf json = BUF_EMPTY;
    buf_add_text(&json, "{\"items\":[{}");
    for (int i = 0; i < 2 * ITEMS_MAX; i++)
        buf_add_text(&json, ",{}");
    buf_add_text(&json, "]}");
    assert_false(json.failed);
    for (size_t i = 0; i < SAMPLES; i++) {
        if (samples[i].http_status != 200 || !strstr(samples[i].json, "\"items\""))
            continue;
        struct answer *answer = read_answer(&samples[i], json.data, json.length);
        assert_int_equal(answer->result.status, ST_CORRUPT);
        assert_int_equal(answer->result.count, 0);
        mq_result_free(&answer->result);
    }
    buf_free(&json);
}

static size_t node_count(const cJSON *node)
{
    size_t count = 1;
    for (const cJSON *item = node->child; item; item = item->next)
        count += node_count(item);
    return count;
}

/* Puts `other` in the place of the nth node below; false when there are fewer. */
static bool node_replace(cJSON *node, size_t *n, const char *other)
{
    for (cJSON *item = node->child; item; item = item->next) {
        if ((*n)-- == 0) {
            cJSON *value = cJSON_Parse(other);
            assert_true(cJSON_ReplaceItemViaPointer(node, item, value) || !value);
            return true;
        }
        if (node_replace(item, n, other))
            return true;
    }
    return false;
}

static void a_member_of_another_type_does_no_harm(void **state)
{
    (void)state;
    static const char *const others[] = {"null",
                                         "true",
                                         "\"\"",
                                         "\"x\"",
                                         "0",
                                         "-1",
                                         "1.5",
                                         "1e300",
                                         "9007199254740993",
                                         "[]",
                                         "{}",
                                         "[null]",
                                         "[[],5,\"\"]",
                                         "{\"id\":{},\"name\":[],\"code\":5,\"items\":{}}"};
    for (size_t i = 0; i < SAMPLES; i++) {
        cJSON *tree = cJSON_Parse(samples[i].json);
        size_t nodes = node_count(tree) - 1;
        for (size_t n = 0; n < nodes; n++) {
            for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
                cJSON *copy = cJSON_Duplicate(tree, true);
                size_t at = n;
                if (node_replace(copy, &at, others[k])) {
                    char *json = cJSON_PrintUnformatted(copy);
                    struct answer *answer = read_answer(&samples[i], json, strlen(json));
                    touch(&answer->result);
                    mq_result_free(&answer->result);
                    cJSON_free(json);
                }
                cJSON_Delete(copy);
            }
        }
        cJSON_Delete(tree);
    }
}

static void changed_bytes_do_no_harm(void **state)
{
    (void)state;
    uint64_t random = 20261118;
    for (int round = 0; round < 6000; round++) {
        const struct sample *sample = &samples[round % SAMPLES];
        size_t n = strlen(sample->json);
        char *json = strdup(sample->json);
        assert_non_null(json);
        for (int k = 0; k < 1 + round % 4; k++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            static const char bytes[] = "\"{}[],:0e-\\u\xff\n";
            json[(random >> 33) % n] = bytes[(random >> 13) % (sizeof bytes - 1)];
        }
        struct answer *answer = read_answer(sample, json, n);
        touch(&answer->result);
        mq_result_free(&answer->result);
        free(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_of_an_order_arrives),
        cmocka_unit_test(every_member_of_the_hints_arrives),
        cmocka_unit_test(every_list_is_read),
        cmocka_unit_test(half_an_answer_is_never_taken_for_a_whole),
        cmocka_unit_test(a_list_without_end_is_refused),
        cmocka_unit_test(a_member_of_another_type_does_no_harm),
        cmocka_unit_test(changed_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
