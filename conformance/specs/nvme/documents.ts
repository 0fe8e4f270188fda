/** The document that NVMe rules and clauses cite, and how we know it. */
import type { Citation } from '../../citation.ts';

/** By the title of the section; its text is known from headers and manuals that quote it. */
export function nvmeBase(section: string): Citation {
  return {
    document: 'NVM Express Base Specification',
    revision: '1.4 (2019-06-10)',
    section,
    basis: 'secondary',
  };
}
