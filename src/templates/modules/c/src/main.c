/* The module {{name}}: reads its call from stdin, streams what it finds, writes the result. */
#include "aion.h"
#include "words.h"

int main(void) {
    static const char *const fields[] = {"text", "most", NULL};
    const json_value *input = aion_input();
    aion_only(input, fields);
    const json_value *text = aion_text(input, "text");
    long most = aion_integer(input, "most", 1, 100, 10);

    word_counts found = count_words(text->text, text->length);
    json_text result = {0};
    json_add_plain(&result, "{\"words\":");
    json_add_integer(&result, found.words);
    json_add_plain(&result, ",\"common\":[");
    for (size_t i = 0; i < found.distinct && i < (size_t)most; i++) {
        const word_count *each = &found.common[i];
        json_text said = {0};
        json_add(&said, each->text, each->length);
        json_add_plain(&said, ": ");
        json_add_integer(&said, each->count);
        json_add_plain(&said, "\n");
        aion_token(said.bytes, said.length); /* whoever watches the task sees each word now */
        json_add_plain(&result, i ? ",{\"word\":" : "{\"word\":");
        json_add_string(&result, each->text, each->length);
        json_add_plain(&result, ",\"count\":");
        json_add_integer(&result, each->count);
        json_add_plain(&result, "}");
    }
    json_add_plain(&result, "]}");
    aion_result(&result);
    return 0;
}
