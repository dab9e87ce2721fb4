import type { DependencyContainer } from "tsyringe";

import { ConnectedInstances } from "../connect/connected-instances.ts";
import { Connector } from "../connect/connector.ts";
import { LinkStore } from "../connect/link-store.ts";
import { SecretKey } from "../connect/secret-key.ts";
import { TokenStore } from "../connect/token-store.ts";
import { HandlerTable } from "../dispatch/handler-table.ts";
import { PauseStore } from "../dispatch/pause-store.ts";
import { type Basis, CLOCK, DATABASE, HTTP, LOG, once } from "./parts.ts";

/** Access to accounts that people have given to Bellhop. */
export function registerConnecting(
  c: DependencyContainer,
  { registry, settings, db }: Basis,
): void {
  // A check opens its store by itself, and registers nothing else that needs one.
  const store = () => db ?? c.resolve(DATABASE);
  once(c, SecretKey, () => new SecretKey(settings));
  once(c, LinkStore, () => new LinkStore(store()));
  once(c, TokenStore, () => new TokenStore(store(), c.resolve(SecretKey)));
  once(c, ConnectedInstances, () => {
    const parts = { store: c.resolve(TokenStore), http: c.resolve(HTTP), log: c.resolve(LOG) };
    return new ConnectedInstances(registry, parts);
  });
  const handlersOf = (instance: string) =>
    [...c.resolve(HandlerTable).entries.values()]
      .filter((entry) => entry.instance === instance)
      .map(({ id }) => id);
  once(
    c,
    Connector,
    () =>
      new Connector({
        registry,
        links: c.resolve(LinkStore),
        tokens: c.resolve(TokenStore),
        key: c.resolve(SecretKey),
        http: c.resolve(HTTP),
        clock: c.resolve(CLOCK),
        log: c.resolve(LOG),
        publicUrl: settings.publicUrl,
        onConnected: ({ id }) => c.resolve(PauseStore).letRefusedTry(handlersOf(id)),
      }),
  );
}
