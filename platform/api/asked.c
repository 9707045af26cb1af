/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that were searched lately, so that hints which are asked for with each word cost one line
 * in the log. A table of fixed size: what does not fit any more is logged once more. */
#include "platform/api/api_private.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4096, TRIED = 8 };

struct asked {
    pthread_mutex_t lock;
    struct {
        uint64_t what;
        int64_t at; /* 0: free */
    } slots[SLOTS];
};

struct asked *asked_new(void)
{
    struct asked *asked = calloc(1, sizeof *asked);
    if (asked)
        pthread_mutex_init(&asked->lock, NULL);
    return asked;
}

void asked_free(struct asked *asked)
{
    if (!asked)
        return;
    pthread_mutex_destroy(&asked->lock);
    free(asked);
}

uint64_t asked_what(const struct api *api, int64_t account_id, enum number_kind kind,
                    const char *number)
{
    unsigned char hash[crypto_generichash_BYTES];
    crypto_generichash_state state;
    const struct keys *keys = store_keys(api->store);
    uint64_t what;
    crypto_generichash_init(&state, keys->number, sizeof keys->number, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)&account_id, sizeof account_id);
    crypto_generichash_update(&state, (const unsigned char *)&kind, sizeof kind);
    crypto_generichash_update(&state, (const unsigned char *)number, strlen(number));
    crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(&what, hash, sizeof what);
    return what;
}

bool asked_lately(struct asked *asked, uint64_t what, int64_t since)
{
    bool found = false;
    pthread_mutex_lock(&asked->lock);
    for (uint64_t i = 0; i < TRIED; i++) {
        size_t slot = (size_t)((what + i) % SLOTS);
        found |= asked->slots[slot].at > since && asked->slots[slot].what == what;
    }
    pthread_mutex_unlock(&asked->lock);
    return found;
}

void asked_note(struct asked *asked, uint64_t what, int64_t now)
{
    size_t oldest = (size_t)(what % SLOTS);
    pthread_mutex_lock(&asked->lock);
    for (uint64_t i = 0; i < TRIED; i++) {
        size_t slot = (size_t)((what + i) % SLOTS);
        if (asked->slots[slot].what == what || asked->slots[slot].at < asked->slots[oldest].at)
            oldest = slot;
        if (asked->slots[slot].what == what)
            break;
    }
    asked->slots[oldest].what = what;
    asked->slots[oldest].at = now;
    pthread_mutex_unlock(&asked->lock);
}
