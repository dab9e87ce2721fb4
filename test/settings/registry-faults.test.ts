import { describe, expect, it } from "vitest";

import { faultsWithIntegrations } from "./read-config.ts";

describe("what the integrations find wrong with the configuration has its line too", () => {
  it.each([
    [
      "an unknown booking system",
      "connections:\n  fjord:\n    source: tourcmss\n    tokens: [abc]",
      '3: connections.fjord.source: unknown integration "tourcmss": did you mean tourcms?',
    ],
    [
      "a target as a booking system",
      "connections:\n  fjord:\n    source: voucher-mail\n    tokens: [abc]",
      "3: connections.fjord.source: voucher-mail is a target, not a booking system",
    ],
    [
      "an unknown integration",
      "integrations:\n  voucher-mial: {}",
      '2: integrations.voucher-mial: unknown integration "voucher-mial": did you mean voucher-mail?',
    ],
    [
      "an unknown integration under another name",
      "integrations:\n  mine:\n    use: voucher-male",
      '3: integrations.mine.use: unknown integration "voucher-male": did you mean voucher-mail?',
    ],
    [
      "a booking system as a target",
      "integrations:\n  tourcms: {}",
      "2: integrations.tourcms: tourcms is a booking system: it belongs under connections",
    ],
    [
      "a slip in a setting",
      "connections:\n  fjord:\n    source: tourcms\n    tokens: [abc]\n    settings:\n      acountId: 5",
      "6: connections.fjord.settings.acountId: unknown key: did you mean accountId?",
    ],
    [
      "a wrong setting below an id without quotes",
      "connections:\n  fjord:\n    source: tourcms\n    tokens: [abc]\n    settings:\n      channels:\n        51234:\n          apikey: x",
      "8: connections.fjord.settings.channels.51234.apikey: unknown key: did you mean apiKey?",
    ],
    [
      "a wrong value of a setting",
      "integrations:\n  voucher-mail:\n    settings:\n      agents: nobody",
      "4: integrations.voucher-mail.settings.agents: must be agent, guest or office",
    ],
  ])("%s", async (_title, text, fault) => {
    expect(await faultsWithIntegrations(text)).toEqual([`bellhop.yaml:${fault}`]);
  });

  it("a connection of a calendar that there is not", async () => {
    const connection = "connections:\n  fjord:\n    source: tourcms\n    tokens: [abc]\n";
    const calendar = "calendars:\n  cabins:\n    tokens: [def]\n    connections: [fjrod]";

    const faults = await faultsWithIntegrations(connection + calendar);

    expect(faults[0]).toMatch(
      /^bellhop\.yaml:8: calendars\.cabins\.connections.*: no connection is called fjrod: did you mean fjord\?$/,
    );
  });

  it("a connection of a calendar in an integration's settings that there is not", async () => {
    const connection = "connections:\n  fjord:\n    source: tourcms\n    tokens: [abc]\n";
    const dav =
      "integrations:\n  dav:\n    settings:\n      user: hub\n      password: secret\n      calendars:\n" +
      "        - url: https://cloud.example.com/cabin-4/\n          connections: [fjrod]";

    const faults = await faultsWithIntegrations(connection + dav);

    expect(faults).toEqual([
      "bellhop.yaml:12: integrations.dav.settings.calendars[0].connections[0]: no connection is called fjrod: did you mean fjord?",
    ]);
  });

  it("a connection in `when` that there is not", async () => {
    const connection = "connections:\n  fjord:\n    source: tourcms\n    tokens: [abc]\n";
    const when = "integrations:\n  voucher-mail:\n    when:\n      connections: [fjrod]";

    const [fault, ...others] = await faultsWithIntegrations(connection + when);

    expect(others).toEqual([]);
    expect(fault).toMatch(
      /^bellhop\.yaml:8: integrations\.voucher-mail\.when\.connections.*: no connection is called fjrod: did you mean fjord\?$/,
    );
  });
});
