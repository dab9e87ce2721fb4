import type { Settings } from "../settings/settings.ts";

const SHOWN = 4;

/**
 * The callback URL of a connection.
 *
 * @param port Where the server really listens, when the settings left it open.
 * @param isMasked Whether the token is hidden: anywhere but on a person's own terminal.
 */
export function hookUrl(
  { publicUrl, port: wanted }: Settings,
  connection: string,
  token: string,
  port: number | undefined,
  isMasked: boolean,
): string {
  const base =
    wanted === 0 && port !== undefined ? publicUrl.replace(/:0$/, `:${port}`) : publicUrl;
  const shown = isMasked ? `${token.slice(0, SHOWN)}…` : encodeURIComponent(token);
  return `${base}/hooks/${connection}/${shown}`;
}
