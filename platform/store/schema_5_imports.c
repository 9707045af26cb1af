/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was imported, and how far. */
#include "platform/store/schema.h"

const char schema_5_imports[] = "";
