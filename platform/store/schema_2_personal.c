/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Citizens and their words are sealed; the log of who looked at them; signed roots. */
#include "platform/store/schema.h"

const char schema_2_personal[] = "";
