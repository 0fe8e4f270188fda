/**
 * The firmware image of this model: a head, then whatever the vendor likes. A format of our own,
 * since the specification leaves it to the vendor; its check is Adler-32 (RFC 1950, chapter 8).
 */
import { structure } from '../../registers/structure.ts';

export const ImageHead = structure({
  name: 'firmware image',
  bytes: 32,
  fields: {
    MAGIC: [0, 0, 64],
    REVISION: [8, 0, 64],
    /** Bytes of the whole image, a multiple of four. */
    LENGTH: [16, 0, 32],
    /** It cannot be activated without a reset. */
    NEEDS_RESET: [20, 0, 1],
    /** Adler-32 over the image, with zeros here. */
    CHECK: [24, 0, 32],
  },
});

/** What an image may have in bytes. */
export const IMAGE_BYTES_MAX = 1024 * 1024;
const MAGIC = 'DYNO-FW1';
/** Adler-32: the largest prime below 2^16. */
const MODULUS = 65_521;

/** An image of so many bytes, a multiple of four and at least those of the head. */
export function firmwareImage(options: {
  readonly revision: string;
  readonly bytes: number;
  readonly needsReset?: boolean;
}): Uint8Array {
  const image = new Uint8Array(options.bytes);
  for (let at = ImageHead.bytes; at < image.length; at++) image[at] = at % 251;
  ImageHead.MAGIC.setText(image, 0, MAGIC);
  ImageHead.REVISION.setText(image, 0, options.revision);
  ImageHead.LENGTH.set(image, 0, image.length);
  ImageHead.NEEDS_RESET.set(image, 0, options.needsReset === true ? 1 : 0);
  ImageHead.CHECK.set(image, 0, checkOf(image));
  return image;
}

/** Whether it is an image, whole and unharmed. */
export function isIntact(image: Uint8Array): boolean {
  return (
    image.length >= ImageHead.bytes &&
    ImageHead.MAGIC.getText(image) === MAGIC &&
    ImageHead.LENGTH.get(image) === image.length &&
    ImageHead.CHECK.get(image) === checkOf(image)
  );
}

function checkOf(image: Uint8Array): number {
  const head = image.slice(0, ImageHead.bytes);
  ImageHead.CHECK.set(head, 0, 0);
  let sum = 1;
  let sums = 0;
  for (let at = 0; at < image.length; at++) {
    sum = (sum + ((at < head.length ? head[at] : image[at]) as number)) % MODULUS;
    sums = (sums + sum) % MODULUS;
  }
  return sums * 0x1_0000 + sum;
}
