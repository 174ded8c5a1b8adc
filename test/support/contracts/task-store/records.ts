import type { Adaptation, AdaptationStatus } from '../../../../src/domain/adaptation.ts';
import type { TaskStore } from '../../../../src/ports/stores/task-store.ts';
import { draftOf, supportOf, taskDraft } from '../../examples.ts';

/** Short forms of calls on the store of a test: all are about the task `runes` of `acme`. */
export function recordsOf(store: () => TaskStore) {
  const accept = async (id: string, overrides: Partial<Adaptation> = {}) => {
    const support = supportOf(['alef', 'bet'], overrides.sequence ?? 0);
    const answer = await store().accept(draftOf(id, overrides), support, {
      ...taskDraft,
      tenant: overrides.tenant ?? taskDraft.tenant,
      id: overrides.task ?? taskDraft.id,
    });
    if (!answer) throw new Error('Expected an answer without expectSubmitted');
    return answer;
  };
  const end = (id: string, status: AdaptationStatus) =>
    store().update('acme', 'runes', id, (record) => ({
      ...record,
      status,
      endedAt: '2026-01-02T00:00:00.000Z',
    }));
  const current = async () => (await store().task('acme', 'runes'))?.current;
  return { accept, end, current };
}
