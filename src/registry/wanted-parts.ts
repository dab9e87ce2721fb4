import type { AnyIntegration, AnySchedule } from "./loaded-integration.ts";

interface Part {
  isWanted?(settings: unknown): boolean;
}

/** An integration without those of its parts that the settings do not ask for. */
export function wantedParts(integration: AnyIntegration, settings: unknown): AnyIntegration {
  const isWanted = (part: Part) => part.isWanted?.(settings) ?? true;
  const { handlers, schedules, people, ...rest } = integration;
  const wanted = handlers?.filter(isWanted);
  const ids = new Set(wanted?.map(({ id }) => id));
  const isScheduled = (schedule: AnySchedule) =>
    "handledBy" in schedule ? ids.has(schedule.handledBy) : isWanted(schedule);
  return {
    ...rest,
    ...(wanted && { handlers: wanted }),
    ...(schedules && { schedules: schedules.filter(isScheduled) }),
    ...(people && isWanted(people) && { people }),
  };
}
