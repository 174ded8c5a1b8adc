import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../src/playground/api/call.ts';
import { pythonOf, shortened, snippetOf } from '../../src/playground/code/snippets.ts';

const place = { base: 'http://127.0.0.1:3000/ai/', withKey: true };
const call: Call = {
  method: 'POST',
  path: 'tasks/signs/adapt',
  headers: { Prefer: 'wait=10' },
  body: {
    json: { support: [{ label: "it's", input: { text: 'a "b" $HOME `x`\n中' } }], flag: true, none: null },
  },
};
const table: Call = {
  method: 'POST',
  path: 'tasks/t/adapt',
  query: { target: 'stays & goes' },
  body: { text: "a,b\nEND,it's\n", type: 'text/csv' },
};

/** Runs a command of curl with a shell in which `curl` prints its arguments and its input. */
function runCurl(snippet: string): { args: string[]; input: string } {
  const script = `curl() { printf '%s\\0' "$@"; printf '\\1'; cat; }\nKEY=il_secret\n${snippet}\n`;
  const [args = '', input = ''] = execFileSync('bash', ['-c', script], { encoding: 'utf8', input: '' }).split(
    '\x01',
  );
  return { args: args.split('\0').slice(0, -1), input };
}

describe('a call as curl', () => {
  it('sends the same headers and the same body, with the key of the variable', () => {
    const { args, input } = runCurl(snippetOf.curl(call, place));
    expect(args).toEqual([
      ...[
        '-H',
        'Authorization: Bearer il_secret',
        '-H',
        'Prefer: wait=10',
        '-H',
        'Content-Type: application/json',
      ],
      ...['--data-binary', '@-', 'http://127.0.0.1:3000/ai/tasks/signs/adapt'],
    ]);
    expect(JSON.parse(input)).toEqual((call.body as { json: unknown }).json);
  });

  it('sends a table whose text has the end of the here-document', () => {
    const { args, input } = runCurl(snippetOf.curl(table, { ...place, withKey: false }));
    expect(args.at(-1)).toBe('http://127.0.0.1:3000/ai/tasks/t/adapt?target=stays+%26+goes');
    expect(args).not.toContain('Authorization');
    expect(input).toBe("a,b\nEND,it's\n");
  });

  it('names a method that curl would not choose', () => {
    expect(snippetOf.curl({ method: 'DELETE', path: 'tasks/t' }, place)).toContain('-X DELETE');
    expect(snippetOf.curl({ method: 'GET', path: 'tasks' }, place)).not.toContain('-X');
  });
});

describe('a call as TypeScript', () => {
  it.each([call, table, { method: 'GET', path: 'tasks' } as Call])('makes the same request (%#)', (each) => {
    const program = `
      globalThis.fetch = async (url, { method = 'GET', headers = {}, body } = {}) => {
        process.stdout.write(JSON.stringify({ url, method, headers, body }));
        return { json: async () => ({}), text: async () => '' };
      };
      console.log = () => {};
      ${snippetOf.TypeScript(each, place)}`;
    const made = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { ...process.env, KEY: 'il_secret' },
    });
    expect(JSON.parse(made)).toMatchObject({
      url: expect.stringContaining(`${place.base}${each.path}`),
      method: each.method,
      headers: { Authorization: 'Bearer il_secret' },
      ...(each.body && { body: 'json' in each.body ? JSON.stringify(each.body.json) : each.body.text }),
    });
  });
});

describe('a call as Python', () => {
  it('has the values of Python', () => {
    expect(pythonOf({ a: [true, false, null, 1.5, 'x"\n中'], b: {} })).toBe(
      '{"a": [True, False, None, 1.5, "x\\"\\n中"], "b": {}}',
    );
  });

  it('reads the key from the environment, and never prints it', () => {
    const program = snippetOf.Python(call, place);
    expect(program).toContain(`"Authorization": f"Bearer {os.environ['KEY']}"`);
    expect(program).toContain('requests.post(\n    "http://127.0.0.1:3000/ai/tasks/signs/adapt",');
    expect(program).toMatch(/json=\{"support": .*"flag": True, "none": None\}/);
    expect(snippetOf.Python(table, { ...place, withKey: false })).toMatch(/^import requests\n/);
  });
});

it('shortens files where they are shown', () => {
  const file = `data:image/png;base64,${'A'.repeat(500)}`;
  expect(shortened(`"${file}"`)).toBe(`"data:image/png;base64,${'A'.repeat(12)}…"`);
});
