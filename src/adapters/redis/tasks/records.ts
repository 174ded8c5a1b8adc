import { type Adaptation, readAdaptation, type StoredAdaptation } from '../../../domain/adaptation.ts';
import { readTask, type StoredTask, type Task } from '../../../domain/task.ts';

export function taskOf(text: string | null | undefined): Task | null {
  const stored = parsed<StoredTask>(text);
  return stored && readTask(stored);
}

export function recordOf(text: string | null | undefined): Adaptation | null {
  const stored = parsed<StoredAdaptation>(text);
  return stored && readAdaptation(stored);
}

export function parsed<T>(text: string | null | undefined): T | null {
  return text ? JSON.parse(text) : null;
}
