import { describe, expect, it } from "vitest";
import { cut, mapPicture, type MapContent } from "../src/pictures/map-picture";
import { fileName } from "../src/pictures/save";
import { element, escaped, picture } from "../src/pictures/svg";

const look = { ground: "#fff", ink: "#111", soft: "#777", sans: 'Inter, "Noto Sans"', serif: "Charter" };
const camera = { left: 100, top: 100, scale: 100, width: 400, height: 300, zoom: 1 };

function content(more: Partial<MapContent> = {}): MapContent {
  return { camera, points: [], titles: [], polygon: null, legend: [], caption: "", look, measure: (text) => text.length * 7, ...more };
}

describe("svg", () => {
  it("escapes what would be markup, and leaves out what XML cannot hold", () => {
    expect(escaped(`<a href="x">&'\u0000\u0008\ud800b\ud83d\ude00</a>`)).toBe("&lt;a href=&quot;x&quot;&gt;&amp;&apos;b😀&lt;/a&gt;");
    expect(element("rect", { x: 1.23456, fill: '"', rx: null, y: 0 })).toBe('<rect x="1.23" fill="&quot;" y="0"/>');
  });

  it("has a size, a ground and a title", () => {
    expect(picture(10.2, 5, "#fff", "A & B", "<g/>")).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 11 5" width="11" height="5"><title>A &amp; B</title><rect width="11" height="5" fill="#fff"/><g/></svg>',
    );
  });
});

describe("the picture of the map", () => {
  it("draws points of one kind as one path, the dim ones below", () => {
    const point = { x: 10, y: 20, colour: "#f00", size: 3, opacity: 0.9 };
    const svg = mapPicture(content({ points: [point, { ...point, x: 12.345 }, { ...point, opacity: 0.1 }] }));
    expect(svg.match(/<path/g)).toHaveLength(2);
    expect(svg).toContain('d="M10 20h.01M12.35 20h.01"');
    expect(svg.indexOf('stroke-opacity="0.1"')).toBeLessThan(svg.indexOf('stroke-opacity="0.9"'));
  });

  it("draws titles line by line, with a leader to a group that lies away", () => {
    const title = { group: 0, lines: ["Rye <bread>", "and more"], rank: 1 as const, x: 200, y: 100, width: 80, height: 38, from: [300, 100] as [number, number], region: true, quiet: false };
    const svg = mapPicture(content({ titles: [title, { ...title, from: null, lines: ["x"], quiet: true }] }));
    expect(svg).toContain("Rye &lt;bread&gt;</text>");
    expect(svg.match(/<line /g)).toHaveLength(1);
    expect(svg).toContain('<line x1="240" y1="100" x2="300" y2="100"');
    expect(svg.match(/font-style="italic"/g)).toHaveLength(1);
  });

  it("says what the colours mean, and what it is of, below the map", () => {
    const legend = Array.from({ length: 7 }, (_, place) => ({ colour: `#00000${place}`, text: `value ${place}` }));
    const svg = mapPicture(content({ legend, caption: "March · paid", polygon: [[0, 0], [1, 0], [1, 1]] }));
    const height = Number(/height="(\d+)"/.exec(svg)![1]);
    expect(height).toBeGreaterThan(camera.height + 20);
    const samples = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="11"/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(samples).toHaveLength(7);
    expect(samples.every(([x, y]) => x >= 0 && x < camera.width && y > camera.height && y < height)).toBe(true);
    expect(svg).toContain("March · paid</text>");
    expect(svg).toContain('points="100,100 200,100 200,0"');
  });

  it("cuts a text that is too wide, never within a sign", () => {
    expect(cut("short", 100, (text) => text.length * 7)).toBe("short");
    expect(cut("a very long text", 70, (text) => text.length * 7)).toBe("a very lo…");
    expect(cut("😀😀😀😀", 30, (text) => [...text].length * 10)).toBe("😀😀…");
  });
});

it("makes names of files of any text", () => {
  expect(fileName("March / 2026", "../карта")).toBe("March-2026-карта");
  expect(fileName("", "???")).toBe("picture");
  expect([...fileName("あ".repeat(200))].length).toBe(80);
});
