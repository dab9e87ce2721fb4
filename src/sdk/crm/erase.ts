import type { HandlerContext } from "../context.ts";
import { PermanentError } from "../errors.ts";
import type { HandlerResult } from "../integration.ts";
import type { PeopleContext, PeopleKeeper, PersonRef } from "../people.ts";
import type { Contact } from "./contact.ts";
import { isReachable, type KeepContext, type Kept, Turn } from "./keep.ts";
import type { CrmSettings } from "./settings.ts";
import { erasedBy, remoteOf, type Standing } from "./standing.ts";
import type { CrmContext, CrmTarget, Remote } from "./target.ts";

interface Erasure extends Kept {
  /** What another server has, for a person to erase. */
  left?: string;
}

const NOTHING = "nothing is kept of the guest";
const ERASED = "Erased the contact";

/** How people are erased at a target, and what it holds of them. */
export function keeperOf<Config extends CrmSettings>(
  target: CrmTarget<Config>,
): PeopleKeeper<Config> {
  return {
    erase: async (person, context) => {
      const { left, ...kept } = await erase(target, person, context);
      // Said once: whatever can be reached is erased, and known to be.
      if (left !== undefined) throw new PermanentError(outOfReach(left));
      return asResult(kept);
    },
    export: async (person, context) => {
      const remote = await findOf(target, person, context);
      if (!remote) return undefined;
      const { contacts } = await target.read(person.email ?? person.id, context);
      return contacts.find(({ externalId }) => externalId === remote.externalId);
    },
  };
}

/** At an erasure by the source. Who was never written has nothing there to be erased. */
export async function eraseIfKnown<Config extends CrmSettings>(
  target: CrmTarget<Config>,
  { id, isEmailShared }: PersonRef,
  context: HandlerContext<Config>,
): Promise<Kept> {
  const { last, tries } = await new Turn(context, "contact", id).begin();
  return (last ?? tries.length > 0)
    ? erase(target, { id, isEmailShared }, context)
    : { reason: NOTHING };
}

async function erase<Config extends CrmSettings>(
  target: CrmTarget<Config>,
  person: PersonRef,
  context: KeepContext<Config>,
): Promise<Erasure> {
  const turn = new Turn(context, "contact", person.id);
  const standing = await turn.begin();
  if (standing.last?.written.state === "erased" && !turn.hasUnfinished) return { reason: NOTHING };
  const data = erasedBy(context.lane);
  const result = await turn.take(standing, { plan: "erase the contact", data }, async () => {
    const all = await allOf(target, person, standing, context);
    const left = await eraseAll(target, all, context);
    const summary = left ? outOfReach(left) : all.length === 0 ? NOTHING : ERASED;
    return { summary, data: { ...data, ...(left && { left }) } };
  });
  const { summary = ERASED } = result;
  const left = result.data?.["left"];
  if (summary === NOTHING) return { reason: NOTHING };
  return { done: summary, ...(typeof left === "string" && { left }) };
}

/** @returns what is out of reach of the settings: empty when all is erased. */
async function eraseAll<Config extends CrmSettings>(
  { contacts }: CrmTarget<Config>,
  all: readonly Remote[],
  context: CrmContext<Config>,
): Promise<string> {
  const left: string[] = [];
  for (const remote of all) {
    if (await isReachable(contacts, remote, context)) await contacts.erase(remote, context);
    else left.push(remote.link ?? remote.externalId);
  }
  return left.join(", ");
}

function outOfReach(left: string): string {
  return `out of reach of the settings, erase it there by hand: ${left}`;
}

/** Also one that was made by a try whose end nobody knows, or that another has taken the place of. */
async function allOf<Config extends CrmSettings>(
  target: CrmTarget<Config>,
  person: PersonRef,
  { entries }: Standing,
  context: KeepContext<Config>,
): Promise<Remote[]> {
  const found = await findOf(target, person, context);
  const written = entries.filter(({ key }) => key.startsWith("contact:"));
  const all = [...written.map((entry) => remoteOf(entry).remote), found].filter(
    (remote) => remote !== undefined,
  );
  return [...new Map(all.map((remote) => [remote.externalId, remote])).values()];
}

async function findOf<Config extends CrmSettings>(
  { contacts }: CrmTarget<Config>,
  person: PersonRef,
  context: PeopleContext<Config>,
): Promise<Remote | undefined> {
  return contacts.find(nobody(person), context);
}

/** What natural keys there are, and nothing else. */
function nobody({ id: person, email, isEmailShared }: PersonRef): Contact {
  return {
    ...{ person, name: "-", isEmailShared, bookings: 0, spent: [], tags: [] },
    ...{ consent: "unknown", maySubscribe: false },
    ...(email !== undefined && { email }),
  };
}

function asResult({ done, reason }: Kept): HandlerResult {
  return done === undefined ? { skipped: reason ?? NOTHING } : { done };
}
