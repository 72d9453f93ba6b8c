import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeness, closeUp, eased, wholePicture } from '../src/camera';
import { raceOf, raceQuery, usualWalkers, walkerText } from '../src/raceChoice';
import { decodeRace } from '../src/raceFrame';
import { Sand, tiles } from '../src/sand';

const plan = { grains: 4, cells: 480, side: 1000, radius: 0.66, glow: 0.5 };

function raceFrame(flags: number, grains: number[][]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(24 + 24 + 4 + 12 * grains.length + 8));
  view.setUint8(0, 2);
  view.setUint8(1, flags);
  view.setUint16(2, 1, true);
  view.setUint32(4, 9, true);
  view.setFloat64(8, 12.5, true);
  view.setFloat64(16, 40, true);
  [3, 1].forEach((value, i) => view.setUint32(24 + 4 * i, value, true));
  [NaN, 510, 480].forEach((value, i) => view.setFloat32(32 + 4 * i, value, true));
  view.setUint32(44, 3, true);
  view.setUint32(48, grains.length, true);
  grains.forEach(([number = 0, x = 0, y = 0, look = 0], i) => {
    view.setUint32(52 + 12 * i, number, true);
    view.setUint16(56 + 12 * i, x, true);
    view.setUint16(58 + 12 * i, y, true);
    view.setUint32(60 + 12 * i, look, true);
  });
  return view.buffer;
}

const marked = (flags: Uint8Array): number[] => [...flags.keys()].filter((tile) => flags[tile] !== 0);

test('a frame of a race has its times, its walkers, its grains, and where its scene begins', () => {
  const frame = decodeRace(raceFrame(1 | 4, [[2, 100, 200, 0xff030201]]));
  assert.deepEqual([frame.number, frame.seconds, frame.known, frame.whole, frame.over, frame.driven], [9, 12.5, 40, true, false, true]);
  assert.deepEqual(frame.runners, [{ reached: 3, place: 1, last: null, x: 510, y: 480, finished: true, leads: true }]);
  assert.deepEqual([...frame.grains], [2, 100 | (200 << 16), 0xff030201]);
  assert.equal(frame.sceneAt, 64);
  assert.throws(() => decodeRace(new ArrayBuffer(24)), /version 2/);
});

test('a grain that moves makes the tiles stale that it left and came to, with those it reaches into', () => {
  const sand = new Sand(plan);
  sand.changed.fill(0);
  sand.change(new Uint32Array([1, 3000 | (1000 << 16), 7]));
  assert.deepEqual([...sand.grains.slice(2, 4)], [3000 | (1000 << 16), 7]);
  assert.deepEqual(marked(sand.changed), [0, 1]);
  sand.changed.fill(0);
  sand.change(new Uint32Array([1, 4090 | (20480 + 1000) << 16, 7]));
  assert.deepEqual(marked(sand.changed), [1, 10 * tiles + 1, 10 * tiles + 2]);
  sand.change(new Uint32Array([99, 0, 0]));
});

test('gathered are the grains that reach into tiles that are due, in their order', () => {
  const sand = new Sand(plan);
  sand.change(new Uint32Array([0, 2100 | (100 << 16), 1, 1, 60000 | (60000 << 16), 2, 2, 100 | (100 << 16), 3, 3, 9000 | (100 << 16), 4]));
  const due = new Uint8Array(tiles * tiles);
  due[0] = 255;
  const into = new Uint32Array(8);
  assert.equal(sand.gather(due, into), 2);
  assert.deepEqual([into[1], into[3]], [1, 3]);
});

test('an address is a race, and a race an address', () => {
  const choice = raceOf(new URLSearchParams('walker=run:a%20%26%20b@12&walker=you&colour=%23ff8800&colour=red&targets=5&seed=18446744073709551615&seconds=60'));
  assert.deepEqual(choice, { walkers: ['run:a & b@12', 'you'], colours: ['#ff8800', ''], targets: 5, seed: '18446744073709551615', seconds: 60 });
  assert.deepEqual(raceOf(new URLSearchParams(raceQuery(choice))), choice);
  assert.deepEqual(raceOf(new URLSearchParams('targets=-1&seed=x&seconds=0')), { walkers: [], colours: [], targets: 20, seed: '1', seconds: 300 });
  assert.equal(walkerText('run:a & b@12', []), 'champion of the run a & b in its iteration 12');
  assert.deepEqual(usualWalkers([{ id: 'random', name: 'random', worlds: null }], []), ['random']);
});

test('a camera comes to its goal and stays within the picture', () => {
  assert.deepEqual(closeUp(0, 0.5), { x: 0.5 / closeness, y: 0.5, zoom: closeness });
  const goal = closeUp(0.6, 0.4);
  let camera = { ...wholePicture };
  for (let i = 0; i < 120; i++) camera = eased(camera, goal, 1 / 60);
  assert.deepEqual(camera, goal);
});
