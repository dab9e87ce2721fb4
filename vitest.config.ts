import { defineConfig } from "vitest/config";

import { LongestFirst } from "./test/harness/longest-first.ts";

// Names the sources instead of the build. Nothing else: Node itself gets these conditions too, and
// with "import" among them `require` would load modules meant for `import`.
const conditions = ["bellhop:source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: [
      "test/harness/build.ts",
      "test/harness/memory-folder.ts",
      "test/harness/offer-mariadb.ts",
    ],
    include: ["test/**/*.test.ts", "integrations/**/*.test.ts"],
    // Suites start real servers and processes, and spend much of their time waiting for them: four
    // on two cores take a sixth less time than three.
    maxWorkers: 4,
    // A process for each suite would spend a fifth of the time reading the same modules again.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
