import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRandom } from '../../../src/training/random.ts';
import { eventually } from '../../support/eventually.ts';
import { describeWithRedis } from '../../support/redis/redis.ts';
import { post, type ServerProcess } from '../../support/servers/server-process.ts';
import { startCluster } from '../support/cluster.ts';
import { COUNTING, countEmbeddings } from '../support/embeddings.ts';
import { type Accepted, expectEqualStates, expectResults, storeOf } from '../support/expect-results.ts';
import { KILLS, workloadOf } from '../support/workloads.ts';

const requestsPerKill = 12;
/** The number of requests in progress at a time. */
const clients = 4;

const waiting = { prefer: 'wait=10' };
const acceptedIn = (round: number) => `text-accepted-${round}`;
const unheardIn = (round: number) => `unheard-${round}`;

interface Ask {
  readonly task: string;
  readonly steps: number;
  readonly headers: Record<string, string>;
}

/** Rejects if no answer came. A server that is busy is asked again. */
async function ask(address: string, request: Ask): Promise<Accepted> {
  const { task, steps, headers } = request;
  const url = `${address}/tasks/${task}/adapt`;
  const answer = await post(url, workloadOf(task).body(task, steps), headers);
  if (answer.status === 503) {
    await wait(200);
    return ask(address, request);
  }
  const { id } = (await answer.json()) as { id: string };
  expect([200, 202]).toContain(answer.status);
  return { task, id, steps };
}

describeWithRedis('an api killed at any moment', () => {
  it(`loses no adaptation and runs none twice, over ${KILLS} kills`, async () => {
    const random = createRandom(22);
    const embeddings = await countEmbeddings();
    const cluster = await startCluster(embeddings.environment);
    const store = storeOf(cluster);
    const [other, worker] = await Promise.all([
      cluster.start('api', COUNTING),
      cluster.start('worker', COUNTING),
    ]);
    const killed: ServerProcess[] = [];
    const accepted: Accepted[] = [];
    const askedAgainAt = new Map<string, string>();

    /** A client without an answer sends the same request to another server. */
    const client = async (address: string, asks: Iterable<Ask>) => {
      let at = address;
      for (const each of asks) {
        const answer = await ask(at, each).catch((error: Error) => {
          expect(error.message).toMatch(/^(fetch failed|terminated)$/);
          expect(at).not.toBe(other.address);
          at = other.address;
          askedAgainAt.set(each.task, new Date().toISOString());
          return ask(at, each);
        });
        accepted.push(answer);
      }
    };

    let next = cluster.start('api', COUNTING);
    for (let round = 0; round < KILLS; round++) {
      const victim = await next;
      next = cluster.start('api', COUNTING);
      const asks = Array.from({ length: requestsPerKill - 2 }, (_, i) => ({
        task: `${i % 2 === 0 ? 'text' : 'task'}-${round}-${i}`,
        steps: [1, 100, 1000][random.integer(3)] ?? 0,
        headers: random.uniform() < 0.5 ? waiting : ({} as Record<string, string>),
      })).values();
      const poured = Promise.all(Array.from({ length: clients }, () => client(victim.address, asks)));
      await wait(random.integer(300));

      // This request is accepted but not answered: no worker process runs it before the kill.
      worker.child.kill('SIGSTOP');
      const unanswered = client(victim.address, [{ task: acceptedIn(round), steps: 1, headers: waiting }]);
      await eventually(
        async () => expect(await store.task('default', acceptedIn(round))).not.toBeNull(),
        10_000,
      );
      expect(await victim.stop('SIGKILL')).toBeNull();
      killed.push(victim);
      worker.child.kill('SIGCONT');
      // This request reaches no server.
      await client(victim.address, [{ task: unheardIn(round), steps: 1, headers: {} }]);
      await Promise.all([poured, unanswered]);
    }

    const records = await expectResults(cluster, other.address, accepted);
    const createdAt = new Map(records.map((each) => [each.task, each.createdAt]));
    const isBeforeAskedAgain = (task: string) => (createdAt.get(task) ?? '') < (askedAgainAt.get(task) ?? '');
    console.log(
      `${KILLS} kills of apis: ${accepted.length} asked for, ${askedAgainAt.size} got no answer and asked again, of which ${[...askedAgainAt.keys()].filter(isBeforeAskedAgain).length} had been accepted; ${records.length} ended, each once`,
    );
    const texts = accepted.flatMap(({ task }) => workloadOf(task).texts(task));
    const { embedded, again, most } = await embeddings.expectOnce(texts, killed);
    console.log(`${embedded} texts embedded, ${again} of them again`);
    expect(most).toBeLessThanOrEqual(2);
    await expectEqualStates(cluster, records);
    expect(accepted).toHaveLength(KILLS * requestsPerKill);
    expect(records.every(({ status }) => status === 'succeeded')).toBe(true);
    for (let round = 0; round < KILLS; round++) {
      expect(isBeforeAskedAgain(acceptedIn(round)), acceptedIn(round)).toBe(true);
      expect(isBeforeAskedAgain(unheardIn(round)), unheardIn(round)).toBe(false);
    }
  });
});
