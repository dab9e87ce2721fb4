import type { WaitingDelivery } from "../inbox/inbox-store.ts";
import { isListed, noticeIn } from "../inbox/listed-notice.ts";
import type { LoadedConnection } from "../registry/registry.ts";
import { kindOf, messageOf } from "../sdk/errors.ts";
import type { Log } from "../sdk/context.ts";
import type { Learned } from "./learned.ts";
import type { Delivery, Notice, RawDelivery, Source, SourceContext } from "../sdk/source.ts";

/** What a delivery says, or why nobody can tell. */
export type Reading = { notices: readonly Notice[] } | { state: "failed" | "held"; reason: string };

export interface ReadTools {
  learned: Pick<Learned, "values">;
  log: Log;
}

/** Understands a delivery as its source does. Never throws: an unreadable one stays visible. */
export function readDelivery(
  connection: LoadedConnection,
  delivery: WaitingDelivery,
  { learned, log }: ReadTools,
): Reading {
  if (isListed(delivery)) return { notices: [noticeIn(delivery)] };
  const { source } = connection.integration;
  if (!source) return { state: "failed", reason: "the integration is no booking system" };
  const context: SourceContext<unknown> = {
    config: connection.settings,
    connection: { id: connection.id, name: connection.config.name ?? connection.id },
    learned: learned.values,
    log,
  };
  try {
    const verified = verify(source, delivery, context);
    if (!verified)
      return { state: "failed", reason: "the signature is wrong: not from the source" };
    const notices = source.read(verified, context);
    return notices.length > 0
      ? { notices }
      : { state: "failed", reason: "the source found nothing in it" };
  } catch (error) {
    const state = kindOf(error) === "configuration" ? "held" : "failed";
    return { state, reason: messageOf(error) };
  }
}

/** The one place where a delivery becomes a verified one. Its token was checked on receipt. */
function verify(
  source: Source<unknown>,
  delivery: RawDelivery,
  context: SourceContext<unknown>,
): Delivery | undefined {
  const isGenuine = source.verify?.(delivery, context) ?? true;
  return isGenuine ? (delivery as Delivery) : undefined;
}
