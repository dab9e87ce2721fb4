import "reflect-metadata";

import { container as root, type DependencyContainer } from "tsyringe";

import { registerBooks } from "./compose/books.ts";
import { registerErase } from "./compose/erase.ts";
import { registerJobs } from "./compose/jobs.ts";
import { registerNormalizing } from "./compose/normalizing.ts";
import { registerOwnedWork } from "./compose/owned-work.ts";
import { type Basis, CLOCK, DATABASE, type Foundation, HTTP, LOG, once } from "./compose/parts.ts";
import { registerReceiving } from "./compose/receiving.ts";
import { registerService } from "./compose/service.ts";
import { registerStores } from "./compose/stores.ts";
import { registerSync } from "./compose/sync.ts";
import { registerTools } from "./compose/tools.ts";
import { httpClient } from "./http/http-client.ts";

export { makeHelper } from "./compose/sync.ts";
export { CLOCK, DATABASE, MAILROOM, PDF, TEMPLATES } from "./compose/parts.ts";

/** The composition root; nothing else knows the container. */
export function compose(
  foundation: Foundation,
  override?: (container: DependencyContainer) => void,
): DependencyContainer {
  const c = composeTools(foundation);
  once(c, DATABASE, () => foundation.db);
  registerStores(c, foundation);
  registerReceiving(c, foundation);
  registerNormalizing(c, foundation);
  registerJobs(c, foundation);
  registerSync(c);
  registerErase(c, foundation);
  registerBooks(c, foundation);
  registerOwnedWork(c, foundation);
  registerService(c, foundation);
  override?.(c); // before the first resolve: a cached instance keeps the parts it was built with
  return c;
}

/** What handlers borrow and checks try, for a process that opens no store. */
export function composeTools(basis: Basis): DependencyContainer {
  const c = root.createChildContainer();
  once(c, LOG, () => basis.log);
  once(c, CLOCK, () => ({ now: Date.now }));
  once(c, HTTP, () => httpClient);
  registerTools(c, basis);
  return c;
}
