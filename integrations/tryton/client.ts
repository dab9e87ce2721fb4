import { z } from "zod";

import { ConfigurationError, PermanentError } from "#sdk";

import { TrytonQuestion } from "./judge.ts";
import { authorize, forget } from "./session.ts";
import { REFUSED, send, type TrytonContext } from "./transport.ts";

export type Values = Readonly<Record<string, unknown>>;
/** @param values What was entered into the views so far, by state. */
export type ExecuteState = (state: string, values: Values) => Promise<unknown>;
export type Domain = readonly unknown[];

/**
 * Questions that are answered with yes, by the beginning of their names: that an invoice was due
 * before today is nothing new when it is posted late.
 */
const ACCEPTED = ["invoice_payment_term_"];

const Ids = z.array(z.int());
const Started = z.tuple([z.int(), z.string()]).rest(z.unknown());

/**
 * One conversation with Tryton. Every call is a transaction of its own there, so work of several
 * calls may stop between any two of them.
 */
export class Tryton {
  readonly context: TrytonContext;
  /** Goes last into every call: company and language, so that messages are in English. */
  readonly #scope: Values;
  readonly #progress: { hasWritten: boolean };

  constructor(context: TrytonContext, scope: Values = {}, progress = { hasWritten: false }) {
    this.context = context;
    this.#scope = { language: "en", ...scope };
    this.#progress = progress;
  }

  /** Whether a call may have changed something. */
  get hasWritten(): boolean {
    return this.#progress.hasWritten;
  }

  /** The same conversation with more said at the end of every call. */
  within(scope: Values): Tryton {
    return new Tryton(this.context, { ...this.#scope, ...scope }, this.#progress);
  }

  /** Reads the fields of a shape from the records that fit. */
  async searchRead<Shape extends z.ZodRawShape>(
    model: string,
    domain: Domain,
    shape: Shape,
    { limit = null, order = null }: { limit?: number | null; order?: Domain | null } = {},
  ): Promise<z.infer<z.ZodObject<Shape>>[]> {
    const params = [domain, 0, limit, order, fieldsOf(shape)];
    const rows = await this.#call(`model.${model}.search_read`, params, false);
    return parsed(z.array(z.object(shape)), rows, model);
  }

  /** @throws PermanentError when one of them is not there. */
  async read<Shape extends z.ZodRawShape>(
    model: string,
    ids: readonly number[],
    shape: Shape,
  ): Promise<z.infer<z.ZodObject<Shape>>[]> {
    const rows = await this.#call(`model.${model}.read`, [ids, fieldsOf(shape)], false);
    return parsed(z.array(z.object(shape)), rows, model);
  }

  async create(model: string, values: Values): Promise<number> {
    const answer = await this.#call(`model.${model}.create`, [[values]], true);
    const [id] = parsed(Ids, answer, model);
    if (id === undefined) throw new PermanentError(`Tryton created no ${model}`);
    return id;
  }

  async write(model: string, ids: readonly number[], values: Values): Promise<void> {
    await this.#call(`model.${model}.write`, [ids, values], true);
  }

  async remove(model: string, ids: readonly number[]): Promise<void> {
    await this.#call(`model.${model}.delete`, [ids], true);
  }

  /** Presses a button of a form. */
  async press(model: string, button: string, ids: readonly number[]): Promise<void> {
    await this.#call(`model.${model}.${button}`, [ids], true);
  }

  /** Asks something that changes nothing. */
  async ask<Answer>(
    method: string,
    params: readonly unknown[],
    schema: z.ZodType<Answer>,
  ): Promise<Answer> {
    return parsed(schema, await this.#call(method, params, false), method);
  }

  /** Runs a wizard that asks nothing, on records. */
  async runWizard(name: string, model: string, ids: readonly number[]): Promise<void> {
    const there = this.within({ active_model: model, active_id: ids[0], active_ids: ids });
    await there.converse(name, (execute, startState) => execute(startState, {}));
  }

  /** Runs a wizard: its states are asked for one after the other, with what a person would enter. */
  async converse(
    name: string,
    steps: (execute: ExecuteState, startState: string) => Promise<unknown>,
  ): Promise<void> {
    const started = await this.#call(`wizard.${name}.create`, [], false);
    const [session, startState] = parsed(Started, started, name);
    const execute: ExecuteState = (state, values) =>
      this.#call(`wizard.${name}.execute`, [session, values, state], true);
    await steps(execute, startState);
    await this.#call(`wizard.${name}.delete`, [session], false);
  }

  async #call(method: string, params: readonly unknown[], isWrite: boolean): Promise<unknown> {
    try {
      return await this.#send(method, params, isWrite);
    } catch (error) {
      if (!(error instanceof TrytonQuestion) || !isAccepted(error)) throw error;
      await this.#accept(error.warning);
      return this.#send(method, params, isWrite);
    }
  }

  async #send(method: string, params: readonly unknown[], isWrite: boolean): Promise<unknown> {
    const request = { method, params: [...params, this.#scope], isWrite };
    for (let logIns = 0; logIns < 2; logIns += 1) {
      const session = await authorize(this.context);
      const { authorization } = session;
      const answer = await this.#noting(isWrite, send({ ...request, authorization }, this.context));
      if (answer !== REFUSED) return answer;
      await forget(session, this.context);
    }
    throw new ConfigurationError(
      "Tryton ends every session at once: look at its [session] settings",
    );
  }

  async #noting(isWrite: boolean, call: Promise<unknown>): Promise<unknown> {
    try {
      const answer = await call;
      if (isWrite && answer !== REFUSED) this.#progress.hasWritten = true;
      return answer;
    } catch (error) {
      if ((error as { mayHaveHappened?: boolean }).mayHaveHappened)
        this.#progress.hasWritten = true;
      throw error;
    }
  }

  /** What the button Yes of Tryton's own client does: the next try goes through, once. */
  async #accept(warning: string): Promise<void> {
    const { userId } = await authorize(this.context);
    const values = { user: userId, name: warning, always: false };
    await this.#send("model.res.user.warning.create", [[values]], true);
  }
}

function isAccepted({ warning }: TrytonQuestion): boolean {
  return ACCEPTED.some((beginning) => warning.startsWith(beginning));
}

/** `currency.code` of a shape comes back below `currency.`; a shape names it as such. */
function fieldsOf(shape: z.ZodRawShape): string[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    if (!name.endsWith(".")) return [name];
    const one = schema instanceof z.ZodNullable ? schema.unwrap() : schema;
    const there = one instanceof z.ZodArray ? one.element : one;
    return there instanceof z.ZodObject
      ? Object.keys(there.shape).map((field) => name + field)
      : [];
  });
}

function parsed<Answer>(schema: z.ZodType<Answer>, value: unknown, what: string): Answer {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new PermanentError(
    `Tryton's answer about ${what} is not understood: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
  );
}
