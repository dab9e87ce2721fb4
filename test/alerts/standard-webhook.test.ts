import { expect, it } from "vitest";

import { standardHeaders } from "../../src/alerts/standard-webhook.ts";

it("a message is signed as the example of Standard Webhooks is", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";

  const headers = standardHeaders(secret, {
    id,
    sentAt: 1_614_265_330_999,
    body: '{"test": 2432232314}',
  });

  expect(headers).toMatchObject({
    "webhook-id": id,
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});
