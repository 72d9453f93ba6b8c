using Gymkhana.Core.Randomness;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Walker;

/// <summary>
/// The endless list of targets of an episode, and the episode's own draws from ranges. Target k of episode e of a seed is
/// the same wherever and whenever it is asked for.
/// </summary>
public sealed class TargetSequence
{
    private const float FirstTargetAhead = 0.25f; // The first target of the disc rule lies at a quarter of the world's height.
    private const float SquareMargin = 0.05f;
    private readonly KeyedStream _stream = new(0, 0, StreamPurpose.Scenario);

    /// <summary>Where a target is.</summary>
    /// <param name="seed">Seed of the copy.</param>
    /// <param name="episode">Episode of the copy since its seed was given, from 0.</param>
    /// <param name="index">Number of the target in the episode, from 0.</param>
    /// <param name="rule">Where targets appear.</param>
    /// <param name="worldSize">Side of the square or diameter of the disc, units; its centre is (500, 500).</param>
    /// <returns>x and y, units.</returns>
    public (float X, float Y) Target(ulong seed, int episode, int index, TargetRule rule, float worldSize)
    {
        _stream.Rekey(seed, Address(episode, index + 1), StreamPurpose.Scenario);
        const float Centre = WalkerBody.WorldSize / 2;
        float half = worldSize / 2;
        if (rule == TargetRule.Square)
        {
            float reach = half * (1 - (2 * SquareMargin));
            return (Centre + (reach * ((2 * _stream.NextSingle()) - 1)), Centre + (reach * ((2 * _stream.NextSingle()) - 1)));
        }

        float angle = _stream.NextSingle() * (2 * MathF.PI);
        float radius = MathF.Sqrt(_stream.NextSingle() * half * half);
        float x = Centre + (radius * WideMath.Cos(angle));
        float y = index == 0 ? Centre - (FirstTargetAhead * worldSize) : Centre + (radius * WideMath.Sin(angle));
        return (x, y);
    }

    /// <summary>The values that an episode draws from the ranges among its options.</summary>
    /// <param name="seed">Seed of the copy.</param>
    /// <param name="episode">Episode of the copy since its seed was given, from 0.</param>
    /// <param name="options">The options with the ranges.</param>
    /// <returns>Factor on grip, factor on muscle strength, delay in steps.</returns>
    public (float Grip, float Strength, int Delay) Conditions(ulong seed, int episode, WalkerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _stream.Rekey(seed, Address(episode, 0), StreamPurpose.Scenario);
        float grip = _stream.Uniform(options.Grip.Low, options.Grip.High);
        float strength = _stream.Uniform(options.Strength.Low, options.Strength.High);
        int delay = _stream.NextInt(options.Delay.Low, options.Delay.High + 1);
        return (grip, strength, delay);
    }

    private static ulong Address(int episode, int index) => ((ulong)(uint)episode << 32) | (uint)index;
}
