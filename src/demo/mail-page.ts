import { html, type Markup } from "../pages/html.ts";
import type { CaughtMail } from "./mail-catcher.ts";
import { pdfOf } from "./mail-box.ts";

const REFRESH_SECONDS = 5;

/** All caught mails, newest first. */
export function listPage(mails: readonly CaughtMail[], total: number): string {
  const count = total === 1 ? "1 mail" : `${total} mails`;
  const rest = total > mails.length ? html`, the newest ${mails.length} are shown` : undefined;
  const body =
    mails.length === 0
      ? html`<p class="empty">
          No mail yet. The first voucher comes within seconds; this page looks for it by itself.
        </p>`
      : html`<p class="count">${count} so far${rest}</p>
          ${mails.map(card)}`;
  return page("Mails of the Bellhop demo", body, REFRESH_SECONDS);
}

/** One mail in full. */
export function mailPage(mail: CaughtMail): string {
  return page(
    mail.subject,
    html`<p><a href="/">← all mails</a></p>
      <article>
        ${head(mail)} ${links(mail)}
        <pre dir="auto">${mail.text}</pre>
      </article>`,
  );
}

export function notFoundPage(): string {
  return page(
    "Not here",
    html`<p class="empty">There is no such mail (any more). <a href="/">All mails</a></p>`,
  );
}

function card(mail: CaughtMail): Markup {
  return html`<article>
    ${head(mail)}
    <pre class="part" dir="auto">${mail.text}</pre>
    ${links(mail)}
  </article> `;
}

function head({ number, to, subject, caughtAt }: CaughtMail): Markup {
  const time = new Date(caughtAt).toTimeString().slice(0, 8);
  return html`<h2 dir="auto"><a href="/mails/${number}">${subject}</a></h2>
    <p class="meta">to <b>${to}</b> at ${time}</p>`;
}

function links(mail: CaughtMail): Markup {
  const { number } = mail;
  const pdf = pdfOf(mail);
  return html`<p class="links">
    ${pdf && html`<a class="pdf" href="/mails/${number}.pdf">${pdf.name}</a> `}
    ${mail.html === undefined ? undefined : html`<a href="/mails/${number}.html">as the guest sees it</a>`}
  </p>`;
}

function page(title: string, body: Markup, refreshSeconds?: number): string {
  const refresh = refreshSeconds && html`<meta http-equiv="refresh" content="${refreshSeconds}" />`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${refresh || undefined}
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header><h1>Bellhop demo</h1></header>
        <main>
          <p class="intro">
            Mails that simulated guests would have got. Nothing has left this machine.
          </p>
          ${body}
        </main>
      </body>
    </html>`.text;
}
