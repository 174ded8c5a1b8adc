import { InnerloopProblem } from '../../client/index.ts';
import { api, firstOf, unlistedApi } from './api.ts';

/** The task in which the page teaches a package what it also teaches others. */
export const taskOfPackage = (task: string, name: string) => `${task}-${name}`;

/** The page looks for its tasks among so many: one page of the list. */
export const MOST_TASKS = 100;

/** Deletes a task and its tasks of packages, also those of other tabs and of earlier visits. */
export async function deleteTasks(task: string): Promise<void> {
  const first = await firstOf(unlistedApi.tasks.list(), MOST_TASKS);
  if (first.length < MOST_TASKS) {
    const own = first.filter(({ id, model }) => id === task || id === taskOfPackage(task, model));
    await Promise.all(own.map(({ id }) => deleteIfThere(api, id)));
    return;
  }
  // There may be thousands of tasks. The names that the page gives are known, but few of these tasks are there.
  const models = await unlistedApi.models.list();
  const names = [task, ...models.map(({ name }) => taskOfPackage(task, name))];
  await Promise.all(names.map((id) => deleteIfThere(unlistedApi, id)));
}

/** Another tab may have deleted the task already. */
async function deleteIfThere({ tasks }: typeof api, id: string): Promise<void> {
  await tasks.delete(id).catch((error) => {
    if (!(error instanceof InnerloopProblem && error.code === 'task_not_found')) throw error;
  });
}
