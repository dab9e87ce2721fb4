import { RetryableError, type HttpClient, type HttpRequest } from "#sdk";
import { checkContext } from "#sdk/testing";

export const realHttp: HttpClient = checkContext({}).http;

export function methodOf({ body }: HttpRequest): string {
  return (JSON.parse(body?.toString() ?? "{}") as { method?: string }).method ?? "";
}

const READS = /\.(search_read|read|compute|login)$|^wizard\..*\.(create|delete)$/;

export interface CutHttp extends HttpClient {
  /** The call whose answer never came. */
  cutAt?: string;
}

/**
 * Loses the answer of the n-th call that changes something, and everything after it: what Tryton then
 * holds is what a killed process would leave. Calls that read leave nothing.
 */
export function cutAfterWrite(n: number): CutHttp {
  let writes = 0;
  const http: CutHttp = {
    async send(request) {
      const lost = () =>
        new RetryableError("no answer from Tryton: cut", { mayHaveHappened: true });
      if (http.cutAt !== undefined) throw lost();
      const method = methodOf(request);
      const response = await realHttp.send(request);
      if (!READS.test(method)) writes += 1;
      if (writes < n) return response;
      http.cutAt = method;
      throw lost();
    },
  };
  return http;
}

/** Passes everything on and keeps the methods. */
export function listeningHttp(): HttpClient & { readonly methods: string[] } {
  const methods: string[] = [];
  return {
    methods,
    send(request) {
      methods.push(methodOf(request));
      return realHttp.send(request);
    },
  };
}
