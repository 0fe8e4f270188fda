/** Register coverage: what the run touched of each device, bit by bit. */
import { html, scrolling } from './html.ts';
import type { Children } from './html.ts';
import { bitStates, visible } from '../renderers/text.ts';
import type { Coverage, RegisterCoverage } from '../verdict.ts';

const REGISTERS_SHOWN_MAX = 1000;
const BIT_WIDTH_PX = 10;
const STATE_CLASS = { both: 'b2', zero: 'b0', one: 'b1', none: '' } as const;

export function coverageTables(all: readonly Coverage[]): Children {
  return html`<div>
    <p class="legend">
      ${legend('both', 'seen as 0 and as 1')} ${legend('one', 'only as 1')}
      ${legend('zero', 'only as 0')} ${legend('none', 'never')}
      <span>most significant bit first</span>
    </p>
    ${all.map(table)}
  </div>`;
}

function table({ driver, target, device, registers }: Coverage): Children {
  const shown = registers.slice(0, REGISTERS_SHOWN_MAX);
  const touched = registers.filter((it) => it.reads + it.writes > 0).length;
  const figures = `${driver} on ${target}, ${touched} of ${registers.length} registers touched`;
  return html`<h3>${visible(device)}<small>${visible(figures)}</small></h3>
    ${scrolling(
      html`<table>
        <thead>
          <tr>
            <th scope="col">Register</th>
            <th scope="col" class="n">Reads</th>
            <th scope="col" class="n">Writes</th>
            <th scope="col">Bits</th>
            <th scope="col" class="n">Both ways</th>
            <th scope="col">Values, effects, illegal accesses</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(row)}
        </tbody>
      </table>`,
    )}
    ${
      registers.length > shown.length &&
      html`<p class="soft">${registers.length - shown.length} more registers</p>`
    }` as Children;
}

function row(register: RegisterCoverage): Children {
  const { name, space, offset, size, reads, writes, effects, illegal } = register;
  const states = bitStates(size, register.bitsSeen0, register.bitsSeen1);
  const both = states.filter((it) => it === 'both').length;
  return html`<tr data-f=${reads + writes > 0 ? 'p' : 'f'}>
    <th scope="row" class="w">
      <b>${visible(name)}</b> <span class="soft"> ${visible(space)}+0x${offset.toString(16)}</span>
    </th>
    <td class="n">${reads}</td>
    <td class="n">${writes}</td>
    <td>${strip(states)}</td>
    <td class="n w">${both} of ${states.length}</td>
    <td>
      ${values(register)} ${effects.map((it) => html`<div>${visible(it.name)}: ${it.count}</div>`)}
      ${illegal.map((it) => html`<div class="f">${visible(it.what)}: ${it.count}</div>`)}
    </td>
  </tr>`;
}

function values({ fields }: RegisterCoverage): Children {
  return fields.map(
    ({ name, values: known }) =>
      known &&
      known.length > 0 &&
      html`<div>
        ${visible(name)}:${known.map(
          (it) =>
            html` <span class=${it.seen ? null : 'seen0'} title=${it.seen ? 'seen' : 'never seen'}
              >${visible(it.name)}</span
            >`,
        )}
      </div>`,
  );
}

/** Neighbours in the same state share one element. */
function strip(states: ReturnType<typeof bitStates>): Children {
  const runs: { state: (typeof states)[number]; length: number }[] = [];
  for (const state of states) {
    const last = runs.at(-1);
    if (last?.state === state) last.length += 1;
    else runs.push({ state, length: 1 });
  }
  const label = runs.map(({ state, length }) => `${length} ${state}`).join(', ');
  return html`<span class="bits" role="img" aria-label=${label}
    >${runs.map(
      ({ state, length }) =>
        html`<i class=${STATE_CLASS[state]} style=${`width:${length * BIT_WIDTH_PX}px`}></i>`,
    )}</span
  >`;
}

function legend(state: keyof typeof STATE_CLASS, text: string): Children {
  return html`<span>${strip([state])}${text}</span>`;
}
