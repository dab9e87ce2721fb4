import express, { type Express, type Request, type Response, type Router } from "express";
import helmet from "helmet";

import type { Metrics } from "../receive/metrics.ts";
import type { Readiness } from "../receive/readiness.ts";

export interface AppParts {
  readiness: Readiness;
  metrics: Metrics;
  /** Where a person gives access to an account: any process that listens serves it. */
  connect?: Router;
  /** Only where a process serves them. */
  api?: Router;
  calendars?: Router;
}

/** Everything that is not a hook. */
export function createApp({ readiness, metrics, connect, api, calendars }: AppParts): Express {
  const app = express();
  app.disable("x-powered-by");
  // Express shows stacks to callers unless it is told that this is no development.
  app.set("env", "production");
  app.disable("etag");
  app.use(helmet());
  app.get("/healthz", (_: Request, response: Response) => {
    response.type("text/plain").send("ok");
  });
  app.get("/readyz", async (_: Request, response: Response) => {
    const { isReady, text } = await readiness.state();
    if (!isReady) response.status(503).set("retry-after", "10");
    response.type("text/plain").send(text);
  });
  app.get("/metrics", async (_: Request, response: Response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  if (connect) app.use("/connect", connect);
  if (api) app.use("/api", api);
  if (calendars) app.use("/calendars", calendars);
  return app;
}
