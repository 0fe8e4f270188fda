/** Writes the published JSON Schema anew. */
import { writeFileSync } from 'node:fs';
import { publishedSchema, SCHEMA_FILE } from './schema/published.ts';

writeFileSync(SCHEMA_FILE, publishedSchema());
