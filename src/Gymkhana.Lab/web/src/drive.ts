import type { Drive } from './types';

export interface DriveKey {
  /** As `KeyboardEvent.code` has it. */
  code: string;
  cap: string;
  does: string;
}

/** Makes an action of the keys that are held, `seconds` after it was last asked. */
export type Hand = (held: ReadonlySet<string>, seconds: number) => number[];

/** A way to drive an agent by keys. */
export interface DriveMode {
  name: string;
  about: string;
  keys: DriveKey[];
  hand: () => Hand;
}

const up: Omit<DriveKey, 'does'> = { code: 'ArrowUp', cap: '↑' };
const down: Omit<DriveKey, 'does'> = { code: 'ArrowDown', cap: '↓' };
const left: Omit<DriveKey, 'does'> = { code: 'ArrowLeft', cap: '←' };
const right: Omit<DriveKey, 'does'> = { code: 'ArrowRight', cap: '→' };

const stridesPerSecond = 1.75;

const walkerModes: DriveMode[] = [
  {
    name: 'Steer only',
    about: `It strides by itself, ${stridesPerSecond} times a second: the back feet hold while it stretches, the front feet while it draws together. In a curve the inner muscle stays short.`,
    keys: [{ ...up, does: 'walk ahead' }, { ...left, does: 'curve to the left' }, { ...right, does: 'curve to the right' }, { ...down, does: 'walk back' }],
    hand: () => {
      let phase = 0;
      return (held, seconds) => {
        if (![up, down, left, right].some(({ code }) => held.has(code))) {
          phase = 0;
          return [1, 1, 1, 1, 0, 0];
        }
        const stretches = phase < 0.5;
        phase = (phase + seconds * stridesPerSecond) % 1;
        const back = held.has(down.code);
        const front = stretches === back ? 1 : -1;
        const muscle = stretches ? 1 : -1;
        return [front, front, -front, -front, held.has(left.code) ? -1 : muscle, held.has(right.code) ? -1 : muscle];
      };
    },
  },
  {
    name: 'Feet and muscles',
    about: 'Everything by hand: a foot holds the ground while its key is held and glides otherwise. Hold with the back feet and stretch, then hold with the front feet and draw together.',
    keys: [
      { code: 'KeyQ', cap: 'Q', does: 'left front foot holds' }, { code: 'KeyW', cap: 'W', does: 'right front foot holds' },
      { code: 'KeyA', cap: 'A', does: 'left back foot holds' }, { code: 'KeyS', cap: 'S', does: 'right back foot holds' },
      { ...up, does: 'stretch both muscles' }, { ...down, does: 'draw both together' }, { ...left, does: 'bend to the left' }, { ...right, does: 'bend to the right' },
    ],
    hand: () => (held) => {
      const foot = (code: string): number => (held.has(code) ? 1 : -1);
      const both = Number(held.has(up.code)) - Number(held.has(down.code));
      const bend = Number(held.has(right.code)) - Number(held.has(left.code));
      return [foot('KeyQ'), foot('KeyW'), foot('KeyS'), foot('KeyA'), bend === 0 ? both : bend, bend === 0 ? both : -bend];
    },
  },
];

const steeringSeconds = 0.15;

const carMode: DriveMode = {
  name: 'Wheel and pedals',
  about: `The wheel goes over in ${steeringSeconds} s. Gas out of a curve, not in it: the car spins easily.`,
  keys: [{ ...left, does: 'steer left' }, { ...right, does: 'steer right' }, { ...up, does: 'gas' }, { ...down, does: 'brake' }],
  hand: () => {
    let steering = 0;
    return (held, seconds) => {
      const goal = Number(held.has(right.code)) - Number(held.has(left.code));
      const most = seconds / steeringSeconds;
      steering += Math.min(most, Math.max(-most, goal - steering));
      return [Math.round(steering * 100) / 100, Number(held.has(up.code)), held.has(down.code) ? 0.8 : 0];
    };
  },
};

/** One choice of five: none, left, right, down, up. */
const particleMode: DriveMode = {
  name: 'Push',
  about: 'A push changes the speed; without one it comes to rest. The newest key counts.',
  keys: [{ ...up, does: 'push up' }, { ...left, does: 'push left' }, { ...down, does: 'push down' }, { ...right, does: 'push right' }],
  hand: () => (held) => {
    const newest = [...held].findLast((code) => [left, right, down, up].some((key) => key.code === code));
    return [1 + [left, right, down, up].findIndex(({ code }) => code === newest)];
  },
};

/** Choices between less and more: the least with the left key, the greatest with the right one, `rest` with none or both. */
function leftRight(name: string, about: string, does: [string, string], choices: [number, number, number]): DriveMode {
  return {
    name, about,
    keys: [{ ...left, does: does[0] }, { ...right, does: does[1] }],
    hand: () => (held) => [choices[1 + Number(held.has(right.code)) - Number(held.has(left.code))] ?? choices[1]],
  };
}

const cartMode: DriveMode = {
  name: 'Push the cart',
  about: 'The cart is always pushed; with no key, to the left and to the right by turns.',
  keys: [{ ...left, does: 'push left' }, { ...right, does: 'push right' }],
  hand: () => {
    let last = 0;
    return (held) => {
      const way = Number(held.has(right.code)) - Number(held.has(left.code));
      last = way === 0 ? 1 - last : Number(way > 0);
      return [last];
    };
  },
};

/** The ways in which a person can drive the agent; none where no keys are known for what it does. */
export function driveModes(world: string, drive: Drive): DriveMode[] {
  const numbers = drive.count === null ? (drive.low?.length ?? 0) : 0;
  switch (world) {
    case 'Walker-v0':
      return numbers === 6 ? walkerModes : [];
    case 'CarRacing-v3':
      return numbers === 3 ? [carMode] : [];
    case 'simple_tag_v3':
    case 'simple_spread_v3':
      return drive.count === 5 ? [particleMode] : [];
    case 'CartPole-v1':
      return drive.count === 2 ? [cartMode] : [];
    case 'MountainCar-v0':
      return drive.count === 3 ? [leftRight('Engine', 'The engine is too weak for the hill: swing.', ['drive left', 'drive right'], [0, 1, 2])] : [];
    case 'Acrobot-v1':
      return drive.count === 3 ? [leftRight('Elbow', 'Only the elbow has a motor: swing the lower link in time.', ['turn the elbow one way', 'turn it the other way'], [0, 1, 2])] : [];
    case 'Pendulum-v1':
      return numbers === 1 ? [leftRight('Motor', 'The motor is too weak to lift it at once: swing.', ['turn to the left', 'turn to the right'], [drive.high?.[0] ?? 0, 0, drive.low?.[0] ?? 0])] : [];
    default:
      return [];
  }
}

/** How a person drives in a world. */
export interface DriveWorld {
  agent: string;
  /** Settings, as `KEY=VALUE`, that give a person something to drive. */
  settings: string[];
  /** At which speed it can be followed at first. */
  speed: number;
  /** Whether the champion plays against the person, in the same scene. */
  against: boolean;
}

const preys = /^agent_\d+$/;

/** Null where no keys are known for the world. */
export function driveWorld(world: string, agents: string[]): DriveWorld | null {
  const agent = agents.find((name) => preys.test(name)) ?? agents[0];
  if (agent === undefined) return null;
  const alone = { agent, settings: [], speed: 1, against: false };
  switch (world) {
    case 'Walker-v0':
    case 'Pendulum-v1':
      return alone;
    case 'CarRacing-v3':
      return { ...alone, settings: ['continuous=true', 'action-repeat=1'] };
    case 'simple_tag_v3':
      return { ...alone, settings: ['prey=external', 'max_cycles=200'], against: true };
    case 'simple_spread_v3':
      return { ...alone, settings: ['max_cycles=100'] };
    case 'CartPole-v1':
      return { ...alone, speed: 0.5 };
    case 'MountainCar-v0':
      return { ...alone, speed: 16 };
    case 'Acrobot-v1':
      return { ...alone, speed: 2 };
    default:
      return null;
  }
}

/** How a walker acts, which a race does not say. */
export const walkerDrive: Drive = { agent: 'you', count: null, low: new Array<number>(6).fill(-1), high: new Array<number>(6).fill(1) };
