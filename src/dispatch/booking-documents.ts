import type { LoadedInstance } from "../registry/registry.ts";
import type { Booking } from "../sdk/booking.ts";
import type { Clock, ConnectionDefaults, MailAttachment, Pdf, Templates } from "../sdk/context.ts";
import type { BookingDocument } from "../sdk/integration.ts";
import { concerns } from "./matches.ts";

export interface BookingDocumentTools {
  clock: Clock;
  pdf: Pdf;
  templates: Templates;
  connectionOf(id: string): ConnectionDefaults;
}

/** Files that instances make of a booking as it is now. */
export class BookingDocuments {
  readonly #instances: readonly LoadedInstance[];
  readonly #tools: BookingDocumentTools;

  constructor(instances: Iterable<LoadedInstance>, tools: BookingDocumentTools) {
    this.#instances = [...instances];
    this.#tools = tools;
  }

  /** @returns the file of the first instance that makes it and is meant for the booking. */
  async make(booking: Booking, id: string): Promise<MailAttachment | undefined> {
    const maker = this.#instances.find(
      (instance) => documentOf(instance, id) && concerns(instance.when, booking),
    );
    const document = maker && documentOf(maker, id);
    if (!document) return undefined;
    const { clock, pdf, templates } = this.#tools;
    const connection = this.#tools.connectionOf(booking.connection);
    const tools = { config: maker.settings, connection, clock, pdf, templates };
    const content = await document.render(booking, tools);
    const { contentType } = document;
    const ending = contentType === "application/pdf" ? "pdf" : "bin";
    return { filename: `${id}-${booking.reference}.${ending}`, contentType, content };
  }
}

function documentOf(
  { integration }: LoadedInstance,
  id: string,
): BookingDocument<unknown> | undefined {
  return integration.documents?.find((document) => document.id === id);
}
