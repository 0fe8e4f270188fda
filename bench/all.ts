/** Speed in one run on one machine, beside the bars that we set ourselves. Writes nothing. */
import { printColdStart } from './cold-start.ts';
import { eduFigures } from './edu.ts';
import { print, printRatio } from './measure.ts';
import { nvmeFigures, nvmeRatios } from './nvme.ts';
import { qtestRoundTrips } from './qtest.ts';
import { registerFigures } from './registers.ts';
import { searchFigures } from './search.ts';
import { printWholeFlash, serprogFigures } from './serprog.ts';
import { traceFigures } from './traces.ts';
import { worldFigures } from './world.ts';

registerFigures(qtestRoundTrips()).forEach(print);
(await worldFigures()).forEach(print);
(await eduFigures()).forEach(print);
(await nvmeFigures()).forEach(print);
(await nvmeRatios()).forEach(printRatio);
(await searchFigures()).forEach(print);
(await serprogFigures()).forEach(print);
traceFigures(process.argv.includes('large-traces')).forEach(print);
if (process.argv.includes('whole-flash')) await printWholeFlash();
await printColdStart();
