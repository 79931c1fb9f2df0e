"""An animated picture of the frames that record.mjs has taken.

    python film.py FOLDER film.webp [--width 960] [--quality 60]

Needs pillow. Frames that do not differ are joined, so the file stays small.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from PIL import Image, ImageChops


def film(folder: Path, to: Path, width: int = 960, quality: int = 60) -> int:
    """Write the frames of a folder, which ``frames.json`` lists with their milliseconds, as an animated WebP that
    repeats. Returns the number of pictures in it."""
    pictures: list[Image.Image] = []
    times: list[int] = []
    for one in json.loads((folder / "frames.json").read_text(encoding="utf-8")):
        with Image.open(folder / one["name"]) as picture:
            scaled = picture.convert("RGB").resize((width, round(picture.height * width / picture.width)))
        if pictures and ImageChops.difference(pictures[-1], scaled).getbbox() is None:
            times[-1] += one["milliseconds"]
        else:
            pictures.append(scaled)
            times.append(one["milliseconds"])
    first, *rest = pictures
    first.save(to, save_all=True, append_images=rest, duration=times, loop=0, quality=quality, method=6)
    return len(pictures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("to", type=Path)
    parser.add_argument("--width", type=int, default=960, help="pixels")
    parser.add_argument("--quality", type=int, default=60, help="0 to 100")
    given = parser.parse_args()
    film(given.folder, given.to, given.width, given.quality)


if __name__ == "__main__":
    main()
