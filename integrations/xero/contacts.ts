import { createHash } from "node:crypto";

import { kindOf } from "#sdk";
import type { Party } from "#sdk/accounting";

import { RefusedError } from "./answer.ts";
import type { XeroClient } from "./client.ts";
import { Contact } from "./shapes.ts";
import { quoted } from "./where.ts";

/** Longer contact numbers are refused. */
const LONGEST_NUMBER = 50;
const LONGEST_NAME = 255;
const NAME_IS_TAKEN = /contact name.*(already|unique)/i;

/**
 * The id of the contact that stands for a party. Only the number counts: two guests of one name are
 * two contacts, and what people have put right in Xero stays as it is.
 */
export async function contactOf(client: XeroClient, party: Party): Promise<string> {
  const number = contactNumber(party.code);
  const known = await find(client, number);
  if (known !== undefined) return known;
  const { name } = party;
  const hidden = [name, party.contactName, party.email].filter((one) => one !== undefined);
  const create = (named: string) =>
    client.first(
      {
        ...{ method: "PUT", path: "Contacts", query: { summarizeErrors: true } },
        ...{ body: { Contacts: [bodyOf(party, number, named)] }, key: `contact ${number}`, hidden },
      },
      "Contacts",
      Contact,
    );
  try {
    return (await create(shortened(name, ""))).ContactID;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    // Xero wants every name once: of two guests called Berg one is "Berg (fjord-cust-812)".
    if (error.reasons.some((reason) => NAME_IS_TAKEN.test(reason))) {
      return (await create(shortened(name, ` (${number})`))).ContactID;
    }
    // Somebody else, working on another booking of the guest, may have been faster.
    const faster = await find(client, number);
    if (faster !== undefined && kindOf(error) === "permanent") return faster;
    throw error;
  }
}

async function find(client: XeroClient, number: string): Promise<string | undefined> {
  const where = `ContactNumber==${quoted(number)}`;
  const found = await client.list("Contacts", Contact, where);
  const active = found.find(({ ContactStatus }) => ContactStatus === "ACTIVE") ?? found[0];
  return active?.ContactID;
}

function bodyOf(party: Party, number: string, name: string): object {
  const { contactName, company, email, phone, taxNumber, street, city, postcode, country } = party;
  const [first, ...rest] = (company === undefined ? undefined : contactName)?.split(" ") ?? [];
  const hasAddress = [street, city, postcode, country].some((part) => part !== undefined);
  return {
    Name: name,
    ContactNumber: number,
    ...(first !== undefined && { FirstName: first }),
    ...(rest.length > 0 && { LastName: rest.join(" ") }),
    ...(email !== undefined && { EmailAddress: email }),
    ...(taxNumber !== undefined && { TaxNumber: taxNumber.slice(0, 50) }),
    ...(phone !== undefined && {
      Phones: [{ PhoneType: "DEFAULT", PhoneNumber: phone.slice(0, 50) }],
    }),
    ...(hasAddress && {
      Addresses: [
        {
          AddressType: "POBOX",
          ...(street !== undefined && { AddressLine1: street.slice(0, 500) }),
          ...(city !== undefined && { City: city.slice(0, 255) }),
          ...(postcode !== undefined && { PostalCode: postcode.slice(0, 50) }),
          ...(country !== undefined && { Country: country }),
        },
      ],
    }),
  };
}

function contactNumber(code: string): string {
  if (code.length <= LONGEST_NUMBER) return code;
  const hash = createHash("sha256").update(code).digest("hex").slice(0, 16);
  return `${code.slice(0, LONGEST_NUMBER - hash.length - 1)}-${hash}`;
}

function shortened(name: string, ending: string): string {
  const plain = name.replaceAll(/\s+/g, " ").trim();
  return plain.slice(0, LONGEST_NAME - ending.length) + ending;
}
