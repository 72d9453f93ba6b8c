using System.Numerics;

namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>From where a scene is seen: above the car, which heads up; closer and closer during the first second.</summary>
internal readonly struct CarView
{
    /// <summary>Pixels across.</summary>
    public const float Width = 1280;

    /// <summary>Pixels down.</summary>
    public const float Height = 720;

    private const float CarX = Width / 2;
    private const float CarY = 0.72f * Height;
    private const float ReachBeyond = 24; // m: a tile that begins no farther outside may be seen

    private readonly CarSnapshot _car;
    private readonly float _reach;

    /// <summary>The view of a car.</summary>
    /// <param name="car">The car.</param>
    public CarView(CarSnapshot car)
    {
        _car = car;
        double close = Math.Clamp(car.Time, 0, 1);
        Scale = (float)((0.6 * (1 - close)) + (16.2 * close)) * Height / WindowCamera.Height;
        _reach = (new Vector2(Width / 2, CarY).Length() / Scale) + ReachBeyond;
    }

    /// <summary>Pixels in a metre.</summary>
    public float Scale { get; }

    /// <summary>Where a point of the world is in the scene.</summary>
    /// <param name="x">m.</param>
    /// <param name="y">m.</param>
    /// <returns>Pixels, y downwards.</returns>
    public Vector2 Of(double x, double y)
    {
        (float dx, float dy) = ((float)(x - _car.HullX), (float)(y - _car.HullY));
        float across = (_car.HullCosine * dx) + (_car.HullSine * dy), ahead = (_car.HullCosine * dy) - (_car.HullSine * dx);
        return new Vector2(CarX + (Scale * across), CarY - (Scale * ahead));
    }

    /// <summary>Whether something that begins at a point may be seen.</summary>
    /// <param name="x">m.</param>
    /// <param name="y">m.</param>
    /// <returns>False when it certainly is not.</returns>
    public bool MayShow(double x, double y)
    {
        (double dx, double dy) = (x - _car.HullX, y - _car.HullY);
        return (dx * dx) + (dy * dy) < _reach * _reach;
    }
}
