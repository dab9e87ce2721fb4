import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import Provider from "oidc-provider";

export const CLIENT = { id: "hub", secret: "a:secret/with+signs" };

export interface AuthorizationServer {
  readonly url: string;
  /** `grant_type` of every call of the token endpoint that came through. */
  readonly tokenCalls: readonly string[];
  /** Why tokens were refused: a refresh token shown once more ends the grant. */
  readonly refusals: readonly string[];
  /** What the next calls of the token endpoint meet, one each. */
  nextTokenCalls: ("lose the answer" | "answer 503" | "answer 429")[];
  /** An answer to a refresh is given once more when its token is shown again, as some vendors do. */
  repeatsAnswers: boolean;
  /** The person says no. */
  isRefused: boolean;
  /** As if nothing had been asked yet. */
  reset(): void;
  close(): Promise<void>;
}

/**
 * A real authorization server: PKCE demanded, refresh tokens replaced at each use, the whole grant
 * ended when one that has been replaced is shown again. The person logs in and agrees at once.
 *
 * @param lifetimeSeconds Of access tokens.
 */
export async function startAuthorizationServer(
  redirectUri: string,
  lifetimeSeconds = 3600,
): Promise<AuthorizationServer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = quietly(() => new Provider(url, configuration(redirectUri, lifetimeSeconds)));
  const refusals: string[] = [];
  provider.on("grant.error", (_, error) => refusals.push(error.error_detail ?? error.message));
  const tokenCalls: string[] = [];
  const state: AuthorizationServer = {
    ...{ url, tokenCalls, refusals, nextTokenCalls: [], repeatsAnswers: false, isRefused: false },
    reset: () => undefined,
    close: () => closed(server),
  };
  const answers = new Map<string, string>();
  const callback = provider.callback();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith("/agree/")) void agree(provider, state, request, response);
    else if (request.url === "/token") void token(state, answers, tokenCalls, request, response);
    else void callback(request, response);
  });
  // The token endpoint behind the one that tests see.
  const inner = createServer((request, response) => void callback(request, response));
  await new Promise<void>((resolve) => inner.listen(0, "127.0.0.1", resolve));
  innerUrls.set(state, `http://127.0.0.1:${(inner.address() as AddressInfo).port}`);
  return Object.assign(state, {
    reset() {
      refusals.length = 0;
      tokenCalls.length = 0;
      Object.assign(state, { nextTokenCalls: [], repeatsAnswers: false, isRefused: false });
    },
    close: async () => {
      await closed(server);
      await closed(inner);
    },
  });
}

const innerUrls = new WeakMap<AuthorizationServer, string>();

function configuration(redirectUri: string, lifetimeSeconds: number) {
  return {
    clients: [
      { client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] },
    ].map((client) => ({ ...client, grant_types: ["authorization_code", "refresh_token"] })),
    scopes: ["openid", "offline_access", "books"],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/agree/${uid}` },
    findAccount: (_: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: {
      ...{ AccessToken: lifetimeSeconds, RefreshToken: 86_400, Grant: 86_400 },
      ...{ Interaction: 600, Session: 86_400 },
    },
    cookies: { keys: ["of the tests"] },
  };
}

/** It warns of what a test does on purpose: plain HTTP, keys of its own making. */
function quietly<T>(make: () => T): T {
  const { warn, info } = console;
  Object.assign(console, { warn: () => undefined, info: () => undefined });
  try {
    return make();
  } finally {
    Object.assign(console, { warn, info });
  }
}

async function agree(
  provider: Provider,
  { isRefused }: AuthorizationServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (isRefused) {
    await provider.interactionFinished(request, response, { error: "access_denied" });
  } else if (prompt.name === "login") {
    await provider.interactionFinished(request, response, { login: { accountId: "bookkeeper" } });
  } else {
    const grant = new provider.Grant({
      accountId: session?.accountId ?? "",
      clientId: String(params["client_id"]),
    });
    grant.addOIDCScope(String(params["scope"]));
    await provider.interactionFinished(request, response, {
      consent: { grantId: await grant.save() },
    });
  }
}

async function token(
  server: AuthorizationServer,
  answers: Map<string, string>,
  calls: string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const parameters = new URLSearchParams(body);
  calls.push(parameters.get("grant_type") ?? "");
  const mishap = server.nextTokenCalls.shift();
  if (mishap === "answer 503" || mishap === "answer 429") {
    response.writeHead(mishap === "answer 503" ? 503 : 429, { "retry-after": "7" }).end();
    return;
  }
  const shown = parameters.get("refresh_token") ?? "";
  const repeated = server.repeatsAnswers ? answers.get(shown) : undefined;
  const answer =
    repeated ??
    (await (async () => {
      const headers = {
        authorization: request.headers.authorization ?? "",
        "content-type": "application/x-www-form-urlencoded",
      };
      const inner = await fetch(`${innerUrls.get(server) ?? ""}/token`, {
        ...{ method: "POST", headers, body },
      });
      return JSON.stringify({ status: inner.status, text: await inner.text() });
    })());
  if (shown !== "") answers.set(shown, answer);
  if (mishap === "lose the answer") {
    response.destroy();
    return;
  }
  const { status, text } = JSON.parse(answer) as { status: number; text: string };
  response.writeHead(status, { "content-type": "application/json" }).end(text);
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
