/** A corpus made small: few scenarios that reach all that it reaches. */
import type { Corpus } from './corpus.ts';
import { type Reaching, fewest } from './fewest.ts';
import { Crew, type CrewOptions } from './crew.ts';
import { explorePatiently } from './lost-runs.ts';

/** What a worker takes at once. */
const CHUNK = 32;

export interface Minimised {
  readonly before: number;
  readonly kept: number;
  /** Taken out, too: they fail, or do not apply any more. */
  readonly unfit: number;
}

/** Takes out of the folder what the rest reaches as well. @throws TargetUnavailable */
export async function minimise(corpus: Corpus, options: CrewOptions): Promise<Minimised> {
  const crew = new Crew(options);
  const entries = corpus.entries();
  const chunks = Array.from({ length: Math.ceil(entries.length / CHUNK) }, (_, index) =>
    entries.slice(index * CHUNK, (index + 1) * CHUNK),
  );
  try {
    const reaching = await Promise.all(
      chunks.map(async (chunk): Promise<Reaching<string>[]> => {
        const texts = chunk.map(({ text }) => text);
        const { novel } = await explorePatiently(
          { type: 'replay', texts, skip: [], whole: true },
          { crew, isKnown: () => true, onLost: () => {} },
        );
        return novel.map(({ at, text, features }) => {
          return { entry: chunk[at]?.id ?? '', size: text.length, features };
        });
      }),
    );
    const all = reaching.flat();
    const kept = new Set(fewest(all));
    for (const { id } of entries) if (!kept.has(id)) corpus.remove(id);
    return { before: entries.length, kept: kept.size, unfit: entries.length - all.length };
  } finally {
    await crew.close();
  }
}
