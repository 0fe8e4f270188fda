/** The JSON Schema of one record of a result file, as text to publish. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { RESULT_VERSION, resultRecordSchema } from '../verdict.ts';

export const SCHEMA_FILE = fileURLToPath(new URL('result.schema.json', import.meta.url));

export function publishedSchema(): string {
  const schema = {
    title: `driver-dyno result, version ${RESULT_VERSION}: one record (line) of a result file`,
    ...z.toJSONSchema(resultRecordSchema, { reused: 'ref' }),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
