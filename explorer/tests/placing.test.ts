import { describe, expect, it } from "vitest";
import { placeNear } from "../src/logic/placing";

const ROOM: [number, number] = [500, 400];

describe("what floats near a place", () => {
  it("stands above it where there is room, and below it at the top", () => {
    expect(placeNear([250, 200], [200, 100], ROOM)).toEqual([150, 86]);
    expect(placeNear([250, 20], [200, 100], ROOM)).toEqual([150, 34]);
  });

  it("stays inside the room at every place, and off the place itself where it can", () => {
    for (let x = 0; x <= 500; x += 25) {
      for (let y = 0; y <= 400; y += 25) {
        const [left, top] = placeNear([x, y], [200, 180], ROOM);
        expect(left).toBeGreaterThanOrEqual(6);
        expect(top).toBeGreaterThanOrEqual(6);
        expect(left + 200).toBeLessThanOrEqual(494);
        expect(top + 180).toBeLessThanOrEqual(394);
        const over = x > left && x < left + 200 && y > top && y < top + 180;
        expect(over, `${x}, ${y}`).toBe(false);
      }
    }
  });

  it("stands beside a place that has room neither above nor below", () => {
    expect(placeNear([100, 100], [120, 180], [500, 200])).toEqual([114, 10]);
    expect(placeNear([450, 100], [120, 180], [500, 200])).toEqual([316, 10]);
  });
});
