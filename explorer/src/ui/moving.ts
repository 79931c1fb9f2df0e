/**
 * Moves elements as browsers did before `moveBefore`.
 *
 * Chromium (seen in 156) does not restyle what is inside an element whose class changes and which is moved with
 * `moveBefore` at once, as Preact 11 does with rows that are sorted anew: a bar kept the colour of its former meaning.
 * Inserted anew, elements are styled; the focus, which that loses, is given back.
 */
export function moveByInserting(): void {
  const moving = Element.prototype as Element & { moveBefore?: (node: Node, child: Node | null) => void };
  if (!moving.moveBefore) return;
  moving.moveBefore = function (this: Element, node: Node, child: Node | null) {
    const focused = document.activeElement;
    this.insertBefore(node, child);
    if (focused instanceof HTMLElement && node.contains(focused) && document.activeElement !== focused) focused.focus({ preventScroll: true });
  };
}
