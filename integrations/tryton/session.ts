import { createHash } from "node:crypto";

import { z } from "zod";

import { ConfigurationError } from "#sdk";

import { REFUSED, send, type TrytonContext } from "./transport.ts";

export interface Session {
  /** The header of every call. */
  authorization: string;
  userId: number;
}

interface Entry {
  session?: Promise<Session>;
  /** UTC milliseconds at which the password was refused. */
  refusedAt?: number;
}

/**
 * Sessions of this process. Tryton slows down and then locks out whoever comes with wrong passwords,
 * also for the right one; so a refused password is not shown again by the jobs behind the first.
 */
const entries = new Map<string, Entry>();
const REMEMBER_REFUSAL_MS = 10 * 60_000;

const Login = z.tuple([z.int(), z.string()]).rest(z.unknown());

/** Logs in, once for all that ask at the same time. */
export async function authorize(context: TrytonContext): Promise<Session> {
  const entry = entryOf(context);
  const { refusedAt } = entry;
  if (refusedAt !== undefined && context.clock.now() - refusedAt < REMEMBER_REFUSAL_MS) {
    throw refusal(context, "it was refused a short while ago and is not tried again so soon");
  }
  entry.session ??= logIn(context, entry);
  return entry.session;
}

/** Forgets a session that Tryton does not know any more, unless there is a newer one. */
export async function forget(session: Session, context: TrytonContext): Promise<void> {
  const entry = entryOf(context);
  if ((await entry.session) === session) delete entry.session;
}

/** Lets a refused password be tried again at once: somebody asks for it. */
export function allowLogin(context: TrytonContext): void {
  delete entryOf(context).refusedAt;
}

async function logIn(context: TrytonContext, entry: Entry): Promise<Session> {
  const { user, password } = context.config;
  try {
    const answer = await send(
      { method: "common.db.login", params: [user, { password }, "en"], isWrite: false },
      context,
    );
    if (answer === REFUSED) {
      entry.refusedAt = context.clock.now();
      throw refusal(context, "Tryton refuses it");
    }
    const [userId, token] = Login.parse(answer);
    delete entry.refusedAt;
    const identity = Buffer.from(`${user}:${userId}:${token}`).toString("base64");
    return { authorization: `Session ${identity}`, userId };
  } catch (error) {
    delete entry.session;
    throw error;
  }
}

function refusal({ config }: TrytonContext, what: string): ConfigurationError {
  return new ConfigurationError(
    `settings.user, settings.password: ${what} (user "${config.user}", database "${config.database}")`,
  );
}

function entryOf({ config }: TrytonContext): Entry {
  const { url, database, user, password } = config;
  const key = createHash("sha256").update(JSON.stringify([url, database, user, password]));
  const name = key.digest("hex");
  const entry = entries.get(name) ?? {};
  entries.set(name, entry);
  return entry;
}
