import { describe, expect, it } from "vitest";
import { Arrays, type Place } from "../src/data/arrays";
import { Text } from "../src/data/text";
import { openView, readView } from "../src/data/view";
import { needs, toldOfRows } from "../src/logic/needs";
import { NOTHING } from "../src/logic/address";
import { FIRST_TABLE } from "../src/logic/table-address";
import { NO_FILTERS, passing } from "../src/logic/filter";
import { tally } from "../src/logic/tally";
import { pack, small, smallArrays, smallHeader } from "./fixture";

/** A server with some files: what was asked of it, in order. */
function server(files: Record<string, ArrayBufferView>) {
  const asked: string[] = [];
  const read = async (file: string, part?: [number, number]) => {
    asked.push(part ? `${file} ${part.join("-")}` : file);
    const of = files[file];
    if (!of) throw new Error(`no ${file}`);
    const [from, to] = part ?? [0, of.byteLength];
    return (of.buffer as ArrayBuffer).slice(of.byteOffset + from, of.byteOffset + to);
  };
  return { asked, read };
}

describe("arrays on the server", () => {
  const places: Record<string, Place> = { day: [Uint16Array, 2, "day.1"], user: [Uint32Array, 2, "user.1"] };
  const files = { "day.1": Uint16Array.of(3, 4), "user.1": Uint32Array.of(5, 6) };

  it("are read when they are needed, once", async () => {
    const { asked, read } = server(files);
    const arrays = new Arrays({}, places, read);
    expect([arrays.get("day"), arrays.knows("day"), arrays.knows("x"), asked]).toEqual([null, true, false, []]);
    await Promise.all([arrays.need(["day", "x"]), arrays.need(["day"])]);
    await arrays.need(["day"]);
    expect([...arrays.get("day")!]).toEqual([3, 4]);
    expect(asked).toEqual(["day.1"]);
    expect(arrays.missing(["day", "user", "x"])).toEqual(["user"]);
  });

  it("can be asked for again when it failed, and are refused when they are cut off", async () => {
    const held: Record<string, ArrayBufferView> = {};
    const arrays = new Arrays({}, places, server(held).read);
    await expect(arrays.need(["day"])).rejects.toThrow("no day.1");
    held["day.1"] = Uint16Array.of(3);
    await expect(arrays.need(["day"])).rejects.toThrow("day.1: has 2 bytes");
    held["day.1"] = files["day.1"];
    await arrays.need(["day"]);
    expect([...arrays.get("day")!]).toEqual([3, 4]);
  });

  it("are kept for another state of the atlas in which they are the same", async () => {
    const before = new Arrays({}, places, server(files).read);
    await before.need(["day", "user"]);
    const after = new Arrays({}, { ...places, user: [Uint32Array, 2, "user.2"] }, server(files).read);
    after.take(before);
    expect([after.get("day") === before.get("day"), after.get("user")]).toEqual([true, null]);
  });
});

describe("sentences", () => {
  const bytes = new TextEncoder().encode("bread\n\nёлка\n");
  const places: Record<string, Place> = { text0: [Uint8Array, bytes.length, "t"], ends: [Uint32Array, 3, "e"] };
  const files = { t: bytes, e: Uint32Array.of(5, 6, 15) };
  const later = () => new Promise((done) => setTimeout(done, 5));

  it("of few rows are read at once", async () => {
    const { asked, read } = server(files);
    const text = new Text("request", "text0", "ends", new Arrays({}, places, read), 3);
    expect([text.at(2), text.lines()]).toEqual(["", []]);
    await later();
    expect([text.at(2), text.lines().length, asked]).toEqual(["ёлка", 4, ["t"]]);
  });

  it("of very many rows are read one by one, by their places in the file", async () => {
    const { asked, read } = server(files);
    const text = new Text("request", "text0", "ends", new Arrays({}, places, read), 300_000);
    expect([text.at(2), text.at(1), text.at(0), text.lines()]).toEqual(["", "", "", []]);
    await later();
    expect([text.at(2), text.at(1), text.at(0)]).toEqual(["ёлка", "", "bread"]);
    expect(asked).toEqual(["e", "t 7-15", "t 0-5"]);
  });
});

describe("what a view needs", () => {
  const files = Object.fromEntries(Object.entries(smallArrays()).map(([name, array]) => [name, [`u${array.BYTES_PER_ELEMENT}`, array.length, name]]));
  const head = () => openView(pack({ ...smallHeader(), files, sums: { groups: [7, 3, 5, 2, 3] } }, {}), server(smallArrays()).read);

  it("is nothing until something is counted", () => {
    expect(needs(head(), NOTHING)).toEqual([]);
    expect(needs(head(), { ...NOTHING, colour: "length" })).toEqual(["facet1"]);
    expect(needs(head(), { ...NOTHING, filters: { values: { language: [1] }, days: null } })).toEqual(["group", "count", "day", "user", "facet0"]);
    expect(needs(head(), { ...NOTHING, table: FIRST_TABLE }), "a table that an address opens waits for its rows").toEqual(["group", "count", "day", "user"]);
    expect(needs(head(), { ...NOTHING, region: { kind: "lasso", polygon: [] } }).slice(-2)).toEqual(["x", "y"]);
    expect(toldOfRows(head())).toEqual(["group", "day", "facet0", "facet1"]);
  });

  it("has the same fields once it is read as a view that held it all", async () => {
    const view = head();
    await view.arrays.need(view.arrays.names());
    const whole = small();
    for (const name of ["x", "y", "group", "weight", "mass", "day", "user"] as const) expect([...view[name]!]).toEqual([...whole[name]!]);
  });

  it("is never counted before it is read", () => {
    const view = head();
    expect(view.columns[0].here).toBe(false);
    expect(() => tally(view, view.columns[0], passing(view, NO_FILTERS), null)).toThrow(/not read before it was counted/);
    expect(() => passing(view, { values: { language: [0] }, days: null })).toThrow(/not read before it was counted/);
  });

  it("is all of a published atlas, which is small", () => {
    const published = openView(pack({ ...smallHeader(), published: true, rows: 0, files: { facet0: files.facet0 } }, {}), server({}).read);
    expect(needs(published, NOTHING)).toEqual(["facet0"]);
  });
});

describe("counts over all rows", () => {
  it("come from the head as they would from the rows", () => {
    const header = smallHeader();
    const columns = (header.columns as object[]).map((one, at) => ({ ...one, sums: at ? undefined : { counts: [5, 4, 1], squares: 16 } }));
    const told = readView(pack({ ...header, columns }, smallArrays()));
    const pass = passing(told, NO_FILTERS);
    const rows = small();
    expect(tally(told, told.columns[0], pass, null)).toEqual({
      ...tally(rows, rows.columns[0], passing(rows, NO_FILTERS), null),
      outside: expect.objectContaining({ all: 0, size: 0 }),
    });
  });
});
