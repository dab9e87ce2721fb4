import ICAL from "ical.js";

import { LINE_START, TAG } from "./card-fields.ts";

/** A vCard, and the fields of `card-fields.ts` in it. All that is not ours stays as it is. */
export class Card {
  readonly #card: ICAL.Component;

  private constructor(card: ICAL.Component) {
    this.#card = card;
  }

  /** Version 3.0: what every address book reads. */
  static make(uid: string): Card {
    const card = new ICAL.Component("vcard");
    card.addPropertyWithValue("version", "3.0");
    card.addPropertyWithValue("prodid", "-//Bellhop//EN");
    card.addPropertyWithValue("uid", uid);
    return new Card(card);
  }

  /** @returns undefined for what is no vCard. */
  static parse(text: string): Card | undefined {
    try {
      const card = ICAL.Component.fromString(withPlainSemicolons(text));
      return card.name === "vcard" ? new Card(card) : undefined;
    } catch {
      return undefined;
    }
  }

  /** What is there now; empty text: nothing. */
  get(field: string): string {
    if (field.startsWith(TAG)) return this.tags().includes(field.slice(TAG.length)) ? "yes" : "";
    if (field === "NOTE") return this.#noteLines().find(isOurs) ?? "";
    const value: unknown = this.#card.getFirstPropertyValue(field.toLowerCase());
    if (field === "ORG" && Array.isArray(value)) return String(value[0]);
    return Array.isArray(value) ? value.flat().join("\t") : textOf(value);
  }

  set(field: string, value: string): void {
    if (field.startsWith(TAG)) this.#addTag(field.slice(TAG.length));
    else if (field === "NOTE") this.#setNoteLine(value);
    else this.#setFirst(field.toLowerCase(), value);
  }

  tags(): string[] {
    return this.values("CATEGORIES");
  }

  /** Of all properties of a name, since a contact may have several addresses. */
  values(name: string): string[] {
    return this.#card
      .getAllProperties(name.toLowerCase())
      .flatMap((property) => property.getValues().map(textOf));
  }

  /** With the moment of the change, as the standard wants it. */
  toText(nowMs: number): string {
    const now = ICAL.Time.fromJSDate(new Date(nowMs), true);
    this.#card.updatePropertyWithValue("rev", now);
    const text = `${this.#card.toString()}\r\n`;
    return this.#card.getFirstPropertyValue("version") === "4.0" ? withPlainAddresses(text) : text;
  }

  #setFirst(name: string, value: string): void {
    const there = this.#card.getFirstProperty(name);
    if (value === "") {
      if (there) this.#card.removeProperty(there);
      return;
    }
    // With the card as parent it knows that this is a vCard, and what its values are like.
    const property = there ?? this.#card.addProperty(new ICAL.Property(name, this.#card));
    if (name === "org") property.setValue([value, ...unitsIn(property)]);
    else property.setValue(value.includes("\t") ? value.split("\t") : value);
  }

  #addTag(tag: string): void {
    const property = this.#card.getFirstProperty("categories");
    if (property) property.setValues([...property.getValues().map(textOf), tag]);
    else this.#card.addPropertyWithValue("categories", tag);
  }

  #noteLines(): string[] {
    return textOf(this.#card.getFirstPropertyValue("note")).split("\n");
  }

  /** Only our line of it: the others are the office's. */
  #setNoteLine(line: string): void {
    const lines = this.#noteLines();
    const at = lines.findIndex(isOurs);
    const kept = at === -1 ? [...lines, line] : lines.with(at, line);
    this.#setFirst("note", kept.join("\n").trim());
  }
}

function isOurs(line: string): boolean {
  return line.startsWith(LINE_START);
}

/** Values are text, or something of ical.js that can write itself. */
function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : (value as string | ICAL.Time).toString();
}

/** Departments, which come after the company and are the office's. */
function unitsIn(company: ICAL.Property): string[] {
  const value: unknown = company.getFirstValue();
  return Array.isArray(value) ? value.slice(1).map(textOf) : [];
}

const TEXTS =
  /^((?:[\w-]+\.)?(?:FN|NOTE|TITLE|ROLE|NICKNAME|CATEGORIES|LABEL|SORT-STRING)(?:;[^:\r\n]*)?:)(.*)$/gim;

/**
 * Some servers write a semicolon of a plain text as `\;`, others do not, and ical.js reads only the
 * latter: with each change there would be one more backslash.
 */
function withPlainSemicolons(text: string): string {
  const unfolded = text.replaceAll(/\r?\n[ \t]/g, "");
  return unfolded.replaceAll(TEXTS, (_, start: string, value: string) => {
    // Pairs are looked at together, so that an escaped backslash before a semicolon stays one.
    const plain = value.replaceAll(/\\./g, (pair) => (pair === "\\;" ? ";" : pair));
    return `${start}${plain}`;
  });
}

const ADDRESSES =
  /^((?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|URL|GEO|IMPP|KEY|SOURCE|MEMBER|RELATED|FBURL|CALURI|CALADRURI)(?:;(?:"[^"]*"|[^":])*)?:)(.*)$/i;

/**
 * ical.js takes addresses in version 4.0 for texts and puts a backslash before each comma. No program
 * shows the photo of a contact any more that begins with `data:image/jpeg;base64\,`.
 */
function withPlainAddresses(text: string): string {
  const lines = text.replaceAll(/\r\n[ \t]/g, "").split("\r\n");
  const plain = lines.map((line) => {
    const [, start, value = ""] = ADDRESSES.exec(line) ?? [];
    if (start === undefined || /;VALUE=TEXT\b/i.test(start)) return line;
    return start + value.replaceAll(/\\([\\,])/g, "$1");
  });
  return plain.map((line) => ICAL.helpers.foldline(line)).join("\r\n");
}
