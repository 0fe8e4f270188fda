/** Sizes, names and headers of one file: section 3 of the style, kept by machine. */
import type { Offence } from './arrows.ts';
import type { Source } from './source.ts';

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const LINE_COLUMNS_MAX = 100;
/** The formatter keeps the import of one name in one line, however long its path. */
const ONE_IMPORT = /^import (type )?\{ [^,]+ \} from '[^']+';$/;

/** Pure tables may be as long as what they list. */
const TABLE = /(^|\/)(registers|structures)\.ts$|\/(specs|profiles)\//;

/** Where bits are what the code is about. */
const SHIFTS_BITS = /^(sim\/(registers|kernel)|traces\/codecs|gates)\/|(checksum|hash)[^/]*$/;

const NO_NOUN = /(^|[/.-])(utils?|misc)([/.-]|$)/;

/** The offences of one file's sizes, names, exports and header. */
export function shapeOffences(source: Source): Offence[] {
  const found: Offence[] = [];
  const report = (line: number, rule: string, text: string): void => {
    found.push({ path: source.path, line, rule, text });
  };
  sizes(source, report);
  names(source, report);
  if (!source.isTest && !SHIFTS_BITS.test(source.path)) {
    for (const line of source.shifts) {
      report(line, 'shift', 'shifts bits; declare the field in a register map or write a codec');
    }
  }
  if (
    /^sim\/devices\/[^/]+\/model\.ts$/.test(source.path) &&
    !/Not modelled:/.test(source.header)
  ) {
    report(
      1,
      'not-modelled',
      'the header must say what is missing, after the words "Not modelled:"',
    );
  }
  return found;
}

type Report = (line: number, rule: string, text: string) => void;

function sizes(source: Source, report: Report): void {
  const length = source.lines.at(-1) === '' ? source.lines.length - 1 : source.lines.length;
  const isTable = TABLE.test(source.path);
  if (length > FILE_LINES_MAX && !isTable) {
    report(length, 'file-length', `${length} lines, at most ${FILE_LINES_MAX}: split by concern`);
  }
  for (const { line, length: lines } of source.functions) {
    if (lines > FUNCTION_LINES_MAX) {
      const most = `at most ${FUNCTION_LINES_MAX}`;
      report(line, 'function-length', `a function of ${lines} lines, ${most}: name its steps`);
    }
  }
  source.lines.forEach((text, index) => {
    const columns = text.length - (source.tableColumns.get(index + 1) ?? 0);
    if (columns > LINE_COLUMNS_MAX && !isTable && !ONE_IMPORT.test(text)) {
      report(
        index + 1,
        'line-length',
        `${text.length} columns, at most ${LINE_COLUMNS_MAX}: break it`,
      );
    }
  });
}

function names(source: Source, report: Report): void {
  if (!/(^|\/)driver\.ts$|\.config\.ts$/.test(source.path)) {
    for (const line of source.defaultExports) {
      report(
        line,
        'default-export',
        'exports a default; name it (only a manifest, driver.ts, may)',
      );
    }
  }
  if (NO_NOUN.test(source.path)) {
    report(1, 'noun', 'a file or folder named utils or misc says nothing; name the noun it holds');
  }
  if (/^[^/]+\/.+\/index\.ts$/.test(source.path)) {
    report(1, 'barrel', 'one index.ts per top-level folder; inside, import the file you mean');
  }
}
