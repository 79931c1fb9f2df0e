/** Signals that change together, as soon as what the change needs has been read. */

import { batch, signal, type Signal } from "@preact/signals";

export interface Gated<T> {
  /** What is on the screen; setting it is a wish, which comes true at once if nothing has to be read for it. */
  value: T;
  /** What it was set to last, which may not be on the screen yet. */
  readonly wanted: T;
}

export interface Gate<S> {
  signals: { readonly [K in keyof S]: Gated<S[K]> };
  /** Whether something is being read for a wish. */
  waiting: Signal<boolean>;
  wanted: () => Readonly<S>;
  /** Several wishes that come true at once. */
  set: (next: Partial<S>) => void;
  /** Shows this, and forgets every wish. */
  force: (next: S) => void;
}

/** `missing` says what a state cannot do without yet, and `read` reads it; after an error the wish is given up. */
export function makeGate<S extends object>(
  first: S,
  missing: (wanted: S) => string[],
  read: (names: string[]) => Promise<void>,
  failed: (error: unknown) => void,
): Gate<S> {
  const names = Object.keys(first) as (keyof S)[];
  const shown = Object.fromEntries(names.map((name) => [name, signal(first[name])])) as { [K in keyof S]: Signal<S[K]> };
  const waiting = signal(false);
  let wanted = { ...first };
  let turn = 0;

  const apply = () =>
    batch(() => {
      for (const name of names) shown[name].value = wanted[name];
      waiting.value = false;
    });
  const settle = () => {
    const mine = ++turn; // a newer wish holds what an older one wished
    const lacking = missing(wanted);
    if (!lacking.length) return apply();
    waiting.value = true;
    read(lacking).then(
      () => mine === turn && settle(),
      (error: unknown) => {
        if (mine !== turn) return;
        for (const name of names) wanted[name] = shown[name].peek();
        waiting.value = false;
        failed(error);
      },
    );
  };
  const set = (next: Partial<S>) => {
    wanted = { ...wanted, ...next };
    settle();
  };
  const one = <K extends keyof S>(name: K): Gated<S[K]> => ({
    get value() {
      return shown[name].value;
    },
    set value(next) {
      set({ [name]: next } as unknown as Partial<S>);
    },
    get wanted() {
      return wanted[name];
    },
  });
  return {
    signals: Object.fromEntries(names.map((name) => [name, one(name)])) as unknown as { [K in keyof S]: Gated<S[K]> },
    waiting,
    wanted: () => wanted,
    set,
    force: (next) => {
      turn++;
      wanted = { ...next };
      apply();
    },
  };
}
