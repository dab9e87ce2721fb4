import {
  type Connected,
  type ConnectedContext,
  ConfigurationError,
  type OAuth,
  RetryableError,
} from "#sdk";

import { XERO_IDENTITY, type XeroConfig } from "./config.ts";
import { Connection } from "./shapes.ts";

/** Logging in is done on another server than the one that gives tokens. */
const XERO_LOGIN = "https://login.xero.com/identity";

export const oauth: OAuth<XeroConfig> = {
  authorizeUrl: ({ identityUrl }) => {
    const base = withoutSlash(identityUrl);
    return `${base === XERO_IDENTITY ? XERO_LOGIN : base}/connect/authorize`;
  },
  tokenUrl: ({ identityUrl }) => `${withoutSlash(identityUrl)}/connect/token`,
  clientId: ({ clientId }) => clientId,
  clientSecret: ({ clientSecret }) => clientSecret,
  scopes: ({ scopes }) => scopes,
  connected,
};

/** A person may have given access to any number of organisations, at this or an earlier time. */
async function connected(context: ConnectedContext<XeroConfig>): Promise<Connected> {
  const { config } = context;
  const found = (await organisations(context)).filter(
    ({ tenantType }) => tenantType === "ORGANISATION",
  );
  const listed = found.map(({ tenantId, tenantName }) => `${tenantName}: tenantId "${tenantId}"`);
  if (config.tenantId !== undefined) {
    const chosen = found.find(({ tenantId }) => tenantId === config.tenantId);
    if (chosen) return { line: chosen.tenantName, account: { tenantId: chosen.tenantId } };
    throw new ConfigurationError(
      `The settings ask for the organisation ${config.tenantId}, and access was given to ${listed.join("; ") || "none"}. Open the link again and choose the right one, or have the settings changed`,
    );
  }
  const [first, ...others] = found;
  if (!first) {
    throw new ConfigurationError(
      "Access was given to no organisation. Open the link again and choose one",
    );
  }
  if (others.length === 0) {
    return { line: first.tenantName, account: { tenantId: first.tenantId } };
  }
  return {
    line: `Access was given to ${found.length} organisations`,
    todo: `Tell whoever runs Bellhop which of them it is. They write it into the settings, with quotes, and start Bellhop again. ${listed.join("; ")}`,
  };
}

async function organisations({ config, http, accessToken, signal }: ConnectedContext<XeroConfig>) {
  const response = await http.send({
    url: `${withoutSlash(config.apiBaseUrl)}/connections`,
    headers: { authorization: `Bearer ${accessToken}`, accept: "application/json" },
    signal,
  });
  const { status } = response;
  if (status === 401 || status === 403) {
    throw new ConfigurationError(`Xero refuses to say what has been connected (${status})`);
  }
  const answer = Connection.array().safeParse(status === 200 ? JSON.parse(response.text()) : null);
  if (answer.success) return answer.data;
  throw new RetryableError(`Xero answered ${status} when asked what has been connected`);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
