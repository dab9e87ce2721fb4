import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { SimulatedAnswer, SimulatedRequest } from "../../src/sdk/simulator.ts";
import { temporaryFolder } from "./servers.ts";

/** Keeps a row for each booking at an HTTP target, and would write to guests. */
const PLUG_IN = `import { z } from "${process.cwd()}/node_modules/zod/index.js";

const mirror = {
  id: "keep-row",
  kind: "mirror",
  on: ["booking.confirmed", "booking.modified", "booking.cancelled"],
  limit: LIMIT,
  concurrency: 16,
  async handle(event, { config, effect, current, http }) {
    const { reference, version } = current;
    const url = \`\${config.url}/rows/\${reference}/\${version}\`;
    const answerOf = ({ status }) => {
      if (status === 422) throw Object.assign(new Error("not wanted"), { kind: "permanent" });
      return status === 200 ? { externalId: reference } : undefined;
    };
    await effect(\`row:v\${version}\`, {
      find: async () => answerOf(await http.send({ url })),
      perform: async () => answerOf(await http.send({ url, method: "PUT" })) ?? {},
    });
    return { done: \`\${event.type} as v\${version}\` };
  },
};
const message = {
  ...mirror,
  id: "tell-guest",
  kind: "message",
  limit: undefined,
  async handle(event, { config, http }) {
    await http.send({ url: \`\${config.url}/mails\`, method: "POST" });
    return { done: "told" };
  },
};

export default {
  manifest: { id: "sheet", name: "Sheet" },
  config: z.strictObject({ url: z.string() }),
  handlers: [mirror, message],
};
`;

/** @returns a folder for \`integrationPaths\`, with a plug-in \`sheet\` that mirrors bookings. */
export function installMirrorPlugIn(perMinute?: number): string {
  const folder = join(temporaryFolder(), "plug-ins");
  mkdirSync(join(folder, "sheet"), { recursive: true });
  const limit = perMinute === undefined ? "undefined" : `{ perMinute: ${perMinute} }`;
  writeFileSync(join(folder, "sheet", "index.mjs"), PLUG_IN.replace("LIMIT", limit));
  return folder;
}

/** The target that the plug-in writes to. */
export class Sheet {
  /** How often each version of each booking was written: `1201 v3`. */
  readonly writes = new Map<string, number>();
  mails = 0;
  /** References that it does not want. */
  readonly unwanted = new Set<string>();

  answer({ method, url }: Pick<SimulatedRequest, "method" | "url">): SimulatedAnswer {
    const [, kind, reference = "", version = ""] = url.split("/");
    if (kind === "mails") this.mails += 1;
    if (kind !== "rows") return { status: 204, body: "" };
    if (this.unwanted.has(reference)) return { status: 422, body: "" };
    const name = `${reference} v${version}`;
    const before = this.writes.get(name) ?? 0;
    if (method === "PUT") this.writes.set(name, before + 1);
    return { status: method === "PUT" || before > 0 ? 200 : 404, body: "" };
  }

  /** What was written more than once. */
  get twice(): string[] {
    return [...this.writes].filter(([, count]) => count > 1).map(([name]) => name);
  }
}
