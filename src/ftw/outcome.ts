// What was seen of one request, and whether that is what its test expects. Order and meaning of the checks are
// go-ftw's. Knows neither engine nor network.

import { TextSearch } from '../matching/text-search.ts';
import type { FtwExpectation } from './suite.ts';

/** Where a rule matched. */
export interface MatchedField {
  readonly ruleId: number;
  /** SecLang name, e.g. `ARGS:id`. */
  readonly variable: string;
  /** The beginning of the value that was tested, or what the rule logs of it; empty when neither is known. */
  readonly excerpt: string;
}

/** What came of one request. Texts are byte strings. */
export interface StageOutcome {
  /** Undefined when there was no answer that a client could read. */
  readonly status: number | undefined;
  /** The answer, head and body, as far as it is known. */
  readonly answer: string;
  /** Rules in the log, each once, in order of matching. */
  readonly ruleIds: readonly number[];
  readonly logLines: readonly string[];
  /** The fields in which these rules matched. */
  readonly matched: readonly MatchedField[];
  /** What makes every test fail: two runs that differ, a log that could not be read. */
  readonly faults: readonly string[];
  /** Why the rules never saw the request, when they did not. */
  readonly refusal: string | undefined;
  /** The connection was closed without a byte in answer: how a proxy may refuse what it cannot parse. Meets status 400. */
  readonly isClosedUnanswered: boolean;
}

/** The status that a refusal of a malformed request has (RFC 9110 §15.5.1). */
const badRequest = 400;

/** Each expectation that `outcome` does not meet, as a sentence; none when the stage passes. */
export function complaintsOf(outcome: StageOutcome, expectation: FtwExpectation): readonly string[] {
  if (outcome.faults.length > 0) return outcome.faults;
  // go-ftw looks no further when an error was expected, whatever else the test says.
  if (expectation.expectError !== undefined) {
    const isError = outcome.status === undefined;
    if (isError === expectation.expectError) return [];
    return [isError ? 'no readable answer' : `an error was expected, the answer is ${outcome.status}`];
  }
  if (outcome.status === undefined && !outcome.isClosedUnanswered) return ['no readable answer'];
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
    yield `the answer does not match /${responseContains}/`;
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
    yield `${ruleIds.length} rules matched, one was expected${all === '' ? '' : `: ${all}`}`;
  }
}

/** Fields of one rule that a complaint names, and characters of a text in it. */
const shownFieldsMax = 3;
const shownUnitsMax = 120;

/** ` in ARGS:id "…"`: where a rule matched, as far as that is known. */
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

/** Whether an expression matches one of the texts. RE2, because the tests are written for Go's regexp package. */
function matches(expression: string, texts: readonly string[]): boolean {
  const compiled = new TextSearch(expression);
  return texts.some((text) => compiled.test(text));
}
