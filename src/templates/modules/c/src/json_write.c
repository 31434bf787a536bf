#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

void json_add(json_text *out, const char *bytes, size_t length) {
    if (out->room - out->length < length) {
        out->room = (out->length + length) * 2 + 64;
        out->bytes = realloc(out->bytes, out->room);
        if (!out->bytes) abort();
    }
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
}

void json_add_plain(json_text *out, const char *text) { json_add(out, text, strlen(text)); }

void json_add_string(json_text *out, const char *bytes, size_t length) {
    json_add(out, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '"' || c == '\\') {
            char escaped[2] = {'\\', (char)c};
            json_add(out, escaped, 2);
        } else if (c < 0x20) {
            char escaped[7];
            snprintf(escaped, sizeof escaped, "\\u%04x", c);
            json_add(out, escaped, 6);
        } else {
            json_add(out, bytes + i, 1);
        }
    }
    json_add(out, "\"", 1);
}

void json_add_integer(json_text *out, long number) {
    char digits[32];
    json_add(out, digits, (size_t)snprintf(digits, sizeof digits, "%ld", number));
}
