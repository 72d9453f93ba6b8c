using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.Walker;

namespace Gymkhana.Tests.Walker;

/// <summary>Ways to drive and read a Walker-v0 in tests.</summary>
internal static class WalkerRig
{
    /// <summary>An environment that records its state and was reset with seeds 7, 8, ...</summary>
    public static WalkerEnvironment Make(WalkerOptions options, int count = 1, int width = 16, ulong seed = 7)
    {
        WalkerEnvironment environment = new(options, count, width) { RecordsState = true };
        environment.Reset(seed);
        return environment;
    }

    /// <summary>One whose target is so far away that it is never reached and pulls nothing.</summary>
    public static WalkerEnvironment MakeFarTarget(int count, int width, WalkerOptions? options = null) =>
        Make((options ?? new WalkerOptions()) with { Recenter = false, WorldSize = 100_000 }, count, width);

    /// <summary>A step of every copy with the same six commands.</summary>
    public static void Step(this WalkerEnvironment environment, ReadOnlySpan<float> actions)
    {
        Batch<float> batch = environment.Groups[0].Actions.As<float>();
        for (int i = 0; i < actions.Length; i++)
        {
            batch.Lane(i).Fill(actions[i]);
        }

        environment.Step();
    }

    /// <summary>Commands that change every 20 steps, the same for the same seed and step.</summary>
    public static void RandomActions(ulong seed, int step, Span<float> actions)
    {
        KeyedStream stream = new(seed, (ulong)(step / 20), StreamPurpose.Acting);
        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = stream.Uniform(-1f, 1f);
        }
    }

    /// <summary>A step of every copy with random commands.</summary>
    public static void StepRandomly(this WalkerEnvironment environment, int step, ulong seed = 99)
    {
        Span<float> actions = stackalloc float[6];
        RandomActions(seed, step, actions);
        environment.Step(actions);
    }

    /// <summary>A recorded field of one copy.</summary>
    public static float[] Recorded(this WalkerEnvironment environment, string field, int copy = 0)
    {
        Batch<float> values = environment.State.Single(f => f.Name == field).Values.As<float>();
        return [.. Enumerable.Range(0, values.Features).Select(i => values[0, i, copy])];
    }

    /// <summary>What one copy sees.</summary>
    public static float[] Observed(this WalkerEnvironment environment, int copy = 0) => Row(environment.Groups[0].Observations.As<float>(), copy);

    /// <summary>The last observation of one copy's ended episode.</summary>
    public static float[] FinallyObserved(this WalkerEnvironment environment, int copy = 0) => Row(environment.Groups[0].FinalObservations.As<float>(), copy);

    /// <summary>A part of the last step's reward.</summary>
    public static double Part(this WalkerEnvironment environment, string part, int copy = 0) =>
        environment.Groups[0].RewardPartValues[0, environment.Groups[0].RewardParts.IndexOf(part), copy];

    public static double Reward(this WalkerEnvironment environment, int copy = 0) => environment.Groups[0].Rewards[0, 0, copy];

    public static bool Truncated(this WalkerEnvironment environment, int copy = 0) => environment.Groups[0].Truncated[0, 0, copy];

    /// <summary>Puts a copy's target elsewhere.</summary>
    public static void PlaceTarget(this WalkerEnvironment environment, float x, float y, int copy = 0)
    {
        environment.Bodies[WalkerState.TargetX, copy] = x;
        environment.Bodies[WalkerState.TargetY, copy] = y;
    }

    /// <summary>Head of a recorded pose.</summary>
    public static (float X, float Y) Head(ReadOnlySpan<float> points) => ((points[0] + points[2]) * 0.5f, (points[1] + points[3]) * 0.5f);

    private static float[] Row(Batch<float> values, int copy) => [.. Enumerable.Range(0, values.Features).Select(i => values[0, i, copy])];
}
