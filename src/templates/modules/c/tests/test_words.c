/* Tests of the work itself, built for this machine: make test. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/json.h"
#include "../src/words.h"

static void check(int holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "failed: %s\n", what);
        exit(1);
    }
}

int main(void) {
    char text[] = "A cat, a dog; the CAT and a bird.";
    word_counts found = count_words(text, strlen(text));
    check(found.words == 9 && found.distinct == 6, "all words are counted");
    check(found.common[0].count == 3 && found.common[0].length == 1, "the most common word comes first");
    check(found.common[1].count == 2 && !memcmp(found.common[1].text, "cat", 3), "case does not matter");

    const char *problem, *good = "{\"a\":[1.5,true,null],\"b\":\"\\u00e9\\ud83d\\ude00\"}";
    json_value *value = json_read(good, strlen(good), &problem);
    check(value && json_member(value, "a")->first->number == 1.5, "a number is read");
    check(!strcmp(json_member(value, "b")->text, "\xc3\xa9\xf0\x9f\x98\x80"), "escapes are read");
    const char *bad[] = {"", "{", "{\"a\":1,}", "[01]", "\"\\q\"", "{\"a\":1,\"a\":2}", "1 2", "\"\\ud800\"", "nul"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check(!json_read(bad[i], strlen(bad[i]), &problem) && problem, bad[i]);
    puts("ok");
    return 0;
}
