import js from "@eslint/js";
import tseslint from "typescript-eslint";

const insideOnly = "A plug-in imports #sdk and its own files, nothing else of Bellhop.";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "coverage/", "data/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Numbers are readable in messages as they are.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `noPropertyAccessFromIndexSignature` asks for the brackets this rule would remove.
      "@typescript-eslint/dot-notation": "off",
      // `return refuse(404)` leaves a function early in one line.
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "no-console": "error",
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Only src/settings reads the environment." },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["**/integrations/**"], message: "src/ knows no vendor." },
            { group: ["#sdk", "#sdk/*"], message: "Inside src/ import the SDK's files directly." },
            { group: ["tsyringe"], message: "Only compose.ts and its parts know the container." },
          ],
        },
      ],
    },
  },
  {
    files: ["src/compose.ts", "src/compose/*.ts"],
    rules: { "no-restricted-imports": "off" },
  },
  {
    files: ["src/settings/environment.ts", "test/**/*.ts"],
    rules: { "no-restricted-properties": "off" },
  },
  {
    files: ["integrations/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["**/src/**", "../../*"], message: insideOnly }] },
      ],
    },
  },
  {
    files: ["bin/**/*.js", "*.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
);
