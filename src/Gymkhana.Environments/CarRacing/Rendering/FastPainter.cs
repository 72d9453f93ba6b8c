using System.Runtime.Intrinsics;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>
/// Draws straight at 96×96, each pixel the mean of what it covers. Shades are those that the original's reduction from 1000×800 leaves of
/// large areas, which are darker by 2.
/// </summary>
public sealed class FastPainter : ICarPainter
{
    private const int Side = CoverageLayer.Side;
    private readonly Canvas _grey = new(isGrey: true);
    private readonly Canvas _colour = new(isGrey: false);

    /// <inheritdoc/>
    public void PaintColour(CarSnapshot car, Span<byte> rgb)
    {
        ArgumentNullException.ThrowIfNull(car);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgb.Length, Side * Side * 3);
        _colour.Paint(car, rgb);
    }

    /// <inheritdoc/>
    public void PaintGrey(CarSnapshot car, Span<byte> grey)
    {
        ArgumentNullException.ThrowIfNull(car);
        ArgumentOutOfRangeException.ThrowIfNotEqual(grey.Length, Side * Side);
        _grey.Paint(car, grey);
    }

    private sealed class Canvas
    {
        private readonly bool _isGrey;
        private readonly FastGround _ground;
        private readonly FastCar _car;
        private readonly float[] _image;

        public Canvas(bool isGrey)
        {
            _isGrey = isGrey;
            int planes = isGrey ? 1 : 3;
            _image = GC.AllocateArray<float>(Side * Side * planes, pinned: true);
            _ground = new FastGround(isGrey, WideWidth.Best);
            _car = new FastCar(isGrey);
        }

        public void Paint(CarSnapshot car, Span<byte> picture)
        {
            CarCamera camera = new(car, Side, Side);
            _ground.Paint(car, camera, _image);
            _car.Paint(car, camera, _image);
            if (_isGrey)
            {
                ToBytes(_image, picture);
                return;
            }

            for (int i = 0; i < Side * Side; i++)
            {
                picture[3 * i] = (byte)(_image[i] + 0.5f);
                picture[(3 * i) + 1] = (byte)(_image[(Side * Side) + i] + 0.5f);
                picture[(3 * i) + 2] = (byte)(_image[(2 * Side * Side) + i] + 0.5f);
            }
        }

        // To the nearest; a picture is a multiple of 16 pixels.
        private static void ToBytes(ReadOnlySpan<float> shades, Span<byte> picture)
        {
            for (int i = 0; i < picture.Length; i += Vector128<byte>.Count)
            {
                Vector128<ushort> low = Vector128.Narrow(Whole(shades, i), Whole(shades, i + 4)), high = Vector128.Narrow(Whole(shades, i + 8), Whole(shades, i + 12));
                Vector128.Narrow(low, high).CopyTo(picture[i..]);
            }
        }

        private static Vector128<uint> Whole(ReadOnlySpan<float> shades, int at) =>
            Vector128.ConvertToInt32(Vector128.Create(shades.Slice(at, 4)) + Vector128.Create(0.5f)).AsUInt32();
    }
}
