import { type FakeBooks, leftOf, Refusal, type Row, type Sheet, textOf, without } from "./books.ts";

export function putContact(books: FakeBooks, given: Row): Row {
  const { Name, ContactNumber } = given;
  const active = books.contacts.filter(({ ContactStatus }) => ContactStatus === "ACTIVE");
  if (typeof Name !== "string" || Name.trim() === "") throw new Refusal("A name must be specified");
  if (active.some((one) => String(one["Name"]).toLowerCase() === Name.toLowerCase())) {
    throw new Refusal(
      `The contact name ${Name} is already assigned to another contact. The contact name must be unique across all active contacts.`,
    );
  }
  if (
    ContactNumber !== undefined &&
    books.contacts.some((one) => one["ContactNumber"] === ContactNumber)
  ) {
    throw new Refusal("Contact number is already assigned to another contact.");
  }
  const contact = { ...given, ContactID: books.newId(), ContactStatus: "ACTIVE" };
  books.contacts.push(contact);
  return contact;
}

export function putInvoice(books: FakeBooks, given: Row): Row {
  const number = given["InvoiceNumber"];
  const isTaken = books.invoices.some(
    (one) => one["InvoiceNumber"] === number && !["DELETED", "VOIDED"].includes(one.Status),
  );
  if (isTaken) throw new Refusal("Invoice # must be unique.");
  const invoice = newSheet(books, given, { InvoiceID: books.newId() });
  books.invoices.push(invoice);
  return showInvoice(books, invoice);
}

export function putCreditNote(books: FakeBooks, given: Row): Row {
  const number = given["CreditNoteNumber"];
  if (books.creditNotes.some((one) => one["CreditNoteNumber"] === number)) {
    throw new Refusal("Credit note # must be unique.");
  }
  const note = newSheet(books, given, { CreditNoteID: books.newId() });
  books.creditNotes.push(note);
  return showCredit(books, note);
}

function newSheet(books: FakeBooks, given: Row, id: Row): Sheet {
  const sheet: Sheet = {
    ...without(given, "Contact"),
    ...books.sheet(given, textOf(given["CurrencyCode"], "EUR")),
    ...{ ...id, Status: "DRAFT", ContactID: books.contactOf(given), used: 0 },
    Date: books.date(given["Date"]),
  };
  changeStatus(sheet, textOf(given["Status"], "DRAFT"));
  return sheet;
}

/** `POST Invoices/{id}` and the like. */
export function update(books: FakeBooks, sheet: Sheet, given: Row): void {
  const { Status, LineItems } = given;
  if (LineItems !== undefined) {
    if (sheet.Status !== "DRAFT") {
      throw new Refusal("Invoice not of valid status for modification");
    }
    Object.assign(sheet, books.sheet({ ...sheet, LineItems }, sheet.CurrencyCode));
  }
  if (Status !== undefined) changeStatus(sheet, textOf(Status));
}

const NEXT: Readonly<Record<string, readonly string[]>> = {
  DRAFT: ["DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"],
  SUBMITTED: ["SUBMITTED", "DRAFT", "AUTHORISED", "DELETED"],
  AUTHORISED: ["AUTHORISED", "VOIDED"],
};

function changeStatus(sheet: Sheet, wanted: string): void {
  if (!NEXT[sheet.Status]?.includes(wanted)) {
    throw new Refusal(`Invoice not of valid status for modification (${sheet.Status})`);
  }
  if (wanted === "VOIDED" && sheet.used > 0) {
    throw new Refusal("Invoice cannot be voided: it has payments or credit notes allocated to it");
  }
  sheet.Status = wanted;
  settle(sheet);
}

/** What nothing is left of is PAID; nothing at all is so from the beginning. */
export function settle(sheet: Sheet): void {
  if (sheet.Status === "AUTHORISED" && leftOf(sheet) === 0) sheet.Status = "PAID";
}

export function showInvoice(books: FakeBooks, invoice: Sheet): Row {
  const { used, ContactID } = invoice;
  const rest = without(invoice, "used", "ContactID");
  const isOpen = invoice.Status === "AUTHORISED" || invoice.Status === "PAID";
  return {
    ...rest,
    Contact: contactIn(books, ContactID),
    AmountDue: isOpen || invoice.Status === "DRAFT" ? leftOf(invoice) : 0,
    AmountPaid: used,
    ...dates(rest),
  };
}

export function showCredit(books: FakeBooks, credit: Sheet): Row {
  const rest = without(credit, "used", "ContactID");
  const id = credit["CreditNoteID"] ?? credit["PrepaymentID"];
  return {
    ...rest,
    Contact: contactIn(books, credit.ContactID),
    RemainingCredit: leftOf(credit),
    Allocations: books.allocations
      .filter((one) => one["of"] === id)
      .map((one) => ({ ...without(one, "of"), ...dates(one) })),
    ...dates(rest),
  };
}

export function contactIn(books: FakeBooks, id: string): Row {
  const { Name } = books.contacts.find((one) => one["ContactID"] === id) ?? {};
  return { ContactID: id, Name };
}

/** As in JSON of old. */
export function dates(row: Row): Row {
  return Object.fromEntries(
    ["Date", "DueDate"].flatMap((name) => {
      const date = row[name];
      if (typeof date !== "string" || date.startsWith("/")) return [];
      return [[name, `/Date(${Date.parse(`${date}T00:00:00Z`)}+0000)/`]];
    }),
  );
}
