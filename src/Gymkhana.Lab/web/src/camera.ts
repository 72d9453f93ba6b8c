/** What of a picture is looked at: its middle, from 0 to 1, and how much closer than all of it. */
export interface Camera {
  x: number;
  y: number;
  zoom: number;
}

export const wholePicture: Readonly<Camera> = { x: 0.5, y: 0.5, zoom: 1 };
export const closeness = 3;
const easeSeconds = 0.16;
const nearEnough = 2e-4;

/** Looking closely at a place, without looking beyond the picture's edges. */
export function closeUp(x: number, y: number): Camera {
  const half = 0.5 / closeness;
  const within = (at: number): number => Math.min(1 - half, Math.max(half, at));
  return { x: within(x), y: within(y), zoom: closeness };
}

/** Where a camera has come on its way to a goal after a while; the goal itself when it is as good as there. */
export function eased(camera: Readonly<Camera>, goal: Readonly<Camera>, seconds: number): Camera {
  const part = 1 - Math.exp(-seconds / easeSeconds);
  const zoom = camera.zoom * (goal.zoom / camera.zoom) ** part;
  const next = { x: camera.x + (goal.x - camera.x) * part, y: camera.y + (goal.y - camera.y) * part, zoom };
  const far = Math.max(Math.abs(goal.x - next.x), Math.abs(goal.y - next.y), Math.abs(goal.zoom / zoom - 1));
  return far < nearEnough ? { ...goal } : next;
}
