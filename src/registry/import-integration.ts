import { pathToFileURL } from "node:url";

import type { IntegrationPlace } from "./find-integrations.ts";
import type { AnyIntegration } from "./loaded-integration.ts";

/** Loads an integration. @throws when it is not one, or not the one that its folder says. */
export async function importIntegration({ id, entry }: IntegrationPlace): Promise<AnyIntegration> {
  const module = (await import(pathToFileURL(entry).href)) as { default?: AnyIntegration };
  const integration = module.default;
  if (!integration?.manifest) throw new Error("it has no default export made by defineIntegration");
  if (integration.manifest.id !== id) {
    throw new Error(
      `its manifest says "${integration.manifest.id}": folder and id must be the same`,
    );
  }
  return integration;
}
