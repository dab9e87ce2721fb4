import type { EventType } from "../sdk/booking-event.ts";
import type { Handler, Integration } from "../sdk/integration.ts";
import type { Schedule } from "../sdk/schedule.ts";

/**
 * An integration whose kind of settings is known only to itself. What its own schema parsed is
 * handed back to its own functions, so the types meet again there.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- no type fits every plug-in's settings
export type AnyIntegration = Integration<any>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
export type AnyHandler = Handler<any, EventType>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
export type AnySchedule = Schedule<any>;
