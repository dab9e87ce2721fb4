import { html, type Markup } from "../pages/html.ts";
import type { Outcome } from "./connector.ts";

export type Shown = Exclude<Outcome, { kind: "consent" }>;

/**
 * What a person sees who has come back, or has opened a link that leads nowhere.
 *
 * @param up From the page's address to `/connect/`, whatever a web server puts in front of it.
 */
export function page(outcome: Shown, up: string): string {
  const isGood = outcome.kind === "connected";
  const title = isGood ? `Connected to ${outcome.vendor}` : outcome.title;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · Bellhop</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${up}style.css" />
      </head>
      <body>
        <header><p>Bellhop</p></header>
        <main>
          <article class="${isGood ? "good" : "bad"}">
            <h1>${title}</h1>
            ${isGood ? connected(outcome) : failed(outcome)}
          </article>
        </main>
      </body>
    </html>`.text;
}

function connected({ line, todo, instance }: Extract<Shown, { kind: "connected" }>): Markup {
  return html`${line === "" ? undefined : html`<p class="what" dir="auto">${line}</p>`}
  ${
    todo === undefined
      ? html`<p>Bellhop has what it needs for <b>${instance}</b>. You can close this page.</p>`
      : html`<h2>One more step</h2>
          <p dir="auto">${todo}</p>
          <p>You can close this page.</p>`
  }`;
}

function failed({ line, again }: Extract<Shown, { kind: "failed" }>): Markup {
  return html`<p dir="auto">${line}</p>
    ${
      again
        ? html`<p>Nothing was changed. The link you were given is still good.</p>`
        : html`<p>
            A new link comes from whoever runs Bellhop, with the command
            <code>bellhop connect</code> and the name of the integration.
          </p>`
    }`;
}

/** A file of its own, so that the page needs no inline style. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1d2a30; --soft: #5b6b73; --ground: #f4f6f5; --card: #ffffff; --line: #d9e0de;
  --accent: #1f4e5f; --on-accent: #ffffff; --good: #2c7a4b; --bad: #b0462f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6ecee; --soft: #9fb0b7; --ground: #12191c; --card: #1b2428; --line: #2d3a40;
    --accent: #8fc7da; --on-accent: #12191c; --good: #7fcf9e; --bad: #f0907a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 17px/1.55 system-ui, sans-serif; }
header { background: var(--accent); color: var(--on-accent); }
header p { max-width: 38rem; margin: 0 auto; padding: 0.7rem 1.2rem; font-weight: 600; }
main { max-width: 38rem; margin: 0 auto; padding: 2rem 1.2rem 3rem; }
article {
  background: var(--card); border: 1px solid var(--line); border-top: 0.35rem solid var(--good);
  border-radius: 0.6rem; padding: 1.4rem 1.5rem 1rem; overflow-wrap: anywhere;
}
article.bad { border-top-color: var(--bad); }
h1 { margin: 0 0 0.8rem; font-size: 1.45rem; line-height: 1.25; }
h2 { margin: 1.2rem 0 0.3rem; font-size: 1.1rem; }
p { margin: 0 0 0.8rem; }
.what { font-size: 1.15rem; font-weight: 600; }
code { font: 0.95em ui-monospace, monospace; background: var(--ground); padding: 0.1em 0.35em; border-radius: 0.3em; }
`;
