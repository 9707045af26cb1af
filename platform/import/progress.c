/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/import/progress.h"
#include "core/clock.h"
#include <inttypes.h>
#include <unistd.h>

enum { TERMINAL_MS = 200, ELSEWHERE_MS = 5000 };

void progress_begin(struct progress *p, FILE *out)
{
    *p = (struct progress){.out = out, .terminal = out && isatty(fileno(out))};
    p->begun_ms = clock_ticks_ms();
    p->next_ms = p->begun_ms + (p->terminal ? TERMINAL_MS : ELSEWHERE_MS);
}

void progress_show(struct progress *p, const struct reader *reader, uint64_t rows)
{
    int64_t now = clock_ticks_ms(), spent = now - p->begun_ms;
    if (!p->out || now < p->next_ms || spent <= 0)
        return;
    uint64_t taken = reader_taken(reader), size = reader_size(reader);
    (void)fprintf(p->out, "%s%" PRIu64 " rows, %" PRIu64 " a second", p->terminal ? "\r\033[K" : "",
                  rows, rows * 1000 / (uint64_t)spent);
    if (size && taken) {
        uint64_t left = (uint64_t)((double)spent / 1000 * (double)(size - taken) / (double)taken);
        (void)fprintf(p->out, ", %u%%, %" PRIu64 ":%02u left",
                      (unsigned)(100.0 * (double)taken / (double)size), left / 60,
                      (unsigned)(left % 60));
    }
    (void)fputs(p->terminal ? "" : "\n", p->out);
    (void)fflush(p->out);
    p->shown = p->terminal;
    p->next_ms = now + (p->terminal ? TERMINAL_MS : ELSEWHERE_MS);
}

void progress_end(struct progress *p)
{
    if (p->shown)
        (void)fputs("\r\033[K", p->out);
    p->shown = false;
}
