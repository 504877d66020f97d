import { describe, expect, it } from 'vitest';
import {
  isOpaqueSegment,
  isOpener,
  isSecretName,
  percentDecoded,
  unescaped,
  withoutAddresses,
  withoutSecretKinds,
} from '../../src/telemetry/secrets.ts';

describe('percentDecoded', () => {
  it('decodes escapes and leaves invalid ones', () => {
    expect(percentDecoded('a%20b+%zz%4')).toBe('a b+%zz%4');
  });
});

describe('unescaped', () => {
  it('decodes escapes of URLs, JSON and scripts, and drops NULs', () => {
    expect(unescaped('p%61ss\\u0077\\x6frd\0=\\n')).toBe('password=\\n');
  });
});

describe('isSecretName', () => {
  const secret = `password Passwd user[password] ARGS:json.login.passwd new_pass userPass X-Api-Key REQUEST_COOKIES:a
    REQUEST_HEADERS:authorization Set-Cookie card_number cardNumber iban client_secret access_token csrf pin user.pin otp
    kennwort Passwort benutzer_kennwort geheimzahl mot_de_passe motDePasse mdp contrase%C3%B1a contrasena clave senha
    palavra-passe parola wachtwoord l%C3%B6senord adgangskode salasana has%C5%82o heslo jelsz%C3%B3 lozinka %C5%9Fifre
    kata_sandi %D0%BF%D0%B0%D1%80%D0%BE%D0%BB%D1%8C %E5%AF%86%E7%A0%81 %E3%83%91%E3%82%B9%E3%83%AF%E3%83%BC%E3%83%89
    %EB%B9%84%EB%B0%80%EB%B2%88%ED%98%B8 sid p%61ssword p%2561ssword pass\\u0077ord JSESSIONID session session_id user[session] ARGS:cvv code`;
  for (const name of secret.trim().split(/\s+/)) {
    it(`recognises ${name} as the name of a secret`, () => expect(isSecretName(name)).toBe(true));
  }
  for (const name of 'q id page ARGS:q shipping spinner passenger compass keyboard decode monkey session.referer_check REQUEST_URI message motto paraphrase'.split(
    ' ',
  )) {
    it(`does not recognise ${name}`, () => expect(isSecretName(name)).toBe(false));
  }
});

describe('withoutSecretKinds', () => {
  const header = Buffer.from('{"alg":"none"}').toString('base64url');
  const masked: readonly (readonly [string, string])[] = [
    ['pay 4111111111111111 now', 'pay [card] now'],
    ['4111-1111-1111-1111', '[card]'],
    ['4111 1111 1111 1111', '[card]'],
    ['4111  1111\n1111\xa01111', '[card]'],
    [`a ${Buffer.from('4111111111111111').toString('base64')}`, 'a [token]'],
    ['id=123454111111111111111', 'id=[card]'],
    [`a ${header}.${header}.c2ln b`, 'a [jwt] b'],
    [`a ${header}`, 'a [jwt]'],
    ['Authorization: Bearer abc.def', 'Authorization: [credentials]'],
    ['Basic dXNlcjpwYXNz', '[credentials]'],
    ['https://user:hunter2@host/a', 'https://[credentials]@host/a'],
    ['AKIAIOSFODNN7EXAMPLE', '[token]'],
    [`ghp_${'a1'.repeat(18)}`, '[token]'],
    [`sk_live_${'a1B'.repeat(8)}`, '[token]'],
    ['GB82 WEST 1234 5698 7654 32', '[iban]'],
    ['DE89370400440532013000', '[iban]'],
    ['SSN 078-05-1120.', 'SSN [number].'],
    ['3f2a9c8b7d6e5f4a3b2c1d0e', '[token]'],
    ['123e4567-e89b-12d3-a456-426614174000', '[token]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----', '[private key]'],
    ['-----BEGIN PRIVATE KEY-----\nMIIB', '[private key]'],
  ];
  for (const [text, shown] of masked) {
    it(`cuts out of ${JSON.stringify(text).slice(0, 50)}`, () => expect(withoutSecretKinds(text)).toBe(shown));
  }
  const plain = [
    'Matched Data: union select found within ARGS:q',
    '4111111111111112',
    'GB83 WEST 1234 5698 7654 32',
    '2026-11-30T00:47:21Z',
    'app/wp-content/plugins/some-long-plugin-name-without-any-luck',
    'content-security-policy-report-only',
    '192.168.100.200:65535',
    'basic auth is old',
  ];
  for (const text of plain) it(`leaves ${text}`, () => expect(withoutSecretKinds(text)).toBe(text));
});

describe('withoutAddresses', () => {
  it('cuts out e-mail addresses', () => {
    expect(withoutAddresses('mail to jane.doe@example.org now')).toBe('mail to [e-mail] now');
  });
});

describe('isOpener', () => {
  it('knows what a secret follows', () => {
    const all = ['reset', 'reset-password', 'token', 'verify', 'email_confirmation', 'users', 'presets', 'article'];
    expect(all.filter(isOpener)).toStrictEqual(all.slice(0, 5));
  });
});

describe('isOpaqueSegment', () => {
  it('distinguishes identifiers from words', () => {
    const opaque = ['123456789', '4111-1111-1111-1111', 'aGVsbG8gd29ybGQ3', '3f2a9c8b7d6e5f4a', 'a'.repeat(65)];
    const words = ['users', '42', 'wp-admin', 'index.php', 'v2', 'SomeLongCamelCaseName', '2026'];
    expect([...opaque, ...words].filter(isOpaqueSegment)).toStrictEqual(opaque);
  });
});
