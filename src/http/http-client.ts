import type { HttpClient, HttpRequest, HttpResponse } from "../sdk/context.ts";
import { ConfigurationError } from "../sdk/errors.ts";
import { noAnswer } from "./no-answer.ts";
import { callPublic } from "./public-call.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 20 * 1024 * 1024;

/** What has been answered so far; the content still comes. */
export type Answer = Pick<HttpResponse, "status" | "headers"> & {
  content: AsyncIterable<Uint8Array>;
};

/** Outbound HTTP for plug-ins: a time limit, a size limit, no redirects, our errors. */
export const httpClient: HttpClient = { send };

async function send(request: HttpRequest): Promise<HttpResponse> {
  expectNoCredentials(request.url);
  const timeout = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  try {
    const call = request.onlyPublic === true ? callPublic : callAnybody;
    const { status, headers, content } = await call(request, signal);
    const body = await readLimited(content);
    return { status, headers, body, text: () => body.toString("utf8") };
  } catch (cause) {
    throw noAnswer(request.url, cause);
  }
}

/** They would be in every error about the address, and so in the log. */
function expectNoCredentials(url: string): void {
  if (!URL.canParse(url)) return;
  const { username, password, host } = new URL(url);
  if (username === "" && password === "") return;
  throw new ConfigurationError(
    `the address of ${host} has a user or a password in it: take it out`,
  );
}

async function callAnybody(request: HttpRequest, signal: AbortSignal): Promise<Answer> {
  const { status, headers, body } = await fetch(request.url, {
    method: request.method ?? "GET",
    headers: request.headers ?? {},
    // A redirect could carry signatures and keys to another host.
    redirect: "manual",
    signal,
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  const content = (body ?? []) as AsyncIterable<Uint8Array>;
  return { status, headers: Object.fromEntries(headers), content };
}

async function readLimited(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`answer over ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
