import { expect, it } from 'vitest';
import { Random } from '../../kernel/random.ts';
import { AddressList, type Placed } from './address-list.ts';

const at = (address: number): Placed => ({ address, gone: false });

it('finds what begins at or below an address, as a list that is searched does', () => {
  const random = new Random(1, 'addresses');
  const list = new AddressList<Placed>();
  let model: Placed[] = [];
  for (let step = 0; step < 5000; step++) {
    const address = random.below(400);
    const there = model.find((each) => each.address === address);
    if (there === undefined) {
      const item = at(address);
      list.add(item);
      model.push(item);
    } else {
      list.remove(there);
      model = model.filter((each) => each !== there);
    }
    const where = random.below(400);
    const below = model.filter((each) => each.address <= where);
    const expected = below.toSorted((a, b) => b.address - a.address)[0];
    expect(list.atOrBelow(where)).toBe(expected);
    expect(list.length).toBe(model.length);
  }
  expect(list.all()).toEqual(model.toSorted((a, b) => a.address - b.address));
});

it('finds the new one at an address that was left', () => {
  const list = new AddressList<Placed>();
  const [old, fresh, far] = [at(8), at(8), at(9)];
  list.add(old);
  list.add(far);
  list.remove(old);
  list.add(fresh);
  expect(list.atOrBelow(8)).toBe(fresh);
  expect(list.top).toBe(far);
  list.remove(fresh);
  expect(list.atOrBelow(8)).toBeUndefined();
});
