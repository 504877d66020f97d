// Which keys of a configuration file hold paths.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { starterPack } from '../../src/config/config.ts';
import { withAbsolutePaths } from '../../src/config/file-paths.ts';

describe('withAbsolutePaths', () => {
  it('makes every path absolute, and changes nothing else', () => {
    const tls = { certFile: 'c.pem', keyFile: '/k.pem' };
    const file = withAbsolutePaths(
      {
        listen: ['unix:run/weir.sock', '127.0.0.1:1'],
        admin: { listen: 'unix:admin.sock', tokenFile: 'token', tls },
        rules: ['starter', 'my.conf'],
        auditLog: '../audit.log',
        trust: 'trust.yaml',
        lock: 'lock.yaml',
        cache: false,
        profiles: { a: { rules: ['a'], mode: 'detect' }, b: {} },
      },
      '/etc/weir',
    );
    expect(file).toStrictEqual({
      listen: ['unix:/etc/weir/run/weir.sock', '127.0.0.1:1'],
      admin: {
        listen: 'unix:/etc/weir/admin.sock',
        tokenFile: '/etc/weir/token',
        tls: { certFile: '/etc/weir/c.pem', keyFile: '/k.pem' },
      },
      rules: [starterPack, '/etc/weir/my.conf'],
      auditLog: '/etc/audit.log',
      trust: '/etc/weir/trust.yaml',
      lock: '/etc/weir/lock.yaml',
      cache: false,
      profiles: { a: { rules: ['/etc/weir/a'], mode: 'detect' }, b: {} },
    });
  });

  it('prefers rules next to the file to those that come with Weir', () => {
    const folder = join(import.meta.dirname, '..', '..', 'rules');
    expect(withAbsolutePaths({ rules: ['starter'] }, folder).rules).toStrictEqual([join(folder, 'starter')]);
  });
});
