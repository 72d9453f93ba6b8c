using Gymkhana.Core.Environments;
using Gymkhana.Core.Spaces;
using Gymkhana.Environments.CarRacing.Rendering;

namespace Gymkhana.Environments.CarRacing;

/// <summary>The pictures that drivers see: the last few, oldest first.</summary>
internal sealed class CarFrames
{
    /// <summary>Rows and columns of a picture.</summary>
    public const int Side = 96;

    private const int FirstBarRow = 84;
    private const int Colours = 3;

    private readonly ICarPainter _painter;
    private readonly Batch<byte> _observations;
    private readonly bool _grey;
    private readonly bool _hideBar;
    private readonly int _row;
    private readonly int _picture;

    /// <summary>Pictures of many cars.</summary>
    /// <param name="options">Options.</param>
    /// <param name="painter">Draws them.</param>
    /// <param name="observations">Where they are kept.</param>
    public CarFrames(CarRacingOptions options, ICarPainter painter, Batch<byte> observations)
    {
        _painter = painter;
        _observations = observations;
        _grey = options.Grey;
        _hideBar = options.HideBar;
        _row = Side * (options.Grey ? 1 : Colours);
        _picture = Side * _row;
    }

    /// <summary>The space of observations: [stack, 96, 96] in grey, [96, 96, 3] or [stack, 96, 96, 3] in colour.</summary>
    /// <param name="options">Options.</param>
    /// <returns>The space.</returns>
    public static BoxSpace SpaceOf(CarRacingOptions options)
    {
        int[] shape = options.Grey ? [options.Stack, Side, Side] : options.Stack == 1 ? [Side, Side, Colours] : [options.Stack, Side, Side, Colours];
        int size = shape.Aggregate(1, (product, axis) => product * axis);
        return new BoxSpace([.. Enumerable.Repeat(0f, size)], [.. Enumerable.Repeat(255f, size)], [.. shape], ElementType.UInt8);
    }

    /// <summary>Adds the picture after a step, and lets go of the oldest.</summary>
    /// <param name="copy">The car.</param>
    /// <param name="snapshot">How it stands.</param>
    public void Push(int copy, CarSnapshot snapshot)
    {
        Span<byte> stack = _observations.Of(copy);
        stack[_picture..].CopyTo(stack);
        Paint(snapshot, stack[^_picture..]);
    }

    /// <summary>Fills all places with the first picture of an episode.</summary>
    /// <param name="copy">The car.</param>
    /// <param name="snapshot">How it stands.</param>
    public void Fill(int copy, CarSnapshot snapshot)
    {
        Span<byte> stack = _observations.Of(copy);
        Span<byte> first = stack[.._picture];
        Paint(snapshot, first);
        for (int start = _picture; start < stack.Length; start += _picture)
        {
            first.CopyTo(stack[start..]);
        }
    }

    private void Paint(CarSnapshot snapshot, Span<byte> picture)
    {
        if (_grey)
        {
            _painter.PaintGrey(snapshot, picture);
        }
        else
        {
            _painter.PaintColour(snapshot, picture);
        }

        if (_hideBar)
        {
            picture[(FirstBarRow * _row)..].Clear();
        }
    }
}
