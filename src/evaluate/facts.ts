// Single values of an exchange by SecLang name: REMOTE_ADDR, REQBODY_PROCESSOR, RESPONSE_STATUS, … Their names are known, so each has
// a slot: a map of them grew three times in each exchange, 4 KB for the garbage collector.

import { type BodyFact, bodyFacts } from '../http/field.ts';

/** Names of those that no decoder reports. */
const ownFacts = [
  'AUTH_TYPE',
  'FULL_REQUEST_LENGTH',
  'PATH_INFO',
  'REMOTE_ADDR',
  'REMOTE_HOST',
  'REMOTE_PORT',
  'REMOTE_USER',
  'REQBODY_PROCESSOR_ERROR',
  'REQBODY_PROCESSOR_ERROR_MSG',
  'REQUEST_BODY_LENGTH',
  'RESPONSE_BODY_LENGTH',
  'RESPONSE_CONTENT_LENGTH',
  'RESPONSE_CONTENT_TYPE',
  'RESPONSE_PROTOCOL',
  'RESPONSE_STATUS',
  'RES_BODY_ERROR',
  'RES_BODY_ERROR_MSG',
  'RES_BODY_PROCESSOR_ERROR',
  'RES_BODY_PROCESSOR_ERROR_MSG',
  'SERVER_ADDR',
  'SERVER_NAME',
  'SERVER_PORT',
  'SESSIONID',
  'STATUS_LINE',
  'USERID',
] as const;

/** What decoders report of a response's body has names of its own: that of the request does not change. */
type ResponseFact = `RES_${Extract<BodyFact, `BODY_${string}`>}`;

/** The name of such a fact; undefined for those that are of requests only. */
export function responseFactOf(name: BodyFact): ResponseFact | undefined {
  return isOfBodies(name) ? `RES_${name}` : undefined;
}

function isOfBodies(name: BodyFact): name is Extract<BodyFact, `BODY_${string}`> {
  return name.startsWith('BODY_');
}

/** The name of a fact. */
export type FactName = (typeof ownFacts)[number] | BodyFact | ResponseFact;

/** Values that rules can read although nothing has set them: without a value a check of one would not run. */
const initial: ReadonlyMap<FactName, string> = new Map<FactName, string>([
  ['BODY_XML_DOCTYPE', '0'],
  ['BODY_XML_ENTITY', '0'],
  ['MULTIPART_STRICT_ERROR', '0'],
  ['MULTIPART_UNMATCHED_BOUNDARY', '0'],
  ['REQBODY_ERROR', '0'],
  ['REQBODY_ERROR_MSG', ''],
  ['REQBODY_PROCESSOR_ERROR', '0'],
  ['REQBODY_PROCESSOR_ERROR_MSG', ''],
  ['REQUEST_BODY_LENGTH', '0'],
  ['SESSIONID', ''],
  ['URLENCODED_ERROR', '0'],
  ['USERID', ''],
]);

const names: readonly FactName[] = [
  ...ownFacts,
  ...bodyFacts,
  ...bodyFacts.flatMap((name) => responseFactOf(name) ?? []),
];
const slots: ReadonlyMap<string, number> = new Map(names.map((name, slot) => [name, slot]));
/** The values of each exchange at its beginning, to be copied. */
const beginning: readonly (string | undefined)[] = names.map((name) => initial.get(name));

/** The facts of one exchange. */
export class Facts {
  readonly #values: (string | undefined)[] = beginning.slice();

  /** The value of a variable; undefined if it is not a fact, or not known. */
  get(variable: string): string | undefined {
    const slot = slots.get(variable);
    return slot === undefined ? undefined : this.#values[slot];
  }

  set(name: FactName, value: string): void {
    this.#values[slots.get(name) as number] = value;
  }
}
