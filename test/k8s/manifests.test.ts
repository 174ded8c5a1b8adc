import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { type Manifest, manifests } from './manifests.ts';

const named = (manifest: Manifest) => [`${manifest.kind} ${manifest.file}`, manifest] as const;
const workloads = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
const ours = workloads.filter(({ metadata }) => /^innerloop-(api|worker)$/.test(metadata.name));

describe('the manifests for Kubernetes', () => {
  it('do not set a namespace', () => {
    expect(manifests.filter(({ metadata }) => metadata?.namespace !== undefined)).toEqual([]);
  });

  it.each(workloads.map(named))(
    'run without root rights, on a read-only root file system: %s',
    (_, { spec }) => {
      const pod = spec.template.spec;
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: expect.any(Number),
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      for (const { securityContext } of pod.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    },
  );

  it.each(workloads.map(named))('pin images, define probes and limit memory: %s', (_, { spec }) => {
    for (const container of spec.template.spec.containers) {
      expect(container.image).toMatch(/:\d/);
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        expect(container, probe).toHaveProperty(probe);
      }
      expect(container.resources).toMatchObject({
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { memory: expect.any(String) },
      });
    }
  });

  it.each(ours.map(named))('give a process enough time to end: %s', (_, { spec }) => {
    const { terminationGracePeriodSeconds, containers } = spec.template.spec;
    const [, sleepSeconds = 0] = containers[0].lifecycle?.preStop.exec.command ?? [];
    const shutdownSeconds = parseConfig({}).SHUTDOWN_MS / 1000;
    expect(terminationGracePeriodSeconds).toBeGreaterThan(Number(sleepSeconds) + shutdownSeconds);
  });

  it.each(ours.map(named))('select the pods that they create: %s', (_, { spec, metadata }) => {
    const labels = spec.template.metadata.labels;
    expect(labels).toMatchObject(spec.selector.matchLabels);
    for (const { labelSelector } of spec.template.spec.topologySpreadConstraints) {
      expect(labels).toMatchObject(labelSelector.matchLabels);
    }
    const budget = manifests.find(
      ({ kind, metadata: other }) => kind === 'PodDisruptionBudget' && other.name === metadata.name,
    );
    expect(labels).toMatchObject(budget?.spec.selector.matchLabels);
  });

  it('refer only to existing files, workloads, services and lists', () => {
    const kinds = manifests.filter(({ kind }) => kind === 'Kustomization') as unknown as {
      readonly file: string;
      readonly resources: readonly string[];
    }[];
    const resources = kinds.flatMap(({ file, resources }) =>
      resources.map((resource) => file.replace('kustomization.yaml', resource)),
    );
    const files = new Set(manifests.map(({ file }) => file));
    expect(resources.filter((file) => !files.has(file))).toEqual([]);

    const scaler = manifests.find(({ kind }) => kind === 'ScaledObject');
    expect(workloads.map(({ metadata }) => metadata.name)).toContain(scaler?.spec.scaleTargetRef.name);
    const services = manifests.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
    for (const { metadata } of scaler?.spec.triggers ?? []) {
      expect(services).toContain(metadata.address.split('.')[0]);
    }
  });
});
