import { dataUrlOf, smallPicture } from '../media/pictures.ts';
import { pictureOf, type Stroke } from '../media/strokes.ts';
import type { Input } from './labels.ts';

export const textInput = (text: string): Input => ({ value: { text }, look: { kind: 'text', text } });

export async function drawingInput(strokes: readonly Stroke[]): Promise<Input> {
  return pictureInput(await pictureOf(strokes));
}

/** A picture as it is. */
export async function pictureInput(file: Blob): Promise<Input> {
  return { value: await dataUrlOf(file), look: { kind: 'picture', url: URL.createObjectURL(file) } };
}

/** A photo, made small. */
export async function photoInput(file: Blob): Promise<Input> {
  return pictureInput(await smallPicture(file));
}

export async function soundInput(file: Blob): Promise<Input> {
  return { value: await dataUrlOf(file), look: { kind: 'sound', url: URL.createObjectURL(file) } };
}
