/** Bounds on what a file can ask for. The largest public files stay well below each of them. */

/** XML elements inside each other. */
export const NESTING_MAX = 32;
/** Clusters inside each other, after derivation. */
export const CLUSTER_DEPTH_MAX = 8;
/** Elements that are kept, in the whole file. */
export const ELEMENTS_MAX = 1_000_000;
/** Characters of one name, number or other text that is kept. */
export const TEXT_MAX = 65_536;
/** Characters of the name of what can be an array, and of one index. */
export const NAME_MAX = 256;
/** Characters of the whole file. */
export const INPUT_MAX = 400_000_000;
/** Elements of one `dim` array or list. */
export const DIM_MAX = 65_536;
/** Parts of the whole device and losses, arrays and derived peripherals expanded. */
export const EXPANDED_MAX = 2_000_000;
/** One element deriving from another, that from a third, and so on. */
export const DERIVATION_MAX = 256;
/** Enumerated values that one don't-care pattern may stand for; above it only the least is kept. */
export const PATTERN_VALUES_MAX = 16;
/** Descriptions of the same address that a map can hold. */
export const PAGES_MAX = 30;
/** Bits of one register. */
export const REGISTER_BITS_MAX = 4096;
/** Bytes and registers of one register map (see `compile.ts`). */
export const EXTENT_MAX = 1 << 28;
export const MAP_REGISTERS_MAX = 65_535;
