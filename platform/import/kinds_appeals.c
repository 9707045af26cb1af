/* SPDX-License-Identifier: GPL-3.0-or-later */
/* appeals: what citizens said elsewhere, received here. */
#include "core/clock.h"
#include "platform/analysis/indexing.h"
#include "platform/domain/mask.h"
#include "platform/domain/reception.h"
#include "platform/import/import_private.h"
#include <inttypes.h>
#include <string.h>

enum { SOURCE_MOST = 64, NAME_MOST = 40, TITLE_MOST = 500, WORDS_MOST = 20000, PLACE_MOST = 100 };

enum {
    A_SOURCE_NO,
    A_CHANNEL,
    A_TITLE,
    A_WORDS,
    A_RECEIVED,
    A_KIND,
    A_NAME,
    A_PHONE,
    A_IDENTITY,
    A_CONFIDENTIAL,
    A_CATEGORY,
    A_PLACE,
    A_REGION,
    A_URGENT,
    A_COMPLEX,
    A_DEADLINE,
};
static const struct column columns[] = {
    {"source_no", "id|number|编号|工单编号|来源编号|诉求编号|留言编号", true,
     "its number in the channel"},
    {"channel", "channel_code|渠道|渠道代码|来源", false, "code; or --channel for all"},
    {"title", "subject|标题|主题|留言主题", false, "goes before the words"},
    {"words", "detail|details|content|text|statement|内容|诉求内容|详情|留言详情", true,
     "what the citizen said"},
    {"received_at", "time|date|created_at|时间|受理时间|留言时间|来电时间", true,
     "2019-02-28 11:25:05, 2019/2/28 11:25, 2019年2月28日 …"},
    {"kind", "type|类型|诉求类型", false,
     "consult, help, complaint, report, suggestion, praise; or --kind (complaint)"},
    {"name", "user|user_name|citizen|姓名|诉求人|留言用户|来电人", false,
     "of the citizen, or the name of the citizen's account"},
    {"phone", "tel|mobile|telephone|电话|手机|联系电话|来电号码", false, ""},
    {"identity", "id_number|身份证|身份证号", false, "identity number"},
    {"confidential", "隐匿|是否保密|保密", false, "yes or no"},
    {"category", "category_code|事项|分类|事项代码", false,
     "code, or names with / between; empty: to be completed"},
    {"place", "place_text|address|地点|地址|诉求地址", false, "in words"},
    {"region", "region_code|区域|区划|地区|区划代码", false,
     "code or name; or --region; else the whole city"},
    {"urgent", "紧急|是否紧急", false, "yes or no"},
    {"complex", "复杂|是否复杂", false, "yes or no"},
    {"source_deadline", "deadline|时限|来源时限|办理期限", false, "the channel's own deadline"},
};

/* What is the same for the whole file. */
struct appeals {
    const char *region;
    int kind;
    struct calendar *calendar;
};

static void add_holiday(void *user, int32_t day, bool worked)
{
    (void)calendar_add(user, day, worked);
}

static enum status begin_region(struct import *im, struct db *db, struct appeals *own,
                                struct error *err)
{
    own->region = im->options->region;
    if (own->region)
        return store_region(db, own->region, im->arena)
                   ? ST_OK
                   : error_set(err, ST_NOT_FOUND, "--region: there is no region %s here",
                               own->region);
    size_t cities = store_cities(db, im->arena, &own->region);
    if (cities == 1)
        return ST_OK;
    return error_set(err, ST_NOT_FOUND,
                     cities ? "there are several cities here: --region CODE says which is meant"
                            : "there is no city here yet: minqingd import divisions makes one");
}

static enum status begin_appeals(struct import *im, struct db *db, struct error *err)
{
    const struct import_options *o = im->options;
    struct appeals *own = im->data = arena_alloc(im->arena, sizeof *own);
    if (!o->channel && im->at[A_CHANNEL] < 0)
        return error_set(err, ST_INVALID,
                         "%s has no column channel: say it for all with --channel CODE", o->file);
    if (o->channel && !store_channel(db, o->channel, im->arena))
        return error_set(err, ST_NOT_FOUND, "--channel: there is no channel %s here", o->channel);
    own->kind = o->appeal_kind ? word_find(WORDS_APPEAL_KIND, o->appeal_kind) : KIND_COMPLAINT;
    if (own->kind < 0)
        return error_set(err, ST_INVALID,
                         "--kind takes consult, help, complaint, report, suggestion or praise, not "
                         "\"%s\"",
                         o->appeal_kind);
    enum status st = begin_region(im, db, own, err);
    if (st)
        return st;
    own->calendar = calendar_new();
    if (!own->calendar)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    return store_holidays_each(db, add_holiday, own->calendar)
               ? error_set(err, ST_IO, "the holidays cannot be read")
               : ST_OK;
}

static void end_appeals(struct import *im)
{
    struct appeals *own = im->data;
    if (own)
        calendar_free(own->calendar);
}

/* --- one line --------------------------------------------------------------------------------- */

static bool fill_person(struct row *row, struct person *p)
{
    const char *phone, *identity;
    bool confidential = false;
    if (!cell_text(row, A_NAME, NAME_MOST, false, &p->name) ||
        !cell_text(row, A_PHONE, 32, false, &phone) ||
        !cell_text(row, A_IDENTITY, 40, false, &identity) ||
        !cell_bool(row, A_CONFIDENTIAL, &confidential))
        return false;
    p->phone = phone_normalise(phone, row->arena);
    p->identity = identity_normalise(identity, row->arena);
    p->confidential = confidential;
    if (*phone && strlen(p->phone) < 3)
        reject(row, REASON_PHONE, columns[A_PHONE].name, NULL);
    else if (*identity && !*p->identity)
        reject(row, REASON_IDENTITY, columns[A_IDENTITY].name, NULL);
    return row->reason == REASON_NONE;
}

/* A matter with finer ones below it says too little to judge by. */
static bool fill_category(struct row *row, const struct category **out)
{
    const char *code, *below;
    if (!cell_category(row, A_CATEGORY, &code))
        return false;
    *out = *code ? store_category(row->db, code, row->arena) : NULL;
    if (*out && store_category_last(row->db, code, row->arena, &below)) {
        reject(row, REASON_NOT_LEAF, columns[A_CATEGORY].name, (*out)->name);
        return false;
    }
    return true;
}

static bool fill_channel(struct row *row, const char **channel)
{
    *channel = cell(row, A_CHANNEL);
    if (!**channel)
        *channel = row->im->options->channel ? row->im->options->channel : "";
    if (!**channel)
        reject(row, REASON_MISSING, columns[A_CHANNEL].name, NULL);
    else if (!store_channel(row->db, *channel, row->arena))
        reject(row, REASON_UNKNOWN, columns[A_CHANNEL].name, *channel);
    return row->reason == REASON_NONE;
}

static bool fill_words(struct row *row, const char **out)
{
    const char *title, *words;
    if (!cell_text(row, A_TITLE, TITLE_MOST, true, &title) ||
        !cell_text(row, A_WORDS, WORDS_MOST, true, &words))
        return false;
    *out = *title ? arena_printf(row->arena, "%s\n%s", title, words) : words;
    return true;
}

static bool fill_times(struct row *row, struct reception *in)
{
    if (!cell_time(row, A_RECEIVED, &in->received_at) ||
        !cell_time(row, A_DEADLINE, &in->source_deadline_at))
        return false;
    if (in->received_at > row->im->now)
        reject(row, REASON_FUTURE, columns[A_RECEIVED].name, cell(row, A_RECEIVED));
    return row->reason == REASON_NONE;
}

static bool fill_reception(struct row *row, struct reception *in)
{
    const struct appeals *own = row->im->data;
    int kind = own->kind;
    if (!cell_text(row, A_SOURCE_NO, SOURCE_MOST, false, &in->source_no) ||
        !fill_channel(row, &in->channel) || !fill_words(row, &in->words) || !fill_times(row, in) ||
        !cell_word(row, A_KIND, WORDS_APPEAL_KIND, &kind) || !fill_person(row, &in->person) ||
        !fill_category(row, &in->category) ||
        !cell_text(row, A_PLACE, PLACE_MOST, false, &in->place_text) ||
        !cell_region(row, A_REGION, &in->region_code) || !cell_bool(row, A_URGENT, &in->urgent) ||
        !cell_bool(row, A_COMPLEX, &in->complex))
        return false;
    in->kind = (enum appeal_kind)kind;
    if (!*in->region_code)
        in->region_code = own->region;
    return true;
}

/* An appeal that is there is never changed, only compared. */
static enum outcome compare(struct row *row, const struct reception *in, int64_t order_id,
                            int64_t statement_id)
{
    const struct statement *words = store_statement(row->db, statement_id, row->arena);
    if (!words || same_text(words->text, in->words)) /* none: it was made anonymous */
        return OUTCOME_UNCHANGED;
    const struct order *order = store_order(row->db, 0, order_id, row->arena);
    return reject(row, REASON_OTHER_WORDS, in->source_no, order ? order->number : "?");
}

/* Identifiers begin with their month: that of the receipt, so that lists by age are right. */
struct ids {
    struct db *db;
    int64_t at;
};

static int64_t new_id(void *user)
{
    const struct ids *ids = user;
    return store_new_id(ids->db, ids->at);
}

static enum outcome take_appeal(struct row *row)
{
    const struct appeals *own = row->im->data;
    struct reception in = {.taken_by = 0};
    if (!fill_reception(row, &in))
        return OUTCOME_REJECTED;
    int64_t statement_id;
    int64_t order_id = store_appeal_by_source(row->db, in.channel, in.source_no, &statement_id);
    if (order_id)
        return compare(row, &in, order_id, statement_id);
    struct ids ids = {row->db, in.received_at};
    struct act_context ctx = {.now = row->im->now,
                              .calendar = own->calendar,
                              .policy = &row->im->options->policy,
                              .arena = row->arena,
                              .new_id = new_id,
                              .new_id_user = &ids,
                              .actor = {.unit_path = ""}};
    struct received received;
    int64_t existing;
    reception_receive(&in, &ctx, &received);
    if (store_received_put(row->db, &received, row->im->now, &existing, row->im->err))
        return OUTCOME_FAILED;
    return index_received(row->db, &received.c->order, in.words, in.person.name, in.source_no,
                          row->arena)
               ? OUTCOME_FAILED
               : OUTCOME_NEW;
}

const struct kind kind_appeals = {"appeals",
                                  columns,
                                  sizeof columns / sizeof columns[0],
                                  "Appeals, which become received orders with the deadlines of "
                                  "their own time. The key is channel "
                                  "and source_no; what is there is compared and never changed.",
                                  begin_appeals,
                                  take_appeal,
                                  end_appeals};
