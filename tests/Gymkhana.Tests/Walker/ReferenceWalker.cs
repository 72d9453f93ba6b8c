namespace Gymkhana.Tests.Walker;

/// <summary>The quirks of the original program that a reference may keep.</summary>
/// <param name="LengthStartsAtZero">A muscle's measured length is 0, not its rest length, until the first step.</param>
/// <param name="KeepsRing">The ring of delayed senses is not cleared when an episode begins.</param>
/// <param name="SensesAtOnce">The playing mode: body senses are not delayed by a step.</param>
internal sealed record WalkerQuirks(bool LengthStartsAtZero, bool KeepsRing, bool SensesAtOnce)
{
    /// <summary>The original as it trains.</summary>
    public static WalkerQuirks Training { get; } = new(true, true, false);

    /// <summary>The original as it plays.</summary>
    public static WalkerQuirks Playing { get; } = new(true, true, true);

    /// <summary>Walker-v0 with its default options.</summary>
    public static WalkerQuirks Repaired { get; } = new(false, false, false);
}

/// <summary>
/// The body of one walker in plain single-precision arithmetic, operation for operation in the order of the original. Given
/// the same commands it is where the original was recorded to be, in every digit.
/// </summary>
internal sealed class ReferenceWalker
{
    private const float Dt = 1f / 60f;
    private static readonly (int A, int B)[] Links = [(0, 3), (1, 2), (0, 1), (3, 2), (0, 4), (1, 4), (2, 4), (3, 4)];
    private static readonly float[] StartX = [450, 550, 550, 450, 500];
    private static readonly float[] StartY = [450, 450, 550, 550, 500];
    private readonly WalkerQuirks _quirks;
    private readonly float[] _lastX = new float[5];
    private readonly float[] _lastY = new float[5];
    private readonly float[] _rest = new float[8];
    private readonly float[][] _ring = [new float[6], new float[6]];
    private int _ringSlot;
    private bool _backwards;

    public ReferenceWalker(WalkerQuirks quirks)
    {
        _quirks = quirks;
        Begin();
    }

    public float[] X { get; } = new float[5];

    public float[] Y { get; } = new float[5];

    public float[] Friction { get; } = new float[4];

    public float[] Activation { get; } = new float[2];

    public float[] Length { get; } = new float[2];

    /// <summary>Walker-v0's factor on grip; the original has none.</summary>
    public float Grip { get; init; } = 1;

    /// <summary>Walker-v0's factor on muscle strength; the original has none.</summary>
    public float Strength { get; init; } = 1;

    public float HeadX => (X[0] + X[1]) * 0.5f;

    public float HeadY => (Y[0] + Y[1]) * 0.5f;

    /// <summary>x, y of the five points, one after the other.</summary>
    public float[] Points => [.. X.Zip(Y).SelectMany(p => new[] { p.First, p.Second })];

    public void Begin()
    {
        StartX.CopyTo(X, 0);
        StartY.CopyTo(Y, 0);
        StartX.CopyTo(_lastX, 0);
        StartY.CopyTo(_lastY, 0);
        Array.Clear(Friction);
        Array.Clear(Activation);
        Array.Fill(Length, _quirks.LengthStartsAtZero ? 0f : 100f);
        Array.Fill(_rest, 100f, 0, 4);
        Array.Fill(_rest, MathF.Sqrt(5000f), 4, 4);
        _backwards = false;
        if (!_quirks.KeepsRing)
        {
            Array.Clear(_ring[0]);
            Array.Clear(_ring[1]);
        }
    }

    /// <summary>One step: muscles, feet, links, integration.</summary>
    /// <param name="actions">Six outputs of a network in [−1, 1].</param>
    public void Step(ReadOnlySpan<float> actions)
    {
        for (int muscle = 0; muscle < 2; muscle++)
        {
            float command = actions[4 + muscle];
            Activation[muscle] += (command - Activation[muscle]) * 10f * Dt;
            float reach = command > 0 ? 0.35f : 0.4f;
            _rest[muscle] = 100f * (1f + (reach * Activation[muscle]));
        }

        for (int foot = 0; foot < 4; foot++)
        {
            float command = MathF.Max(0.1f, 0.5f * (1f + actions[foot]));
            Friction[foot] += (command - Friction[foot]) * 30f * Dt;
        }

        for (int i = 0; i < 8; i++)
        {
            Solve(_backwards ? 7 - i : i);
        }

        _backwards = !_backwards;
        for (int point = 0; point < 5; point++)
        {
            float keep = 1f - Felt(point);
            (X[point], _lastX[point]) = (X[point] + (keep * (X[point] - _lastX[point])), X[point]);
            (Y[point], _lastY[point]) = (Y[point] + (keep * (Y[point] - _lastY[point])), Y[point]);
        }
    }

    /// <summary>What the walker sees; pushes the present body senses into the ring, so call it once before each step.</summary>
    /// <param name="targetX">x of the target.</param>
    /// <param name="targetY">y of the target.</param>
    /// <param name="observation">Nine numbers.</param>
    public void Observe(float targetX, float targetY, Span<float> observation)
    {
        float toX = targetX - HeadX, toY = targetY - HeadY;
        float distance = MathF.Sqrt((toX * toX) + (toY * toY));
        float acrossX = X[0] - X[1], acrossY = Y[0] - Y[1];
        float width = MathF.Sqrt((acrossX * acrossX) + (acrossY * acrossY));
        float headingX = -acrossY / width, headingY = acrossX / width;
        observation[0] = distance / 1000f;
        observation[1] = (toX / distance * headingX) + (toY / distance * headingY);
        observation[2] = (toX / distance * -headingY) + (toY / distance * headingX);

        float[] now = _ring[_ringSlot];
        _ringSlot = 1 - _ringSlot;
        Friction.CopyTo(now, 0);
        for (int muscle = 0; muscle < 2; muscle++)
        {
            float stretch = Length[muscle] - 100f;
            now[4 + muscle] = stretch < 0 ? stretch / 40f : stretch / 35f;
        }

        (_quirks.SensesAtOnce ? now : _ring[_ringSlot]).CopyTo(observation[3..]);
    }

    /// <summary>Moves the whole body so that the head is at the centre; motion stays.</summary>
    public void Recenter()
    {
        float shiftX = 500f - HeadX, shiftY = 500f - HeadY;
        for (int point = 0; point < 5; point++)
        {
            X[point] += shiftX;
            _lastX[point] += shiftX;
            Y[point] += shiftY;
            _lastY[point] += shiftY;
        }
    }

    private float Felt(int point) => point < 4 ? MathF.Min(Friction[point] * Grip, 1f) : 0f;

    // The inverse of a point's effective mass.
    private float Mobility(int point) => 1f / ((point < 4 ? 10f : 1f) + (20f * Felt(point)));

    private void Solve(int link)
    {
        (int a, int b) = Links[link];
        float dx = X[a] - X[b], dy = Y[a] - Y[b];
        float length = MathF.Sqrt((dx * dx) + (dy * dy));
        if (link < 2)
        {
            Length[link] = length;
        }

        float nx = dx / length, ny = dy / length;
        float ka = Mobility(a), kb = Mobility(b);
        float strength = link < 2 ? 0.1f * Strength : 0.5f;
        float correction = 0.5f * strength * (_rest[link] - length);
        float shareA = correction * (ka / (ka + kb)), shareB = correction * (kb / (ka + kb));
        X[a] += shareA * nx;
        Y[a] += shareA * ny;
        X[b] -= shareB * nx;
        Y[b] -= shareB * ny;
    }
}
