import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { stringify } from "yaml";

import type { DatabaseLocation } from "../../src/db/database.ts";
import { installMirrorPlugIn } from "./mirror-plug-in.ts";
import { temporaryFolder } from "./servers.ts";

const TOKEN = "sheet-token-0123456789abcdef";

/** An installation whose bookings are mirrored by the plug-in `sheet`. */
export interface SheetInstallation {
  readonly location: DatabaseLocation;
  readonly folder: string;
  /** Variables that make a command, or a process, use it. */
  readonly env: Readonly<Record<string, string>>;
  /** What makes an app of it. */
  readonly app: { config: object; env: Readonly<Record<string, string>> };
  /** Narrows down what the instance gets. @param more What else the configuration says of it. */
  configure(when: object, more?: object): void;
}

/** @param perMinute What the target can take; default: anything. */
export function installSheet(
  location: DatabaseLocation,
  url: string,
  perMinute?: number,
): SheetInstallation {
  const folder = temporaryFolder();
  const file = join(folder, "bellhop.yaml");
  const data = "sqliteFile" in location ? dirname(location.sqliteFile) : join(folder, "data");
  mkdirSync(data, { recursive: true });
  const plugIns = installMirrorPlugIn(perMinute);
  const configOf = (when: object, more: object = {}) => ({
    integrationPaths: [plugIns],
    connections: {
      bikes: { source: "example-echo", tokens: [TOKEN] },
      boats: { source: "example-echo", tokens: [TOKEN] },
    },
    integrations: { sheet: { ...more, when, settings: { url } }, "voucher-mail": {} },
  });
  const configure = (when: object, more?: object) => {
    writeFileSync(file, stringify(configOf(when, more)));
  };
  configure({});
  const env = {
    BELLHOP_CONFIG: file,
    BELLHOP_DATA: data,
    MAIL_FROM: "post@example.com",
    LOG_LEVEL: "silent",
    ...("mysqlUrl" in location && { DATABASE_URL: location.mysqlUrl }),
  };
  return {
    ...{ location, folder, env, configure },
    app: { config: configOf({}), env: { MAIL_FROM: "post@example.com" } },
  };
}
