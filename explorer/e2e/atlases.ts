/** Makes the atlases once, with the Python in PYTHON (default: python3), before the tests. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { TestProject } from "vitest/node";

export default function setup(project: TestProject): () => void {
  const given = process.env.CLIOSCOPE_E2E_ATLASES;
  const folder = given ?? mkdtempSync(join(tmpdir(), "clioscope-e2e-"));
  if (!existsSync(join(folder, "bare.html"))) {
    const python = process.env.PYTHON ?? "python3";
    const made = spawnSync(python, [resolve("e2e/atlases.py"), folder], {
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: [resolve("../tests"), process.env.PYTHONPATH].filter(Boolean).join(delimiter) },
    });
    if (made.status !== 0) throw new Error(`The atlases were not made: ${made.stderr || String(made.error)}`);
  }
  project.provide("atlases", folder);
  return () => {
    if (!given) rmSync(folder, { recursive: true, force: true });
  };
}

declare module "vitest" {
  export interface ProvidedContext {
    atlases: string;
  }
}
