// A small TAP writer: test(name, body) in order; a failed one says why and the rest go on.
const tests = [];
export const test = (name, body) => tests.push({name, body});
export async function run() {
  let failed = 0;
  console.log(`1..${tests.length}`);
  for (const [i, {name, body}] of tests.entries()) {
    try {
      const skip = await body();
      console.log(`ok ${i + 1} - ${name}` + (typeof skip === 'string' ? ` # SKIP ${skip}` : ''));
    } catch (e) {
      failed++;
      console.log(`not ok ${i + 1} - ${name}`);
      for (const line of String(e.stack || e).split('\n').slice(0, 6)) console.log('# ' + line);
    }
  }
  return failed;
}
export function equal(a, b, what) { if (a !== b) throw new Error(`${what}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`); }
export function ok(condition, what) { if (!condition) throw new Error(what); }
