import type { SourceDescription } from "../sdk/source.ts";
import { plain } from "./table.ts";

/** A site may have hundreds of resources; a person wants to recognize the account. */
const MOST_PARTS = 8;

/** In one line: `Fjord Walks, Europe/Oslo, EUR, en, 2 channels`. Empty when nothing is told. */
export function setUpSummary(setUp: SourceDescription): string {
  const counts = [...partsByKind(setUp)].map(([kind, parts]) => countOf(parts.length, kind));
  return [...accountWords(setUp), ...counts].join(", ");
}

/** The account in one line, and one for each kind of its parts. */
export function setUpLines(setUp: SourceDescription): string[] {
  const account = accountWords(setUp).join(", ");
  return [
    ...(account === "" ? [] : [`the source says: ${account}`]),
    ...[...partsByKind(setUp)].map(([kind, parts]) => partLine(kind, parts)),
  ];
}

function accountWords({ name, timeZone, currency, language }: SourceDescription): string[] {
  return [name, timeZone, currency, language].flatMap((word) => word ?? []).map(plain);
}

type Parts = SourceDescription["parts"];

function partsByKind({ parts }: SourceDescription): Map<string, Parts> {
  const kinds = new Set(parts.map(({ kind }) => kind));
  return new Map([...kinds].map((kind) => [kind, parts.filter((part) => part.kind === kind)]));
}

function partLine(kind: string, parts: Parts): string {
  const shown = parts
    .slice(0, MOST_PARTS)
    .map(({ id, name }) => plain(name === id ? id : `${id} ${name}`));
  const more = parts.length > MOST_PARTS ? [`and ${parts.length - MOST_PARTS} more`] : [];
  return `${countOf(parts.length, kind)}: ${[...shown, ...more].join("; ")}`;
}

/** `2 channels` */
export function countOf(count: number, kind: string): string {
  return `${count} ${plain(kind)}${count === 1 ? "" : "s"}`;
}
