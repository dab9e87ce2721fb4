import { STATUS_CODES } from "node:http";

import type { Response } from "express";

import type { FieldProblem } from "../queries/filters.ts";

/** An answer that is not what was asked for, as RFC 9457 writes it. */
export class Problem extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly FieldProblem[];

  constructor(
    status: number,
    detail: string,
    more: { headers?: Record<string, string>; errors?: readonly FieldProblem[] } = {},
  ) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.headers = more.headers ?? {};
    this.errors = more.errors ?? [];
  }
}

export function notFound(what: string): Problem {
  return new Problem(404, `there is no ${what}`);
}

export function sendProblem(response: Response, problem: Problem): void {
  const { status, headers, message, errors } = problem;
  response
    .status(status)
    .set(headers)
    .type("application/problem+json")
    .send(
      JSON.stringify({
        type: "about:blank",
        title: STATUS_CODES[status] ?? "Error",
        status,
        detail: message,
        ...(errors.length > 0 && { errors }),
      }),
    );
}
