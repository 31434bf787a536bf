/** What the encoder would bend to fit: an object as a text, any value as a boolean. */

import { type DescMessage, type MessageShape, ScalarType } from "@bufbuild/protobuf";
import { InvalidRequest } from "./errors.js";

const KINDS: Readonly<Record<number, string>> = { [ScalarType.STRING]: "string", [ScalarType.BOOL]: "boolean" };

/** Throws InvalidRequest, naming the field, for a text or a boolean that is none. */
export function checkShape<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>, path = ""): void {
  const members = message as unknown as Readonly<Record<string, unknown>>;
  for (const field of desc.fields) {
    const value = members[field.localName];
    if (value === undefined || value === null || field.fieldKind === "map") {
      continue;
    }
    const place = path + field.name;
    for (const each of field.fieldKind === "list" && Array.isArray(value) ? value : [value]) {
      if (field.message !== undefined) {
        checkShape(field.message, each as MessageShape<DescMessage>, `${place}.`);
      }
      const wanted = field.scalar === undefined ? undefined : KINDS[field.scalar];
      if (wanted !== undefined && typeof each !== wanted) {
        throw InvalidRequest.of(place, `must be a ${wanted}, not ${Array.isArray(each) ? "an array" : typeof each}`);
      }
    }
  }
}
