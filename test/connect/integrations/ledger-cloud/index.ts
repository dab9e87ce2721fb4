import { z } from "zod";

import { ConfigurationError } from "../../../../src/sdk/errors.ts";
import { defineIntegration } from "../../../../src/sdk/integration.ts";

/** A target that somebody has to give access to. */
export default defineIntegration({
  manifest: { id: "ledger-cloud", name: "Ledger Cloud" },
  config: z.strictObject({
    clientId: z.string().min(1),
    clientSecret: z.string().optional(),
    identityUrl: z.string(),
    /** What is found once somebody has agreed. */
    finds: z.enum(["one", "two", "wrong"]).default("one"),
  }),
  oauth: {
    authorizeUrl: ({ identityUrl }) => `${identityUrl}/auth`,
    tokenUrl: ({ identityUrl }) => `${identityUrl}/token`,
    clientId: ({ clientId }) => clientId,
    clientSecret: ({ clientSecret }) => clientSecret,
    scopes: () => ["offline_access", "books"],
    parameters: () => ({ prompt: "consent" }),
    connected: ({ config }) => {
      if (config.finds === "wrong") throw new ConfigurationError("no books there: choose others");
      const line = "Fjord <Walks> & Sons (EUR)";
      if (config.finds === "two") return Promise.resolve({ line, todo: "write tenantId: a or b" });
      return Promise.resolve({ line, account: { id: "books-1" } });
    },
  },
  handlers: [
    {
      id: "post",
      kind: "mirror",
      on: ["booking.confirmed"],
      handle: async (_, { tokens }) => ({
        done: `with ${(await tokens.access()).length} characters`,
      }),
    },
  ],
});
