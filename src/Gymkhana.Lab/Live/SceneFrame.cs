using System.Buffers.Binary;
using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Lab.Live;

/// <summary>What stands before the picture in a frame.</summary>
/// <param name="Frame">Its number, from 1.</param>
/// <param name="Episode">Number of the episode, from 1.</param>
/// <param name="Step">Step of the episode.</param>
/// <param name="Seconds">Simulated time in the episode, s.</param>
/// <param name="Return">Return so far.</param>
internal readonly record struct FrameHead(uint Frame, uint Episode, uint Step, double Seconds, float Return);

/// <summary>Writes scenes as the compact frames of <c>docs/lab.md</c>.</summary>
internal static class SceneFrame
{
    private const byte Version = 1;
    private const float Steps = 16384; // of a point, over the width and over the height of what is shown

    /// <summary>Writes a frame after what the buffer has.</summary>
    /// <param name="frame">Receives it.</param>
    /// <param name="head">What stands before the picture.</param>
    /// <param name="figures">The figures so far.</param>
    /// <param name="scene">The picture.</param>
    /// <param name="activations">What each node of the network at work last computed; none where there is none.</param>
    public static void Write(FrameBuffer frame, in FrameHead head, ReadOnlySpan<double> figures, Scene scene, ReadOnlySpan<float> activations)
    {
        Viewport view = scene.Viewport;
        frame.Byte(Version);
        frame.Byte(view.YUp ? 1 : 0);
        frame.Short(figures.Length);
        frame.Whole(head.Frame);
        frame.Whole(head.Episode);
        frame.Whole(head.Step);
        frame.Double(head.Seconds);
        frame.Real(head.Return);
        foreach (double figure in figures) frame.Real((float)figure);
        frame.Real(view.Left);
        frame.Real(view.Bottom);
        frame.Real(view.Right);
        frame.Real(view.Top);
        frame.Colour(scene.Background);
        frame.Whole((uint)scene.Primitives.Length);
        var centre = new Vector2((view.Left + view.Right) / 2, (view.Bottom + view.Top) / 2);
        var scale = new Vector2(Steps / view.Width, Steps / view.Height);
        foreach (ref readonly Primitive primitive in scene.Primitives) Write(frame, primitive, scene, centre, scale);
        frame.Whole((uint)activations.Length);
        foreach (float activation in activations) frame.Real(activation);
    }

    private static void Write(FrameBuffer frame, in Primitive primitive, Scene scene, Vector2 centre, Vector2 scale)
    {
        frame.Byte((int)primitive.Kind);
        frame.Byte((primitive.Closed ? 1 : 0) | (primitive.RoundCaps ? 2 : 0) | (primitive.Additive ? 4 : 0) | ((int)primitive.Horizontal << 4) | ((int)primitive.Vertical << 6));
        frame.Colour(primitive.Colour);
        frame.Real(primitive.Radius);
        frame.Real(primitive.Width);
        ReadOnlySpan<Vector2> points = scene.PointsOf(primitive);
        frame.Whole((uint)points.Length);
        Span<byte> room = frame.Room(4 * points.Length);
        for (int i = 0; i < points.Length; i++)
        {
            Vector2 place = (points[i] - centre) * scale;
            BinaryPrimitives.WriteInt16LittleEndian(room[(4 * i)..], Quantise(place.X));
            BinaryPrimitives.WriteInt16LittleEndian(room[((4 * i) + 2)..], Quantise(place.Y));
        }

        foreach (Rgba colour in scene.ColoursOf(primitive)) frame.Colour(colour);
        if (primitive.Kind == PrimitiveKind.Text) frame.Text(primitive.Text ?? string.Empty);
    }

    private static short Quantise(float place) => (short)Math.Clamp(MathF.Round(place), short.MinValue, short.MaxValue);
}
