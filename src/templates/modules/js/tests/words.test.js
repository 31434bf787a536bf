// Tests of the work itself: node --test tests
import assert from "node:assert/strict";
import { test } from "node:test";
import { work } from "../src/work.js";

const silent = { token() {} };

test("the most common word comes first", () => {
  const { words, common } = work({ text: "A cat, a dog; the CAT and a bird.", most: "2" }, silent);
  assert.equal(words, 9);
  assert.deepEqual(common, [
    { word: "a", count: 3 },
    { word: "cat", count: 2 },
  ]);
});

test("what does not fit is refused by the name of the field", () => {
  assert.throws(() => work({}, silent), /^Error: text: is missing/);
  assert.throws(() => work({ text: "a", most: 0 }, silent), /most: is not an integer/);
  assert.throws(() => work({ text: "a", mots: 1 }, silent), /mots: is not a field/);
  assert.throws(() => work([], silent), /input: is not an object/);
});
