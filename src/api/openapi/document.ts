import { BOOKS_SCHEMAS } from "./books-schemas.ts";
import { BOOKING_SCHEMAS } from "./booking-schemas.ts";
import type { PathItem } from "./operation.ts";
import { PATHS } from "./paths.ts";
import type { Schema } from "./schema.ts";
import { STATUS_SCHEMAS } from "./status-schemas.ts";
import { VALUE_SCHEMAS } from "./value-schemas.ts";
import { WORK_SCHEMAS } from "./work-schemas.ts";

export interface ApiDescription {
  openapi: string;
  info: { title: string; version: string; description: string };
  servers: readonly { url: string }[];
  security: readonly Readonly<Record<string, readonly string[]>>[];
  paths: Readonly<Record<string, PathItem>>;
  components: {
    securitySchemes: Readonly<Record<string, { type: string; scheme: string }>>;
    schemas: Readonly<Record<string, Schema>>;
  };
}

const DESCRIPTION = `What Bellhop received, understood and did, and a few decisions: again, not at all, not now.

Lists are newest first. \`next\` of an answer is the \`cursor\` of the next page; a page may be asked for again.
Errors are problem documents (RFC 9457). Fields may be added to answers at any time; none changes its meaning.`;

/** The OpenAPI 3.1 description of the API. */
export function describeApi(): ApiDescription {
  return {
    openapi: "3.1.0",
    info: { title: "Bellhop", version: "1.0.0", description: DESCRIPTION },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }],
    paths: PATHS,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: {
        ...VALUE_SCHEMAS,
        ...BOOKING_SCHEMAS,
        ...BOOKS_SCHEMAS,
        ...WORK_SCHEMAS,
        ...STATUS_SCHEMAS,
      },
    },
  };
}
