import { checkContext, checkCrmTarget, type CrmOffice } from "../../../src/sdk/testing.ts";
import { ToyCrm, type ToyConfig, toyIntegration } from "./toy-target.ts";

const toy = new ToyCrm();

const office: CrmOffice<ToyConfig> = {
  edit: (id, phone) => {
    Object.assign(toy.contacts.get(id)?.fields ?? {}, { phone });
    return Promise.resolve();
  },
  remove: (id) => {
    toy.contacts.delete(id);
    return Promise.resolve();
  },
  merge: (id) => {
    toy.contacts.delete(id);
    return Promise.resolve();
  },
  leave: (id) => {
    const row = toy.contacts.get(id);
    if (row) Object.assign(row, { isSubscribed: false, hasLeft: true });
    return Promise.resolve();
  },
};

checkCrmTarget({
  integration: toyIntegration(toy),
  target: toy.target(),
  http: checkContext({}).http,
  dataFolder: () => "/nowhere",
  settings: () => ({}),
  office,
});
