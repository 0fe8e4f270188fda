/** `space` of `Interrupt` events: a level on the INTx line, or a message. */
export const InterruptKind = { Level: 0, Message: 1 } as const;
