import { describe, expect, it } from 'vitest';
import { formatOciReference, isOciReference, parseOciReference, urlOf } from '../../src/pack/oci-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('parseOciReference', () => {
  it('parses a reference, and formats it', () => {
    for (const text of [
      'oci://registry.example/packs/acme',
      'oci://registry.example:5000/acme:1.0.0',
      `oci://127.0.0.1:5000/a/b_c/d-e@${digest}`,
      `oci://[::1]:5000/a:1@${digest}`,
    ]) {
      expect(isOciReference(text)).toBe(true);
      expect(formatOciReference(parseOciReference(text))).toBe(text);
    }
    expect(parseOciReference('oci://h:5000/a/b:1')).toStrictEqual({
      host: 'h:5000',
      repository: 'a/b',
      tag: '1',
      digest: undefined,
    });
  });

  for (const text of [
    'oci://',
    'oci://h',
    'oci://h/',
    'oci://h/A',
    'oci://h/a/../b',
    'oci://h/a//b',
    'oci://u@h/a',
    'oci://h/a:',
    'oci://h/a@sha256:1',
    'oci://h/a?x=1',
    `oci://h/${'a'.repeat(2_000)}`,
    'https://h/a',
  ]) {
    it(`refuses ${text.slice(0, 30)}`, () => expect(() => parseOciReference(text)).toThrow(/is not oci:\/\/HOST/));
  }
});

describe('urlOf', () => {
  it('uses https, except for this machine', () => {
    const url = (text: string) => urlOf(parseOciReference(text), 'manifests/1').href;
    expect(url('oci://registry.example/acme')).toBe('https://registry.example/v2/acme/manifests/1');
    expect(url('oci://localhost:5000/acme')).toBe('http://localhost:5000/v2/acme/manifests/1');
    expect(url('oci://127.0.0.1.example/acme')).toBe('https://127.0.0.1.example/v2/acme/manifests/1');
  });
});
