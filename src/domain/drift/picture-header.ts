const PNG = 0x89504e47;
const JPEG = 0xffd8;

/** Width × height that the header of a PNG, JPEG or WebP file states. Null for other files. Decodes nothing. */
export function pixelsOf(file: Uint8Array): number | null {
  if (file.length < 32) return null;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (view.getUint32(0) === PNG) return view.getUint32(16) * view.getUint32(20);
  if (view.getUint16(0) === JPEG) return ofJpeg(view);
  return Buffer.from(file.subarray(8, 12)).toString('latin1') === 'WEBP' ? ofWebp(view) : null;
}

/** Segments follow each other until the start of a frame, which has the size. */
function ofJpeg(view: DataView): number | null {
  for (let at = 2; at + 9 < view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return view.getUint16(at + 5) * view.getUint16(at + 7);
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** @see https://developers.google.com/speed/webp/docs/riff_container */
function ofWebp(view: DataView): number | null {
  const form = view.getUint8(15);
  const three = (at: number) => view.getUint16(at, true) + 65_536 * view.getUint8(at + 2);
  if (form === 'X'.charCodeAt(0)) return (1 + three(24)) * (1 + three(27));
  if (form === 'L'.charCodeAt(0)) {
    const bits = view.getUint32(21, true);
    return (1 + (bits & 0x3fff)) * (1 + ((bits >>> 14) & 0x3fff));
  }
  return (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff);
}
