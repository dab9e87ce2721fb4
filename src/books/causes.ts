/** Why a booking and its books differ. */
export const CAUSES = [
  "waiting",
  "held",
  "needs_you",
  "never_told",
  "not_followed",
  "not_bookable",
  "payments_differ",
  "missing_in_target",
  "changed_in_target",
  "unknown_in_target",
  "draft_in_target",
] as const;

export type Cause = (typeof CAUSES)[number];

/** Why figures are apart though nothing is wrong. */
export const REMARKS = ["not_due", "history", "elsewhere", "shadow"] as const;

export type Remark = (typeof REMARKS)[number];

/** What can be put right by doing again; anything else asks for a person, or for patience. */
const REPAIRABLE: readonly Cause[] = [
  "held",
  "needs_you",
  "never_told",
  "not_followed",
  "not_bookable",
  "missing_in_target",
];

export function isRepairable(cause: Cause): boolean {
  return REPAIRABLE.includes(cause);
}

interface Words {
  /** As a cell of a table. */
  short: string;
  /** What is so, and what to do. */
  long: string;
}

export const CAUSE_WORDS: Readonly<Record<Cause, Words>> = {
  waiting: { short: "waiting", long: "in line: it is posted by itself" },
  held: { short: "waits for a setting", long: "correct the setting; it goes on by itself" },
  needs_you: { short: "needs you", long: "put right what the reason names, then --repair" },
  never_told: {
    short: "never told",
    long: "these books were set up after the booking: --repair posts it, unless it is history (startDate)",
  },
  not_followed: {
    short: "not followed",
    long: "all work on it is over, yet documents are missing, as after a change of settings: --repair",
  },
  not_bookable: {
    short: "cannot be booked",
    long: "correct the booking in the booking system, then --repair",
  },
  payments_differ: {
    short: "payments differ",
    long: "the booking system's payments do not add up to what it says is paid: correct them there",
  },
  missing_in_target: {
    short: "missing there",
    long: "posted once and gone from the books: --repair posts it again under its number",
  },
  changed_in_target: {
    short: "changed there",
    long: "changed by hand in the books: change it back there, or book the difference there",
  },
  unknown_in_target: {
    short: "unknown to us",
    long: "in the books under our numbers and not from here: remove it there",
  },
  draft_in_target: { short: "draft there", long: "a person has to approve it there" },
};

export const REMARK_WORDS: Readonly<Record<Remark, string>> = {
  not_due: "not due yet",
  history: "from before the books began",
  elsewhere: "invoiced elsewhere, or not at all",
  shadow: "only noted, in shadow",
};
