/* base/limits.h: every limit that a user can meet, in one place. */
#pragma once

#define LIMIT_RECORD_BYTES   (16u << 20)  /**< one CSV or JSON Lines record */
#define LIMIT_ORIGINAL_BYTES (2ull << 30) /**< one original file */
#define LIMIT_TEXT_BYTES     (64u << 20)  /**< one text given to the text engine at a time */
#define LIMIT_LETTER_BYTES   (1u << 20)   /**< a letter or case file to be checked */
#define LIMIT_COLUMNS        65536u       /**< columns of a table */
