using Gymkhana.Core.Files;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.CarRacing;

namespace Gymkhana.Tests.CarRacing.Rendering;

/// <summary>What the original's driver saw, and the car at the same moments.</summary>
internal static class RecordedFrames
{
    public const int Side = 96;
    private const int FrameBytes = Side * Side * 3;

    /// <summary>Calls with each recorded frame [96, 96, 3] and what it shows.</summary>
    public static void Play(Action<string, CarSnapshot, byte[]> see)
    {
        using var frames = new CarRecordings("frames_slalom");
        byte[] pixels = frames.Read<byte>("frames");
        long[] steps = frames.Read<long>("steps");
        for (int seed = 0; seed < 3; seed++)
        {
            using var drive = new CarRecordings($"cont_slalom_s{seed}");
            NpyArray actions = drive.Array("action");
            var fleet = new CarFleet(1, 1);
            fleet.Begin(0, new NumpyGenerator((ulong)seed));
            for (int step = 0; step <= steps[^1]; step++)
            {
                int frame = Array.IndexOf(steps, step);
                if (frame >= 0)
                {
                    fleet.Life(0).Capture(fleet.Car(0));
                    see($"seed {seed}, step {step}", fleet.Life(0).Snapshot, pixels.AsSpan(((seed * steps.Length) + frame) * FrameBytes, FrameBytes).ToArray());
                }

                if (step < actions.Shape[0])
                {
                    ReadOnlySpan<float> row = actions.AsSpan<float>().Slice(3 * step, 3);
                    fleet.Life(0).Drive(row[0], row[1], row[2]);
                    fleet.Step([0]);
                    fleet.Life(0).Reward(fleet.Car(0), out _, out _, out _);
                }
            }
        }
    }

    /// <summary>Whether a pixel lies in the box of the score.</summary>
    public static bool IsScore(int pixel) => pixel / Side >= 84 && pixel % Side < 14;
}
