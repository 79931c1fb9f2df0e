/** The button beside a chart that saves a picture of it, and its menu. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { pictureMenu, savePicture, type Format } from "../pictures";
import { t } from "../words";
import { Icon } from "./parts";

export function PictureButton({ name, map = false }: { name: string; map?: boolean }) {
  const label = map ? t("pictureOfMap") : t("pictureOf", { name });
  return (
    <button
      type="button"
      class={map ? "" : "picture-button"}
      onClick={(event) => (pictureMenu.value = pictureMenu.value ? null : { from: event.currentTarget, name, map })}
      title={label}
      aria-label={label}
      aria-haspopup="menu"
      data-picture="leave-out"
      data-test={map ? "picture-map" : "picture"}
    >
      <Icon name="picture" />
    </button>
  );
}

const FORMATS: [Format, string][] = [
  ["png", "PNG"],
  ["svg", "SVG"],
];

export function PictureMenu() {
  const list = useRef<HTMLDivElement>(null);
  const { from } = pictureMenu.value!;
  useLayoutEffect(() => {
    const own = list.current!;
    const { left, right, bottom } = from.getBoundingClientRect();
    const start = left + own.offsetWidth > innerWidth - 8 ? right - own.offsetWidth : left;
    own.style.left = `${Math.max(4, start)}px`;
    own.style.top = `${Math.max(4, Math.min(bottom + 3, innerHeight - own.offsetHeight - 8))}px`;
    own.querySelector("button")!.focus();
  }, [from]);
  const close = () => {
    pictureMenu.value = null;
    from.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const all = [...list.current!.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (step) all[(all.indexOf(document.activeElement as HTMLButtonElement) + step + all.length) % all.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div class="menu-ground" onClick={close} />
      <div class="menu picture-menu" role="menu" aria-label={t("savePicture")} ref={list} onKeyDown={onKey} data-test="picture-menu">
        {FORMATS.map(([format, word]) => (
          <button type="button" role="menuitem" key={format} onClick={() => void savePicture(format)} data-test={`save-${format}`}>
            {t("saveAs", { format: word })}
          </button>
        ))}
      </div>
    </>
  );
}
