import { describe, expect, it } from "vitest";
import { makeGate } from "../src/gate";

function gate() {
  const here = new Set<string>();
  const waiting: { names: string[]; done: () => void; fail: (why: Error) => void }[] = [];
  const errors: string[] = [];
  const made = makeGate(
    { region: "", filter: "" },
    (wanted) => [wanted.region, wanted.filter].filter((one) => one && !here.has(one)),
    (names) => new Promise<void>((done, fail) => waiting.push({ names, done: () => (names.forEach((one) => here.add(one)), done()), fail })),
    (error) => errors.push(String(error)),
  );
  return { ...made, here, pending: waiting, errors };
}

const later = () => new Promise((done) => setTimeout(done));

describe("a gate", () => {
  it("opens at once for what needs nothing", () => {
    const { signals, here } = gate();
    here.add("a");
    signals.region.value = "a";
    expect(signals.region.value).toBe("a");
  });

  it("shows a wish when what it needs is here, and says meanwhile what is wanted", async () => {
    const { signals, waiting, pending } = gate();
    signals.region.value = "a";
    expect([signals.region.value, signals.region.wanted, waiting.value]).toEqual(["", "a", true]);
    pending[0].done();
    await later();
    expect([signals.region.value, waiting.value]).toEqual(["a", false]);
  });

  it("shows several wishes together, and only the latest of each", async () => {
    const { signals, pending } = gate();
    signals.region.value = "a";
    signals.filter.value = "f";
    signals.region.value = "b";
    pending[0].done();
    pending[1].done();
    await later();
    expect([signals.region.value, signals.filter.value]).toEqual(["", ""]);
    pending[2].done();
    await later();
    expect([signals.region.value, signals.filter.value]).toEqual(["b", "f"]);
  });

  it("gives a wish up when reading fails, and says why", async () => {
    const { signals, waiting, pending, errors } = gate();
    signals.region.value = "a";
    pending[0].fail(new Error("the server does not answer"));
    await later();
    expect([signals.region.value, signals.region.wanted, waiting.value]).toEqual(["", "", false]);
    expect(errors).toEqual(["Error: the server does not answer"]);
  });

  it("can be forced, and forgets wishes then", async () => {
    const { signals, force, pending } = gate();
    signals.region.value = "a";
    force({ region: "z", filter: "" });
    pending[0].done();
    await later();
    expect(signals.region.value).toBe("z");
  });
});
