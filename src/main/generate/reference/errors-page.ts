import type { ErrorCode } from '../../../errors.ts';
import { statusOf } from '../../../http/errors/status.ts';
import { markdownTable } from '../../../training/card/markdown-table.ts';
import { errorMeanings } from './error-meanings.ts';

/** `docs/errors.md`: each code with its status, its meaning and the way on. */
export function errorsPage(): string {
  const codes = (Object.keys(statusOf) as ErrorCode[]).toSorted((a, b) => statusOf[a] - statusOf[b]);
  const rows = codes.map((code) => [`${statusOf[code]}`, `\`${code}\``, ...errorMeanings[code]]);
  return `# Error codes

Every error is a problem in JSON ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) of the type \`application/problem+json\`.
Decide by \`code\`: codes are stable, and a retired one is never used again. \`detail\` is for people. \`pointer\` names the wrong
member of the body; \`expected\` and \`got\` say what should be there, and what is. A request that is refused has changed nothing.
(\`npm run reference\` writes this page from [src/http/errors/status.ts](../src/http/errors/status.ts).)

\`\`\`json
{ "type": "urn:innerloop:problem:task_not_adapted", "title": "Task not adapted", "status": 409, "code": "task_not_adapted",
  "detail": "…", "instance": "/tasks/fruit/predict" }
\`\`\`

${markdownTable(['Status', 'Code', 'When', 'What to do'], rows)}

**What to try again.** 429 and 503 come with \`Retry-After\`: send the same request after that many seconds. An adaptation with an
\`Idempotency-Key\` is done once, however often it is sent. Other errors stay until something is changed. Another tenant's data is
always 404. The routes of the Open Inference Protocol answer errors in that protocol's form: \`{"error": "…"}\`.
`;
}
