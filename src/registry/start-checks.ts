import type { Clock, HttpClient, Log, Mail, Pdf, Templates } from "../sdk/context.ts";
import { kindOf, messageOf } from "../sdk/errors.ts";
import type { CheckContext } from "../sdk/integration.ts";
import type { OAuthTokens } from "../sdk/oauth.ts";
import type { SourceDescription } from "../sdk/source.ts";
import type { AnyIntegration } from "./loaded-integration.ts";
import type { LoadedConnection, LoadedInstance, Registry } from "./registry.ts";

const CHECK_TIMEOUT_MS = 15_000;

export interface CheckTools {
  log: Log;
  clock: Clock;
  http: HttpClient;
  reach: CheckContext<unknown>["reach"];
  pdf: Pdf;
  templates: Templates;
  dataFolder: string;
  mailOf: (connection: string) => Mail;
  /** Of an instance; of a connection there are none. */
  tokensOf: (instance: string) => OAuthTokens;
  /** What fetches have learned about a connection. */
  learnedOf: (connection: string) => Promise<Readonly<Record<string, string>>>;
  /** The handler takes no jobs until its settings have been tried again. */
  holdHandler: (handler: string, reason: string) => Promise<void>;
}

/** What a check found: one line for a person. */
export interface CheckResult {
  /** `connections.fjord`, `integrations.voucher-mail` */
  name: string;
  state: "ok" | "refused" | "unreachable";
  line: string;
}

/** A connection's check, beside what the source says of the account. */
export interface ConnectionResult extends CheckResult {
  /** Absent when it tells nothing, or cannot be asked. */
  setUp?: SourceDescription;
  /** Why it did not tell, though the check passed. */
  whyNoSetUp?: string;
}

interface TryOut {
  result: CheckResult;
  /** What it was tried with. */
  context?: CheckContext<unknown>;
}

/**
 * Tries every integration against its other side. At the start this happens beside the work: a
 * vendor that refuses or is away must not keep Bellhop from receiving.
 */
export class StartChecks {
  readonly #registry: Registry;
  readonly #tools: CheckTools;
  readonly #stopping = new AbortController();

  constructor(registry: Registry, tools: CheckTools) {
    this.#registry = registry;
    this.#tools = tools;
  }

  begin(): void {
    for (const connection of this.#registry.connections.values()) {
      void this.checkConnection(connection).then((result) => {
        this.#report(result);
      });
    }
    for (const instance of this.#registry.instances.values()) void this.#checkAndPause(instance);
  }

  end(): void {
    this.#stopping.abort();
  }

  async checkConnection(connection: LoadedConnection): Promise<CheckResult> {
    return (await this.#tryConnection(connection)).result;
  }

  /** As `checkConnection`, for a person who also wants to see whose account it is. */
  async inspectConnection(connection: LoadedConnection): Promise<ConnectionResult> {
    const { result, context } = await this.#tryConnection(connection);
    const { integration } = connection;
    if (!integration.describe || !context || result.state === "unreachable") return result;
    try {
      return { ...result, setUp: await integration.describe(context) };
    } catch (error) {
      return result.state === "ok" ? { ...result, whyNoSetUp: messageOf(error) } : result;
    }
  }

  async checkInstance({ id, integration, settings }: LoadedInstance): Promise<CheckResult> {
    const owner = { instance: id };
    return (await this.#tryOut(`integrations.${id}`, integration, settings, owner)).result;
  }

  #tryConnection({ id, integration, settings }: LoadedConnection): Promise<TryOut> {
    return this.#tryOut(`connections.${id}`, integration, settings, { connection: id });
  }

  async #checkAndPause(instance: LoadedInstance): Promise<void> {
    const result = await this.checkInstance(instance);
    this.#report(result);
    if (result.state !== "refused") return;
    for (const { id } of instance.handlers) {
      await this.#tools.holdHandler(`${instance.id}/${id}`, result.line);
    }
  }

  async #tryOut(
    name: string,
    integration: AnyIntegration,
    config: unknown,
    { connection = "", instance = "" }: { connection?: string; instance?: string },
  ): Promise<TryOut> {
    const { log, clock, http, reach, pdf, templates, dataFolder, ...tools } = this.#tools;
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]);
    const mail = tools.mailOf(connection);
    let context: CheckContext<unknown> | undefined;
    try {
      const learned = connection === "" ? {} : await tools.learnedOf(connection);
      const lent = { log, clock, http, reach, pdf, templates, mail, dataFolder };
      context = { config, learned, ...lent, tokens: tools.tokensOf(instance), signal };
      const line = (await integration.check?.(context)) ?? "settings are complete";
      return { result: { name, state: "ok", line }, context };
    } catch (error) {
      const state = kindOf(error) === "configuration" ? "refused" : "unreachable";
      return { result: { name, state, line: messageOf(error) }, ...(context && { context }) };
    }
  }

  #report({ name, state, line }: CheckResult): void {
    if (this.#stopping.signal.aborted) return;
    if (state === "ok") this.#tools.log.info({ name, line }, "check passed");
    else this.#tools.log.warn({ name, state, line }, "check failed");
  }
}
