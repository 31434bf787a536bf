/** An input that the module cannot work with: which field, what is wrong, what would be right. */
export class Refusal extends Error {
  constructor(field, problem, remedy) {
    super(`${field}: ${problem}; ${remedy}`);
  }
}

/** The input, read field by field. Numbers may come as text, because a task's params are strings. */
export class Parameters {
  #input;

  constructor(input, known) {
    if (typeof input !== "object" || input === null || Array.isArray(input))
      throw new Refusal("input", "is not an object", "send one JSON object");
    for (const name of Object.keys(input))
      if (!known.includes(name))
        throw new Refusal(name, "is not a field of this input", `use one of: ${known.join(", ")}`);
    this.#input = input;
  }

  /** A string that must be there. */
  text(field) {
    const value = this.#input[field];
    if (typeof value !== "string")
      throw new Refusal(field, value === undefined ? "is missing" : "is not a string", "send a JSON string");
    return value;
  }

  /** An integer within these limits, or `otherwise` when it is not there. */
  integer(field, least, most, otherwise) {
    let value = this.#input[field] ?? otherwise;
    if (typeof value === "string" && /^[0-9]{1,15}$/.test(value)) value = Number(value);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new Refusal(field, "is not an integer within its limits", `send an integer from ${least} to ${most}`);
    return value;
  }
}
