import { newToken } from "../settings/default-config.ts";
import { comment } from "./init-config.ts";
import type { InitSource } from "./init-source.ts";

/** `.env` with fresh tokens, and empty places for what only the operator knows. */
export function environmentText(
  sources: readonly InitSource[],
  tokenOf: (source: string) => string,
): string {
  return [
    "# Secrets and addresses of this installation. Keep this file to yourself.",
    "# An empty place counts as not set. .env.example explains all variables there are.",
    "",
    "# Secret part of the callback URLs.",
    ...sources.map(({ id, tokenVariable }) => `${tokenVariable}=${tokenOf(id)}`),
    "",
    ...sources.flatMap(keyLines),
    "# Where booking systems reach Bellhop, such as https://bellhop.example.com",
    "BELLHOP_PUBLIC_URL=",
    "",
    "# Bearer token of the API.",
    `BELLHOP_API_TOKEN=${newToken()}`,
    "",
    "# Mail server: smtp://user:password@mail.example.com:587. Without it mails become files.",
    "SMTP_URL=",
    "# Sender where a connection names none, such as post@example.com",
    "MAIL_FROM=",
    "",
  ].join("\n");
}

function keyLines({ name, settings }: InitSource): string[] {
  return settings.flatMap(({ variable, description, value }) =>
    variable === undefined
      ? []
      : [...comment(`${name}: ${description}`), `${variable}=${quoted(value ?? "")}`, ""],
  );
}

/** Quotes only where a sign would end the value: Bellhop reads back what was given. */
function quoted(value: string): string {
  if (/^[\w.+/=:@-]*$/.test(value)) return value;
  // Between double quotes \n would become the end of a line, so they come last.
  const quote = ["'", "`", '"'].find((sign) => !value.includes(sign)) ?? "";
  return `${quote}${value}${quote}`;
}
