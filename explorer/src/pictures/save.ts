/** Pictures as files that the browser saves. */

const SCALE = 2; // pixels of a PNG for one of the screen: sharp on paper and in slides

export function saveSvg(svg: string, name: string): void {
  save(new Blob([svg], { type: "image/svg+xml" }), `${name}.svg`);
}

/** Draws the SVG once more as pixels. Fails where the browser cannot read it, or has no memory for it. */
export async function savePng(svg: string, name: string): Promise<void> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * SCALE;
    canvas.height = image.naturalHeight * SCALE;
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const data = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (!data) throw new Error("no picture was made");
    save(data, `${name}.png`);
  } finally {
    URL.revokeObjectURL(address);
  }
}

function save(data: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A name for a file of texts that anyone may have written. */
export function fileName(...parts: string[]): string {
  const name = parts.map((part) => part.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "")).filter(Boolean).join("-");
  return [...name].slice(0, 80).join("") || "picture";
}
