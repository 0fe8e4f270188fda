/** The report's script: filter, theme, copy. The page says everything without it. */

/**
 * The filter hides clause rows and what `data-f` marks (`f`: did not pass); a suite's heading goes
 * when all its rows are gone.
 */
export const SCRIPT = `
'use strict';
const root = document.documentElement;
root.classList.add('scripted');
const search = document.getElementById('search');
const only = document.getElementById('only');
const found = document.getElementById('found');
const items = [...document.querySelectorAll('[data-f],.matrix tr[id]')].map((node) =>
  ({ node, text: (node.id + ' ' + node.textContent).toLowerCase(),
    passes: node.dataset.f !== 'f' }));
const suites = [...document.querySelectorAll('tr.suite')];
function filter() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const { node, text, passes } of items) {
    node.hidden = (only.checked && passes) || !words.every((word) => text.includes(word));
    if (!node.hidden) shown += 1;
  }
  for (const row of suites) {
    let next = row.nextElementSibling;
    while (next && !next.classList.contains('suite') && next.hidden) next = next.nextElementSibling;
    row.hidden = !next || next.classList.contains('suite');
  }
  const all = words.length === 0 && !only.checked;
  found.textContent = all ? '' : shown + ' of ' + items.length + ' shown';
}
let timer;
search.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(filter, 80); });
only.addEventListener('change', filter);
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  }
});

const dark = matchMedia('(prefers-color-scheme: dark)');
document.getElementById('theme').addEventListener('click', () => {
  const now = root.dataset.theme ?? (dark.matches ? 'dark' : 'light');
  root.dataset.theme = now === 'dark' ? 'light' : 'dark';
  try { localStorage.setItem('dyno-theme', root.dataset.theme); } catch {}
});
try { root.dataset.theme = localStorage.getItem('dyno-theme') ?? ''; } catch {}
if (!root.dataset.theme) delete root.dataset.theme;

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const source = button.parentElement.querySelector('pre');
  let copied = true;
  try { await navigator.clipboard.writeText(source.textContent); } catch { copied = false; }
  if (!copied) getSelection().selectAllChildren(source);
  button.textContent = copied ? 'copied' : 'selected';
  setTimeout(() => { button.textContent = 'copy'; }, 1500);
});

// A link to a hidden place shows it again; a pass has no place of its own but its clause's row.
function follow() {
  const id = decodeURIComponent(location.hash.slice(1));
  const exact = document.getElementById(id);
  const target = exact ?? document.getElementById(id.slice(0, Math.max(0, id.lastIndexOf('@'))));
  if (!target) return;
  if (target.closest('[hidden]')) {
    search.value = '';
    only.checked = false;
    filter();
  } else if (exact) return;
  target.scrollIntoView();
}
addEventListener('hashchange', follow);
follow();
`;
