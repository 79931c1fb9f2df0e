/** What lies under the pointer of a mouse. */

/** Calls `over` with what `find` finds at the pointer, at most once a frame and when it is another; -1 for nothing. */
export function followPointer(canvas: HTMLCanvasElement, find: (at: [number, number]) => number, over: (index: number) => void): () => void {
  let waiting = 0;
  let last = -1;
  let place: [number, number] | null = null;
  const look = () => {
    waiting = 0;
    const next = place ? find(place) : -1;
    if (next === last) return;
    last = next;
    over(next);
  };
  const soon = (at: [number, number] | null) => {
    place = at;
    waiting ||= requestAnimationFrame(look);
  };
  const move = (event: MouseEvent) => {
    if (event.buttons) return; // the map is dragged, or a line drawn
    const { left, top } = canvas.getBoundingClientRect();
    soon([event.clientX - left, event.clientY - top]);
  };
  const leave = () => soon(null);
  canvas.addEventListener("mousemove", move);
  canvas.addEventListener("mouseleave", leave);
  return () => {
    cancelAnimationFrame(waiting);
    canvas.removeEventListener("mousemove", move);
    canvas.removeEventListener("mouseleave", leave);
  };
}
