import { PAUSE_KINDS } from "../../dispatch/pause-store.ts";
import { JOB_STATES } from "../../queries/jobs.ts";
import { MODES } from "../../settings/config-schema.ts";
import {
  count,
  flag,
  listOf,
  object,
  oneOf,
  orNull,
  ref,
  type Schema,
  text,
  time,
} from "./schema.ts";

const MODE = oneOf(MODES, "`shadow`: it runs and says what it would do, nothing leaves");
const MAIL_MODE = oneOf(["rehearsal", "live"], "Whether mails go to guests");

export const STATUS_SCHEMAS: Readonly<Record<string, Schema>> = {
  HandlerStatus: object({
    id: text("`instance/handler`"),
    mode: MODE,
    paused: orNull(
      object({
        kind: oneOf(
          PAUSE_KINDS,
          "`person`: somebody paused it; `brake`: far more mails to guests than usual; `refused`: " +
            "the other side refuses the settings; `limit`: it asked to wait; `breaker`: it fails " +
            "for one booking after the other",
        ),
        until: orNull(time(), "When it tries again; null: when a person resumes it"),
        reason: text(),
      }),
    ),
    ready: count(),
    leased: count("Running now"),
    held: count("Wait for a setting"),
    dead: count("Need a person"),
  }),
  ConnectionStatus: object({
    id: text(),
    source: text("Id of the integration that understands the booking system"),
    mode: MODE,
    simulated: flag(),
    waiting: count(),
    held: count(),
    lastReceivedAt: orNull(time()),
  }),
  Status: object({
    accepted: count("Deliveries that were answered 200"),
    waiting: count("Deliveries that are not yet understood"),
    held: count("Deliveries that wait for a setting"),
    failed: count("Deliveries that could not be understood"),
    events: count(),
    jobs: object(Object.fromEntries(JOB_STATES.map((state) => [state, count()]))),
    oldestWaitingSeconds: count("Age of the oldest waiting delivery; 0 when none waits"),
    spool: count("Deliveries kept outside the database while it is away"),
    incidents: count("Open ones: what needs a person"),
    mailMode: MAIL_MODE,
    handlers: listOf(ref("HandlerStatus")),
    connections: listOf(ref("ConnectionStatus")),
  }),
  Count: object({ count: count() }),
};
