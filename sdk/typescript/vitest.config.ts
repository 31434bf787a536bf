import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    // The files share nothing that one could break for another; importing once is most of the time.
    isolate: false,
    pool: "threads",
    maxWorkers: 1,
    // A test that hangs is wrong; one that is slow on a busy machine is not.
    testTimeout: 60_000,
    unstubEnvs: true,
  },
});
