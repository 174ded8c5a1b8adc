import type { Tensor } from '../../tensor.ts';
import { type Adaptation, hasEnded } from '../adaptation.ts';
import type { Contents } from '../content.ts';
import type { Example } from '../example.ts';
import { withFeedbackDue } from '../feedback/due.ts';
import { type KeyRecord, keyRecordOf } from '../idempotency.ts';
import { type StoredSupport, storedSupport, supportSet } from '../support-set.ts';
import type { Task } from '../task.ts';
import { rowContents } from '../tensor-content.ts';
import { jsonBytes, NOTHING_USED, type Usage } from '../usage.ts';
import { addFeedback } from './add-feedback.ts';
import { type ExampleEdit, matches, relabelled } from './edit.ts';
import { isGivenUp, isStale, latestDigest } from './latest.ts';
import { weighted } from './weights.ts';

/** A support set as stored. One of a version before 0.3 has the inputs [N, …input] in place of contents. */
export interface KeptSet extends StoredSupport {
  readonly inputs?: Tensor;
}

/** All that is stored of one task. */
export interface Editable {
  readonly task: Task;
  readonly records: readonly Adaptation[];
  readonly sets: KeptSets;
}

/** The sets of a task by digest. A store may read each one when it is asked for: there can be many. */
export interface KeptSets extends Iterable<readonly [digest: string, set: KeptSet]> {
  get(digest: string): KeptSet | undefined;
  values(): Iterable<KeptSet>;
}

/** What an edit does, for the caller. */
export interface ExamplesEdited {
  /** The examples that matched, as they are now (`relabel`), or as they were (`erase`). */
  readonly examples: readonly Example[];
  /** Ids of the adaptations that are erased by this edit, because they have learnt from an erased example. */
  readonly erased: readonly string[];
  /** The ids among `erased` whose adaptation had not ended. */
  readonly unfinished: readonly string[];
}

/** The writes of an edit. They are one transaction. */
export interface EditPlan {
  readonly edited: ExamplesEdited;
  readonly task: Task;
  /** The records that change. */
  readonly records: readonly Adaptation[];
  /** The new list of examples: it replaces a stored set of the same digest. */
  readonly list: { readonly digest: string; readonly set: StoredSupport } | null;
  /** Digests of the sets that are removed. */
  readonly removed: readonly string[];
  /** Contents that the task begins to use: that of feedback, and those of a list from before 0.3. */
  readonly held: Contents;
  /** Digests of the contents that the task no longer uses. */
  readonly released: readonly string[];
  /** The change of the usage, without that of contents and of the key. */
  readonly usage: Usage;
  /** The idempotency key to store. */
  readonly key: KeyRecord | null;
}

/**
 * Decides an edit. Null when no example matches. `answered` is the example that an earlier feedback with the same idempotency key
 * was answered with.
 *
 * An erased example leaves the list, and every set that contains it is removed. If the list has no other example of the same
 * content, the sets that show that content under another id are removed, too: nothing of it stays in the task. Adaptations
 * that have learnt from a removed set become `erased`. Examples that are only in older sets can be named by their id.
 *
 * @throws InnerloopError `invalid_support_set` for a label or target that does not suit the task
 */
export function planEdit(
  { task, records, sets }: Editable,
  edit: ExampleEdit,
  at: string,
  answered: string | null = null,
): EditPlan | null {
  if (answered !== null) return answerAgain(task, sets, answered);
  const latest = records.filter((each) => !isGivenUp(each)).reduce(later, null);
  const digest = latestDigest(task, latest);
  const before = (digest !== null && sets.get(digest)) || { examples: [] };
  const { targetShape } = before;
  const change = changeIn(before, sets, edit);
  if (change.matched.length === 0) return null;

  const examples = change.left === before.examples ? change.left : weighted(change.left);
  const matched = change.matched.map((each) => examples.find(({ id }) => id === each.id) ?? each);
  const list = supportSet({ examples, ...(targetShape && { targetShape }) });
  const isChanged = list.digest !== digest && change.left !== before.examples;
  const sequence = task.submitted + 1;
  const edited: Task = isChanged
    ? { ...task, submitted: sequence, edited: { digest: list.digest, sequence } }
    : task;
  const isWaiting = edit.type === 'feedback' && isStale(edited, latest);
  const after = isWaiting ? withFeedbackDue(edited, edit.readapt, at) : edited;
  const writes = change.left !== before.examples;
  // The list before this edit, if no adaptation was accepted with it.
  const isUnused = (name: string) =>
    isChanged && name === task.edited?.digest && !records.some(({ support }) => support.digest === name);
  const isRemoved = (name: string, { examples }: KeptSet) =>
    name !== (writes ? list.digest : digest) && (examples.some(change.isErased) || isUnused(name));
  // Only an erasure concerns older sets.
  const concerned = edit.type === 'erase' ? new Map(sets) : only(sets, digest);
  const removed = [...concerned].filter(([name, set]) => isRemoved(name, set)).map(([name]) => name);
  const learnt = records.filter(({ support }) => removed.includes(support.digest));
  const erased = learnt.filter((each) => !isGivenUp(each) && each.status !== 'erased');
  const unfinished = erased.filter(({ status }) => !hasEnded(status));

  const kept = new Map([...concerned].filter(([name]) => !removed.includes(name)));
  if (writes) kept.set(list.digest, storedSupport(list));
  const wanted = contentsIn(kept);
  const known = contentsIn(concerned);
  const former = sets.get(list.digest);
  return {
    edited: { examples: matched, erased: erased.map(idOf), unfinished: unfinished.map(idOf) },
    task: erased.some(({ id }) => id === task.current) ? { ...after, current: null } : after,
    records: learnt.map((each) => eraseRecord(each, at)),
    list: writes ? { digest: list.digest, set: storedSupport(list) } : null,
    removed,
    held: new Map(
      [
        ...(before.inputs ? rowContents(before.inputs) : []),
        ...(edit.type === 'feedback' ? [[edit.example.content, edit.content] as const] : []),
      ].filter(([content]) => wanted.has(content)),
    ),
    released: [...known].filter((content) => !wanted.has(content)),
    usage: {
      ...NOTHING_USED,
      examples: (writes ? list.examples.length - (former?.examples.length ?? 0) : 0) - countIn(sets, removed),
      bytes:
        (writes ? bytesOf(storedSupport(list)) - (former ? bytesOf(former) : 0) : 0) -
        removed.reduce((sum, name) => sum + bytesOf(sets.get(name) as KeptSet), 0),
      queued: -unfinished.length,
    },
    key: keyOf(edit, matched, at),
  };
}

function keyOf(edit: ExampleEdit, [example]: readonly Example[], at: string): KeyRecord | null {
  if (edit.type !== 'feedback' || !edit.idempotency || !example) return null;
  return keyRecordOf(edit.idempotency, { id: example.id, createdAt: at });
}

function answerAgain(task: Task, sets: Editable['sets'], id: string): EditPlan | null {
  const all = [...sets.values()].toReversed().flatMap(({ examples }) => examples);
  const example = all.find((each) => each.id === id);
  if (!example) return null;
  const edited = { examples: [example], erased: [], unfinished: [] };
  const nothing = { records: [], list: null, removed: [], held: new Map(), released: [], key: null };
  return { edited, task, ...nothing, usage: NOTHING_USED };
}

interface Change {
  readonly matched: readonly Example[];
  /** The list after the edit; the same array when it does not change. */
  readonly left: readonly Example[];
  isErased(example: Example): boolean;
}

function changeIn(before: KeptSet, sets: Editable['sets'], edit: ExampleEdit): Change {
  if (edit.type === 'relabel') return relabelIn(before, edit);
  if (edit.type === 'erase') return eraseIn(before, sets, edit);
  const { examples, example } = addFeedback(before.examples, edit.example);
  return { matched: [example], left: examples, isErased: () => false };
}

function relabelIn(
  { examples, targetShape }: KeptSet,
  { id, outcome }: Extract<ExampleEdit, { type: 'relabel' }>,
): Change {
  const change = (each: Example) => (each.id === id ? relabelled(each, outcome, targetShape) : each);
  const left = examples.map(change);
  return { matched: left.filter((each) => each.id === id), left, isErased: () => false };
}

function eraseIn(
  { examples }: KeptSet,
  sets: Editable['sets'],
  { which }: Extract<ExampleEdit, { type: 'erase' }>,
): Change {
  const listed = examples.filter((each) => matches(each, which));
  const older = () =>
    [...sets.values()].flatMap((set) => set.examples.find((each) => matches(each, which)) ?? []);
  const matched = listed.length > 0 || which.id === undefined ? listed : older().slice(0, 1);
  const left = listed.length > 0 ? examples.filter((each) => !matches(each, which)) : examples;
  const ids = new Set(matched.map(({ id }) => id));
  const shown = new Set(left.map(({ content }) => content));
  const gone = new Set(matched.map(({ content }) => content).filter((content) => !shown.has(content)));
  return { matched, left, isErased: ({ id, content }) => ids.has(id) || gone.has(content) };
}

/** Without what was computed from the examples. The number of examples of each label and the counts of the gate stay. */
function eraseRecord(record: Adaptation, at: string): Adaptation {
  return {
    ...record,
    status: isGivenUp(record) ? record.status : 'erased',
    warnings: [],
    columns: null,
    losses: [],
    selection: null,
    report: null,
    endedAt: record.endedAt ?? at,
  };
}

function only(sets: KeptSets, digest: string | null): ReadonlyMap<string, KeptSet> {
  const set = digest === null ? undefined : sets.get(digest);
  return new Map(digest !== null && set ? [[digest, set]] : []);
}

function contentsIn(sets: Editable['sets']): ReadonlySet<string> {
  return new Set([...sets.values()].flatMap(({ examples }) => examples.map(({ content }) => content)));
}

function countIn(sets: Editable['sets'], names: readonly string[]): number {
  return names.reduce((sum, name) => sum + (sets.get(name)?.examples.length ?? 0), 0);
}

/** The bytes of sets of versions before 0.3 are not known here. They stay in the usage until the task is deleted. */
function bytesOf({ inputs, ...set }: KeptSet): number {
  return inputs ? 0 : jsonBytes(set);
}

const idOf = ({ id }: Adaptation) => id;

function later(latest: Adaptation | null, each: Adaptation): Adaptation {
  return latest && latest.sequence > each.sequence ? latest : each;
}
