/** What displays showed, one drawing for each verdict that has a picture. */
import { html, linkTo, placeId, wording } from './html.ts';
import type { Children } from './html.ts';
import { visible } from '../renderers/text.ts';
import type { Verdict, VerdictPicture } from '../verdict.ts';

/** Beyond these the result file has them, and the page only says so. */
const PICTURES_MAX = 60;
const DOTS_OF_DIGIT = 4;

export type PicturedVerdict = Verdict & { readonly picture: VerdictPicture };

export function hasPicture(verdict: Verdict): verdict is PicturedVerdict {
  return verdict.picture !== undefined;
}

export function pictures(verdicts: readonly PicturedVerdict[]): Children {
  const rest = verdicts.length - PICTURES_MAX;
  return html`<div>
    <p class="soft">What the display showed when the last scene of the clause was over.</p>
    <div class="pictures">${verdicts.slice(0, PICTURES_MAX).map(figure)}</div>
    ${rest > 0 && html`<p class="soft">${rest} more are in the result file.</p>`}
  </div>`;
}

function figure(verdict: PicturedVerdict): Children {
  const { picture, clause, driver, target } = verdict;
  const { word, kind } = wording(verdict.verdict);
  const row = linkTo(placeId({ clause, driver }));
  const title = `${clause}: what ${driver} drew on ${target}`;
  return html`<figure>
    <svg
      viewBox=${`0 0 ${picture.width} ${picture.height}`}
      role="img"
      aria-label=${visible(title)}
    >
      <rect width=${picture.width} height=${picture.height} />
      <path d=${pathOf(picture)} />
    </svg>
    <figcaption>
      <span class=${kind}>${word}</span> <a href=${row}><code>${visible(clause)}</code></a>
      <span class="soft"> ${visible(target)}</span>
    </figcaption>
  </figure>`;
}

/** Each run of lit dots in a row is a bar of height 1. */
export function pathOf({ width, height, rows }: VerdictPicture): string {
  const bars: string[] = [];
  rows.slice(0, height).forEach((row, y) => {
    const lit = litDots(row, width);
    for (let x = 0; x < width; x++) {
      if (!lit[x]) continue;
      const from = x;
      while (x < width && lit[x]) x++;
      bars.push(`M${from} ${y}h${x - from}v1h-${x - from}z`);
    }
  });
  return bars.join('');
}

function litDots(row: string, width: number): boolean[] {
  return Array.from({ length: width }, (_, x) => {
    const digit = Number.parseInt(row[Math.floor(x / DOTS_OF_DIGIT)] ?? '0', 16);
    return Math.floor(digit / 2 ** (DOTS_OF_DIGIT - 1 - (x % DOTS_OF_DIGIT))) % 2 === 1;
  });
}
