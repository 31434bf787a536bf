/* Counting words. It knows nothing of AION, so `make test` tests it on this machine. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

typedef struct {
    const char *text; /* lower case, `length` bytes */
    size_t length;
    long count;
} word_count;

typedef struct {
    long words;
    word_count *common; /* the most common first, equally common ones by their bytes */
    size_t distinct;
} word_counts;

/* Counts the words of `text`, which it turns to lower case where it stands. Letters are those of ASCII and every
   character beyond it. */
word_counts count_words(char *text, size_t length);

#endif
