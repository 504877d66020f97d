// The chart of deploy/helm/weir, rendered by Helm's own engine: the output has Kubernetes' types, agrees with docs/service.md,
// and gives Weir settings that it accepts.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Document, parse, parseAllDocuments, parseDocument } from 'yaml';
// @ts-expect-error the set-up is plain JavaScript: it runs before anything is installed
import { chartRenderer } from '../../scripts/setup/chart-renderer.mjs';
import { limitTable } from '../../src/base/limits.ts';
import { packageVersion } from '../../src/base/version.ts';
import { loadConfig } from '../../src/config/load.ts';
import { repository } from '../house/source.ts';

const chart = join(repository, 'deploy', 'helm', 'weir');
const read = (name: string): string => readFileSync(join(chart, name), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'weir-chart-'));
afterAll(() => rmSync(folder, { recursive: true }));

const selector = { podSelector: { matchLabels: { app: 'envoy' } } };
/** Values, and the kinds of the objects made from them. */
const cases = {
  'the defaults': [{}, 'ConfigMap Deployment NetworkPolicy PodDisruptionBudget Secret Service ServiceAccount'],
  'a deployment with everything': [
    {
      autoscaling: { enabled: true },
      serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
      auditLog: { enabled: true },
      networkPolicy: { envoy: [selector], prometheus: [selector] },
      image: { repository: 'registry.example/weir', digest: `sha256:${'0'.repeat(64)}` },
      imagePullSecrets: [{ name: 'pull' }],
      config: { rules: ['starter', '/rules/own.conf'], auditLog: '/var/log/weir/audit.log', detectionOnly: true },
      extraVolumes: [{ name: 'rules', configMap: { name: 'rules' } }],
      extraVolumeMounts: [{ name: 'rules', mountPath: '/rules' }],
      extraEnv: [{ name: 'TZ', value: 'UTC' }],
      extraArgs: ['--log-level', 'warn'],
      admin: { tokenSecret: 'mine' },
      podAnnotations: { note: 'a' },
      podLabels: { team: 'edge' },
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      priorityClassName: 'high',
      service: { annotations: { note: 'b' } },
    },
    'ConfigMap Deployment HorizontalPodAutoscaler NetworkPolicy PodDisruptionBudget Service ServiceAccount ServiceMonitor',
  ],
  'a daemonset': [{ kind: 'daemonset' }, 'ConfigMap DaemonSet NetworkPolicy Secret Service ServiceAccount'],
  'a sidecar': [{ kind: 'sidecar' }, 'ConfigMap ConfigMap Secret'],
} as const;

function render(values: object): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const path = join(folder, 'values.json');
  writeFileSync(path, JSON.stringify(values));
  return spawnSync(chartRenderer, [chart, path], { encoding: 'utf8' });
}

/** The objects that values make, in the order of their kinds. */
function manifestsOf(values: object): readonly Document[] {
  const { status, stdout, stderr } = render(values);
  expect(status, stderr).toBe(0);
  const files = Object.entries(JSON.parse(stdout) as Readonly<Record<string, string>>);
  return files
    .filter(([name, text]) => name.endsWith('.yaml') && text.trim() !== '')
    .flatMap(([, text]) => parseAllDocuments(text) as Document[])
    .sort((one, other) => (String(one.get('kind')) < String(other.get('kind')) ? -1 : 1));
}

/** The packages that have the type of each object. */
const typePackages = {
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
} as const;

/** What the compiler has against objects as constants of Kubernetes' types: it refuses fields that are not there, too. */
function typeProblems(documents: readonly Document[]): string {
  const lines = documents.map((document, index) => {
    const [version, kind] = [String(document.get('apiVersion')), String(document.get('kind'))];
    const from =
      version in typePackages ? typePackages[version as keyof typeof typePackages] : `kubernetes-models/${version}`;
    return `import type { I${kind} as T${index} } from '${from}';\nexport const o${index}: T${index} = ${JSON.stringify(document.toJS(), null, 1)};`;
  });
  writeFileSync(join(folder, 'objects.ts'), lines.join('\n'));
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) symlinkSync(join(repository, 'node_modules'), modules);
  const words = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024', '--types', ''];
  const compiler = join(repository, 'node_modules', '.bin', 'tsc');
  return spawnSync(compiler, [...words, join(folder, 'objects.ts')], { encoding: 'utf8', cwd: folder }).stdout;
}

const withoutRenderer = existsSync(chartRenderer) ? undefined : "Helm's engine cannot be had: run npm run setup";

describe('Chart.yaml', () => {
  it('has Weir’s version', () => {
    const { version, appVersion } = parse(read('Chart.yaml'));
    expect([version, appVersion]).toStrictEqual([packageVersion(), packageVersion()]);
  });
});

describe.skipIf(withoutRenderer)('the chart', () => {
  it.each(Object.entries(cases))('makes the expected objects of %s', (_, [values, kinds]) => {
    const names = manifestsOf(values).map((one) => one.get('kind'));
    expect(names.join(' ')).toBe(kinds);
  });

  it('makes objects of the types that Kubernetes has', () => {
    expect(typeProblems(Object.values(cases).flatMap(([values]) => manifestsOf(values)))).toBe('');
    const wrong = manifestsOf({})[1] as Document;
    wrong.setIn(['spec', 'template', 'spec', 'containers', 0, 'securityContext', 'readOnlyRootFilesytem'], true);
    expect(typeProblems([wrong])).toMatch(/readOnlyRootFilesytem/);
  });

  it.each(['deployment', 'daemonset', 'sidecar'])('gives a %s settings that Weir accepts', (kind) => {
    const settings = manifestsOf({ kind, config: { watch: true, rules: ['starter'], logLevel: 'warn' } })
      .map((one) => one.getIn(['data', 'weir.yaml']))
      .find((text) => typeof text === 'string');
    const path = join(folder, 'weir.yaml');
    writeFileSync(path, String(settings));
    expect(loadConfig(path)).toMatchObject({
      listen: [kind === 'sidecar' ? 'unix:/run/weir/weir.sock' : '0.0.0.0:9002'],
      admin: { listen: '0.0.0.0:9990', tokenFile: '/etc/weir-admin/token' },
      logLevel: 'warn',
    });
  });

  it('runs a container without privileges', () => {
    const pod = manifestsOf({})[1]?.getIn(['spec', 'template', 'spec']) as Document;
    const { containers, automountServiceAccountToken, terminationGracePeriodSeconds } = pod.toJSON();
    expect(automountServiceAccountToken).toBe(false);
    expect(containers[0].securityContext).toMatchObject({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const [, user] = /^USER (\d+):/m.exec(readFileSync(join(repository, 'Dockerfile'), 'utf8')) ?? [];
    expect(String(containers[0].securityContext.runAsUser)).toBe(user);
    // docs/service.md, Health: longer than these together.
    const { drainNoticeMs, drainMsMax, logFlushMsMax } = limitTable;
    const endMs = drainNoticeMs.default + drainMsMax.default + logFlushMsMax.default;
    expect(terminationGracePeriodSeconds * 1000).toBeGreaterThan(endMs);
    const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((name) => containers[0][name].httpGet.path);
    expect(probes).toStrictEqual(['/startupz', '/livez', '/readyz']);
  });

  it('shows a sidecar that is a container and its volumes', () => {
    const text = manifestsOf({ kind: 'sidecar' })
      .map((one) => one.getIn(['data', 'pod.yaml']))
      .find((found) => typeof found === 'string');
    const pod = parseDocument(
      `apiVersion: v1\nkind: Pod\nspec:\n${String(text).replace(/^/gm, '  ').trimEnd()}\n`,
    ) as unknown as Document;
    expect(typeProblems([pod])).toBe('');
    const { containers, volumes } = pod.toJS().spec;
    const named = volumes.map(({ name }: { readonly name: string }) => name);
    const mounted = containers[0].volumeMounts.map(({ name }: { readonly name: string }) => name);
    expect(new Set(mounted)).toStrictEqual(new Set(named));
  });

  it.each([
    [{ kind: 'statefulset' }, /kind/],
    [{ replica: 3 }, /replica/],
    [{ config: { listen: ['0.0.0.0:1'] } }, /config/],
    [{ port: 80 }, /port/],
    [{ image: { repository: 'weir', digest: 'sha256:1' } }, /digest/],
  ])('refuses the values %j', (values, problem) => {
    const { status, stderr } = render(values);
    expect(status).toBe(1);
    expect(stderr).toMatch(problem);
  });
});
