import { signal } from "@preact/signals";

/** Whether the next drag on the map draws a line around conversations. */
export const drawing = signal(false);
