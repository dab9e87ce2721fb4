import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { httpClient } from "../http/http-client.ts";
import type { Environment } from "../settings/environment.ts";
import { play } from "../simulate/player.ts";
import { type Cast, Playlist } from "../simulate/playlist.ts";
import { hookUrlsOf, type RunningHub, startHub } from "./demo-hub.ts";
import { type DemoSetup, setUpDemo } from "./demo-settings.ts";
import { closing, type Places, summary, welcome } from "./demo-words.ts";
import { MailBox } from "./mail-box.ts";
import { startMailCatcher } from "./mail-catcher.ts";
import { startMailServer } from "./mail-server.ts";
import { Storyteller } from "./storyteller.ts";

export interface DemoOptions {
  seed: number;
  /** One round, then the end. */
  isOnce: boolean;
  /** Where the mails are written. */
  outputFolder: string;
  environment: Environment;
  /** Ends the demo. */
  signal: AbortSignal;
  isColoured: boolean;
  write: (text: string) => void;
  /** Called when everything is up. */
  onReady?: (places: Places) => void;
}

/** Calls a second: so that a person can follow, and when nobody watches. */
const FIRST_ROUND_RATE = 1.5;
const LATER_RATE = 0.5;
const ONCE_RATE = 40;
const REPEATS = 0.1;
/** So that each call finds the one before dealt with, and the lines tell a story. */
const LONGEST_WAIT_MS = 5_000;
/** What is posted waits a while for what comes next. */
const LONGEST_END_MS = 30_000;
/** Few enough to follow a booking through its life. */
const TOGETHER = 4;
/** So that a reminder is seen within seconds. */
const FIRST = ["last-minute"];

/**
 * Plays simulated booking systems to a Bellhop of its own, in this process, and shows what it does.
 * All of it is on loopback and in a temporary folder, except the mails in the output folder.
 *
 * @returns after one round, or when the signal comes.
 * @throws when a port is taken or a package is missing, with what to do.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bellhop-demo-"));
  const closers: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    await run(options, folder, closers);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** @param closers Gets what must be undone at the end, in the order in which it was done. */
async function run(options: DemoOptions, folder: string, closers: (() => unknown)[]) {
  const { seed, outputFolder, environment, write } = options;
  const box = new MailBox(outputFolder);
  const catcher = await startMailCatcher((mail) => {
    box.add(mail);
  });
  closers.push(() => catcher.close());
  const booksFolder = resolve(outputFolder, "books");
  // The books of an earlier demo are those of other bookings.
  rmSync(booksFolder, { recursive: true, force: true });
  const setup = await setUpDemo({
    ...{ folder, booksFolder, seed, smtpUrl: catcher.url, environment },
  });
  closers.push(() => setup.server.close());
  const hub = await startHub(setup.settings);
  closers.push(() => hub.stop());
  const { host } = setup.settings;
  const page = await startMailServer(box, host, hub.port === 65_535 ? 0 : hub.port + 1);
  closers.push(() => page.close());

  const places: Places = { hubPort: hub.port, mailPort: page.port, outputFolder };
  write(welcome(setup, places, options.isOnce));
  options.onReady?.(places);
  await tellStories(options, setup, hub, box);
}

async function tellStories(
  options: DemoOptions,
  setup: DemoSetup,
  hub: RunningHub,
  box: MailBox,
): Promise<void> {
  const { isOnce, signal, write } = options;
  const teller = new Storyteller(hub.db, box, options, setup.systems);
  teller.begin();
  const cast = setup.systems.map(({ connection, system }) => ({
    connection,
    system,
    stories: system.stories,
  }));
  const everyStory = cast.reduce((sum, { stories }) => sum + stories.length, 0);
  const playRound = (stories: number, seed: number, perSecond: number) =>
    playStories(cast, { stories, seed, perSecond }, hub, setup, signal);
  try {
    const tally = await playRound(everyStory, options.seed, isOnce ? ONCE_RATE : FIRST_ROUND_RATE);
    if (isOnce) {
      await hub.untilIdle(LONGEST_END_MS);
      await teller.end();
      write(summary(tally, teller.counts, box, options.outputFolder));
      return;
    }
    if (!signal.aborted)
      write("\nEvery story has been told once. From here on it goes slowly.\n\n");
    await playRound(Infinity, options.seed + 1, LATER_RATE);
    await teller.end();
    write(closing(teller.counts, box, options.outputFolder));
  } finally {
    await teller.end();
  }
}

function playStories(
  cast: readonly Cast[],
  { stories, seed, perSecond }: { stories: number; seed: number; perSecond: number },
  hub: RunningHub,
  { settings }: DemoSetup,
  signal: AbortSignal,
) {
  const urls = hookUrlsOf(settings, hub.port);
  const playlist = new Playlist(cast, {
    seed,
    stories,
    repeats: REPEATS,
    together: TOGETHER,
    first: FIRST,
  });
  return play(playlist, {
    http: httpClient,
    urlOf: (connection) => urls.get(connection) ?? "",
    pace: { perSecond },
    keepsOrder: true,
    untilReady: () => hub.untilAnswered(LONGEST_WAIT_MS),
    signal,
  });
}
