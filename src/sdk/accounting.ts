export * from "./accounting/document.ts";
export * from "./accounting/settings.ts";
export * from "./accounting/target.ts";
export * from "./accounting/next-documents.ts";
