/** Manifest of flashrom, which is judged as Debian ships it. */
import { type ProcessManifest, defineProcessDriver } from '../../host/process-manifest.ts';
import { SerprogServer } from '../../ports/serprog/server.ts';
import { FlashromAdapter } from './adapter.ts';

const SPOILT_BEFORE =
  'so that bits are only cleared, what is there is read in a run of its own; what spoils that ' +
  'read the next run writes, and is not to blame for';

const manifest: ProcessManifest = defineProcessDriver({
  id: 'flashrom',
  version: '1.3.0',
  class: 'FlashDevice',
  ics: { protection: true, 'unique-id': false },
  command: { program: 'flashrom', package: 'flashrom' },
  lacks: {
    'flash-device/recovery/stuck-low': SPOILT_BEFORE,
    'flash-device/recovery/flipped-anywhere': SPOILT_BEFORE,
    'flash-device/random/any-faults': SPOILT_BEFORE,
    'flash-device/data/beyond':
      'every run looks for the chip before it looks at a layout, and a layout has only whole ' +
      'numbers: nothing can be refused without touching the device',
    'flash-device/robustness/prompt':
      'a run reads, erases, writes and verifies: the time of its parts is not seen',
  },
  // A run takes a second: flashrom waits that long when it meets a serprog programmer.
  runsMax: 3,
  port: (place) => SerprogServer.open(place),
  adapter: (place) => new FlashromAdapter(place),
});

export default manifest;
