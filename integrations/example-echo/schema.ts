import { z } from "zod";

import { BOOKING_STATUSES } from "#sdk";

/** What a call looks like. Only what we use; anything else is kept in the native fields. */
export const EchoCall = z.looseObject({
  event: z.string(),
  reference: z.string().regex(/^[\w-]{1,40}$/),
  status: z.enum(BOOKING_STATUSES),
  title: z.string().optional(),
  email: z.string().nullish(),
  startsAt: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/)
    .optional(),
  total: z.string().optional(),
  currency: z.string().default("EUR"),
  madeAt: z.string().optional(),
});

export type EchoCall = z.output<typeof EchoCall>;
