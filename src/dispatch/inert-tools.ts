import type { HttpClient, Mail } from "../sdk/context.ts";
import type { OAuthTokens } from "../sdk/oauth.ts";

/** Mail with no way out. @param note Gets a sentence for each thing that would be done. */
export function inertMail({ isRehearsal, office }: Mail, note: (would: string) => void): Mail {
  const receipt = { externalId: "not-sent", progress: "written", audience: "office" } as const;
  const send = (to: string) => {
    note(`would mail ${to}`);
    return Promise.resolve(receipt);
  };
  return {
    isRehearsal,
    office,
    send: () => send("a guest"),
    sendToOffice: () => send("the office"),
    find: () => Promise.resolve(undefined),
  };
}

/** HTTP that reaches nobody. @param refusal Why a call gets no answer. */
export function inertHttp(
  refusal: string,
  note: (method: string, host: string) => void,
): HttpClient {
  return {
    send: ({ method = "GET", url }) => {
      note(method, URL.canParse(url) ? new URL(url).host : "?");
      return Promise.reject(new Error(refusal));
    },
  };
}

/** Tokens that open nothing: nobody is asked for new ones, and those there are stay where they are. */
export function inertTokens(tokens: OAuthTokens): OAuthTokens {
  return {
    access: () => Promise.resolve("none"),
    refused: () => Promise.resolve(),
    account: () => tokens.account(),
  };
}
