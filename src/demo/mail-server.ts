import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import express, { type Express, type Request, type Response } from "express";
import helmet from "helmet";

import { type MailBox, pdfOf } from "./mail-box.ts";
import { listPage, mailPage, notFoundPage } from "./mail-page.ts";
import { STYLE } from "./mail-page-style.ts";

/** Mails on the first page; each shows a good part of its text. */
const SHOWN = 50;

/** What a mail's own HTML may do: look as it was meant to, and nothing else. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";

export interface MailServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the caught mails. @param port 0 takes a free one, as does one that is taken. */
export async function startMailServer(
  box: MailBox,
  host: string,
  port: number,
): Promise<MailServer> {
  const server = createServer(mailApp(box));
  const listen = (wanted: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(wanted, host, () => {
        server.off("error", reject);
        resolve();
      });
    });
  await listen(port).catch(() => listen(0));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function mailApp(box: MailBox): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false, // the defaults would send the browser to https, which is not there
        directives: {
          defaultSrc: ["'none'"],
          styleSrc: ["'self'"],
          imgSrc: ["data:"],
          baseUri: ["'none'"],
          formAction: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      strictTransportSecurity: false,
    }),
  );
  app.get("/", (_: Request, response: Response) => {
    const total = box.mails[0]?.number ?? 0;
    response.type("html").send(listPage(box.mails.slice(0, SHOWN), total));
  });
  app.get("/style.css", (_: Request, response: Response) => {
    response.type("css").send(STYLE);
  });
  app.get("/mails/:file", (request: Request<{ file: string }>, response: Response) => {
    sendMail(box, request.params.file, response);
  });
  app.use((_: Request, response: Response) => {
    response.status(404).type("html").send(notFoundPage());
  });
  return app;
}

/** @param file `12`, `12.pdf` or `12.html` */
function sendMail(box: MailBox, file: string, response: Response): void {
  const [, number, ending] = /^(\d{1,9})(\.pdf|\.html)?$/.exec(file) ?? [];
  const mail = box.get(Number(number));
  const pdf = mail && pdfOf(mail);
  if (mail && ending === undefined) {
    response.type("html").send(mailPage(mail));
  } else if (pdf && ending === ".pdf") {
    // Browsers apply the policy to their own PDF viewer, which it would stop.
    response.removeHeader("content-security-policy");
    response
      .type("application/pdf")
      .set("content-disposition", `inline; filename="voucher-${mail.number}.pdf"`)
      .send(pdf.content);
  } else if (mail?.html !== undefined && ending === ".html") {
    response.set("content-security-policy", MAIL_POLICY).type("html").send(mail.html);
  } else {
    response.status(404).type("html").send(notFoundPage());
  }
}
