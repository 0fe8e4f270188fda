/** NVM Express Base Specification 1.4, "Opcodes for Admin Commands" (secondary). */
export const AdminOpcode = {
  DeleteSubmissionQueue: 0x00,
  CreateSubmissionQueue: 0x01,
  GetLogPage: 0x02,
  DeleteCompletionQueue: 0x04,
  CreateCompletionQueue: 0x05,
  Identify: 0x06,
  Abort: 0x08,
  SetFeatures: 0x09,
  GetFeatures: 0x0a,
  EventRequest: 0x0c,
  NamespaceManagement: 0x0d,
  FirmwareCommit: 0x10,
  FirmwareDownload: 0x11,
  SelfTest: 0x14,
  NamespaceAttachment: 0x15,
  FormatNvm: 0x80,
} as const;
