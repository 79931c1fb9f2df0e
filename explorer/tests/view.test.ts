import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inflate, unpack } from "../src/data/container";
import { path, readView, within } from "../src/data/view";
import { pack, small, smallArrays, smallHeader } from "./fixture";

describe("a view", () => {
  it("has its groups in a tree and its levels by size", () => {
    const view = small();
    expect(view.roots).toEqual([0, 1]);
    expect(view.groups[0].children).toEqual([2, 3]);
    expect(view.levels).toEqual([[2, 4, 3], [0, 1]]);
    expect(within(view, 0)).toEqual([0, 2, 3]);
    expect(path(view, 3)).toEqual([0, 3]);
    expect(view.groups[4].top).toBe(1);
  });

  it("marks candidate groups, and no others", () => {
    const header = smallHeader() as { groups: { candidate?: boolean }[] };
    header.groups[3].candidate = true;
    const marked = readView(pack(header, smallArrays())).groups.filter((one) => one.candidate);
    expect(marked.map((one) => one.index)).toEqual([3]);
  });

  it("has places from -1 to 1", () => {
    const { x } = small();
    expect(x[0]).toBe(-1);
    expect(x[3]).toBe(1);
    expect(x[2]).toBeCloseTo(0, 4);
  });

  it("says how people were counted, where something had to be assumed", () => {
    expect(small().counted).toBeNull();
    const published = { ...smallHeader(), published: true, counted: "each" };
    expect(readView(pack(published, smallArrays())).counted).toBe("each");
  });

  it("is refused in one sentence when it is of another version, or none", () => {
    expect(() => readView(pack({ ...smallHeader(), version: 2 }, smallArrays()))).toThrow(/version 1, not 2; export/);
    expect(() => unpack(new ArrayBuffer(4))).toThrow(/no Clioscope view/);
  });

  it("comes whole out of base64 and zlib", async () => {
    const bytes = pack(smallHeader(), smallArrays());
    const packed = deflateSync(Buffer.from(bytes)).toString("base64");
    expect(new Uint8Array(await inflate(packed))).toEqual(new Uint8Array(bytes));
  });
});
