import { type FakeBooks, leftOf, Refusal, round, type Row, type Sheet, without } from "./books.ts";
import { contactIn, dates, settle } from "./sales.ts";

/** What money can be paid on, by the name it has in a payment. */
function paidOn(books: FakeBooks, given: Row): { sheet: Sheet; type: string } {
  const places = [
    ["Invoice", "InvoiceID", books.invoices, "ACCRECPAYMENT"],
    ["CreditNote", "CreditNoteID", books.creditNotes, "ARCREDITPAYMENT"],
    ["Prepayment", "PrepaymentID", books.prepayments, "ARPREPAYMENTPAYMENT"],
  ] as const;
  for (const [name, idName, sheets, type] of places) {
    const id = (given[name] as Row | undefined)?.[idName];
    const sheet = id === undefined ? undefined : sheets.find((one) => one[idName] === id);
    if (sheet) return { sheet, type };
  }
  throw new Refusal("Payment must be for a valid Invoice, Credit Note, Prepayment or Overpayment");
}

export function putPayment(books: FakeBooks, given: Row): Row {
  const { sheet, type } = paidOn(books, given);
  const Amount = Number(given["Amount"]);
  if (sheet.Status !== "AUTHORISED") {
    throw new Refusal(`Payments can only be made against Authorised documents (${sheet.Status})`);
  }
  if (!(Amount > 0)) throw new Refusal("Payment amount must be greater than zero");
  if (Amount > leftOf(sheet)) {
    throw new Refusal("Payment amount exceeds the amount outstanding on this document");
  }
  const account = books.account((given["Account"] as Row | undefined)?.["Code"]);
  if (account.Type !== "BANK" && !account.EnablePaymentsToAccount) {
    throw new Refusal("Account must be a bank account, or have payments enabled");
  }
  const Date = books.date(given["Date"]);
  use(sheet, Amount);
  const { Reference } = given;
  const payment = {
    ...{ PaymentID: books.newId(), Status: "AUTHORISED", PaymentType: type, Amount, Date },
    ...{ Reference, Account: { Code: account.Code } },
    Invoice: { CurrencyCode: sheet.CurrencyCode, InvoiceNumber: sheet["InvoiceNumber"] },
  };
  books.payments.push(payment);
  return showPayment(payment);
}

export function showPayment(payment: Row): Row {
  return { ...payment, ...dates(payment) };
}

export function putBankTransaction(books: FakeBooks, given: Row): Row {
  const Type = String(given["Type"]);
  const account = books.bankAccount((given["BankAccount"] as Row | undefined)?.["Code"]);
  // Xero takes the account's currency, whatever it is told.
  const sheet = books.sheet(given, account.CurrencyCode ?? "EUR");
  if (sheet.Total <= 0) throw new Refusal("The total of a bank transaction must be above zero");
  const isOver = Type.endsWith("-OVERPAYMENT");
  if (!isOver && sheet.LineItems.some(({ AccountCode }) => AccountCode === undefined)) {
    throw new Refusal("Account code must be specified");
  }
  const transaction: Sheet = {
    ...without(given, "Contact"),
    ...sheet,
    ...{ BankTransactionID: books.newId(), Status: "AUTHORISED", used: 0, Type },
    ...{ ContactID: books.contactOf(given), Date: books.date(given["Date"]) },
    BankAccount: { Code: account.Code, Name: account.Name },
    ...(isOver && { OverpaymentID: books.newId() }),
  };
  if (Type.endsWith("-PREPAYMENT")) transaction["PrepaymentID"] = addPrepayment(books, transaction);
  books.bankTransactions.push(transaction);
  return showBankTransaction(books, transaction);
}

function addPrepayment(books: FakeBooks, transaction: Sheet): string {
  const PrepaymentID = books.newId();
  const rest = without(transaction, "BankTransactionID", "BankAccount");
  books.prepayments.push({ ...(rest as Sheet), PrepaymentID });
  return PrepaymentID;
}

export function showBankTransaction(books: FakeBooks, transaction: Sheet): Row {
  const rest = without(transaction, "used", "ContactID");
  return { ...rest, Contact: contactIn(books, transaction.ContactID), ...dates(rest) };
}

export function putAllocation(books: FakeBooks, credit: Sheet, given: Row): Row {
  const id = (given["Invoice"] as Row | undefined)?.["InvoiceID"];
  const invoice = books.invoices.find((one) => one["InvoiceID"] === id);
  const Amount = Number(given["Amount"]);
  if (!invoice) throw new Refusal("Allocation must be to a valid Invoice");
  if (credit.Status !== "AUTHORISED" || invoice.Status !== "AUTHORISED") {
    throw new Refusal("Credits can only be allocated to, and from, Authorised documents");
  }
  if (credit.ContactID !== invoice.ContactID) {
    throw new Refusal("The invoice and the credit must have the same contact");
  }
  if (Amount > leftOf(credit)) {
    throw new Refusal("Amount allocated exceeds the remaining credit");
  }
  if (Amount > leftOf(invoice)) {
    throw new Refusal("Amount allocated exceeds the amount due of the invoice");
  }
  use(credit, Amount);
  use(invoice, Amount);
  const allocation = {
    ...{ AllocationID: books.newId(), Amount, Date: books.date(given["Date"]) },
    Invoice: { InvoiceID: id, InvoiceNumber: invoice["InvoiceNumber"] },
  };
  books.allocations.push({ ...allocation, of: credit["CreditNoteID"] ?? credit["PrepaymentID"] });
  return { ...allocation, ...dates(allocation) };
}

function use(sheet: Sheet, amount: number): void {
  sheet.used = round(sheet.used + amount);
  settle(sheet);
}
