import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frame, Kind } from '../src/frame';

class Writer {
  private readonly bytes: number[] = [];

  u8(...values: number[]): this {
    this.bytes.push(...values);
    return this;
  }

  private put(size: number, write: (view: DataView) => void): this {
    const view = new DataView(new ArrayBuffer(size));
    write(view);
    return this.u8(...new Uint8Array(view.buffer));
  }

  u16 = (value: number): this => this.put(2, (v) => v.setUint16(0, value, true));
  u32 = (value: number): this => this.put(4, (v) => v.setUint32(0, value, true));
  i16 = (...values: number[]): this => values.reduce((self: this, value) => self.put(2, (v) => v.setInt16(0, value, true)), this);
  f32 = (...values: number[]): this => values.reduce((self: this, value) => self.put(4, (v) => v.setFloat32(0, value, true)), this);
  f64 = (value: number): this => this.put(8, (v) => v.setFloat64(0, value, true));
  end = (...activations: number[]): ArrayBuffer => new Uint8Array(this.u32(activations.length).f32(...activations).bytes).buffer;
}

function head(flags: number, figures: number[], view: [number, number, number, number], count: number): Writer {
  return new Writer().u8(1, flags).u16(figures.length).u32(7).u32(2).u32(30).f64(0.5).f32(12.5, ...figures).f32(...view).u8(13, 16, 21, 255).u32(count);
}

test('a frame has its numbers, its aspect and its background', () => {
  const frame = new Frame();
  frame.decode(head(0, [3, 4.5], [0, 0, 200, 100], 0).end());
  assert.deepEqual([frame.number, frame.episode, frame.step, frame.seconds, frame.return], [7, 2, 30, 0.5, 12.5]);
  assert.deepEqual([...frame.figures], [3, 4.5]);
  assert.equal(frame.aspect, 2);
  assert.equal(frame.background, 0xff15100d);
  assert.equal(frame.count, 0);
});

test('what the nodes of a network compute stands at the end', () => {
  const frame = new Frame();
  frame.decode(head(0, [], [0, 0, 1, 1], 1).u8(Kind.circle, 0, 1, 2, 3, 255).f32(1, 0).u32(1).i16(0, 0).end(0.5, -1.25));
  assert.deepEqual([...frame.activations], [0.5, -1.25]);
  frame.decode(head(0, [], [0, 0, 1, 1], 0).end());
  assert.equal(frame.activations.length, 0);
});

test('points lie in the unit square, y down, whichever way the world has it', () => {
  for (const [flags, top] of [[0, 0], [1, 1]] as const) {
    const frame = new Frame();
    frame.decode(head(flags, [], [0, 0, 100, 50], 1).u8(Kind.polyline, 3, 1, 2, 3, 128).f32(0, 5).u32(2).i16(-8192, -8192, 8192, 8192).end());
    assert.deepEqual([...frame.points.slice(0, 4)], [0, top, 1, 1 - top]);
    assert.ok(Math.abs((frame.widths[0] ?? 0) - 0.1) < 1e-6);
    assert.equal(frame.colours[0], 0x80030201);
    assert.equal(frame.flags[0], 3);
  }
});

test('grains have a colour each, and a text after them is found', () => {
  const frame = new Frame();
  frame.decode(head(0, [], [0, 0, 10, 10], 2)
    .u8(Kind.grains, 0, 0, 0, 0, 0).f32(1, 0).u32(2).i16(0, 0, 8192, 0).u8(1, 0, 0, 255, 2, 0, 0, 255)
    .u8(Kind.text, 0x50, 255, 255, 255, 255).f32(2, 1.5).u32(1).i16(0, 0).u16(3).u8(0xc2, 0xb7, 0x41).end());
  assert.deepEqual([...frame.grainColours.slice(0, 2)], [0xff000001, 0xff000002]);
  assert.deepEqual([frame.starts[1], frame.starts[2]], [2, 3]);
  assert.deepEqual(frame.texts, ['·A']);
  assert.equal(frame.widths[1], 1.5);
});

test('arrays grow, and a smaller frame after a large one is right', () => {
  const frame = new Frame();
  const many = head(0, [], [0, 0, 1, 1], 600);
  for (let i = 0; i < 600; i++) {
    many.u8(Kind.polygon, 0, i & 255, 0, 0, 255).f32(0, 0).u32(8);
    for (let p = 0; p < 8; p++) many.i16(p, i);
  }
  frame.decode(many.end());
  assert.equal(frame.count, 600);
  assert.equal(frame.starts[600], 4800);
  assert.equal(frame.colours[599], (0xff000000 | (599 & 255)) >>> 0);
  frame.decode(head(0, [], [0, 0, 1, 1], 0).end());
  assert.equal(frame.count, 0);
});

test('a frame of another version is refused', () => {
  assert.throws(() => new Frame().decode(new Writer().u8(9, 0).end()), /version 1/);
});
