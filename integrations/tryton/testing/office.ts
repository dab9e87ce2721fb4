import type { Tryton } from "../client.ts";
import { asId } from "../wire.ts";

/** What people do with parties in Tryton's own client. */
export function officeOf(admin: () => Tryton) {
  return {
    edit: async (id: string, phone: string) => {
      const domain = [
        ["party", "=", Number(id)],
        ["type", "=", "phone"],
      ];
      const rows = await admin().searchRead("party.contact_mechanism", domain, { id: asId });
      const ids = rows.map((row) => row.id);
      await admin().write("party.contact_mechanism", ids, { value: phone });
    },
    remove: (id: string) => admin().write("party.party", [Number(id)], { active: false }),
    merge: (id: string, into: string) => replace(Number(id), Number(into), admin()),
  };
}

/** Through the wizard, which asks whether it is meant when the names differ. */
async function replace(source: number, destination: number, admin: Tryton): Promise<void> {
  const name = `party.replace name ${source} ${destination}`;
  const [user] = await admin.searchRead("res.user", [["login", "=", "admin"]], { id: asId });
  await admin.create("res.user.warning", { user: user?.id, name, always: false });
  const there = admin.within({
    ...{ active_model: "party.party", active_id: source, active_ids: [source] },
  });
  await there.converse("party.replace", async (execute, startState) => {
    await execute(startState, {});
    await execute("replace", { ask: { source, destination } });
  });
}
