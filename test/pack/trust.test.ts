import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { type Envelope, signEnvelope } from '../../src/pack/envelope.ts';
import { createKeyPair } from '../../src/pack/signing-key.ts';
import { claimOf, envelopeOf } from '../../src/pack/statement.ts';
import { assertTrusted, readTrustPolicy, trustRuleOf } from '../../src/pack/trust.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

const pairs = { a: createKeyPair(), b: createKeyPair(), c: createKeyPair() };
const claim = claimOf(Buffer.from('archive'), { name: 'acme', version: '1.0.0' });
const signedBy = (...names: readonly (keyof typeof pairs)[]): Envelope =>
  names.reduce((envelope, name) => signEnvelope(envelope, createPrivateKey(pairs[name].privateKey)), envelopeOf(claim));

function policyOf(test: TestContext, packs: string, keys = 'keys: { a: a.pub, b: keys/b.pub, again: a.pub }\n') {
  const folder = ruleFolder(test, {
    'trust.yaml': `${keys}${packs}`,
    'a.pub': pairs.a.publicKey,
    'keys/b.pub': pairs.b.publicKey,
    'a.key': pairs.a.privateKey,
  });
  return readTrustPolicy(join(folder, 'trust.yaml'));
}

describe('assertTrusted', () => {
  it('names the keys that signed', (test) => {
    const [rule] = policyOf(test, 'packs: [{ name: acme, keys: [a, b] }]');
    expect.assert(rule !== undefined);
    expect(assertTrusted(rule, signedBy('a', 'c'), claim)).toStrictEqual(['a']);
    expect(() => assertTrusted(rule, undefined, claim)).toThrow(/^it has no signature$/);
    expect(() => assertTrusted(rule, signedBy('c'), claim)).toThrow(
      /^it must be signed by 1 of a, b; none of them has$/,
    );
  });

  it('requires as many different keys as the threshold', (test) => {
    const [rule] = policyOf(test, 'packs: [{ name: acme, keys: [a, b, again], threshold: 2 }]');
    expect.assert(rule !== undefined);
    expect(assertTrusted(rule, signedBy('b', 'a'), claim)).toStrictEqual(['a', 'b', 'again']);
    expect(() => assertTrusted(rule, signedBy('a'), claim)).toThrow(/signed by 2 of a, b, again; only a, again has$/);
  });

  it('accepts no signature of another pack, version or archive', (test) => {
    const [rule] = policyOf(test, 'packs: [{ name: "*", keys: [a] }]');
    expect.assert(rule !== undefined);
    for (const other of [
      { ...claim, name: 'other' },
      { ...claim, version: '0.9.0' },
      claimOf(Buffer.from('x'), claim),
    ]) {
      expect(() => assertTrusted(rule, signedBy('a'), other)).toThrow(/the signatures are for something other/);
    }
  });

  it('accepts packs that need no signature', (test) => {
    const [rule] = policyOf(test, 'packs: [{ name: acme, unsigned: true }]');
    expect.assert(rule !== undefined);
    expect(assertTrusted(rule, undefined, claim)).toStrictEqual([]);
  });
});

describe('trustRuleOf', () => {
  it('finds the first rule that fits', (test) => {
    const policy = policyOf(
      test,
      'packs:\n- { name: acme, keys: [a] }\n- { name: "ac*", keys: [b] }\n- { name: "*-x*y", keys: [b] }',
    );
    const found = (name: string) => trustRuleOf(policy, name).name;
    expect(['acme', 'ac', 'acmee', 'b-xy', 'b-xzzy'].map(found)).toStrictEqual([
      'acme',
      'ac*',
      'ac*',
      '*-x*y',
      '*-x*y',
    ]);
    for (const name of ['bacme', 'b-x', 'b-yx', '']) {
      expect(() => found(name), name).toThrow(/^no rule of the trust policy covers a pack named/);
    }
  });
});

describe('readTrustPolicy', () => {
  const wrong: readonly (readonly [what: string, packs: string, message: RegExp, keys?: string])[] = [
    ['without rules', '', /it must have "packs"/],
    ['of an unknown word', 'pakcs: []', /did you mean packs\?/],
    ['with a rule without name', 'packs: [{ keys: [a] }]', /:2:9: a rule must have "name"/],
    ['with a rule without keys', 'packs: [{ name: a }]', /a rule must have "keys", or "unsigned: true"/],
    ['with an unknown key', 'packs: [{ name: a, keys: [x] }]', /:2:27: there is no key "x" under "keys"/],
    [
      'that asks for more than it has',
      'packs: [{ name: a, keys: [a, again], threshold: 2 }]',
      /threshold is 2, but there are 1/,
    ],
    [
      'that asks for none',
      'packs: [{ name: a, keys: [a], threshold: 0 }]',
      /threshold must be a positive whole number/,
    ],
    ['of two minds', 'packs: [{ name: a, keys: [a], unsigned: true }]', /exclude each other/],
    [
      'with a private key',
      'packs: [{ name: a, keys: [a] }]',
      /trust\.yaml:1:12: a\.key is a private key/,
      'keys: { a: a.key }\n',
    ],
    [
      'with more keys than it may have',
      'packs: [{ name: a, keys: [k0] }]',
      /:1:1: it has more than 64 keys/,
      `keys: { ${Array.from({ length: 65 }, (_, index) => `k${index}: a.pub`).join(', ')} }\n`,
    ],
    ['with a key that is a number', 'packs: [{ name: a, keys: [a] }]', /a must be a text, got 5/, 'keys: { a: 5 }\n'],
    [
      'with a key that is a list',
      'packs: [{ name: a, keys: [a] }]',
      /a must be a text, got a list/,
      'keys: { a: [x] }\n',
    ],
    ['with keys in a list', 'packs: [{ name: a, keys: [a] }]', /keys must be a mapping/, 'keys: [a.pub]\n'],
    ['with a rule that is a text', 'packs: [a]', /must be a mapping, NAME: VALUE, got "a"/],
    [
      'with a threshold that is a text',
      'packs: [{ name: a, keys: [a], threshold: "1" }]',
      /positive whole number, got "1"/,
    ],
    [
      'that trusts unsigned packs by a word',
      'packs: [{ name: a, unsigned: "true" }]',
      /unsigned must be true or false/,
    ],
    ['with a missing file', 'packs: [{ name: a, keys: [a] }]', /:1:12: ENOENT/, 'keys: { a: no.pub }\n'],
  ];
  for (const [what, packs, message, keys] of wrong) {
    it(`refuses a policy ${what}`, (test) => {
      expect(() => policyOf(test, packs, keys)).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) as string }),
      );
    });
  }

  it('rejects a file that does not exist', () => {
    expect(() => readTrustPolicy('/no/trust.yaml')).toThrow(/^\/no\/trust\.yaml cannot be read: ENOENT/);
  });
});
