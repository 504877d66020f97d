// The parts of the configuration about profiles: their settings, how one is chosen, and exclusions. Knows no YAML.

import { isIP } from 'node:net';
import * as z from 'zod';
import { WafError } from '../base/errors.ts';
import { failureActions, failureCauses, failureTable } from '../base/failure-table.ts';
import { type Limits, limitTable } from '../base/limits.ts';
import { processLimits } from '../base/process-limits.ts';
import { compileMatch } from '../profile/route-match.ts';
import { variablesOf } from '../seclang/statement-builder.ts';
import { packUseSchema } from './pack-uses.ts';
import { profileModes } from './profiles.ts';
import {
  anyMapping,
  choice,
  described,
  flag,
  list,
  loggedValues,
  mapping,
  namedMapping,
  noted,
  parsedText,
  percent,
  positiveNumber,
  text,
  wholeNumber,
} from './schema-parts.ts';

const limitsOf = (names: readonly (keyof Limits)[]) =>
  namedMapping(names, (name) =>
    described(positiveNumber(), {
      description: `${limitTable[name].why} (${limitTable[name].unit})`,
      defaultText: String(limitTable[name].default),
    }),
  );

const limitNames = Object.keys(limitTable) as readonly (keyof Limits)[];
const isOfProcess = (name: keyof Limits): boolean => processLimits.some((one) => one === name);

/** All limits, for the top of the file. */
export const limitsSchema = limitsOf(limitNames);

/** Actions by cause of failure. */
export const onFailureSchema = namedMapping(failureCauses, (cause) =>
  described(choice(failureActions), { description: failureTable[cause].what, defaultText: failureTable[cause].action }),
);

/** One text or several. */
const texts = (one: z.ZodString) => z.union([one, list(one)], { error: 'a text or a list of texts' });

const regex = (): z.ZodString => parsedText((source) => compileMatch({ path: { regex: source } }));

const rooted = (): z.ZodString =>
  text('a path that begins with /').regex(/^\//, { error: 'a path that begins with /' });

const path = mapping({
  prefix: noted(rooted(), { description: 'the path equals this or starts with it followed by `/`' }),
  exact: noted(rooted(), { description: 'the path equals this; a trailing `/` is ignored' }),
  regex: noted(regex(), { description: 'the whole path matches this expression (RE2)' }),
}).check((context) => {
  if (Object.keys(context.value).length === 1) return;
  context.issues.push({
    code: 'custom',
    message: 'path must have exactly one of prefix, exact and regex',
    input: context.value,
  });
});

const place = {
  host: noted(texts(text()), { description: 'host names; `*` stands for any characters' }),
  path: noted(path, { description: 'the path of the request' }),
  method: noted(texts(text()), { description: 'methods, as written' }),
};

/** One route. */
export const routeSchema = mapping({
  match: described(
    mapping({
      ...place,
      routeName: noted(texts(text()), { description: "name of Envoy's route; needs its attribute `xds.route_name`" }),
      clusterName: noted(texts(text()), {
        description: "name of Envoy's cluster; needs its attribute `xds.cluster_name`",
      }),
    }),
    { description: 'conditions on the request; absent ones are not checked, `{}` matches every request' },
  ),
  profile: described(text(), { description: 'name of the profile' }),
});

const ruleReference = z.union(
  [z.int().positive(), text().regex(/^(?:\d{1,10}(?:-\d{1,10})?|tag:.+)$/, { error: 'a rule id' })],
  { error: 'a rule id, a range such as "1000-1999", or "tag:NAME"' },
);

const cidr = (): z.ZodString =>
  parsedText((written) => {
    const [address = '', bits, ...others] = written.split('/');
    const version = isIP(address);
    const isRight = version !== 0 && others.length === 0 && (bits === undefined || isPrefixLength(bits, version));
    if (!isRight) throw new WafError('config.invalid', `"${written}" is neither an address nor a network`);
  });

const isPrefixLength = (bits: string, version: number): boolean =>
  /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);

const field = (): z.ZodString =>
  parsedText((written) => {
    const [one, ...others] = variablesOf(written, { file: '', line: 1, column: 1 });
    if (one?.mode === 'include' && others.length === 0) return;
    throw new WafError(
      'config.invalid',
      `"${written}" is not a field: write one variable, such as ARGS:q or ARGS:/^q/`,
    );
  });

const day = (): z.ZodString =>
  parsedText((written) => {
    const ms = /^\d{4}-\d{2}-\d{2}$/.test(written) ? Date.parse(`${written}T00:00:00Z`) : Number.NaN;
    if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== written) {
      throw new WafError('config.invalid', `"${written}" is not a day: write YYYY-MM-DD`);
    }
  });

/** One exclusion. */
export const exclusionSchema = mapping({
  rules: described(list(ruleReference), {
    description: 'ids (`1001010`), ranges (`"1001000-1001999"`), tags (`"tag:NAME"`, the whole tag)',
  }),
  at: noted(
    mapping({
      ...place,
      field: noted(texts(field()), {
        description: 'what the rules no longer look at, such as `"ARGS:q"` or `"ARGS:/^q/"`',
        defaultText: 'the rules do not run at all',
      }),
      source: noted(texts(cidr()), { description: 'addresses and networks of clients' }),
    }),
    { description: 'where it applies; absent conditions are not checked' },
  ),
  owner: described(text(), { description: 'who asked for it' }),
  reason: described(text(), { description: 'why' }),
  expires: noted(day(), { description: 'the last day on which it applies (`YYYY-MM-DD`, UTC)', defaultText: 'never' }),
});

const responses = mapping({
  inspect: noted(flag(), {
    description: 'whether response bodies are inspected',
    defaultText: 'as SecResponseBodyAccess says',
  }),
  mediaTypes: noted(list(text()), {
    description: 'media types of response bodies that are inspected',
    defaultText: 'as SecResponseBodyMimeType says',
  }),
});

const shadow = mapping({
  profile: described(text(), {
    description: 'the candidate: a profile that runs alongside this one and decides nothing',
  }),
  percent: described(percent(), { description: 'percentage of exchanges that it sees, above 0 and up to 100' }),
});

const crsValue = z.union([text(), wholeNumber(), flag(), list(text())], {
  error: 'a text, a number, true or false, or a list of texts',
});

/** One profile. */
export const profileSchema = mapping({
  extends: noted(text(), {
    description: 'the profile from which it inherits what it does not set',
    defaultText: 'none',
  }),
  rules: noted(list(text()), { description: 'as `rules` at the top', defaultText: 'those at the top of the file' }),
  mode: noted(choice(profileModes), {
    description:
      '`block`: rules act; `detect`: what would be blocked is reported; `off`: no rule runs, all bytes are counted as uninspected',
    defaultText: 'as SecRuleEngine says',
  }),
  allowUnsupported: noted(flag(), { description: 'as at the top' }),
  crs: noted(anyMapping(crsValue), {
    description: 'settings of the OWASP Core Rule Set by its own names, such as `blocking_paranoia_level`',
    defaultText: 'as set by its rules',
  }),
  packs: noted(list(packUseSchema), { description: 'as at the top; these entries come first' }),
  limits: noted(limitsOf(limitNames.filter((name) => !isOfProcess(name))), {
    description: '[limits](limits.md) of its exchanges; limits of the process are set at the top of the file',
  }),
  onFailure: noted(onFailureSchema, { description: 'as at the top' }),
  responses: noted(responses, { description: 'which response bodies are inspected' }),
  logValues: noted(loggedValues(), { description: 'as at the top' }),
  shadow: noted(shadow, {
    description: '[a candidate](configuration.md#a-candidate-beside-the-live-rules) that only reports; not inherited',
    defaultText: 'none',
  }),
  exclusions: noted(list(exclusionSchema), { description: 'as at the top, for this profile and those that extend it' }),
});
