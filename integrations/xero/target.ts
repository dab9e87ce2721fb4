import { ConfigurationError, kindOf, messageOf, PermanentError, RetryableError } from "#sdk";
import type { AccountingDocument, AccountingTarget, Posted, Posting } from "#sdk/accounting";

import { postApplication } from "./applications.ts";
import { postDeposit, postFee, postTakings } from "./bank.ts";
import type { XeroConfig } from "./config.ts";
import { postCreditNote, postWriteOff } from "./credit-notes.ts";
import { Desk } from "./desk.ts";
import { postDeferral, postInvoice } from "./invoices.ts";
import { postPayment, postRefund } from "./payments.ts";
import { read } from "./read.ts";

/** Of 60 calls a minute; a document takes 2 to 6. */
const DOCUMENTS_A_MINUTE = 12;

export const xero: AccountingTarget<XeroConfig> = {
  perMinute: DOCUMENTS_A_MINUTE,
  async post(posting, context) {
    const desk = new Desk(posting, context);
    desk.client.makeRoom();
    try {
      return await postOne(desk);
    } catch (error) {
      throw desk.client.hasWritten ? unsure(error) : error;
    }
  },
  read,
};

type Poster = { [D in AccountingDocument as D["kind"]]: (desk: Desk<D>) => Promise<Posted> };

const POSTERS: Poster = {
  invoice: postInvoice,
  credit_note: postCreditNote,
  payment: postPayment,
  deposit: postDeposit,
  refund: postRefund,
  application: postApplication,
  deferral: postDeferral,
  fee: postFee,
  write_off: postWriteOff,
  takings: postTakings,
};

function postOne(desk: Desk): Promise<Posted> {
  // The kind says which of them it is; the types of both sides meet here.
  const post = POSTERS[desk.document.kind] as (desk: Desk) => Promise<Posted>;
  return post(desk);
}

/** Half of a document may be there: whoever tries again looks first. */
function unsure(cause: unknown): unknown {
  const { mayHaveHappened, retryAfterMs, waitsAloneMs } = cause as Partial<RetryableError>;
  const kind = kindOf(cause);
  if (mayHaveHappened || kind === undefined) return cause;
  const [message, details] = [messageOf(cause), { cause, mayHaveHappened: true }];
  if (kind === "permanent") return new PermanentError(message, details);
  if (kind === "configuration") return new ConfigurationError(message, details);
  return new RetryableError(message, {
    ...details,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(waitsAloneMs !== undefined && { waitsAloneMs }),
  });
}

export type { Posting };
