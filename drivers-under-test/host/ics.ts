/** What the driver declares that it supports; it selects the conditional clauses. */
export type Ics = Readonly<Record<string, boolean | number | string>>;
