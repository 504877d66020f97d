import { describe, expect, it } from 'vitest';
import { withoutNamedSecrets } from '../../src/telemetry/named-secrets.ts';

describe('withoutNamedSecrets', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['user=a&password=hunter2&x=1', 'user=a&password=[secret]&x=1'],
    ['a=password=hunter2', 'a=password=[secret]'],
    ['{"user":"a","password":"hun\\"ter2","x":1}', '{"user":"a","password":[secret],"x":1}'],
    ['{"password": "cut off', '{"password": [secret]'],
    ["{'pin' : 1234}", "{'pin' : [secret]}"],
    ['<password>hunter 2</password>', '<password>[secret]</password>'],
    ['found within ARGS:token: hunter2', 'found within ARGS:token: [secret]'],
    ['form-data; name="password"\r\n\r\nhunter2\r\n--b', 'form-data; name="password"\r\n\r\n[secret]\r\n--b'],
    ['form-data; name="password"\n\nhunter 1\nhunter 2\n--b', 'form-data; name="password"\n\n[secret]\n--b'],
    ["form-data; name*=UTF-8''pwd\r\n\r\nhunter2", "form-data; name*=UTF-8''pwd\r\n\r\n[secret]"],
    ['Cookie: sid', 'Cookie: [secret]'],
    ['Cookie: a=b; c=hunter2\r\nHost: h', 'Cookie: [secret]\r\nHost: h'],
    ['Authorization: Basic dXNlcjpw', 'Authorization: [secret]'],
    ['password: correct horse', 'password: [secret]'],
    ['<password><![CDATA[hunter2]]></password><a>b</a>', '<password>[secret]</password><a>b</a>'],
    ['<pwd a="b"><c>hunter2</c>', '<pwd a="b">[secret]'],
    ['{"passwords":["hunter1","hunter2"]}', '{"passwords":[secret]'],
    ['{"password":{"value":"hunter2"}}', '{"password":[secret]'],
    ['{"pass\\u0077ord":"hunter2","x":1}', '{"pass\\u0077ord":[secret],"x":1}'],
    ['{"a":"{\\"pwd\\":\\"hunter2\\"}","x":1}', '{"a":"{\\"pwd\\":[secret]}","x":1}'],
    ['{"pin":1234,"x":1}', '{"pin":[secret],"x":1}'],
    ['pin=[card]&x=1', 'pin=[secret]&x=1'],
    ['kennwort=hunter2&x=1', 'kennwort=[secret]&x=1'],
    ['passwd hunter2', 'passwd [secret]'],
    ['my password is hunter2, thanks', 'my password is [secret], thanks'],
    ['Das Kennwort lautet Sommer2024!', 'Das Kennwort lautet [secret]'],
    ['mysql --password hunter -u root', 'mysql --password [secret] -u root'],
    ['tool -passwd s3cret', 'tool -passwd [secret]'],
    ['forgot my password again', 'forgot my password again'],
    ['the password must be long', 'the password must be long'],
    ["a password isn't a name", "a password isn't a name"],
    ['password reset.', 'password reset.'],
    ['id=1&q=union select', 'id=1&q=union select'],
  ];
  for (const [text, shown] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => expect(withoutNamedSecrets(text)).toBe(shown));
  }
});
