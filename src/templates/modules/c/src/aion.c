#include "aion.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFUSED = 2, BROKEN = 3 };

_Noreturn void aion_refuse(const char *field, const char *problem, const char *remedy) {
    fprintf(stderr, "input refused: %s: %s; %s\n", field, problem, remedy);
    exit(REFUSED);
}

const json_value *aion_input(void) {
    json_text text = {0};
    char piece[1 << 16];
    size_t read;
    while ((read = fread(piece, 1, sizeof piece, stdin)) > 0) json_add(&text, piece, read);
    json_add(&text, "", 1); /* so that a number at the end ends */
    const char *problem;
    const json_value *input = json_read(text.bytes, text.length - 1, &problem);
    if (!input) aion_refuse("input", problem, "send one JSON object");
    if (input->kind != JSON_OBJECT) aion_refuse("input", "is not an object", "send one JSON object");
    return input;
}

const json_value *aion_text(const json_value *input, const char *field) {
    const json_value *value = json_member(input, field);
    if (!value) aion_refuse(field, "is missing", "send a JSON string");
    if (value->kind != JSON_STRING) aion_refuse(field, "is not a string", "send a JSON string");
    return value;
}

long aion_integer(const json_value *input, const char *field, long least, long most, long otherwise) {
    const json_value *value = json_member(input, field);
    if (!value) return otherwise;
    double number = NAN;
    if (value->kind == JSON_NUMBER) number = value->number;
    if (value->kind == JSON_STRING && value->length && strspn(value->text, "0123456789") == value->length)
        number = strtod(value->text, NULL);
    if (!(number >= (double)least && number <= (double)most) || number != floor(number)) {
        char remedy[80];
        snprintf(remedy, sizeof remedy, "send an integer from %ld to %ld", least, most);
        aion_refuse(field, "is not an integer within its limits", remedy);
    }
    return (long)number;
}

void aion_only(const json_value *input, const char *const *fields) {
    for (const json_value *member = input->first; member; member = member->next) {
        const char *const *known = fields;
        while (*known && strcmp(*known, member->name)) known++;
        if (!*known) aion_refuse(member->name, "is not a field of this input", "leave it out");
    }
}

static void write_line(const json_text *line) {
    if (fwrite(line->bytes, 1, line->length, stdout) != line->length || fflush(stdout)) {
        fputs("stdout failed\n", stderr);
        exit(BROKEN);
    }
}

void aion_token(const char *text, size_t length) {
    json_text line = {0};
    json_add_plain(&line, "{\"type\":\"token\",\"text\":");
    json_add_string(&line, text, length);
    json_add_plain(&line, "}\n");
    write_line(&line);
}

void aion_result(const json_text *data) {
    json_text line = {0};
    json_add_plain(&line, "{\"type\":\"result\",\"data\":");
    json_add(&line, data->bytes, data->length);
    json_add_plain(&line, "}\n");
    write_line(&line);
}
