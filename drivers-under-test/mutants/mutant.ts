/**
 * A mutant: a sample driver, a device model or the bus with one small defect, as data. Nothing is
 * copied: the edits are applied to the source when it is loaded.
 */
export interface Edit {
  /** A piece of the source that occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  /** Unique, such as `edu/no-acknowledge`: the subject, then what is wrong. */
  readonly id: string;
  /** The file that is edited, from the root of the repository. */
  readonly file: string;
  /** What is wrong, in one sentence. */
  readonly what: string;
  readonly edits: readonly Edit[];
  /** Why the smoke test cannot pass with this defect; without it, it must. */
  readonly noSmoke?: string;
}

export interface DriverMutant extends Mutant {
  /** Name in the catalog. */
  readonly driver: string;
  /** Where the defect shows; default: the first simulated target of the driver. */
  readonly target?: string;
  /** Class of `bug-classes.md`, such as `BC-11`. */
  readonly bugClass: string;
  /** Clauses or rules that must be among those that catch it. */
  readonly expected: readonly string[];
}

/** A defect of a device model or of its bus; clauses about the device or the pair catch it. */
export interface DeviceMutant extends Mutant {
  /** The target whose machine is broken. */
  readonly target: string;
}
