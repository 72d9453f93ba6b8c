import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driveModes, driveWorld, walkerDrive } from '../src/drive';
import type { Drive } from '../src/types';

const choices = (count: number): Drive => ({ agent: 'a', count, low: null, high: null });
const numbers = (low: number[], high: number[]): Drive => ({ agent: 'a', count: null, low, high });
const hand = (world: string, drive: Drive, mode = 0) => {
  const one = driveModes(world, drive)[mode];
  assert.ok(one);
  const act = one.hand();
  return (keys: string[], seconds = 1 / 60): number[] => act(new Set(keys), seconds).map((value) => value + 0);
};

test('every foot of a walker has its key, and the arrows its muscles', () => {
  const act = hand('Walker-v0', walkerDrive, 1);
  assert.deepEqual(act([]), [-1, -1, -1, -1, 0, 0]);
  assert.deepEqual(act(['KeyQ', 'KeyS', 'ArrowUp']), [1, -1, 1, -1, 1, 1]);
  assert.deepEqual(act(['KeyW', 'KeyA', 'ArrowLeft']), [-1, 1, -1, 1, -1, 1]);
  assert.deepEqual(act(['ArrowLeft', 'ArrowRight', 'ArrowDown']), [-1, -1, -1, -1, -1, -1]);
});

test('a walker strides by itself, and stands where no key is held', () => {
  const act = hand('Walker-v0', walkerDrive);
  assert.deepEqual(act([]), [1, 1, 1, 1, 0, 0]);
  assert.deepEqual(act(['ArrowUp'], 0.3), [-1, -1, 1, 1, 1, 1]);
  assert.deepEqual(act(['ArrowUp'], 0.3), [1, 1, -1, -1, -1, -1]);
  assert.deepEqual(act(['ArrowLeft'], 0.01), [-1, -1, 1, 1, -1, 1]);
  assert.deepEqual(act(['ArrowDown'], 0.01), [1, 1, -1, -1, 1, 1]);
});

test('a car is steered within 0.15 s', () => {
  const act = hand('CarRacing-v3', numbers([-1, 0, 0], [1, 1, 1]));
  assert.deepEqual(act(['ArrowRight', 'ArrowUp'], 0.075), [0.5, 1, 0]);
  assert.deepEqual(act(['ArrowRight', 'ArrowDown'], 0.1), [1, 0, 0.8]);
  assert.deepEqual(act([], 0.15), [0, 0, 0]);
});

test('of the keys of a particle the newest counts', () => {
  const act = hand('simple_tag_v3', choices(5));
  assert.deepEqual([[], ['ArrowLeft'], ['ArrowRight'], ['ArrowDown'], ['ArrowUp'], ['ArrowUp', 'ArrowLeft']].map((keys) => act(keys)[0]), [0, 1, 2, 3, 4, 1]);
});

test('the classic worlds', () => {
  assert.deepEqual(['ArrowLeft', '', 'ArrowRight'].map((key) => hand('MountainCar-v0', choices(3))([key])[0]), [0, 1, 2]);
  assert.deepEqual(['ArrowLeft', '', 'ArrowRight'].map((key) => hand('Pendulum-v1', numbers([-2], [2]))([key])[0]), [2, 0, -2]);
  const cart = hand('CartPole-v1', choices(2));
  assert.deepEqual([cart(['ArrowRight'])[0], cart([])[0], cart([])[0], cart(['ArrowLeft'])[0]], [1, 0, 1, 0]);
});

test('what has other actions than its keys know is not driven', () => {
  assert.deepEqual(driveModes('CarRacing-v3', choices(5)), []);
  assert.deepEqual(driveModes('Nowhere-v0', choices(2)), []);
  assert.equal(driveWorld('Nowhere-v0', ['a']), null);
  assert.equal(driveWorld('simple_tag_v3', ['adversary_0', 'agent_0'])?.agent, 'agent_0');
});
