/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb that reads the access log. */
#include "tui/l10n.h"
#include "tui/verbs_private.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_lines(const struct mq_result *result)
{
    char time[VERBS_TIME_SIZE];
    for (size_t i = 0; i < result->count; i++) {
        const struct mq_access_row *row = &result->access[i];
        verbs_print("%s\t%s\t%s\t%s\t%s\n", verbs_time(row->at, time), row->account.name,
                    row->kind_label, row->order, *row->reason ? row->reason : row->about.name);
    }
}

/* "kind=reveal" … into the query; false, and said, for anything else. */
static bool read_words(struct verbs *v, struct mq_access_query *query)
{
    const struct {
        const char *name, **value;
    } known[] = {{"kind=", &query->kind},
                 {"account=", &query->account},
                 {"order=", &query->order},
                 {"from=", &query->from},
                 {"to=", &query->to}};
    enum { KNOWN = sizeof known / sizeof known[0] };
    for (int i = 0; i < v->argc; i++) {
        size_t k = 0;
        while (k < KNOWN && strncmp(v->argv[i], known[k].name, strlen(known[k].name)) != 0)
            k++;
        if (k == KNOWN) {
            verbs_complain(_("%s: that is none of kind=, account=, order=, from=, to="),
                           v->argv[i]);
            return false;
        }
        *known[k].value = v->argv[i] + strlen(known[k].name);
    }
    return true;
}

int verb_access(struct verbs *v)
{
    struct mq_access_query query = {.limit = 200};
    if (!read_words(v, &query))
        return 2;
    char *after = NULL;
    do {
        struct answer answer = {0};
        query.after = after;
        struct mq_result *result =
            mq_access(v->mq, &query, verbs_answer, &answer) ? verbs_wait(v, &answer) : NULL;
        free(after);
        if (!result)
            return 1;
        if (v->json)
            verbs_print_json(result);
        else
            print_lines(result);
        after = strdup(result->next);
        mq_result_free(result);
    } while (after && *after);
    free(after);
    return 0;
}
