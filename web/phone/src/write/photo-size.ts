// Makes a photograph small enough to be sent from a doorstep: a page of text in it stays readable. What is no
// photograph that this browser can draw goes as it is, and the core says whether it is taken.

import { t } from '../words/words';

/** The longer side, in pixels. */
const LONGEST = 2_048;
const QUALITY = 0.82;

/** What the core takes at most, in bytes. */
const MOST_BYTES = 25 * 1024 * 1024;

/** The bytes to attach. `whole`: as they are. */
export async function fitting(file: Blob, whole: boolean): Promise<ArrayBuffer> {
  const small = whole || !file.type.startsWith('image/') ? null : await smaller(file);
  const chosen = small && small.size < file.size ? small : file;
  // A file that no note takes is not read into memory first.
  if (chosen.size > MOST_BYTES) throw new Error(t('photo-too-large'));
  return chosen.arrayBuffer();
}

async function smaller(file: Blob): Promise<Blob | null> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return null;
  const { width, height } = scaled(picture.width, picture.height);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0, width, height);
  picture.close();
  return new Promise((give) => canvas.toBlob(give, 'image/jpeg', QUALITY));
}

/** The size that a picture is drawn in. */
export function scaled(width: number, height: number): { width: number; height: number } {
  const by = Math.min(1, LONGEST / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) };
}
