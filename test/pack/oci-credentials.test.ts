import { describe, expect, it, vi } from 'vitest';
import { answerChallenge, basicCredentials } from '../../src/pack/oci-credentials.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

describe('basicCredentials', () => {
  it('are Docker’s for exactly this host', (test) => {
    const config = JSON.stringify({
      auths: { 'a:5000': { auth: 'dTpw' }, b: { auth: 'x\r\ny' }, c: {}, 'https://e': { auth: 'dTpw' } },
    });
    vi.stubEnv('DOCKER_CONFIG', ruleFolder(test, { 'config.json': config }));
    test.onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(['a:5000', 'a', 'b', 'c', 'd', 'e'].map(basicCredentials)).toStrictEqual([
      'Basic dTpw',
      undefined,
      undefined,
      undefined,
      undefined,
      'Basic dTpw',
    ]);
  });
});

describe('the environment', () => {
  it('names one registry, and has priority there', (test) => {
    const config = JSON.stringify({ auths: { 'a:5000': { auth: 'dTpw' }, 'b:5000': { auth: 'dTpw' } } });
    vi.stubEnv('DOCKER_CONFIG', ruleFolder(test, { 'config.json': config }));
    test.onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    vi.stubEnv('WEIR_REGISTRY', 'a:5000');
    vi.stubEnv('WEIR_REGISTRY_USERNAME', 'user');
    expect(basicCredentials('a:5000'), 'half of it is nothing').toBe('Basic dTpw');
    vi.stubEnv('WEIR_REGISTRY_PASSWORD', 'pa:ss');
    expect(basicCredentials('a:5000')).toBe(`Basic ${Buffer.from('user:pa:ss').toString('base64')}`);
    expect(basicCredentials('b:5000')).toBe('Basic dTpw');
  });
});

describe('answerChallenge', () => {
  it('rejects authentication schemes without credentials', async (test) => {
    vi.stubEnv('DOCKER_CONFIG', ruleFolder(test, {}));
    test.onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    await expect(answerChallenge('h', 'Basic realm="x"')).rejects.toThrow(
      /^h requires a login: docker login h, or WEIR_REGISTRY /,
    );
    await expect(answerChallenge('h', 'Negotiate')).rejects.toThrow(/requires an unsupported kind of login/);
    await expect(answerChallenge('h', 'Bearer realm="no url"')).rejects.toThrow(
      /requires an unsupported kind of login/,
    );
    await expect(answerChallenge('h', 'Bearer realm="http://other.example/t"')).rejects.toThrow(/by https only/);
    await expect(answerChallenge('h', 'Bearer realm="http://127.0.0.1/t"')).rejects.toThrow(/which is this machine/);
  });
});
