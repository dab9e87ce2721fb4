import { ConfigurationError, type HttpResponse, PermanentError, RetryableError } from "#sdk";

/** Mailchimp will not have this address, whoever asks: the guest has left, or wants to be forgotten. */
export class LeftOutError extends PermanentError {}

/** Another member has the address that this one is to get. */
export class TakenError extends PermanentError {}

export interface Asked {
  /** `PUT members/…`, without anybody's data. */
  what: string;
  isWrite: boolean;
}

/** As RFC 7807 has it; `detail` quotes addresses, and `title` does not. */
interface Problem {
  title?: unknown;
  detail?: unknown;
  errors?: unknown;
}

const LEFT_OUT: Readonly<Record<string, string>> = {
  "Member In Compliance State":
    "Mailchimp does not put back on the list whom it knows to have left it; only the guest can, by a form of Mailchimp's",
  "Forgotten Email Not Subscribed":
    "the contact was deleted for good in Mailchimp; only the guest can come back, by a form of Mailchimp's",
};

/**
 * The one place that says what Mailchimp's answers mean
 * (https://mailchimp.com/developer/marketing/docs/errors/).
 *
 * @returns the answer as JSON; undefined when what was asked for is not there.
 */
export function judge(response: HttpResponse, { what, isWrite }: Asked): unknown {
  const { status } = response;
  if (status === 204) return {};
  const answer = jsonOf(response);
  if (status === 404 && answer !== undefined) return undefined;
  if (status === 429 || (status === 403 && answer === undefined)) {
    // Ten calls at once; nothing in the answer says how long to wait. A 403 that is no JSON comes
    // from what stands before the API (https://mailchimp.com/developer/marketing/docs/fundamentals/).
    throw new RetryableError(`Mailchimp: too many calls at once (${status})`);
  }
  if (status === 401) {
    throw new ConfigurationError("Mailchimp refuses the API key: make a new one in Mailchimp");
  }
  if (status === 403) {
    throw new ConfigurationError(`Mailchimp does not allow ${what}: the key's user may not do it`);
  }
  if (status >= 400 && status < 500 && status !== 408)
    throw refusal(Object(answer) as Problem, what);
  if (status < 300 && answer !== undefined) return answer;
  throw new RetryableError(`Mailchimp answered ${status} to ${what}`, { mayHaveHappened: isWrite });
}

function refusal({ title, detail, errors }: Problem, what: string): Error {
  const words = typeof title === "string" ? title : "it does not say why";
  const leftOut = LEFT_OUT[words];
  if (leftOut !== undefined) return new LeftOutError(leftOut);
  if (words === "Member Exists") return new TakenError("the address is another contact's");
  if (typeof detail === "string" && /looks fake or invalid/.test(detail)) {
    return new LeftOutError("Mailchimp takes the address for one that does not exist");
  }
  const fields = Array.isArray(errors)
    ? errors.map((one) => (Object(one) as { field?: unknown }).field)
    : [];
  const named = fields.filter((field) => typeof field === "string" && field !== "");
  const which = named.length > 0 ? ` (merge field ${named.join(", ")})` : "";
  return new PermanentError(`Mailchimp refuses ${what}: ${words}${which}`);
}

function jsonOf(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.text());
  } catch {
    return undefined;
  }
}
