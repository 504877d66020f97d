// The outcome of one request, and whether it meets the expectations of its test. The checks and their order are go-ftw's. Knows
// neither engine nor network.

import { TextSearch } from '../matching/text-search.ts';
import type { FtwExpectation } from './suite.ts';

/** A field in which a rule matched. */
export interface MatchedField {
  readonly ruleId: number;
  /** SecLang name, e.g. `ARGS:id`. */
  readonly variable: string;
  /** The beginning of the tested value, or what the rule logs of it; empty if neither is known. */
  readonly excerpt: string;
}

/** The outcome of one request. Texts are byte strings. */
export interface StageOutcome {
  /** Undefined if there was no response that a client could read. */
  readonly status: number | undefined;
  /** The response, head and body, as far as known. */
  readonly answer: string;
  /** Rules in the log, each once, in order of matching. */
  readonly ruleIds: readonly number[];
  readonly logLines: readonly string[];
  /** The fields in which these rules matched. */
  readonly matched: readonly MatchedField[];
  /** Errors that make every test fail: two runs that differ, a log that could not be read. */
  readonly faults: readonly string[];
  /** Why the request was refused before any rule ran, if it was. */
  readonly refusal: string | undefined;
  /**
   * The connection was closed without any byte in response: a proxy may refuse like this what it cannot parse. Counts as status
   * 400.
   */
  readonly isClosedUnanswered: boolean;
}

/** The status for a malformed request (RFC 9110 §15.5.1). */
const badRequest = 400;

/** One sentence for each expectation that `outcome` does not meet; none if the stage passes. */
export function complaintsOf(outcome: StageOutcome, expectation: FtwExpectation): readonly string[] {
  if (outcome.faults.length > 0) return outcome.faults;
  // Like go-ftw: if an error is expected, nothing else is checked.
  if (expectation.expectError !== undefined) {
    const isError = outcome.status === undefined;
    if (isError === expectation.expectError) return [];
    return [isError ? 'no readable response' : `an error was expected, but the response is ${outcome.status}`];
  }
  if (outcome.status === undefined && !outcome.isClosedUnanswered) return ['no readable response'];
  return [...answerComplaints(outcome, expectation), ...logComplaints(outcome, expectation)];
}

function* answerComplaints(outcome: StageOutcome, expectation: FtwExpectation): Generator<string> {
  const { answer } = outcome;
  const status = outcome.status ?? badRequest;
  if (expectation.status !== undefined && status !== expectation.status) {
    yield `status ${outcome.status ?? 'none'}, expected ${expectation.status}`;
  }
  const { responseContains } = expectation;
  if (responseContains !== undefined && !matches(responseContains, [answer])) {
    yield `the response does not match /${responseContains}/`;
  }
}

function* logComplaints({ ruleIds, logLines, matched }: StageOutcome, expectation: FtwExpectation): Generator<string> {
  const { matchRegex, noMatchRegex } = expectation;
  if (matchRegex !== undefined && !matches(matchRegex, logLines)) yield `no log line matches /${matchRegex}/`;
  if (noMatchRegex !== undefined && matches(noMatchRegex, logLines)) {
    const line = logLines.find((one) => matches(noMatchRegex, [one])) ?? '';
    yield `a log line matches /${noMatchRegex}/: ${cut(line)}`;
  }
  const missing = expectation.expectIds.filter((id) => !ruleIds.includes(id));
  if (missing.length > 0) yield `rule ${missing.join(', ')} did not match`;
  const unwanted = expectation.noExpectIds.filter((id) => ruleIds.includes(id));
  for (const id of unwanted) yield `rule ${id} matched${placesOf(id, matched)}`;
  if (expectation.isIsolated && ruleIds.length !== 1) {
    const all = ruleIds.map((id) => `rule ${id}${placesOf(id, matched)}`).join('; ');
    yield `${ruleIds.length} rules matched, but one was expected${all === '' ? '' : `: ${all}`}`;
  }
}

/** Fields of one rule that a message lists, and characters of a text in it. */
const shownFieldsMax = 3;
const shownUnitsMax = 120;

/** ` in ARGS:id "…"`: where a rule matched, as far as known. */
function placesOf(id: number, matched: readonly MatchedField[]): string {
  const fields = matched.filter(({ ruleId, variable }) => ruleId === id && variable !== '');
  if (fields.length === 0) return '';
  const shown = fields
    .slice(0, shownFieldsMax)
    .map(({ variable, excerpt }) => `${cut(variable)}${excerpt === '' ? '' : ` "${cut(excerpt)}"`}`);
  const more = fields.length - shown.length;
  return ` in ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The beginning of a byte string, on one line. */
function cut(text: string): string {
  const shown = text.slice(0, shownUnitsMax).replace(/[^ -~\x80-\xff]/g, ' ');
  return shown.length < text.length ? `${shown}…` : shown;
}

/** Whether an expression matches one of the texts. Uses RE2, because the tests are written for Go's regexp package. */
function matches(expression: string, texts: readonly string[]): boolean {
  const compiled = new TextSearch(expression);
  return texts.some((text) => compiled.test(text));
}
