import { checkIntegration } from "#sdk/testing";

checkIntegration(import.meta.dirname);
