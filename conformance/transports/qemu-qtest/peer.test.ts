import { afterEach, expect, it, vi } from 'vitest';
import { findPeer, PeerAbsent, peerMissing } from './peer.ts';

afterEach(() => void vi.unstubAllEnvs());

it('names the Debian package of what is not installed', () => {
  expect(() => findPeer('/nowhere:')).toThrow(PeerAbsent);
  expect(() => findPeer('')).toThrow('apt-get install qemu-system-x86');
});

it('is a reason to skip, unless the peers are required', () => {
  vi.stubEnv('PATH', '/nowhere');
  vi.stubEnv('DYNO_PEERS', '');
  expect(peerMissing()).toContain('qemu-system-x86');
  vi.stubEnv('DYNO_PEERS', 'required');
  expect(() => peerMissing()).toThrow(PeerAbsent);
});
