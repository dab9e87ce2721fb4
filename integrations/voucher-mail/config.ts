import { z } from "zod";

const Brand = z.strictObject({
  name: z.string().min(1).optional().describe("Shown instead of the connection's name"),
  logo: z
    .string()
    .min(1)
    .optional()
    .describe("PNG or JPEG file, beside the configuration or below a folder of templatePaths"),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, "must be a colour such as #1f4e5f")
    .default("#1f4e5f")
    .describe("Of headings and lines"),
  footer: z
    .string()
    .optional()
    .describe("Lines at the foot of vouchers and mails: address, telephone, web site"),
});

export const VoucherMailConfig = z.strictObject({
  template: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, "must be the name of a folder")
    .default("default")
    .describe("Folder voucher-mail/<name> below templatePaths; what it lacks comes from default"),
  copyTo: z.email().optional().describe("Gets a copy of every mail that really goes to a guest"),
  brand: Brand.prefault({}).describe("How vouchers and mails look"),
  agents: z
    .enum(["agent", "guest", "office"])
    .default("guest")
    .describe("Who gets the voucher of a booking made by an agent"),
  prices: z.boolean().default(true).describe("Whether vouchers show prices at all"),
});

export type VoucherMailConfig = z.output<typeof VoucherMailConfig>;
