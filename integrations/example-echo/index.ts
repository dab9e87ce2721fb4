import { defineIntegration } from "#sdk";

import { EchoConfig } from "./config.ts";
import { appendLine } from "./handlers/append-line.ts";
import { echoSource } from "./source.ts";

export default defineIntegration({
  manifest: { id: "example-echo", name: "Example: echo" },
  config: EchoConfig,
  source: echoSource,
  handlers: [appendLine],
});
