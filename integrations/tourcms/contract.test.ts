import { checkIntegration } from "#sdk/testing";

checkIntegration(import.meta.dirname, {
  settings: { accountId: "90001" },
  // Answers of the API, and calls whose body is XML.
  ignore: ["api/", "inline/"],
});
