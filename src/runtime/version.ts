import package_json from "../../package.json" with { type: "json" };

/** The version of Theater itself. */
export const theaterVersion: string = package_json.version;

/**
 * The behaviour of replay: a recording made under one number replays in every
 * later release. Goes up with any change of what a replayed guest can observe.
 */
export const replayBehaviour = 1;

/** All behaviours of replay that this version has; `docs/replay-behaviour.md` says what they are. */
export const replayBehaviours: readonly number[] = [1];
