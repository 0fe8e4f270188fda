/** What a driver is written with: the manifest, the framework, the class contracts, registers. */
export { defineDriver, manifestProblem } from './host/manifest.ts';
export type { Ics } from './host/ics.ts';
export type { DriverManifest, Personality, ServiceClass } from './host/manifest.ts';
export { defineProcessDriver } from './host/process-manifest.ts';
export type * from './host/process-manifest.ts';
export {
  IOReturn,
  IOReturnError,
  type IOReturnName,
  StringFromReturn,
  errorName,
  fail,
} from './host/io-return.ts';
export {
  IOService,
  type Properties,
  kIOServicePowerCapabilityLow,
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
  kIOServiceSearchPropertyParents,
} from './host/io-service.ts';
export {
  IODispatchQueue,
  kIODispatchQueueMethodsNotSynchronized,
  kIODispatchQueueReentrant,
  kIODispatchQueueWakeupAll,
} from './host/io-dispatch-queue.ts';
export {
  IOInterruptDispatchSource,
  type InterruptHandler,
  kIOInterruptTypeEdge,
  kIOInterruptTypeLevel,
} from './host/io-interrupt-dispatch-source.ts';
export { IOTimerDispatchSource, type TimerHandler } from './host/io-timer-dispatch-source.ts';
export { type Coalesced, IODataQueueDispatchSource } from './host/io-data-queue-dispatch-source.ts';
export { type ActionOptions, OSAction, OSActionWaitToken } from './host/os-action.ts';
export {
  IOMemoryDescriptor,
  kIOMemoryDirectionIn,
  kIOMemoryDirectionInOut,
  kIOMemoryDirectionOut,
} from './host/io-memory-descriptor.ts';
export { IOBufferMemoryDescriptor } from './host/io-buffer-memory-descriptor.ts';
export { IOMemoryMap } from './host/io-memory-map.ts';
export {
  type DMASegment,
  IODMACommand,
  kIODMACommandPerformOperationOptionRead,
  kIODMACommandPerformOperationOptionWrite,
  kIODMACommandPerformOperationOptionZero,
  kIODMACommandSegmentsMax,
} from './host/io-dma-command.ts';
export {
  type AsyncAction,
  type ExternalFunction,
  IOUserClient,
  type IOUserClientMethodArguments,
  type IOUserClientMethodDispatch,
  kIOUserClientMemoryReadOnly,
  kIOUserClientVariableStructureSize,
} from './host/io-user-client.ts';
export {
  IOPCIDevice,
  type PCIBARInfo,
  PCI_BAR_TYPES,
  kIOInterruptTypePCIMessaged,
  kIOInterruptTypePCIMessagedX,
  kIOPCICommandBusLead,
  kIOPCICommandIOSpace,
  kIOPCICommandInterruptDisable,
  kIOPCICommandMemorySpace,
  kIOPCIConfigurationOffsetCapabilitiesPtr,
  kIOPCIConfigurationOffsetCommand,
  kIOPCIConfigurationOffsetDeviceID,
  kIOPCIConfigurationOffsetStatus,
  kIOPCIConfigurationOffsetVendorID,
  kIOPCIDeviceResetTypeFunctionReset,
  kIOPCIDeviceResetTypeHotReset,
} from './host/io-pci-device.ts';
export {
  kPCIPMCD1Support,
  kPCIPMCD2Support,
  kPCIPMCD3Support,
  kPCIPMCPMESupportFromD3Cold,
  kPCIPMCPMESupportFromD3Hot,
  kPCIPMCSPowerStateD0,
  kPCIPMCSPowerStateD3,
} from './host/pci-power.ts';
export { type MatchReport, explainMatch, explainMatchText, whyNoMatch } from './host/matching.ts';
export {
  EDU_DEVICE_METHODS,
  type EduDevice,
  type EduStatistics,
} from './host/classes/edu-device.ts';
export {
  FLOW_CONTROLS,
  type ModemOutputs,
  type ModemStatus,
  PARITIES,
  SERIAL_PORT_METHODS,
  type SerialEvent,
  type SerialFlowControl,
  type SerialParity,
  type SerialPort,
  type SerialSettings,
  type SerialStatistics,
} from './host/classes/serial-port.ts';
export { bit, bits, type RegisterMap } from '../sim/registers/declare.ts';
export { type DriverRegisters, driverAccess } from '../sim/registers/driver-access.ts';
