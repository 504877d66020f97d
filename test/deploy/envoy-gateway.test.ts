// deploy/envoy-gateway, checked against the definitions of its resources that Envoy Gateway publishes. Their CEL rules are not run.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
// @ts-expect-error the set-up is plain JavaScript: it runs before anything is installed
import { schemaFiles } from '../../scripts/setup/schemas.mjs';
import { repository } from '../house/source.ts';

const { envoyGateway } = schemaFiles as { readonly envoyGateway: string };

const definitionOf: Readonly<Record<string, string>> = {
  ClientTrafficPolicy: 'clienttrafficpolicies',
  EnvoyExtensionPolicy: 'envoyextensionpolicies',
  EnvoyPatchPolicy: 'envoypatchpolicies',
};

interface Definition {
  readonly spec: {
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: object } }[];
  };
}

/** A schema of OpenAPI 3.0 as JSON Schema, in which names that are not listed are refused, as the API server drops them. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  // In OpenAPI 3.0 a boolean, about `maximum`: none of our values is at one.
  const entries = Object.entries(schema).filter(([name, value]) => name !== 'exclusiveMaximum' || value !== true);
  const made = Object.fromEntries(entries.map(([name, value]) => [name, strict(value)]));
  const isClosed =
    made['type'] === 'object' &&
    typeof made['properties'] === 'object' &&
    made['additionalProperties'] === undefined &&
    made['x-kubernetes-preserve-unknown-fields'] !== true;
  return isClosed ? { ...made, additionalProperties: false } : made;
}

interface Resource {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: object;
  readonly spec: Readonly<Record<string, unknown>>;
}

function problemsOf({
  metadata: _,
  ...resource
}: Omit<Resource, 'spec'> & { readonly spec: object }): readonly string[] {
  const name = `gateway.envoyproxy.io_${definitionOf[resource.kind]}.yaml`;
  // It is a template of Helm's, with a condition around all of it.
  const text = readFileSync(join(envoyGateway, name), 'utf8').replace(/^\{\{.*\}\}$/gm, '');
  const { versions } = (parse(text) as Definition).spec;
  const version = versions.find((one) => `gateway.envoyproxy.io/${one.name}` === resource.apiVersion);
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const check = ajv.compile(strict(version?.schema.openAPIV3Schema) as object);
  check(resource);
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const resources = ['envoy-extension-policy.yaml', 'envoy-patch-policy.yaml'].flatMap((file) =>
  parseAllDocuments(readFileSync(join(repository, 'deploy', 'envoy-gateway', file), 'utf8')).map(
    (document) => document.toJS() as Resource,
  ),
);

describe.skipIf(!existsSync(envoyGateway))(
  "Envoy Gateway's resources (skipped where the set-up could not fetch them)",
  () => {
    it.each(resources.map((resource) => [resource.kind, resource] as const))(
      '%s is as its definition says',
      (_, resource) => {
        expect(problemsOf(resource)).toStrictEqual([]);
      },
    );

    it.each(resources.map((resource) => [resource.kind, resource] as const))(
      '%s with another name is not',
      (_, resource) => {
        expect(problemsOf({ ...resource, spec: { ...resource.spec, madeUp: 1 } })).toStrictEqual([
          '/spec must NOT have additional properties',
        ]);
      },
    );
  },
);
