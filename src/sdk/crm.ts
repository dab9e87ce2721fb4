export * from "./crm/contact.ts";
export * from "./crm/fields-to-write.ts";
export * from "./crm/handlers.ts";
export * from "./crm/settings.ts";
export * from "./crm/target.ts";
