using System.Globalization;
using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>A numbered target that beats every 2.2 s: it swells from radius 20 to 23 in 0.3 s, sinks back, and sends out a ring.</summary>
internal sealed class TargetPulse
{
    private const int SwellFrames = 18;
    private const int PeriodFrames = 132;
    private const float Rest = WalkerBody.TargetRadius;
    private const float Swollen = 23;
    private const float FurthestRing = 37.5f;
    private const float SinkRate = 3; // 1/s
    private const float RingRate = 6; // 1/s

    private static readonly string[] Numbers = [.. Enumerable.Range(0, 100).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    private int _frame;
    private float _radius = Rest;
    private float _ring = Rest;

    /// <summary>Another that stands as this one does.</summary>
    public TargetPulse Copy() => (TargetPulse)MemberwiseClone();

    /// <summary>The next target appears.</summary>
    public void Restart()
    {
        _frame = 0;
        _radius = _ring = Rest;
    }

    /// <summary>A step of 1/60 s.</summary>
    public void Advance()
    {
        if (_frame < SwellFrames)
        {
            _radius = Rest + ((Swollen - Rest) * _frame / SwellFrames);
            _ring = Rest;
        }
        else
        {
            _radius += (Rest - _radius) * (SinkRate * WalkerBody.StepSeconds);
            _ring += (FurthestRing - _ring) * (RingRate * WalkerBody.StepSeconds);
        }

        _frame = (_frame + 1) % PeriodFrames;
    }

    /// <summary>Draws the target.</summary>
    /// <param name="scene">The scene, in units.</param>
    /// <param name="at">Its place.</param>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="above">Targets of others at the same place that lie on it.</param>
    /// <param name="colour">The walker's colour.</param>
    public void Draw(Scene scene, Vector2 at, int number, int above, Rgba colour)
    {
        float radius = _radius + (4.5f * above);
        if (_ring > Rest + 0.01f)
        {
            float part = (_frame == 0 ? PeriodFrames : _frame) - SwellFrames;
            scene.StrokeCircle(at, _ring + (4.5f * above), 2.5f, Rgba.White.WithAlpha((byte)(150 * (1 - (part / (PeriodFrames - SwellFrames))))));
        }

        scene.FillSoftCircle(at, radius + 16, colour.WithAlpha(80), radius - 4);
        scene.FillCircle(at, radius, colour);
        if (above > 0) return;
        scene.StrokeCircle(at, radius - 2.2f, 2, Rgba.White.WithAlpha(80));
        string text = number < Numbers.Length ? Numbers[number] : number.ToString(CultureInfo.InvariantCulture);
        scene.Text(at, number < 100 ? 23 : 17, text, new Rgba(0x0d, 0x12, 0x16), HorizontalAnchor.Centre, VerticalAnchor.Middle, 1.5f);
    }
}

/// <summary>Where a walker has been: dots that fade.</summary>
internal sealed class HeadTrace(Rgba colour)
{
    private const int Dots = 90;
    private const float Spacing = 9;
    private const float Jump = 60;
    private const float Radius = 2.7f;
    private Vector2[] _places = new Vector2[Dots];
    private readonly Vector2[] _shown = new Vector2[Dots];
    private readonly Rgba[] _colours = new Rgba[Dots];
    private int _count;
    private int _next;
    private Vector2 _last;
    private bool _begun;

    /// <summary>Another that stands as this one does.</summary>
    public HeadTrace Copy() => new(colour) { _places = (Vector2[])_places.Clone(), _count = _count, _next = _next, _last = _last, _begun = _begun };

    public void Advance(Vector2 at)
    {
        if (!_begun)
        {
            _begun = true;
            _last = at;
        }

        float square = Vector2.DistanceSquared(at, _last);
        if (square > Jump * Jump)
        {
            _count = 0;
            _last = at;
        }
        else if (square > Spacing * Spacing)
        {
            _places[_next] = _last = at;
            _next = (_next + 1) % Dots;
            _count = Math.Min(_count + 1, Dots);
        }
    }

    public void Draw(Scene scene)
    {
        for (int i = 0; i < _count; i++)
        {
            // From the newest to the oldest.
            _shown[i] = _places[(_next - 1 - i + (2 * Dots)) % Dots];
            float youth = 1 - (i / (float)Dots);
            _colours[i] = Rgba.Lerp(colour, Rgba.White, 0.35f).Fade(0.75f * youth);
        }

        scene.FillGrains(_shown.AsSpan(0, _count), Radius, _colours.AsSpan(0, _count));
    }
}
