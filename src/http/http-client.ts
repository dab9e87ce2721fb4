import { messageOf, RetryableError } from "../sdk/errors.ts";
import type { HttpClient, HttpRequest, HttpResponse } from "../sdk/context.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 20 * 1024 * 1024;

/** Failures before the first byte of the request could leave this machine. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Outbound HTTP for plug-ins: a time limit, a size limit, no redirects, our errors. */
export const httpClient: HttpClient = { send };

async function send(request: HttpRequest): Promise<HttpResponse> {
  const timeout = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  try {
    const answer = await fetch(request.url, {
      method: request.method ?? "GET",
      headers: request.headers ?? {},
      // A redirect could carry signatures and keys to another host.
      redirect: "manual",
      signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const body = await readLimited(answer);
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body,
      text: () => body.toString("utf8"),
    };
  } catch (cause) {
    throw new RetryableError(`no answer from ${hostOf(request.url)}: ${reasonOf(cause)}`, {
      cause,
      mayHaveHappened: !NEVER_SENT.has(codeOf(cause) ?? ""),
    });
  }
}

async function readLimited(answer: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`answer over ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Only the host: paths and queries hold ids and, with some vendors, keys. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an invalid address";
}

function codeOf(error: unknown): string | undefined {
  const cause = (error as { cause?: { code?: unknown } }).cause;
  return typeof cause?.code === "string" ? cause.code : undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "timed out";
  return codeOf(error) ?? messageOf(error);
}
