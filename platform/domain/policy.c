/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/domain/lifecycle.h"

/* The defaults of design/domain.md, and for what it leaves open: replies are accepted by rule after
 * three working days, archives made after three; members have two working days, the chair two. */
struct policy policy_default(void)
{
    return (struct policy){
        .by_kind =
            {
                [KIND_CONSULT] = {1, LIMIT_DAYS},
                [KIND_HELP] = {3, LIMIT_DAYS},
                [KIND_COMPLAINT] = {5, LIMIT_DAYS},
                [KIND_REPORT] = {5, LIMIT_DAYS},
                [KIND_SUGGESTION] = {5, LIMIT_DAYS},
                [KIND_PRAISE] = {5, LIMIT_DAYS},
            },
        .complex_limit = {15, LIMIT_DAYS},
        .dispatch_default = {24, LIMIT_HOURS},
        .dispatch_vital = {2, LIMIT_HOURS},
        .dispatch_life = {1, LIMIT_HOURS},
        .return_window = {1, LIMIT_DAYS},
        .return_window_complex = {2, LIMIT_DAYS},
        .accept_reply = {3, LIMIT_DAYS},
        .archive_after = {3, LIMIT_DAYS},
        .opinion = {2, LIMIT_DAYS},
        .ruling = {2, LIMIT_DAYS},
        .unreached_attempts = 3,
        .unreached_days = 2,
        .designate_after = 3,
        .extension_cap = 10,
    };
}
