/** Where a requirement comes from, and how we know. */
export interface Citation {
  readonly document: string;
  readonly revision: string;
  /** As the document numbers it; absent where only a secondary source was read. */
  readonly section?: string;
  /** `read`: we read the document itself; `secondary`: we know it from somebody who did. */
  readonly basis: 'read' | 'secondary';
}
