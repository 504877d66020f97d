// nginx with libmodsecurity in place of Envoy, from the distribution's packages, which are unpacked into a folder.

import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Child, waitFor } from '../../../demo/stack/child.ts';
import { missingLibraries, type Unpacked, unpackDebian } from '../build.ts';
import { FileTail, NginxLines, RuleLog } from '../rule-log.ts';
import { Absent, type System, type SystemSetting } from '../system.ts';

const packages = ['nginx', 'libnginx-mod-http-modsecurity', 'libnginx-mod-http-ndk', 'libmodsecurity3'];

/** A port that is free now. nginx cannot report which port the system chose for it. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function isOpen(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(undefined));
    socket.once('connect', () => socket.destroy());
  });
}

/**
 * Bodies up to 2 MiB are kept in memory and connections are kept open: nginx configured for speed, with one worker, as Envoy has.
 * If root starts it, its worker stays root, since the folder for longer bodies belongs to us alone.
 */
function configuration(setting: SystemSetting, root: string, port: number): string {
  const module = (name: string): string => `load_module ${join(root, 'usr/lib/nginx/modules', name)};`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(setting.folder, 'temporary')}-${name};`)
    .join('\n  ');
  return `${module('ndk_http_module.so')}
${module('ngx_http_modsecurity_module.so')}
${process.getuid?.() === 0 ? 'user root root;' : ''}
worker_processes 1;
daemon off;
pid ${join(setting.folder, 'nginx.pid')};
error_log ${join(setting.folder, 'error.log')} info;
events { worker_connections 1024; }
http {
  ${temporary}
  access_log off;
  client_max_body_size 0;
  client_body_buffer_size 2m;
  keepalive_requests 1000000000;
  upstream service { server 127.0.0.1:${setting.servicePort}; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    modsecurity on;
    modsecurity_rules_file ${setting.crsFile};
    location / {
      proxy_pass http://service;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_read_timeout 600s;
      proxy_buffers 16 64k;
    }
  }
}
`;
}

async function startNginx(setting: SystemSetting, { root, versions }: Unpacked) {
  const libraries = join(root, `usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`);
  const program = join(root, 'usr/sbin/nginx');
  const missing = [program, join(root, 'usr/lib/nginx/modules/ngx_http_modsecurity_module.so')].flatMap((file) =>
    missingLibraries(file, libraries),
  );
  if (missing.length > 0)
    throw new Absent(`the machine has no ${[...new Set(missing)].join(', ')} (libmodsecurity3 needs them)`);
  const port = await freePort();
  const file = join(setting.folder, 'nginx.conf');
  mkdirSync(setting.folder, { recursive: true });
  writeFileSync(file, configuration(setting, root, port));
  const errorLog = join(setting.folder, 'error.log');
  const child = new Child({
    name: 'nginx',
    program,
    args: ['-c', file, '-p', setting.folder, '-e', errorLog],
    environment: { LD_LIBRARY_PATH: libraries },
  });
  const tail = new FileTail(errorLog);
  const log = new RuleLog();
  const lines = new NginxLines(log);
  try {
    await waitFor(child, 'its port', 120_000, () => isOpen(port));
  } catch (error) {
    await child.stop('SIGKILL');
    throw error;
  }
  return {
    port,
    filterPid: child.pid,
    envoyPid: undefined,
    version: `nginx ${versions.get('nginx')}, module ${versions.get('libnginx-mod-http-modsecurity')}, libmodsecurity ${versions.get('libmodsecurity3')}`,
    idsOf: (probe: string) => {
      for (const line of tail.lines()) lines.add(line);
      return log.idsOf(probe);
    },
    stop: async () => {
      await child.stop();
    },
  };
}

const passesOn = 'the module passes a response on while it reads it, and stops when it has read all';

/** nginx, which inspects in its own process. */
export const nginx: System = {
  name: 'nginx',
  title: 'nginx + libmodsecurity, CRS',
  rules: 'crs',
  knownMisses: { html: passesOn, download: passesOn, mix: passesOn },
  start: async (setting) => {
    if (setting.crsFile === undefined) throw new Absent('there is no OWASP CRS (--crs)');
    return startNginx(setting, unpackDebian('nginx', packages, setting.onProgress));
  },
};
