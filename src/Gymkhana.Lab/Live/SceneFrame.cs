using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Lab.Live;

/// <summary>What stands before the picture in a frame.</summary>
/// <param name="Frame">Its number, from 1.</param>
/// <param name="Episode">Number of the episode, from 1.</param>
/// <param name="Step">Step of the episode.</param>
/// <param name="Seconds">Simulated time in the episode, s.</param>
/// <param name="Return">Return so far.</param>
internal readonly record struct FrameHead(uint Frame, uint Episode, uint Step, double Seconds, float Return);

/// <summary>Writes scenes as the compact frames of <c>docs/lab.md</c>. The memory is kept, so that writing again allocates nothing.</summary>
internal sealed class SceneFrame
{
    private const byte Version = 1;
    private const float Steps = 16384; // of a point, over the width and over the height of what is shown

    private byte[] _bytes = new byte[1 << 14];
    private int _length;

    /// <summary>The frame written last.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Writes a frame.</summary>
    /// <param name="head">What stands before the picture.</param>
    /// <param name="figures">The figures so far.</param>
    /// <param name="scene">The picture.</param>
    /// <param name="activations">What each node of the network at work last computed; none where there is none.</param>
    public void Write(in FrameHead head, ReadOnlySpan<double> figures, Scene scene, ReadOnlySpan<float> activations)
    {
        _length = 0;
        Viewport view = scene.Viewport;
        Byte(Version);
        Byte(view.YUp ? 1 : 0);
        Short(figures.Length);
        Whole(head.Frame);
        Whole(head.Episode);
        Whole(head.Step);
        BinaryPrimitives.WriteDoubleLittleEndian(Room(8), head.Seconds);
        Real(head.Return);
        foreach (double figure in figures) Real((float)figure);
        Real(view.Left);
        Real(view.Bottom);
        Real(view.Right);
        Real(view.Top);
        Colour(scene.Background);
        Whole((uint)scene.Primitives.Length);
        var centre = new Vector2((view.Left + view.Right) / 2, (view.Bottom + view.Top) / 2);
        var scale = new Vector2(Steps / view.Width, Steps / view.Height);
        foreach (ref readonly Primitive primitive in scene.Primitives) Write(primitive, scene, centre, scale);
        Whole((uint)activations.Length);
        foreach (float activation in activations) Real(activation);
    }

    private void Write(in Primitive primitive, Scene scene, Vector2 centre, Vector2 scale)
    {
        Byte((int)primitive.Kind);
        Byte((primitive.Closed ? 1 : 0) | (primitive.RoundCaps ? 2 : 0) | (primitive.Additive ? 4 : 0) | ((int)primitive.Horizontal << 4) | ((int)primitive.Vertical << 6));
        Colour(primitive.Colour);
        Real(primitive.Radius);
        Real(primitive.Width);
        ReadOnlySpan<Vector2> points = scene.PointsOf(primitive);
        Whole((uint)points.Length);
        Span<byte> room = Room(4 * points.Length);
        for (int i = 0; i < points.Length; i++)
        {
            Vector2 place = (points[i] - centre) * scale;
            BinaryPrimitives.WriteInt16LittleEndian(room[(4 * i)..], Quantise(place.X));
            BinaryPrimitives.WriteInt16LittleEndian(room[((4 * i) + 2)..], Quantise(place.Y));
        }

        foreach (Rgba colour in scene.ColoursOf(primitive)) Colour(colour);
        if (primitive.Kind == PrimitiveKind.Text)
        {
            string text = primitive.Text ?? string.Empty;
            int length = Encoding.UTF8.GetByteCount(text);
            Short(length);
            Encoding.UTF8.GetBytes(text, Room(length));
        }
    }

    private static short Quantise(float place) => (short)Math.Clamp(MathF.Round(place), short.MinValue, short.MaxValue);

    private Span<byte> Room(int bytes)
    {
        int needed = _length + bytes;
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
        Span<byte> room = _bytes.AsSpan(_length, bytes);
        _length = needed;
        return room;
    }

    private void Byte(int value) => Room(1)[0] = (byte)value;

    private void Short(int value) => BinaryPrimitives.WriteUInt16LittleEndian(Room(2), checked((ushort)value));

    private void Whole(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);

    private void Real(float value) => BinaryPrimitives.WriteSingleLittleEndian(Room(4), value);

    private void Colour(Rgba colour)
    {
        Span<byte> room = Room(4);
        (room[0], room[1], room[2], room[3]) = (colour.R, colour.G, colour.B, colour.A);
    }
}
