export * from "./testing/builders.ts";
export * from "./testing/contract.ts";
export * from "./testing/memory-mail.ts";
export * from "./testing/programs.ts";
export * from "./testing/vendor-server.ts";
export * from "./testing/accounting/conformance.ts";
export * from "./testing/accounting/desk.ts";
export * from "./testing/accounting/story.ts";
