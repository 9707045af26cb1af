/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Near-duplicates planted among appeals that nobody here wrote: their sentences in another order,
 * some left out, greetings around them, the place named otherwise, one hanzi in 25 mistyped; or
 * only the beginning of what the citizen says. By a seed, so that each run plants the same. */
#ifndef TESTS_UNIT_PLATFORM_PLANTED_H
#define TESTS_UNIT_PLATFORM_PLANTED_H

#include "core/buf.h"
#include "core/clock.h"
#include "core/text.h"
#include "platform/analysis/duplicates.h"
#include "platform/analysis/indexing.h"
#include "platform/import/reader.h"
#include "platform/store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLANTED_SCORE = 25, PLANTED_COMPARED = 100000, PLANTED_SHOWN = 5, CLAUSES_MAX = 400 };

static uint64_t planted_seed = 7;

static inline size_t planted_below(size_t n)
{
    planted_seed = planted_seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return n ? (size_t)(planted_seed >> 33) % n : 0;
}

/* --- edits ------------------------------------------------------------------------------------ */

struct clauses {
    struct {
        const char *text;
        size_t length;
    } items[CLAUSES_MAX];
    size_t count;
};

static inline bool planted_ends_clause(uint32_t code)
{
    return code == 0xFF0C || code == 0x3002 || code == 0xFF01 || code == 0xFF1F || code == 0xFF1B ||
           code == ',' || code == '!' || code == '?' || code == ';';
}

static inline void planted_split(const char *text, struct clauses *out)
{
    size_t n = strlen(text), start = 0;
    out->count = 0;
    for (size_t i = 0; i < n;) {
        uint32_t code;
        i += utf8_decode(text + i, n - i, &code);
        if ((planted_ends_clause(code) || i == n) && out->count < CLAUSES_MAX) {
            out->items[out->count].text = text + start;
            out->items[out->count++].length = i - start;
            start = i;
        }
    }
}

static inline void planted_mistype(const char *text, size_t length, struct buf *out)
{
    for (size_t i = 0; i < length;) {
        uint32_t code;
        size_t taken = utf8_decode(text + i, length - i, &code);
        if (!text_is_hanzi(code) || planted_below(25) != 0) {
            buf_add(out, text + i, taken);
        } else if (planted_below(2)) {
            char other[4];
            buf_add(out, other, utf8_encode((uint32_t)(0x4E00 + planted_below(5000)), other));
        }
        i += taken;
    }
}

enum planted_edit { EDIT_ORDER, EDIT_SHORTER, EDIT_GREETING, EDIT_PLACE, EDIT_BEGINNING, EDITS };

static inline bool planted_is_place(const char *text, size_t length)
{
    for (size_t i = 0; i + 3 <= length; i++)
        if (strncmp(text + i, "区", 3) == 0 || strncmp(text + i, "市", 3) == 0)
            return true;
    return false;
}

/* The appeal as another citizen might say it; the caller frees it. `characters` cuts a beginning.
 */
static inline char *planted_make(const char *text, enum planted_edit edit, size_t characters)
{
    static struct clauses c;
    struct buf out = BUF_EMPTY;
    planted_split(text, &c);
    if (edit == EDIT_ORDER)
        for (size_t i = c.count; i > 1; i--) {
            size_t other = planted_below(i);
            const char *one = c.items[i - 1].text;
            size_t length = c.items[i - 1].length;
            c.items[i - 1] = c.items[other];
            c.items[other].text = one;
            c.items[other].length = length;
        }
    if (edit == EDIT_GREETING)
        buf_add_text(&out, "您好，我想反映一个问题，");
    size_t percent = 40 + planted_below(40);
    for (size_t i = 0; i < c.count; i++) {
        if (edit == EDIT_SHORTER && i > 0 && planted_below(100) >= percent)
            continue;
        if (edit == EDIT_PLACE && planted_is_place(c.items[i].text, c.items[i].length) &&
            planted_below(2) && c.count > 3) {
            buf_add_text(&out, "我们小区附近，");
            continue;
        }
        planted_mistype(c.items[i].text, c.items[i].length, &out);
    }
    if (edit == EDIT_GREETING)
        buf_add_text(&out, "请尽快处理，谢谢。");
    size_t at = 0;
    for (size_t i = 0; edit == EDIT_BEGINNING && i < characters && at < out.length; i++) {
        uint32_t code;
        at += utf8_decode(out.data + at, out.length - at, &code);
    }
    if (edit == EDIT_BEGINNING && out.data) {
        out.length = at;
        out.data[at] = '\0';
    }
    return buf_take(&out);
}

/* --- the appeals as orders -------------------------------------------------------------------- */

struct planted {
    struct arena *arena;
    struct store *store;
    char directory[64], path[96];
    const char **titles, **texts;
    int64_t *orders;
    size_t count, title_capacity, text_capacity;
    size_t times; /* how often all of them are stored; 0 once */
};

static inline bool planted_read(struct planted *p, const char *csv, size_t most, struct error *err)
{
    struct reader *reader = reader_open(csv, err);
    struct record r;
    while (reader && p->count < most && reader_next(reader, &r, err)) {
        if (r.reason || r.count < 5)
            continue;
        size_t at = p->count++;
        p->titles = arena_grow(p->arena, p->titles, at, &p->title_capacity, sizeof *p->titles);
        p->texts = arena_grow(p->arena, p->texts, at, &p->text_capacity, sizeof *p->texts);
        p->titles[at] = arena_strdup(p->arena, r.fields[2]);
        p->texts[at] = arena_strdup(p->arena, r.fields[4]);
    }
    if (reader)
        reader_close(reader);
    return reader && !err->status && p->count > 0;
}

static inline enum status planted_store(struct db *db, void *user)
{
    struct planted *p = user;
    const struct account account = {.id = 1,
                                    .login = "planted",
                                    .name = "planted",
                                    .password_hash = "",
                                    .roles = BIT(ROLE_OPERATOR)};
    struct arena *arena = arena_new();
    enum status st = store_account_put(db, &account, true);
    int64_t now = clock_now_ms();
    size_t times = p->times ? p->times : 1;
    p->orders = arena_alloc(p->arena, p->count * times * sizeof *p->orders);
    for (size_t n = 0; n < p->count * times && !st; n++) {
        size_t i = n % p->count;
        arena_reset(arena);
        struct order_case c = {.order = {.id = store_new_id(db, now),
                                         .version = 1,
                                         .state = ORDER_IN_HAND,
                                         .channel = "hotline12345",
                                         .category_code = "010101",
                                         .industry = "",
                                         .region_code = "420281",
                                         .place_text = "",
                                         .title = p->titles[i],
                                         .conclusion = "",
                                         .received_at = now}};
        struct error err;
        p->orders[n] = c.order.id;
        st = store_new_number(db, now, c.order.number);
        if (!st)
            st = store_case_save(db, &c, true, now, &err);
        if (!st)
            st = index_received(db, &c.order, p->texts[i], "", "", arena);
    }
    arena_free(arena);
    return st;
}

/* `p->times` is set by the caller. */
static inline bool planted_open(struct planted *p, const char *csv, size_t most, struct error *err)
{
    *p = (struct planted){.arena = arena_new(), .times = p->times};
    snprintf(p->directory, sizeof p->directory, "/tmp/minqing-planted-XXXXXX");
    if (!mkdtemp(p->directory) || !planted_read(p, csv, most, err))
        return false;
    snprintf(p->path, sizeof p->path, "%s/city.db", p->directory);
    if (store_open(p->path, &p->store, err))
        return false;
    enum status st = store_write_wait(p->store, planted_store, p);
    return st == ST_OK ||
           error_set(err, st, "the appeals cannot be stored: %s", status_name(st)) == ST_OK;
}

static inline void planted_close(struct planted *p)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock", ".key"};
    if (p->store)
        store_close(p->store);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char file[112];
        snprintf(file, sizeof file, "%s%s", p->path, suffixes[i]);
        unlink(file);
    }
    rmdir(p->directory);
    arena_free(p->arena);
}

struct planted_result {
    size_t asked, found; /* planted ones, and those whose original was shown */
    size_t others;       /* further orders shown */
    size_t alike;        /* of those, such as are shown for the unchanged original, too */
};

static inline size_t planted_ask(struct db *db, const char *text, struct arena *arena,
                                 struct duplicate out[PLANTED_SHOWN])
{
    const struct duplicate_query query = {.text = text,
                                          .place_name = "",
                                          .region_code = "",
                                          .category_code = "",
                                          .compared = PLANTED_COMPARED,
                                          .least = PLANTED_SCORE};
    size_t count = 0;
    return duplicates_find(db, 1, &query, arena, PLANTED_SHOWN, out, &count) ? 0 : count;
}

/* Asks for `count` appeals, so far apart that they run through all, each edited so. */
static inline struct planted_result planted_measure(struct planted *p, enum planted_edit edit,
                                                    size_t characters, size_t count)
{
    struct planted_result result = {0};
    struct error err;
    struct db *db = store_reader(p->store, &err);
    struct arena *arena = arena_new();
    for (size_t i = 0; db && i < count; i++) {
        size_t at = i * p->count / count;
        char *said = planted_make(p->texts[at], edit, characters);
        struct duplicate shown[PLANTED_SHOWN], usual[PLANTED_SHOWN];
        size_t shown_count = planted_ask(db, said, arena, shown);
        size_t usual_count = planted_ask(db, p->texts[at], arena, usual);
        result.asked++;
        for (size_t s = 0; s < shown_count; s++) {
            if (shown[s].order_id == p->orders[at]) {
                result.found++;
                continue;
            }
            result.others++;
            for (size_t u = 0; u < usual_count; u++)
                result.alike += usual[u].order_id == shown[s].order_id;
        }
        arena_reset(arena);
        free(said);
    }
    arena_free(arena);
    return result;
}

#endif
