/** What a W25Q serial NOR flash owes its bus, whatever driver it has. */
import { suite } from '../../clause.ts';
import { array } from './array.ts';
import { identity } from './identity.ts';
import { modes } from './modes.ts';
import { security } from './security.ts';
import { status } from './status.ts';
import { suspension } from './suspension.ts';

export const device = suite({
  id: 'spi-nor/device',
  for: { device: 'spi-nor' },
  clauses: [...identity, ...status, ...array, ...suspension, ...modes, ...security],
});
