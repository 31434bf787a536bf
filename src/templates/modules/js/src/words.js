// Counting words. It knows nothing of AION, so `node --test` tests it on this machine.

// Runs of letters and digits. The engine inside the component has no \p{L}, so the scripts stand here as ranges.
const WORD = /[0-9A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufdff]+/g;

/** How many words the text has, and each with its count, the most common first, then by the alphabet. */
export function count(text) {
  const counts = new Map();
  const words = text.match(WORD) ?? [];
  for (const word of words) {
    const lower = word.toLowerCase();
    counts.set(lower, (counts.get(lower) ?? 0) + 1);
  }
  const found = [...counts].map(([word, count]) => ({ word, count }));
  found.sort((one, other) => other.count - one.count || (one.word < other.word ? -1 : 1));
  return { words: words.length, found };
}
