import { join } from "node:path";

import { NO_CONNECTION } from "../sdk/booking-event.ts";
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
    const { connections } = this.#settings.config;
    if (connection === NO_CONNECTION) {
      // What is told of simulated connections alone does not leave this machine.
      const all = Object.values(connections);
      return this.ofInstallation(all.length > 0 && all.every(({ simulated }) => simulated));
    }
    const config = connections[connection];
    const factory = config?.simulated ? this.#simulated : this.#real;
    const mail = factory.forConnection({
      name: config?.name ?? connection,
      ...(config?.mail?.from !== undefined && { from: config.mail.from }),
      ...(config?.mail?.replyTo !== undefined && { replyTo: config.mail.replyTo }),
    });
    this.#mails.set(connection, mail);
    return mail;
  }

  /**
   * For what is about the installation and not about one connection.
   *
   * @param isSimulated About a simulation: it does not leave this machine.
   */
  ofInstallation(isSimulated: boolean): Mail {
    const { mailFrom, config } = this.#settings;
    const connections = Object.values(config.connections);
    const from = mailFrom ?? connections.find(({ mail }) => mail?.from !== undefined)?.mail?.from;
    const factory = isSimulated ? this.#simulated : this.#real;
    return factory.forConnection({ name: "Bellhop", ...(from !== undefined && { from }) });
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
