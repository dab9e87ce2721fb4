import { formCall, jsonCall, queryCall, type RecordedCall } from "./recorded-call.ts";

const MAX_JSON_LENGTH = 1024 * 1024;
const FIELD_NAME = /^[\w.%[\]-]{1,200}$/;
const JSON_START = /\{\s*(?:"|$)/;

/** A call as it stands in a text, but for its time. */
export type Body = (receivedAt: number) => RecordedCall;

/** Finds form bodies, addresses with a query and JSON objects in running text. */
export class BodyFinder {
  #json = "";
  #scan = new BraceScan();

  /** @returns what ends with this line. */
  push(line: string): Body[] {
    if (this.#json !== "") return this.#goOn(line);
    const start = JSON_START.exec(line);
    if (start) {
      this.#scan = new BraceScan();
      return [...formsIn(line.slice(0, start.index)), ...this.#goOn(line.slice(start.index))];
    }
    return formsIn(line);
  }

  #goOn(line: string): Body[] {
    // JSON has no empty lines; what has some only began like it.
    if (line.trim() === "" || this.#json.length + line.length > MAX_JSON_LENGTH) {
      this.#json = "";
      return [];
    }
    const end = this.#scan.endIn(line);
    if (end === undefined) {
      this.#json += `${line}\n`;
      return [];
    }
    const text = this.#json + line.slice(0, end);
    this.#json = "";
    return isJson(text) ? [(receivedAt) => jsonCall(receivedAt, text)] : [];
  }
}

/** Follows the braces of a JSON object from line to line. */
class BraceScan {
  #depth = 0;
  #isInText = false;

  /** @returns where the object ends; undefined when it goes on. */
  endIn(line: string): number | undefined {
    for (let at = 0; at < line.length; at += 1) {
      const character = line[at];
      if (this.#isInText && character === "\\") at += 1;
      else if (character === '"') this.#isInText = !this.#isInText;
      else if (!this.#isInText && character === "{") this.#depth += 1;
      else if (!this.#isInText && character === "}" && (this.#depth -= 1) === 0) return at + 1;
    }
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function formsIn(line: string): Body[] {
  return line.split(/[\s"'<>]+/).flatMap((word): Body[] => {
    if (!word.includes("&")) return [];
    const queryAt = word.indexOf("?");
    const isAddress = queryAt !== -1 && queryAt < word.indexOf("=");
    const form = isAddress ? word.slice(queryAt + 1) : word;
    if (!form.split("&").every(isField)) return [];
    return [(at) => (isAddress ? queryCall(at, "GET", form) : formCall(at, form))];
  });
}

function isField(part: string): boolean {
  const at = part.indexOf("=");
  return at > 0 && FIELD_NAME.test(part.slice(0, at));
}
