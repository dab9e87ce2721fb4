import type { Request } from "express";
import type { z } from "zod";

import type { Database } from "../db/database.ts";
import { readListQuery } from "../queries/filters.ts";
import { type List, readPage } from "../queries/list.ts";

/** One call of the API: what it answers, or the problem it throws. */
export interface Route {
  method: "get" | "post";
  /** As Express writes it: `/jobs/:id`. */
  path: string;
  answer: (request: Request) => Promise<object>;
}

/** `GET /deliveries` and the like: filters, a limit, a cursor. */
export function listRoute<Shape extends z.ZodRawShape, Row>(
  db: Database,
  list: List<Shape, Row>,
): Route {
  return {
    method: "get",
    path: `/${list.name}`,
    async answer({ query }) {
      const { filters, page } = readListQuery(list.filters, query);
      const { rows, next } = await readPage(db, list, filters, page);
      return { data: rows.map((row) => list.present(row)), next };
    },
  };
}

/** A part of the path. */
export function param(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === "string" ? value : "";
}
