import type { CrmSettings } from "./settings.ts";
import type { Fields, Put } from "./target.ts";

/**
 * The fields in which the target has to be changed: not those that are as they should be, and
 * unless the settings say otherwise not those that somebody else has changed.
 *
 * @param there What the target holds now, by its own names.
 */
export function fieldsToWrite(
  { fields, known }: Pick<Put<unknown>, "fields" | "known">,
  there: Readonly<Record<string, string | undefined>>,
  { onOfficeEdit }: Pick<CrmSettings, "onOfficeEdit">,
): Fields {
  const differing = Object.entries(fields).filter(([name, value]) => value !== (there[name] ?? ""));
  const ours = differing.filter(
    ([name]) => onOfficeEdit === "overwrite" || !known?.isEdited(name, there[name] ?? ""),
  );
  return Object.fromEntries(ours);
}
