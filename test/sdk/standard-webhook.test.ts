import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";

import { standardHeaders } from "../../src/sdk/standard-webhook.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEWER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

it("a message is signed as the example of Standard Webhooks is", () => {
  const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";

  const headers = standardHeaders([SECRET], {
    id,
    sentAt: 1_614_265_330_999,
    body: '{"test": 2432232314}',
  });

  expect(headers).toEqual({
    "webhook-id": id,
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

it("with two secrets, who has either of them can verify it, and who has neither cannot", () => {
  const body = '{"guest":"Zoë 🛶"}';

  const headers = standardHeaders([NEWER, SECRET], { id: "1", sentAt: Date.now(), body });

  const verify = (secret: string) => () => new Webhook(secret).verify(body, headers);
  expect(verify(NEWER)()).toEqual({ guest: "Zoë 🛶" });
  expect(verify(SECRET)()).toEqual({ guest: "Zoë 🛶" });
  expect(verify("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).toThrow("No matching signature");
});
