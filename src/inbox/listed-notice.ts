import { newId } from "../process/new-id.ts";
import type { Notice, RawDelivery } from "../sdk/source.ts";
import type { NewDelivery } from "./inbox-store.ts";

/** No request has this method: hooks take GET and POST. */
export const LISTED = "LIST";

/** What a list of the source showed, on the road of a call: kept, ordered, retried, replayable. */
export function listedNotice(connection: string, notice: Notice, now: number): NewDelivery {
  return {
    id: newId(),
    connection,
    receivedAt: now,
    method: LISTED,
    query: "",
    rawHeaders: [],
    body: Buffer.from(JSON.stringify(notice)),
  };
}

export function isListed({ method }: Pick<RawDelivery, "method">): boolean {
  return method === LISTED;
}

/** The notice that was put into such a delivery. */
export function noticeIn({ body }: Pick<RawDelivery, "body">): Notice {
  return JSON.parse(body.toString("utf8")) as Notice;
}
