import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type Document, OpenAPIBackend } from "openapi-backend";

import type { SimulatedRequest } from "../../src/sdk/simulator.ts";

const FOLDER = process.env["BELLHOP_CONTRACTS"] ?? join("..", "shared", "contracts");

/**
 * Where a vendor's own description of its interface is. It is no part of Bellhop: without it the
 * tests that ask it do not run, and say so.
 */
export function contractFile(name: string): string | undefined {
  const file = join(FOLDER, name);
  if (existsSync(file)) return file;
  // eslint-disable-next-line no-console -- a skipped suite must be seen by whoever runs the tests
  console.warn(`SKIPPED: ${file} is not there (BELLHOP_CONTRACTS names the folder it is in)`);
  return undefined;
}

/** Judges calls and answers by the vendor's own description. */
export class Contract {
  readonly #api: OpenAPIBackend;

  private constructor(api: OpenAPIBackend) {
    this.#api = api;
  }

  /** @param prefix In front of the paths of the description. */
  static async open(file: string, prefix: string): Promise<Contract> {
    const api = new OpenAPIBackend({
      definition: JSON.parse(readFileSync(file, "utf8")) as Document,
      ...{ quick: true, strict: false, apiRoot: prefix },
      ajvOpts: {
        strict: false,
        allErrors: true,
        formats: { uuid: UUID, double: true, "date-time": true },
      },
    });
    await api.init();
    return new Contract(api);
  }

  /** @returns what is wrong with it, in words; nothing when it is as described. */
  faultsOf(request: SimulatedRequest, status: number, body: unknown): string[] {
    const { method, url } = request;
    const [path = "", query = ""] = url.split("?");
    const call = {
      ...{ method, path, headers: { ...request.headers } },
      query: Object.fromEntries(new URLSearchParams(query)),
      ...(request.body.length > 0 && { body: JSON.parse(request.body.toString()) as object }),
    };
    const operation = this.#api.matchOperation(call);
    const id = operation?.operationId;
    if (id === undefined) return [`${method} ${path}: there is no such call`];
    const asked = this.#api.validateRequest(call, id);
    const answered = this.#api.validateResponse(body, id, status);
    return [...(asked.errors ?? []), ...(answered.errors ?? [])].map(
      ({ instancePath, message, params }) =>
        `${method} ${path} ${instancePath} ${message ?? ""} ${JSON.stringify(params)}`,
    );
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
