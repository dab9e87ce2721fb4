import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";

import { z } from "zod";

import type { DatabaseLocation } from "../db/database.ts";
import type { ConnectionDefaults } from "../sdk/context.ts";
import { readConfigFiles, type RawConfig } from "./config-file.ts";
import { describeProblems, type Locate, pathText } from "./config-problems.ts";
import { ConfigSchema, type Config, type Mode, Sender } from "./config-schema.ts";
import { defaultConfig } from "./default-config.ts";
import type { Environment } from "./environment.ts";
import { SettingsError } from "./settings-error.ts";
import { sharedTokens } from "./shared-tokens.ts";

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly database: DatabaseLocation;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly apiToken: string | undefined;
  /** What the secrets of integrations are sealed with; absent: a key in the data folder. */
  readonly secretKey: string | undefined;
  readonly smtpUrl: string | undefined;
  /** The mail server is a catcher that shows mails and passes none on. */
  readonly isMailCaught: boolean;
  readonly mailFrom: string | undefined;
  readonly logLevel: string;
  readonly config: Config;
  /** Folder that relative paths of the configuration start from. */
  readonly configFolder: string;
  /** Where a value of the configuration was written, for messages. */
  readonly locate: Locate;
  /** True when nothing was configured and the built-in defaults run. */
  readonly isDefaultConfig: boolean;
}

/** What handlers are told about a connection; one that is gone keeps its name. */
export function connectionDefaults({ config }: Settings, id: string): ConnectionDefaults {
  const connection = config.connections[id];
  return {
    id,
    name: connection?.name ?? id,
    language: connection?.language ?? "en",
    ...(connection?.country !== undefined && { country: connection.country }),
  };
}

/** Paths of the connections and instances from which nothing leaves: `connections.fjord`. */
export function inShadow({ config }: Settings): string[] {
  const { connections, integrations } = config;
  return Object.entries({ connections, integrations }).flatMap(([kind, places]) =>
    Object.entries(places).flatMap(([id, { mode }]: [string, { mode: Mode }]) =>
      mode === "shadow" ? [`${kind}.${id}`] : [],
    ),
  );
}

const DEFAULT_CONFIG_FILE = "bellhop.yaml";
const PORT_WANTED = "must be a number from 0 to 65535";
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** 192 random bits in base64; fewer characters are hardly random ones. */
const MIN_KEY_LENGTH = 32;

const optionalText = z.string().optional();

const EnvironmentSchema = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, PORT_WANTED)
    .default("8080")
    .transform(Number)
    .refine((port) => port <= 65_535, PORT_WANTED),
  HOST: z.string().default("127.0.0.1"),
  BELLHOP_CONFIG: optionalText,
  BELLHOP_DATA: z.string().default("data"),
  DATABASE_URL: optionalText.refine((url) => url === undefined || isMysqlUrl(url), {
    message: "write mysql://user:password@host:port/database, or leave it out for SQLite",
  }),
  BELLHOP_PUBLIC_URL: optionalText.refine((url) => url === undefined || isWebAddress(url), {
    message: "write the whole address, such as https://bellhop.example.com",
  }),
  BELLHOP_API_TOKEN: optionalText,
  BELLHOP_SECRET_KEY: z
    .string()
    .min(
      MIN_KEY_LENGTH,
      `must have ${MIN_KEY_LENGTH} characters or more, as of openssl rand -base64 32`,
    )
    .optional(),
  SMTP_URL: optionalText.refine((url) => url === undefined || /^smtps?:\/\/[^/]/.test(url), {
    message: "write smtp://user:password@host:port",
  }),
  MAIL_FROM: Sender.optional(),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(", ")}` })
    .default("info"),
});

/** Names of the variables that Bellhop reads; `.env.example` lists the same. */
export const ENVIRONMENT_VARIABLES = Object.keys(EnvironmentSchema.shape);

/** @throws SettingsError with one line for each fault. */
export function readSettings(environment: Environment): Settings {
  const variables = readVariables(environment);
  const dataFolder = resolve(variables.BELLHOP_DATA);
  const raw = readRawConfig(variables.BELLHOP_CONFIG, dataFolder, environment);
  const config = withAbsolutePaths(checkConfig(raw), raw.folder);
  const problems = [
    ...missingFolders(config, raw.locate),
    ...missingSenders(config, variables),
    ...sharedTokens(config, raw.locate),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.freeze({
    host: variables.HOST,
    port: variables.PORT,
    dataFolder,
    database: variables.DATABASE_URL
      ? { mysqlUrl: variables.DATABASE_URL }
      : { sqliteFile: join(dataFolder, "bellhop.sqlite") },
    publicUrl: (variables.BELLHOP_PUBLIC_URL ?? `http://localhost:${variables.PORT}`).replace(
      /\/+$/,
      "",
    ),
    apiToken: variables.BELLHOP_API_TOKEN,
    secretKey: variables.BELLHOP_SECRET_KEY,
    smtpUrl: variables.SMTP_URL,
    isMailCaught: false,
    mailFrom: variables.MAIL_FROM,
    logLevel: variables.LOG_LEVEL,
    config,
    configFolder: raw.folder,
    locate: raw.locate,
    isDefaultConfig: raw.isDefault,
  });
}

function readVariables(environment: Environment): z.output<typeof EnvironmentSchema> {
  const given = Object.fromEntries(
    ENVIRONMENT_VARIABLES.map((name) => [name, environment(name)] as const).filter(
      ([, value]) => value !== undefined && value !== "", // an empty place in .env says nothing
    ),
  );
  const result = EnvironmentSchema.safeParse(given);
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map(({ path, message }) => `environment: ${path.join(".")}: ${message}`),
  );
}

function readRawConfig(
  path: string | undefined,
  dataFolder: string,
  environment: Environment,
): RawConfig & { isDefault: boolean } {
  const file = path ?? DEFAULT_CONFIG_FILE;
  if (existsSync(file)) return { ...readConfigFiles(file, environment), isDefault: false };
  if (path !== undefined) {
    throw new SettingsError([
      `BELLHOP_CONFIG: ${path} does not exist: correct the path, or run "bellhop init"`,
    ]);
  }
  return {
    value: defaultConfig(dataFolder),
    folder: process.cwd(),
    locate: () => "built-in configuration",
    isDefault: true,
  };
}

function checkConfig({ value, locate }: RawConfig): Config {
  const result = ConfigSchema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new SettingsError(describeProblems(ConfigSchema, result.error.issues, locate));
}

function withAbsolutePaths(config: Config, folder: string): Config {
  return {
    ...config,
    templatePaths: config.templatePaths.map((path) => resolve(folder, path)),
    integrationPaths: config.integrationPaths.map((path) =>
      path.startsWith(".") || path.startsWith("/") ? resolve(folder, path) : path,
    ),
  };
}

/** A folder with a slip in its name would be passed over in silence, and the product's own used. */
function missingFolders({ templatePaths, integrationPaths }: Config, locate: Locate): string[] {
  const templates = templatePaths.map((path, index) => ({ path, at: ["templatePaths", index] }));
  const integrations = integrationPaths
    .map((path, index) => ({ path, at: ["integrationPaths", index] }))
    .filter(({ path }) => isAbsolute(path)); // others are names of installed packages
  return [...templates, ...integrations]
    .filter(({ path }) => !existsSync(path))
    .map(
      ({ path, at }) => `${locate(at)}: ${pathText(at)}: ${path} does not exist: correct the path`,
    );
}

/** Found at the first mail otherwise, when a guest waits for it. */
function missingSenders(
  { mail, connections }: Config,
  { SMTP_URL, MAIL_FROM }: z.output<typeof EnvironmentSchema>,
): string[] {
  if (SMTP_URL === undefined || MAIL_FROM !== undefined || mail.mode !== "live") return [];
  return Object.entries(connections)
    .filter(([, connection]) => connection.mail?.from === undefined)
    .map(([id]) => `connections.${id}.mail.from: no sender: add it, or set MAIL_FROM`);
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function isMysqlUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname } = new URL(text);
  return /^(mysql|mariadb):$/.test(protocol) && hostname !== "" && pathname.length > 1;
}
