import { defineConfig } from "vitest/config";

// One browser, one test after another: on two cores side by side would only be slower.
export default defineConfig({
  test: {
    include: ["e2e/**/*.test.ts"],
    globalSetup: ["e2e/atlases.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    retry: 1, // a browser on a busy machine loses a race now and then; the report names what was tried twice
  },
});
