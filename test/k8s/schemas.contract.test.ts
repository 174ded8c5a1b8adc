import * as apps from 'kubernetes-models/apps/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { manifests } from './manifests.ts';

type Model = new (data: object) => { validate(): void };
const models = { 'apps/v1': apps, 'networking.k8s.io/v1': networking, 'policy/v1': policy, v1: core };

/** Resource kinds of KEDA and kustomize are not part of Kubernetes. */
const own = manifests.filter(({ apiVersion }) => Object.hasOwn(models, apiVersion));

describe('the manifests for Kubernetes', () => {
  it.each(own.map((manifest) => [`${manifest.kind} ${manifest.file}`, manifest] as const))(
    'match the schemas of Kubernetes: %s',
    (_, { file, ...manifest }) => {
      const kinds = models[manifest.apiVersion as keyof typeof models] as unknown as Record<string, Model>;
      const Kind = kinds[manifest.kind] as Model;
      expect(() => new Kind(manifest).validate()).not.toThrow();
    },
  );
});
