import type { ClockSchedule, EffectResult, MailReceipt, TimeWindow } from "#sdk";

import { composeDigest } from "../compose-digest.ts";
import type { DigestConfig } from "../config.ts";
import { digestView, type DigestView } from "../digest-view.ts";

/** Tells the office by mail what has happened since the mail before. */
export const digest: ClockSchedule<DigestConfig> = {
  id: "digest",
  every: ({ every, at }) => (every === "hour" ? "hour" : `day at ${at}`),
  timeZone: ({ timeZone }) => timeZone,
  // One mail about all of it; after a week the next one is as good.
  missed: { rule: "once", within: "7d" },
  whenUnsure: "resend", // with the same Message-ID

  async handle(window, context) {
    const { config, connection, effect, mail, templates } = context;
    const view = digestView(await context.activity(window), window, config);
    if (view.isEmpty && !config.evenWhenEmpty) return { skipped: "nothing happened" };

    const { summary = "" } = await effect(keyOf(window), {
      plan: `mail the office what happened: ${wordsOf(view)}`,
      find: async (key) => {
        const receipt = await mail.find(key);
        return typeof receipt === "object" ? resultOf(receipt, view) : receipt;
      },
      perform: async (key) => {
        const language = connection.language;
        const message = await composeDigest(view, { config, templates, language });
        return resultOf(await mail.sendToOffice(message, key, config.to), view);
      },
    });
    return { done: summary };
  },
};

function keyOf({ until }: TimeWindow): string {
  return `digest:${new Date(until).toISOString()}`;
}

function resultOf({ externalId, progress, link }: MailReceipt, view: DigestView): EffectResult {
  const how = progress === "written" ? "written to the outbox" : "mailed";
  return {
    externalId,
    progress,
    ...(link === undefined ? {} : { link }),
    summary: `Digest ${how}: ${wordsOf(view)}`,
  };
}

/** `3 new, 1 needs you`, for the office's list of what was done. */
function wordsOf({ groups, isEmpty }: DigestView): string {
  if (isEmpty) return "nothing happened";
  const words = groups.map(({ id, count }) => {
    if (id !== "needsYou") return `${count} ${id}`;
    return count === 1 ? "1 needs you" : `${count} need you`;
  });
  return words.join(", ");
}
