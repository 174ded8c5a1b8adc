import { api } from './api.ts';

/** The task in which the page teaches a package what it also teaches others. */
export const taskOfPackage = (task: string, name: string) => `${task}-${name}`;

/** Deletes a task and its tasks of packages, also those of an earlier visit. */
export async function deleteTasks(task: string): Promise<void> {
  const found: string[] = [];
  for await (const { id, model } of api.tasks.list())
    if (id === task || id === taskOfPackage(task, model)) found.push(id);
  await Promise.all(found.map((id) => api.tasks.delete(id)));
}
