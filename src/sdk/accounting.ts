export * from "./accounting/document.ts";
export * from "./accounting/handlers.ts";
export { documentOf, type FiledDocument } from "./accounting/issued.ts";
export * from "./accounting/next-documents.ts";
export * from "./accounting/settings.ts";
export * from "./accounting/target.ts";
