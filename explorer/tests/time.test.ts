import { describe, expect, it } from "vitest";
import { NO_FILTERS, passing } from "../src/logic/filter";
import { groupRows } from "../src/logic/tally";
import { bins, binsOf, course, dayOf, isoOf, medianDay } from "../src/logic/time";
import { small } from "./fixture";

describe("time", () => {
  it("is cut finely enough, and into few enough bins", () => {
    expect(bins({ start: "2026-01-01", last: 40 }).step).toBe("day");
    expect(bins({ start: "2026-01-01", last: 200 }).step).toBe("week");
    expect(bins({ start: "2020-01-01", last: 1500 }).step).toBe("month");
    expect(bins({ start: "1990-01-01", last: 12_000 }).step).toBe("year");
  });

  it("has weeks that begin on Mondays and months of their own lengths", () => {
    expect(binsOf({ start: "2026-01-01", last: 20 }, "week").starts).toEqual([0, 4, 11, 18]);
    expect(binsOf({ start: "2026-01-30", last: 40 }, "month").starts).toEqual([0, 2, 30]);
  });

  it("goes from days to dates and back, within the span", () => {
    const days = { start: "2026-02-27", last: 5 };
    expect(isoOf(days, 2)).toBe("2026-03-01");
    expect(dayOf(days, "2026-03-01")).toBe(2);
    expect(dayOf(days, "2027-01-01")).toBe(5);
    expect(dayOf(days, "soon")).toBeNull();
  });

  it("counts the selected among all", () => {
    const view = small();
    const pass = passing(view, NO_FILTERS);
    const { all, mine } = course(view, pass, groupRows(view, 2), bins(view.days!));
    expect([...all]).toEqual([3, 1, 1, 1, 1, 1, 1, 0]);
    expect([...mine]).toEqual([3, 1, 1, 0, 0, 0, 0, 0]);
  });

  it("is halved where half of the conversations are", () => {
    expect(medianDay(small())).toBe(3);
  });
});
