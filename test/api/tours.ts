import tourcms from "../../integrations/tourcms/index.ts";
import type { DatabaseLocation } from "../../src/db/database.ts";
import type { SimulatedCall } from "../../src/sdk/simulator.ts";
import { vendorServer } from "../../src/sdk/testing.ts";
import { type App, startApp, untilSettled } from "../harness/app.ts";

const HOOK_TOKEN = "hook-token-of-the-tours-0123456789";

export interface Tours {
  readonly stories: readonly string[];
  /** Plays a story of a booking's life, each call after the one before is understood. */
  play(story: string): Promise<void>;
}

/** A tour operator on TourCMS, whose API is asked about each booking. Mails go to files. */
export async function startTours(location?: DatabaseLocation): Promise<{ app: App; tours: Tours }> {
  const { simulator } = tourcms;
  if (!simulator) throw new Error("tourcms has no simulator");
  const system = simulator.create({ seed: 7, now: Date.now() });
  const api = await vendorServer((request) => system.answer(request));
  const app = await startApp({
    ...(location && { location }),
    env: { MAIL_FROM: "post@fjord.example" },
    config: {
      mail: { mode: "live" },
      connections: {
        fjord: {
          source: "tourcms",
          tokens: [HOOK_TOKEN],
          since: "2026-01-01",
          settings: simulator.settings(api.url),
        },
      },
      integrations: { "voucher-mail": {} },
    },
  });
  const stop = async () => {
    await app.stop();
    await api.close();
  };
  const play = async (story: string) => {
    for (const call of system.play(story)) {
      await send(app, call);
      await untilSettled(app);
    }
  };
  return { app: { ...app, stop }, tours: { stories: system.stories, play } };
}

async function send({ url }: App, { method, query, body, contentType }: SimulatedCall) {
  const response = await fetch(`${url}/hooks/fjord/${HOOK_TOKEN}?${query}`, {
    method,
    ...(body && { body: new Uint8Array(body) }),
    ...(contentType !== undefined && { headers: { "content-type": contentType } }),
  });
  if (response.status !== 200) throw new Error(`the hook answered ${response.status}`);
}
