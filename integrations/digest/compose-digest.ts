import type { MailMessage, Templates } from "#sdk";

import type { DigestConfig } from "./config.ts";
import type { DigestView } from "./digest-view.ts";

export interface Press {
  config: Pick<DigestConfig, "template">;
  templates: Templates;
  language: string;
}

/** The mail without its recipient. */
export async function composeDigest(
  view: DigestView,
  { config, templates, language }: Press,
): Promise<Pick<MailMessage, "subject" | "text" | "html">> {
  const render = (part: string, data: object) =>
    templates.render(`digest/${config.template}`, part, language, data);
  const headed = { ...view, heading: oneLine(await render("heading", view)) };
  const [subject, text, html] = await Promise.all([
    render("subject", headed),
    render("mail.txt", headed),
    render("mail.html", headed),
  ]);
  return { subject: oneLine(subject), text: tidy(text), html };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function tidy(text: string): string {
  return `${text
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim()}\n`;
}
