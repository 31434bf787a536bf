#include "words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_letter(unsigned char c) {
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int by_text(const void *one, const void *other) {
    const word_count *a = one, *b = other;
    int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

static int by_count(const void *one, const void *other) {
    const word_count *a = one, *b = other;
    return a->count == b->count ? by_text(one, other) : a->count < b->count ? 1 : -1;
}

word_counts count_words(char *text, size_t length) {
    word_counts found = {0};
    size_t room = 0, words = 0;
    for (size_t at = 0; at < length;) {
        size_t start = at;
        while (at < length && is_letter((unsigned char)text[at])) {
            if (text[at] >= 'A' && text[at] <= 'Z') text[at] = (char)(text[at] + 'a' - 'A');
            at++;
        }
        if (at == start) {
            at++;
            continue;
        }
        if (words == room) {
            room = room * 2 + 64;
            found.common = realloc(found.common, room * sizeof *found.common);
            if (!found.common) abort();
        }
        found.common[words++] = (word_count){text + start, at - start, 1};
    }
    found.words = (long)words;
    if (!words) return found;
    qsort(found.common, words, sizeof *found.common, by_text);
    for (size_t i = 1; i < words; i++) {
        if (by_text(&found.common[found.distinct], &found.common[i]) == 0)
            found.common[found.distinct].count++;
        else
            found.common[++found.distinct] = found.common[i];
    }
    found.distinct++;
    qsort(found.common, found.distinct, sizeof *found.common, by_count);
    return found;
}
