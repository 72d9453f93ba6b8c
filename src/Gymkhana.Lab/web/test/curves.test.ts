import assert from 'node:assert/strict';
import { test } from 'node:test';
import { band, curveOf, join } from '../src/curves';
import { Metrics } from '../src/metrics';

test('metrics keep columns aligned and begin anew on a restart', () => {
  const metrics = new Metrics();
  metrics.add(['iteration', 'a'], [[1, 5], [2, null]], true);
  metrics.add(['iteration', 'b'], [[3, 7]], false);
  assert.deepEqual(metrics.column('a'), [5, null, null]);
  assert.deepEqual(metrics.column('b'), [null, null, 7]);
  assert.equal(metrics.last('a'), 5);
  metrics.add(['iteration'], [[1]], true);
  assert.equal(metrics.length, 1);
  assert.equal(metrics.column('a'), undefined);
});

test('curves leave out what is empty, keep the last point, and join over one axis', () => {
  const curve = curveOf([1, 2, 3, 4], [1, null, 3, 4], 2);
  assert.deepEqual(curve, { x: [1, 3, 4], y: [1, 3, 4] });
  assert.deepEqual(join([{ x: [1, 3], y: [1, 3] }, { x: [2], y: [9] }]), [[1, 2, 3], [1, null, 3], [null, 9, null]]);
});

test('a band spans only what all curves share', () => {
  const { mean, low, high } = band([{ x: [1, 2, 3], y: [0, 2, 4] }, { x: [2, 3, 4], y: [4, 6, 8] }]);
  assert.deepEqual(mean, { x: [2, 3], y: [3, 5] });
  assert.deepEqual(low.y, [2, 4]);
  assert.deepEqual(high.y, [4, 6]);
});
