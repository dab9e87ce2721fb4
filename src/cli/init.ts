import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { parseEnv } from "node:util";

import { type Command, Option } from "commander";

import { productRoot } from "../paths.ts";
import type { AnyIntegration } from "../registry/loaded-integration.ts";
import { DEFAULT_SOURCES, keptTokens, newToken } from "../settings/default-config.ts";
import { environmentOf } from "../settings/environment.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { readSettings } from "../settings/settings.ts";
import { knownIntegrations } from "../simulate/known-integrations.ts";
import { configText } from "./init-config.ts";
import { environmentText } from "./init-env.ts";
import { nextSteps } from "./init-next.ts";
import { terminalPrompts } from "./init-prompts.ts";
import { askQuestions, type InitAnswers, standardAnswers } from "./init-questions.ts";
import { type InitSource, sourceOf } from "./init-source.ts";

interface InitOptions {
  source?: string;
  yes?: true;
  dir: string;
}

const BOTH = "both";
const CONFIG_FILE = "bellhop.yaml";
const ENVIRONMENT_FILE = ".env";
const SCHEMA_FILE = "bellhop.schema.json";

export function addInitCommand(program: Command): void {
  program
    .command("init")
    .description("write bellhop.yaml and .env for your booking system")
    .addOption(
      new Option("--source <system>", "your booking system").choices([...DEFAULT_SOURCES, BOTH]),
    )
    .option("--yes", "ask nothing")
    .option("--dir <folder>", "where to write", ".")
    .action(init);
}

async function init(options: InitOptions): Promise<void> {
  const folder = resolve(options.dir);
  refuseExisting(folder);
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const given = options.source === undefined ? undefined : sourcesOf(options.source);
  const integrations = await knownIntegrations();
  const answers =
    isTerminal && options.yes !== true
      ? await askAtTerminal(integrations, given)
      : standardAnswers(given ?? DEFAULT_SOURCES);
  const sources = answers.sources.flatMap((id) => {
    const integration = integrations.find(({ manifest }) => manifest.id === id);
    return integration ? [sourceOf(integration, answers.settings[id])] : [];
  });
  const tokens = keptTokens(join(folder, "data"));
  const written = writeFiles(folder, answers, sources, tokens);
  const settings = readSettings(
    environmentOf({ ...parseEnv(written.environment), BELLHOP_CONFIG: join(folder, CONFIG_FILE) }),
  );
  const areKept = sources.some(({ id }) => tokens[id] !== undefined);
  process.stdout.write(nextSteps(settings, sources, { folder, isTerminal, areKept }));
}

function sourcesOf(source: string): readonly string[] {
  return source === BOTH ? DEFAULT_SOURCES : [source];
}

async function askAtTerminal(
  integrations: readonly AnyIntegration[],
  given: readonly string[] | undefined,
): Promise<InitAnswers> {
  const { intro, outro } = await import("@clack/prompts");
  intro("A configuration for Bellhop");
  const systems = DEFAULT_SOURCES.flatMap((id) =>
    integrations.filter(({ manifest }) => manifest.id === id),
  );
  const answers = await askQuestions(await terminalPrompts(), systems, given);
  outro("Thank you.");
  return answers;
}

/** @throws SettingsError naming what is there: a configuration is never overwritten. */
function refuseExisting(folder: string): void {
  const existing = [CONFIG_FILE, ENVIRONMENT_FILE].filter((name) => existsSync(join(folder, name)));
  if (existing.length === 0) return;
  throw new SettingsError(
    existing.map(
      (name) =>
        `${join(folder, name)} exists and stays as it is: nothing was written. ` +
        "Move it away, or use --dir for another folder",
    ),
  );
}

/** Writes both files or none. */
function writeFiles(
  folder: string,
  answers: InitAnswers,
  sources: readonly InitSource[],
  tokens: Readonly<Record<string, string>>,
): { environment: string } {
  mkdirSync(folder, { recursive: true });
  const environment = environmentText(sources, (id) => tokens[id] ?? newToken());
  const config = configText(answers, sources, schemaPath(folder));
  const configFile = join(folder, CONFIG_FILE);
  writeFileSync(configFile, config, { flag: "wx" });
  try {
    writeFileSync(join(folder, ENVIRONMENT_FILE), environment, { flag: "wx", mode: 0o600 });
  } catch (error) {
    rmSync(configFile);
    throw error;
  }
  return { environment };
}

/** How an editor finds the schema from the folder; undefined when this Bellhop has none. */
function schemaPath(folder: string): string | undefined {
  const file = join(productRoot, SCHEMA_FILE);
  if (!existsSync(file)) return undefined;
  const path = relative(folder, file).split(sep).join("/");
  return path.startsWith(".") ? path : `./${path}`;
}
