/** Traces: what a recording is made of, how files of any known format are read and written. */
export { EventBatch, batched } from './format/batch.ts';
export type { TraceDecoder, TraceEncoder } from './format/codec.ts';
export { KIND_NAMES, TraceKind, type TraceEvent, traceEvent, wideValue } from './format/event.ts';
export {
  BLIND,
  type Blind,
  type Provenance,
  type TraceFooter,
  type TraceHeader,
  type TraceSpace,
  emptyHeader,
} from './format/header.ts';
export { feedJournal } from './format/journal-feed.ts';
export { JournalRecorder } from './format/recorder.ts';
export { TraceError } from './format/trace-error.ts';
export { FORMATS, type TraceFormat, formatNamed, formatOfName } from './files/formats.ts';
export { IndexedTrace } from './files/indexed-trace.ts';
export { type OpenTrace, TraceWriter, openTrace } from './files/trace-file.ts';
export { RegisterView } from './view/register-view.ts';
