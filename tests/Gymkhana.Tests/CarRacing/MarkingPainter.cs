using System.Runtime.InteropServices;
using Gymkhana.Environments.CarRacing;
using Gymkhana.Environments.CarRacing.Rendering;

namespace Gymkhana.Tests.CarRacing;

/// <summary>Instead of a picture, the numbers that a picture shows: time, score, place and touched tiles, all over the picture.</summary>
internal sealed class MarkingPainter : ICarPainter
{
    public void PaintColour(CarSnapshot car, Span<byte> rgb) => Mark(car, rgb);

    public void PaintGrey(CarSnapshot car, Span<byte> grey) => Mark(car, grey);

    /// <summary>The time in a picture, world steps since the reset.</summary>
    public static int StepIn(ReadOnlySpan<byte> picture) => (int)Math.Round(MemoryMarshal.Read<double>(picture) * 50);

    /// <summary>The score in a picture.</summary>
    public static double ScoreIn(ReadOnlySpan<byte> picture) => MemoryMarshal.Read<double>(picture[8..]);

    private static void Mark(CarSnapshot car, Span<byte> picture)
    {
        int touched = 0;
        for (int i = 0; i < car.Track!.Count; i++)
        {
            touched += car.Touched[i] ? 1 : 0;
        }

        picture.Fill((byte)Math.Min(255, car.Time * 50));
        MemoryMarshal.Write(picture, car.Time);
        MemoryMarshal.Write(picture[8..], car.Score);
        MemoryMarshal.Write(picture[16..], car.HullX);
        MemoryMarshal.Write(picture[20..], car.HullAngle);
        MemoryMarshal.Write(picture[24..], touched);
        picture[28] = car.Palette.RoadRed;
    }
}
