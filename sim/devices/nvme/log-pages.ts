/** Log page identifiers: NVM Express Base Specification 1.4, "Get Log Page command" (secondary). */
export const LogPage = {
  Errors: 1,
  Health: 2,
  Firmware: 3,
  ChangedNamespaces: 4,
  CommandEffects: 5,
  SelfTest: 6,
} as const;
