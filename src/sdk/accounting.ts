export * from "./accounting/document.ts";
export * from "./accounting/target.ts";
