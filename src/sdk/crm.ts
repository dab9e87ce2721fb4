export * from "./crm/contact.ts";
export * from "./crm/fields-to-write.ts";
export * from "./crm/handlers.ts";
export { keep, type KeepContext, type Keeping, type Kept } from "./crm/keep.ts";
export * from "./crm/settings.ts";
export { fieldNamesIn } from "./crm/standing.ts";
export * from "./crm/target.ts";
