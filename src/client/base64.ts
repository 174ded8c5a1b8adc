/** Fewer arguments than any engine's limit for one call. */
const CHUNK = 0x8000;

/** Bytes in base64, on platforms without `Uint8Array.prototype.toBase64`. */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}
