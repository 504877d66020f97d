// Settings of the CRS: their names, their forms, and their place among the rules.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crsNameProblem, crsSettingNames, crsText, withCrsSettings } from '../../src/config/crs-settings.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { printStatement } from '../../src/seclang/print.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';

const here = { file: 'weir.yaml', line: 3, column: 5 };
const filesOf = (...texts: readonly string[]) => texts.map((text, index) => parseRuleText(`${index}.conf`, text).file);

describe('crsText', () => {
  const cases = [
    ['blocking_paranoia_level', 2, '2'],
    ['early_blocking', true, '1'],
    ['early_blocking', false, '0'],
    ['allowed_methods', ['GET', 'PUT'], 'GET PUT'],
    ['allowed_methods', 'GET PUT', 'GET PUT'],
    ['allowed_request_content_type', ['text/xml', 'a/b'], '|text/xml| |a/b|'],
    ['restricted_extensions', ['.bak', 'conf'], '.bak/ .conf/'],
    ['restricted_headers_basic', ['Proxy', 'if'], '/proxy/ /if/'],
  ] as const;
  for (const [name, value, text] of cases) {
    it(`writes ${name} ${JSON.stringify(value)}`, () => expect(crsText(name, value)).toBe(text));
  }

  for (const [name, value] of [
    ['arg_length', ['1']],
    ['arg_length', '+5'],
    ['arg_length', '%{tx.x}'],
    ['arg_length', 'a\nb'],
    ['arg_length', '5"'],
  ] as const) {
    it(`refuses ${JSON.stringify(value)}`, () =>
      expect(() => crsText(name, value)).toThrow(expect.objectContaining({ code: 'config.invalid' })));
  }
});

describe('crsNameProblem', () => {
  it('knows names, including those of plugins, and suggests what was meant', () => {
    expect(crsNameProblem('allowed_methods')).toBe(undefined);
    expect(crsNameProblem('google-oauth2-plugin_enabled')).toBe(undefined);
    expect(crsNameProblem('allowed_method')).toMatch(/did you mean allowed_methods\?/);
    expect(crsNameProblem('x')).toMatch(/it may be allow_method/);
  });

  it.skipIf(crsMissing)('knows what the set-up file of the CRS sets', () => {
    const setup = readFileSync(join(crsFolder, 'crs-setup.conf.example'), 'utf8');
    const names = [...setup.matchAll(/setvar:'?tx\.([a-z0-9_]+)=/g)].map(([, name]) => name);
    const internal = new Set(['crs_setup_version']);
    expect(
      [...new Set(names)].filter((name) => !internal.has(name ?? '') && !crsSettingNames.includes(name ?? '')),
    ).toStrictEqual([]);
  });
});

describe('withCrsSettings', () => {
  const setup = 'SecAction "id:1,phase:1,pass,nolog,setvar:tx.arg_length=1"';
  const defaults =
    'SecRule ARGS "@rx a" "id:2,phase:2"\nSecRule &TX:arg_length "@eq 0" "id:3,phase:1,pass,nolog,setvar:tx.arg_length=9"';

  it('sets them after the set-up and before the defaults', () => {
    const files = withCrsSettings(filesOf(setup, defaults), { arg_length: '5' }, here);
    const ids = files.flatMap(({ statements }) =>
      statements.map((one) => ('actions' in one ? one.actions[0]?.value : '')),
    );
    expect(ids).toStrictEqual(['1', '2', '1999999999', '3']);
    const [, , settings] = files.flatMap(({ statements }) => statements);
    expect.assert(settings !== undefined && 'actions' in settings);
    expect(settings.actions.find(({ name }) => name === 'setvar')?.value).toBe('tx.arg_length=5');
    expect(printStatement(settings)).toContain('SecAction');
  });

  it('rejects what no rule reads', () => {
    expect(() => withCrsSettings(filesOf(setup), { arg_length: '1' }, here)).toThrow(
      /no rule of this profile reads tx.arg_length/,
    );
  });
});
