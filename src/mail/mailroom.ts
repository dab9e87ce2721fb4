import { join } from "node:path";

import type { Clock, Log, Mail } from "../sdk/context.ts";
import type { Settings } from "../settings/settings.ts";
import { createMail, type MailFactory } from "./mail.ts";

/** The mail of each connection, over one pool. Simulated guests get nothing that leaves this machine. */
export class Mailroom {
  readonly #settings: Settings;
  readonly #real: MailFactory;
  readonly #simulated: MailFactory;
  readonly #mails = new Map<string, Mail>();

  constructor(settings: Settings, clock: Clock, log: Log) {
    const { config, smtpUrl, mailFrom, dataFolder, isMailCaught } = settings;
    const common = {
      outboxFolder: join(dataFolder, "outbox"),
      mode: config.mail.mode,
      clock,
      log,
      ...(mailFrom !== undefined && { from: mailFrom }),
      ...(config.mail.office !== undefined && { office: config.mail.office }),
    };
    this.#settings = settings;
    this.#real = createMail({ ...common, ...(smtpUrl !== undefined && { smtpUrl }) });
    // A mail server on this machine proves nothing: it may pass on what it gets.
    const isCaught = isMailCaught && smtpUrl !== undefined;
    this.#simulated = createMail({ ...common, ...(isCaught && { smtpUrl }) });
  }

  /** @param connection Name of a connection; an unknown one gets the installation's defaults. */
  of(connection: string): Mail {
    const known = this.#mails.get(connection);
    if (known) return known;
    const config = this.#settings.config.connections[connection];
    const factory = config?.simulated ? this.#simulated : this.#real;
    const mail = factory.forConnection({
      name: config?.name ?? connection,
      ...(config?.mail?.from !== undefined && { from: config.mail.from }),
      ...(config?.mail?.replyTo !== undefined && { replyTo: config.mail.replyTo }),
    });
    this.#mails.set(connection, mail);
    return mail;
  }

  /** @returns one line for a person. @throws ConfigurationError or RetryableError. */
  verify(): Promise<string> {
    return this.#real.verify();
  }

  close(): void {
    this.#real.close();
    this.#simulated.close();
  }
}
