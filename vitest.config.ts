import { defineConfig } from "vitest/config";

const conditions = ["bellhop:source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts", "integrations/**/*.test.ts"],
    // Suites start real servers and processes; two cores do not gain from more files at once.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
