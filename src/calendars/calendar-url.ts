import type { Settings } from "../settings/settings.ts";

/** The link that programs subscribe to, with its secret: only for a person's own terminal. */
export function calendarUrl({ publicUrl }: Settings, id: string, token: string): string {
  return `${publicUrl}/calendars/${id}/${encodeURIComponent(token)}.ics`;
}
