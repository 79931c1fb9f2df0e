import { afterEach, expect, test } from "vitest";
import { readLine } from "../src/logic/read";
import { tongue } from "../src/words";
import { readView } from "../src/data/view";
import { group, pack, smallArrays, smallHeader } from "./fixture";

const GOOD = { read_characters: 0.84, read_turns: 0.5, encoded_characters: 1, encoded_turns: 1, poor: false };

afterEach(() => {
  tongue.value = "en";
});

test("says what the model and the encoder got", () => {
  expect(readLine(GOOD)).toBe("Read: model 84 % of the text (50 % of the turns), encoder 100 %.");
});

test("marks a group that is poorly read, in both languages", () => {
  const poor = { ...GOOD, read_characters: 0.12, poor: true };
  expect(readLine(poor)).toBe("Poorly read. Read: model 12 % of the text (50 % of the turns), encoder 100 %.");
  tongue.value = "ru";
  expect(readLine(poor)).toBe("Прочитано мало. Прочитано: модель — 12 % текста (50 % реплик), кодировщик — 100 %.");
});

test("without a model only the encoder is told", () => {
  expect(readLine({ encoded_characters: 0.5, encoded_turns: 1, poor: false })).toBe("Read: encoder 50 %.");
});

test("a view of an older atlas says nothing", () => {
  const header = smallHeader();
  const view = readView(pack(header, smallArrays()));
  expect(view.groups.map((one) => one.read)).toEqual([null, null, null, null, null]);
  const groups = [group("x", 0, null, 7, { read: GOOD })];
  expect(readView(pack({ ...header, groups }, smallArrays())).groups[0].read).toEqual(GOOD);
});
