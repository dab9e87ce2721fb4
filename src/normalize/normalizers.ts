import type { OwnedWork, Ownership } from "../db/ownership.ts";
import type { LoadedConnection } from "../registry/registry.ts";
import { ConnectionNormalizer, type NormalizerParts } from "./connection-normalizer.ts";

/** Work of a connection that belongs to the process which normalizes it. */
export type Besides = (
  connection: LoadedConnection,
  since: number,
  normalizer: ConnectionNormalizer,
) => OwnedWork | undefined;

/** The normalizers of all connections, each at work only while this process owns its connection. */
export class Normalizers {
  readonly #parts: NormalizerParts;
  readonly #ownership: Ownership;
  readonly #besides: Besides;
  readonly #byConnection = new Map<string, ConnectionNormalizer>();

  constructor(parts: NormalizerParts, ownership: Ownership, besides: Besides = () => undefined) {
    this.#parts = parts;
    this.#ownership = ownership;
    this.#besides = besides;
  }

  async start(connections: Iterable<LoadedConnection>): Promise<void> {
    for (const connection of connections) {
      const since = await this.#sinceOf(connection);
      const normalizer = new ConnectionNormalizer(connection, since, this.#parts);
      this.#byConnection.set(connection.id, normalizer);
      const beside = this.#besides(connection, since, normalizer);
      this.#ownership.add(`normalize:${connection.id}`, together(normalizer, beside));
    }
    await this.#ownership.start();
  }

  async stop(): Promise<void> {
    await this.#ownership.stop();
  }

  /** Something of the connection has just been stored by this process. */
  wake(connection: string): void {
    this.#byConnection.get(connection)?.wake.call();
  }

  get isIdle(): boolean {
    return [...this.#byConnection.values()].every((normalizer) => normalizer.isIdle);
  }

  /** Bookings made before the connection's first start are no news, unless the operator says so. */
  async #sinceOf({ id, config }: LoadedConnection): Promise<number> {
    if (config.since !== undefined) return Date.parse(config.since);
    const firstStart = new Date(this.#parts.tools.clock.now()).toISOString();
    return Date.parse(await this.#parts.facts.getOrSet(`since:${id}`, firstStart));
  }
}

function together(normalizer: OwnedWork, beside: OwnedWork | undefined): OwnedWork {
  if (!beside) return normalizer;
  return {
    begin() {
      normalizer.begin();
      beside.begin();
    },
    async end() {
      await beside.end();
      await normalizer.end();
    },
  };
}
