/** Writes the published JSON Schema and the goldens anew: `npm run reports:generate`. */
import { writeFileSync } from 'node:fs';
import { GOLDENS } from './golden/goldens.ts';
import { publishedSchema, SCHEMA_FILE } from './schema/published.ts';

writeFileSync(SCHEMA_FILE, publishedSchema());
for (const { file, text } of GOLDENS) writeFileSync(file, text());
