// What the module does: reads the input, streams what it finds, gives the result.
import { Parameters } from "./parameters.js";
import { count } from "./words.js";

/** The most common words of a text. */
export function work(input, lines) {
  const parameters = new Parameters(input, ["text", "most"]);
  const text = parameters.text("text");
  const most = parameters.integer("most", 1, 100, 10);
  const { words, found } = count(text);
  const common = found.slice(0, most);
  for (const { word, count } of common) lines.token(`${word}: ${count}\n`); // a watcher sees each word now
  return { words, common };
}
