using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Scenes;
using Gymkhana.Core.Simd;
using Gymkhana.Core.Spaces;
using Gymkhana.Environments.CarRacing.Rendering;

namespace Gymkhana.Environments.CarRacing;

/// <summary>
/// CarRacing-v3: drive a car round a random track from pictures of it, seen from above. Seed for seed the environment of Gymnasium.
/// <see cref="CarRacingPage"/> documents it; the dynamics are in <see cref="CarFleet"/>.
/// </summary>
/// <remarks>
/// Copy i draws from <c>numpy.random.default_rng(seed)</c> as Gymnasium does, and later episodes go on with the same stream. When the task's
/// own rules and a limit end an episode in the same step, it is terminated and not truncated. Actions that are not finite are refused.
/// </remarks>
public sealed class CarRacingEnvironment : IEnvironment, IDrawable, ISubstepped, IOriginalPictures
{
    private readonly CarFleet _fleet;
    private readonly CarFrames _frames;
    private readonly CarRecord _record;
    private readonly NumpyGenerator[] _random;
    private readonly AgentGroup _driver;
    private readonly CarPatience? _patience;
    private readonly int[] _steps;
    private readonly (int Visited, int Step)[] _progress;
    private readonly int[] _driving;
    private CarFilm? _film;
    private bool _started;

    /// <summary>A batch of cars.</summary>
    /// <param name="options">Options.</param>
    /// <param name="count">Copies, at least 1.</param>
    /// <param name="painter">Draws what the drivers see; used by this batch alone.</param>
    public CarRacingEnvironment(CarRacingOptions options, int count, ICarPainter painter)
        : this(options, count, painter, WideWidth.Best)
    {
    }

    internal CarRacingEnvironment(CarRacingOptions options, int count, ICarPainter painter, int width)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Options = options;
        Count = count;
        Spec = CarRacingPage.Spec(options);
        _fleet = new CarFleet(count, width, options.DomainRandomize, options.LapCompletePercent);
        _driver = new AgentGroup(
            "driver", ["driver_0"], CarFrames.SpaceOf(options), CarActions.SpaceOf(options.Controls), ["tiles", "time", "outside", "rounding"], count);
        Groups = [_driver];
        Figures = new Batch<double>(1, Spec.Figures.Length, count);
        _frames = new CarFrames(options, painter, _driver.Observations.As<byte>());
        _record = new CarRecord(count);
        _random = new NumpyGenerator[count];
        _patience = options.EarlyEnd ? new CarPatience(count) : null;
        _steps = new int[count];
        _progress = new (int, int)[count];
        _driving = new int[count];
    }

    /// <summary>The options it was made with.</summary>
    public CarRacingOptions Options { get; }

    /// <inheritdoc/>
    public EnvironmentSpec Spec { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public ImmutableArray<AgentGroup> Groups { get; }

    /// <inheritdoc/>
    public Batch<double> Figures { get; }

    /// <inheritdoc/>
    public bool RecordsState { get; set; }

    /// <inheritdoc/>
    public ImmutableArray<StateField> State => _record.Fields;

    /// <summary>How the environment is found and made.</summary>
    public static EnvironmentRegistration Registration { get; } = RegistrationWith(() => new FastPainter(), () => new ExactPainter());

    /// <inheritdoc/>
    public Viewport View => CarScene.Frame;

    /// <inheritdoc/>
    public int Substeps => Options.ActionRepeat;

    /// <inheritdoc/>
    public Action? BetweenSubsteps { get; set; }

    /// <inheritdoc/>
    public ImmutableArray<(int Width, int Height)> PictureSizes => [(CarFilm.Width, CarFilm.Height), (CarFilm.WindowWidth, CarFilm.WindowHeight)];

    /// <summary>How the environment is found and made, with these painters.</summary>
    /// <param name="fast">Makes a painter that draws straight at 96×96.</param>
    /// <param name="exact">Makes a painter whose pictures are the original's.</param>
    /// <returns>The registration.</returns>
    internal static EnvironmentRegistration RegistrationWith(Func<ICarPainter> fast, Func<ICarPainter> exact) => new(
        CarRacingPage.Id,
        CarRacingPage.Summary,
        CarRacingOptions.Schema,
        (values, count) =>
        {
            CarRacingOptions options = CarRacingOptions.From(values);
            return new CarRacingEnvironment(options, count, options.ExactPictures ? exact() : fast());
        });

    /// <summary>What a picture of a copy shows, as it stands now.</summary>
    /// <param name="copy">The copy.</param>
    /// <returns>The environment's own object, up to date until the next step.</returns>
    public CarSnapshot SnapshotOf(int copy)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)copy, (uint)Count, nameof(copy));
        CarLife life = _fleet.Life(copy);
        life.Capture(_fleet.Car(copy));
        return life.Snapshot;
    }

    /// <inheritdoc/>
    public void Draw(int copy, Scene scene) => CarScene.Add(scene, SnapshotOf(copy));

    /// <inheritdoc/>
    public void Paint(int copy, int width, int height, Span<byte> rgb)
    {
        if (!PictureSizes.Contains((width, height)))
        {
            throw new ArgumentOutOfRangeException(nameof(width), $"{Spec.Id} expects pictures of {CarFilm.Width}×{CarFilm.Height} or {CarFilm.WindowWidth}×{CarFilm.WindowHeight}, got {width}×{height}.");
        }

        _film ??= new CarFilm();
        if (width == CarFilm.Width)
        {
            _film.Paint(SnapshotOf(copy), rgb);
        }
        else
        {
            _film.PaintWindow(SnapshotOf(copy), rgb);
        }
    }

    /// <inheritdoc/>
    public void Reset(ReadOnlySpan<ulong> seeds)
    {
        if (seeds.Length != Count)
        {
            throw new ArgumentException($"{Spec.Id} with {Count} copies expects {Count} seeds, got {seeds.Length}. Give one seed for each copy.", nameof(seeds));
        }

        Figures.Values.Clear();
        _driver.Rewards.Values.Clear();
        _driver.RewardPartValues.Values.Clear();
        _driver.Terminated.Values.Clear();
        _driver.Truncated.Values.Clear();
        for (int copy = 0; copy < Count; copy++)
        {
            _random[copy] = new NumpyGenerator(seeds[copy]);
            Begin(copy);
            RecordState(copy);
        }

        _started = true;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An action is no choice of the space, or not a finite number.</exception>
    public void Step()
    {
        if (!_started)
        {
            throw new InvalidOperationException($"{Spec.Id} was stepped before its first reset. Call Reset with one seed for each copy.");
        }

        CheckActions();
        _driver.RewardPartValues.Values.Clear();
        _driver.Rewards.Values.Clear();
        _driver.Terminated.Values.Clear();
        _driver.Truncated.Values.Clear();
        int driving = Count;
        for (int copy = 0; copy < Count; copy++)
        {
            _driving[copy] = copy;
        }

        for (int turn = 0; turn < Options.ActionRepeat && driving > 0; turn++)
        {
            driving = StepWorld(driving);
            if (turn < Options.ActionRepeat - 1 && driving > 0)
            {
                BetweenSubsteps?.Invoke();
            }
        }

        for (int copy = 0; copy < Count; copy++)
        {
            Conclude(copy);
        }
    }

    // One step of those cars whose episodes have not ended; gives how many of them drive on.
    private int StepWorld(int driving)
    {
        ReadOnlySpan<int> copies = _driving.AsSpan(0, driving);
        foreach (int copy in copies)
        {
            (double steer, double gas, double brake) = OrdersOf(copy);
            _fleet.Life(copy).Drive(steer, gas, brake);
        }

        _fleet.Step(copies);
        int on = 0;
        foreach (int copy in copies)
        {
            if (!Judge(copy))
            {
                _driving[on++] = copy;
            }
        }

        return on;
    }

    private (double Steer, double Gas, double Brake) OrdersOf(int copy)
    {
        if (Options.Controls != CarControls.Continuous)
        {
            return CarActions.Meaning(Options.Controls, _driver.Actions.As<int>()[0, 0, copy]);
        }

        Batch<float> actions = _driver.Actions.As<float>();
        return (actions[0, 0, copy], actions[0, 1, copy], actions[0, 2, copy]);
    }

    private bool Judge(int copy)
    {
        double reward = _fleet.Life(copy).Reward(_fleet.Car(copy), out bool terminated, out bool left, out double tiles);
        Batch<double> parts = _driver.RewardPartValues;
        if (left)
        {
            parts[0, 2, copy] += reward;
        }
        else
        {
            parts[0, 0, copy] += tiles;
            parts[0, 1, copy] -= CarLife.TimePrice;
        }

        _driver.Rewards[0, 0, copy] += reward;
        _steps[copy]++;
        bool lost = (_patience?.IsLostAfter(copy, reward) ?? false) || IsStalled(copy);
        bool truncated = !terminated && (lost || _steps[copy] >= Options.EpisodeSteps);
        _driver.Terminated[0, 0, copy] = terminated;
        _driver.Truncated[0, 0, copy] = truncated;
        return terminated || truncated;
    }

    private bool IsStalled(int copy)
    {
        int visited = _fleet.Life(copy).Visited;
        if (visited > _progress[copy].Visited)
        {
            _progress[copy] = (visited, _steps[copy]);
        }

        return Options.StallSteps > 0 && _steps[copy] - _progress[copy].Step >= Options.StallSteps;
    }

    // The reward is a difference of running sums, as in the original. What its rounding leaves beside the parts is a part of its own,
    // so that the parts add up to it: the last difference is exact, as both numbers are near each other.
    private void Conclude(int copy)
    {
        Batch<double> parts = _driver.RewardPartValues;
        double sum = parts[0, 0, copy] + parts[0, 1, copy] + parts[0, 2, copy];
        parts[0, 3, copy] = _driver.Rewards[0, 0, copy] - sum;
        CarLife life = _fleet.Life(copy);
        Figures[0, 0, copy] = life.Visited;
        Figures[0, 1, copy] = life.Track is CarTrack track ? (double)life.Visited / track.Count : 0;
        Figures[0, 2, copy] = life.LapFinished ? 1 : 0;
        Figures[0, 3, copy] = _steps[copy] * 0.02;
        RecordState(copy);
        _frames.Push(copy, SnapshotOf(copy));
        if (_driver.Terminated[0, 0, copy] || _driver.Truncated[0, 0, copy])
        {
            _driver.Observations.As<byte>().Of(copy).CopyTo(_driver.FinalObservations.As<byte>().Of(copy));
            Begin(copy);
        }
    }

    private void Begin(int copy)
    {
        _fleet.Begin(copy, _random[copy]);
        _steps[copy] = 0;
        _progress[copy] = default;
        _patience?.Begin(copy);
        _frames.Fill(copy, SnapshotOf(copy));
    }

    private void RecordState(int copy)
    {
        if (RecordsState)
        {
            _record.Capture(copy, _fleet.Car(copy), _fleet.Life(copy));
        }
    }

    private void CheckActions()
    {
        if (_driver.ActionSpace is DiscreteSpace choices)
        {
            if (_driver.Actions.As<int>().Lane(0).ContainsAnyExceptInRange(0, choices.Count - 1))
            {
                throw new ArgumentOutOfRangeException(nameof(_driver.Actions), $"{Spec.Id} expects actions from 0 to {choices.Count - 1}, got another; look at the policy's output.");
            }

            return;
        }

        Batch<float> actions = _driver.Actions.As<float>();
        for (int number = 0; number < actions.Features; number++)
        {
            if (actions.Lane(number).ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                throw new ArgumentOutOfRangeException(nameof(_driver.Actions), $"{Spec.Id} expects finite actions, got NaN or infinity; look at the policy's output.");
            }
        }
    }
}
