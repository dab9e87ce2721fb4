import type { z } from "zod";

import type { AnyHandler, AnyIntegration } from "./loaded-integration.ts";
import { describeProblems, hint, pathText } from "../settings/config-problems.ts";
import type {
  Config,
  ConnectionConfig,
  InstanceConfig,
  Mode,
  WhenConfig,
} from "../settings/config-schema.ts";
import { SettingsError } from "../settings/settings-error.ts";
import type { Settings } from "../settings/settings.ts";
import { messageOf } from "../sdk/errors.ts";
import { findIntegrations, type IntegrationPlace } from "./find-integrations.ts";
import { importIntegration } from "./import-integration.ts";
import { wantedParts } from "./wanted-parts.ts";

/** One connection with the integration that understands its booking system. */
export interface LoadedConnection {
  id: string;
  config: ConnectionConfig;
  integration: AnyIntegration;
  /** The source's settings, parsed. */
  settings: unknown;
}

/** One use of an integration with its own settings. */
export interface LoadedInstance {
  id: string;
  /** With those of its parts that the settings ask for. */
  integration: AnyIntegration;
  when: WhenConfig;
  mode: Mode;
  settings: unknown;
  handlers: readonly AnyHandler[];
}

export interface Registry {
  connections: ReadonlyMap<string, LoadedConnection>;
  instances: ReadonlyMap<string, LoadedInstance>;
}

/**
 * Loads the integrations that the configuration uses and checks their settings.
 *
 * @throws SettingsError with a line for each unknown integration and wrong setting.
 */
export async function loadRegistry(
  settings: Settings,
  integrationFolders: readonly string[],
): Promise<Registry> {
  const places = findIntegrations(integrationFolders, settings.config.integrationPaths);
  const loader = new Loader(settings, places);
  const connections = new Map<string, LoadedConnection>();
  for (const [id, config] of Object.entries(settings.config.connections)) {
    const loaded = await loader.connection(id, config);
    if (loaded) connections.set(id, loaded);
  }
  const instances = new Map<string, LoadedInstance>();
  for (const [id, config] of Object.entries(settings.config.integrations)) {
    loader.checkConnections(["integrations", id, "when", "connections"], config.when.connections);
    const loaded = await loader.instance(id, config.use ?? id, config);
    if (loaded) instances.set(id, loaded);
  }
  for (const [id, { connections }] of Object.entries(settings.config.calendars)) {
    loader.checkConnections(["calendars", id, "connections"], connections);
  }
  loader.checkTimers(settings.config.timers);
  if (loader.problems.length > 0) throw new SettingsError(loader.problems);
  return { connections, instances };
}

class Loader {
  readonly problems: string[] = [];
  readonly #settings: Settings;
  readonly #places: ReadonlyMap<string, IntegrationPlace>;
  readonly #loaded = new Map<string, Promise<AnyIntegration>>();

  constructor(settings: Settings, places: ReadonlyMap<string, IntegrationPlace>) {
    this.#settings = settings;
    this.#places = places;
  }

  async connection(id: string, config: ConnectionConfig): Promise<LoadedConnection | undefined> {
    const path = ["connections", id];
    const integration = await this.#load(config.source, [...path, "source"]);
    if (!integration) return undefined;
    if (!integration.source) {
      this.#problem([...path, "source"], `${config.source} is a target, not a booking system`);
      return undefined;
    }
    const settings = this.#parse(integration, config.settings, [...path, "settings"]);
    return settings && { id, config, integration, settings: settings.value };
  }

  async instance(
    id: string,
    use: string,
    { when, mode, settings: given }: InstanceConfig,
  ): Promise<LoadedInstance | undefined> {
    const path = ["integrations", id];
    const integration = await this.#load(use, use === id ? path : [...path, "use"]);
    if (!integration) return undefined;
    if ((integration.handlers ?? []).length === 0 && (integration.schedules ?? []).length === 0) {
      this.#problem(path, `${use} is a booking system: it belongs under connections`);
      return undefined;
    }
    const settings = this.#parse(integration, given, [...path, "settings"]);
    if (!settings) return undefined;
    for (const { path: at, connections } of integration.rules?.(settings.value) ?? []) {
      this.checkConnections([...path, "settings", ...at, "connections"], connections);
    }
    const wanted = wantedParts(integration, settings.value);
    const { handlers = [] } = wanted;
    return { id, integration: wanted, when, mode, settings: settings.value, handlers };
  }

  checkConnections(path: PropertyKey[], names: readonly string[] = []): void {
    const known = Object.keys(this.#settings.config.connections);
    for (const [index, name] of names.entries()) {
      if (!known.includes(name)) {
        this.#problem([...path, index], `no connection is called ${name}${hint(name, known)}`);
      }
    }
  }

  checkTimers(timers: Config["timers"]): void {
    for (const [index, { name, connections }] of timers.entries()) {
      this.checkConnections(["timers", index, "connections"], connections);
      if (timers.findIndex((timer) => timer.name === name) !== index) {
        this.#problem(["timers", index, "name"], `${name} is there already: each has its own name`);
      }
    }
  }

  async #load(id: string, path: PropertyKey[]): Promise<AnyIntegration | undefined> {
    const place = this.#places.get(id);
    if (!place) {
      this.#problem(path, `unknown integration "${id}"${hint(id, [...this.#places.keys()])}`);
      return undefined;
    }
    const loading = this.#loaded.get(id) ?? importIntegration(place);
    this.#loaded.set(id, loading);
    try {
      return await loading;
    } catch (error) {
      this.#problem(path, `integration "${id}" does not load: ${messageOf(error)}`);
      return undefined;
    }
  }

  #parse(
    { config }: AnyIntegration,
    given: Record<string, unknown>,
    path: PropertyKey[],
  ): { value: unknown } | undefined {
    const result = (config as z.ZodType).safeParse(given, { reportInput: true });
    if (result.success) return { value: result.data };
    const { locate } = this.#settings;
    this.problems.push(...describeProblems(config, result.error.issues, locate, path));
    return undefined;
  }

  #problem(path: PropertyKey[], what: string): void {
    this.problems.push(`${this.#settings.locate(path)}: ${pathText(path)}: ${what}`);
  }
}
