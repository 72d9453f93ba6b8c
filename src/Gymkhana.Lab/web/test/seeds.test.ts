import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSeed, parseJson, writeJson } from '../src/seeds';

const greatest = '18446744073709551615';

test('seeds come and go without losing digits', () => {
  assert.deepEqual(parseJson(`{"run":{"seed": ${greatest},"iteration":12},"seeds":3}`), { run: { seed: greatest, iteration: 12 }, seeds: 3 });
  assert.deepEqual(parseJson('{"seed":null}'), { seed: null });
  assert.equal(writeJson({ type: 'restart', seed: greatest }), `{"type":"restart","seed":${greatest}}`);
});

test('what only looks like a seed within a text stays', () => {
  const text = JSON.stringify({ text: 'said "seed":12 and "seed":"12"' });
  assert.deepEqual(parseJson(text), JSON.parse(text));
  assert.equal(writeJson(JSON.parse(text)), text);
});

test('a seed has at most 64 bits', () => {
  assert.ok(isSeed('0') && isSeed(greatest));
  for (const text of ['', '-1', '1.5', '1e3', '18446744073709551616']) assert.ok(!isSeed(text), text);
});
