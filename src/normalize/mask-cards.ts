/** What a card number may start with, by the issuers' ranges, and how long it then is. */
const ISSUERS: readonly [RegExp, readonly number[]][] = [
  [/^4/, [13, 16, 19]], // Visa
  [/^(5[1-5]|2(2[2-9]|[3-6]|7[01]|720))/, [16]], // Mastercard
  [/^3[47]/, [15]], // American Express
  [/^3(0|6|8)/, [14]], // Diners Club
  [/^35/, [16]], // JCB
  [/^6(011|5|4[4-9]|2)/, [16, 17, 18, 19]], // Discover, UnionPay
];

/** Digits in groups, as people type them; `+` and `%20` are blanks of a form body. */
const CANDIDATE = /(?<![\d.])\d(?:(?: |-|\+|%20)?\d){12,18}(?![\d.])/g;

const LONG_NUMBER = new RegExp(CANDIDATE.source);

const KEPT_DIGITS = 4;

/** Names of fields that hold numbers of their own, never what somebody typed. */
const NOT_TYPED = new Set([
  "id",
  "value",
  "barcode",
  "phone",
  "reference",
  "transactionReference",
  "supplierReference",
  "productId",
  "cartId",
  "url",
  "voucherUrl",
]);

/** Masks what looks like a payment card number; keeps length and the last four digits. */
export function maskCards(text: string): string {
  if (text.length < 13) return text;
  return text.replace(CANDIDATE, (found) => (isCardNumber(found) ? mask(found) : found));
}

/** Whether there is anything that `maskCards` would look at; quick, for the many that have nothing. */
export function hasLongNumber(text: string): boolean {
  return LONG_NUMBER.test(text);
}

/** The same in the free text of a booking, a record or native fields; returns the same object if nothing was found. */
export function maskCardsIn<T>(value: T): T {
  return maskValue(value, "") as T;
}

function maskValue(value: unknown, name: string): unknown {
  if (typeof value === "string") return NOT_TYPED.has(name) ? value : maskCards(value);
  if (Array.isArray(value))
    return sameOrNew(
      value,
      value.map((element) => maskValue(element, name)),
    );
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, element]) => [key, maskValue(element, key)]);
  const isSame = entries.every(
    ([key, element]) => (value as Record<string, unknown>)[key as string] === element,
  );
  return isSame ? value : Object.fromEntries(entries);
}

function sameOrNew(before: unknown[], after: unknown[]): unknown[] {
  return after.every((element, index) => element === before[index]) ? before : after;
}

function isCardNumber(text: string): boolean {
  const digits = text.replace(/%20|\D/g, "");
  const isIssued = ISSUERS.some(
    ([prefix, lengths]) => prefix.test(digits) && lengths.includes(digits.length),
  );
  return isIssued && passesLuhn(digits);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let fromEnd = 0; fromEnd < digits.length; fromEnd += 1) {
    const doubled = Number(digits.at(-1 - fromEnd)) * (fromEnd % 2 === 1 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function mask(text: string): string {
  const isBlank = /%20/g;
  const plain = text.replace(isBlank, "+");
  const digitsLeft = plain.replace(/\D/g, "").length;
  let seen = 0;
  return plain.replace(/\d/g, (digit) => {
    seen += 1;
    return seen > digitsLeft - KEPT_DIGITS ? digit : "X";
  });
}
