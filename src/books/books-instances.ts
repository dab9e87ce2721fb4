import type { HandlerTable } from "../dispatch/handler-table.ts";
import { handlersOf } from "../dispatch/run-job.ts";
import { DOCUMENTS } from "../sdk/accounting/handlers.ts";
import type { AccountingSettings } from "../sdk/accounting/settings.ts";
import type { AccountingTarget } from "../sdk/accounting/target.ts";
import type { EventType } from "../sdk/booking-event.ts";
import type { Mode, WhenConfig } from "../settings/config-schema.ts";

/** One use of an accounting integration. */
export interface BooksInstance {
  id: string;
  /** `books-fjord/documents`: its effects are the documents. */
  handler: string;
  /** What it hears of. */
  on: readonly EventType[];
  settings: AccountingSettings;
  when: WhenConfig;
  mode: Mode;
  target: AccountingTarget<unknown>;
  /** Ids of all that the instance does: what a target may read back of itself. */
  handlers: readonly string[];
  /** Schedules that tell it of a booking's moments: `books-fjord/service-date`. */
  moments: readonly string[];
}

/** The accounting integrations in use, in the order of the configuration. */
export function booksInstances({ entries }: Pick<HandlerTable, "entries">): BooksInstance[] {
  return [...entries.values()].flatMap((entry) => {
    const { integration, handler, instance, id, settings, when, mode, moments } = entry;
    const target = integration.books;
    if (!target || handler.id !== DOCUMENTS) return [];
    return [
      {
        ...{ id: instance, handler: id, on: handler.on, when, mode, target, moments },
        // Parsed by the plug-in's own schema, which has the kit's settings in it.
        settings: settings as AccountingSettings,
        handlers: handlersOf(integration, instance),
      },
    ];
  });
}
