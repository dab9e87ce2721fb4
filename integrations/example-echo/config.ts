import { z } from "zod";

export const EchoConfig = z.strictObject({
  path: z.string().min(1).optional().describe("File that gets one line per event"),
  timeZone: z.string().default("UTC").describe("Zone of the local times in the calls"),
});

export type EchoConfig = z.output<typeof EchoConfig>;
