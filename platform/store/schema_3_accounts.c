/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lockout, passwords that must be changed, sessions that end. */
#include "platform/store/schema.h"

const char schema_3_accounts[] = "";
