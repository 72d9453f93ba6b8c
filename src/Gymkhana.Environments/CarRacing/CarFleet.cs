using System.Runtime.CompilerServices;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.CarRacing;

/// <summary>Many cars, each on a track of its own, moved together: the dynamics of CarRacing-v3 without pictures and episodes' ends.</summary>
/// <remarks>
/// Each car's numbers lie together (<see cref="CarRows"/>). For the solver, which is where the time goes, cars are brought into bundles of
/// lanes, those of the same steering limits together, because a limit costs every lane of its bundle; which cars share a bundle changes no bit.
/// </remarks>
internal sealed unsafe class CarFleet
{
    private const int LimitKinds = 1 << CarBody.Wheels;

    // What a car keeps from one step to the next: all but the rows that each step computes for its joints.
    private static readonly int[] KeptRows =
        [.. Enumerable.Range(0, CarRows.Count).Where(row => row < CarRows.Joints || (row - CarRows.Joints) % CarRows.PerJoint <= CarRows.ForceY)];

    private readonly Batch<float> _cars;
    private readonly Batch<float> _bundle;
    private readonly ICarKernel _kernel;
    private readonly CarKernel<Wide1> _single = new();
    private readonly CarLife[] _lives;
    private readonly int[] _limits;
    private readonly int[] _order;
    private readonly int[] _kindStarts = new int[LimitKinds];
    private readonly bool _randomColours;

    /// <summary>Cars that have not started.</summary>
    /// <param name="count">Cars, at least 1.</param>
    /// <param name="width">Lanes of a bundle.</param>
    /// <param name="randomColours">Whether the colours of the ground are drawn for each episode.</param>
    /// <param name="lapPercent">Fraction of the tiles that makes a lap if the first tile is visited after them.</param>
    public CarFleet(int count, int width, bool randomColours = false, double lapPercent = 0.95)
    {
        Count = count;
        _randomColours = randomColours;
        _cars = new Batch<float>(1, CarRows.Count, count, BatchLayout.CopyMajor);
        _kernel = WideWidth.Dispatch(width, new KernelFactory());
        _bundle = new Batch<float>(1, CarRows.Count, width);
        var builder = new CarTrackBuilder();
        _lives = new CarLife[count];
        foreach (ref CarLife life in _lives.AsSpan())
        {
            life = new CarLife(builder, lapPercent);
        }

        _limits = new int[count];
        _order = new int[count];
    }

    /// <summary>Cars.</summary>
    public int Count { get; }

    /// <summary>The numbers of a car.</summary>
    /// <param name="copy">The car.</param>
    /// <returns><see cref="CarRows.Count"/> numbers.</returns>
    public Span<float> Car(int copy) => _cars.Of(copy);

    /// <summary>What else there is of a car.</summary>
    /// <param name="copy">The car.</param>
    /// <returns>Its life.</returns>
    public CarLife Life(int copy) => _lives[copy];

    /// <summary>Starts one car anew: track, place, and a first step without orders.</summary>
    /// <param name="copy">The car.</param>
    /// <param name="random">Its random stream.</param>
    public void Begin(int copy, NumpyGenerator random)
    {
        CarLife life = _lives[copy];
        Span<float> car = Car(copy);
        life.Begin(random, _randomColours, car);
        life.Push(car);
        life.Feel(car);
        _single.Step(new Bundle((nint)Unsafe.AsPointer(ref car[0])), 1);
        life.Tick();
    }

    /// <summary>Moves cars by one step, after their orders.</summary>
    /// <param name="copies">Which.</param>
    public void Step(ReadOnlySpan<int> copies)
    {
        foreach (int copy in copies)
        {
            Span<float> car = Car(copy);
            _limits[copy] = _lives[copy].Push(car);
            _lives[copy].Feel(car);
        }

        OrderByLimits(copies);
        for (int first = 0; first < copies.Length; first += _kernel.Lanes)
        {
            StepBundle(_order.AsSpan(first, Math.Min(_kernel.Lanes, copies.Length - first)));
        }

        foreach (int copy in copies)
        {
            _lives[copy].Tick();
        }
    }

    private void StepBundle(ReadOnlySpan<int> cars)
    {
        // Lanes that are left over do what the last car does.
        int lanes = _kernel.Lanes, stride = _bundle.Stride;
        float* bundle = _bundle.Pointer;
        for (int lane = 0; lane < lanes; lane++)
        {
            float* car = CarPointer(cars[Math.Min(lane, cars.Length - 1)]);
            foreach (int row in KeptRows)
            {
                bundle[(row * stride) + lane] = car[row];
            }
        }

        _kernel.Step(new Bundle((nint)bundle), stride);
        for (int lane = 0; lane < cars.Length; lane++)
        {
            float* car = CarPointer(cars[lane]);
            foreach (int row in KeptRows)
            {
                car[row] = bundle[(row * stride) + lane];
            }
        }
    }

    private float* CarPointer(int copy) => _cars.Pointer + (copy * CarRows.Count);

    private void OrderByLimits(ReadOnlySpan<int> copies)
    {
        Array.Clear(_kindStarts);
        foreach (int copy in copies)
        {
            _kindStarts[_limits[copy]]++;
        }

        int start = 0;
        foreach (ref int kind in _kindStarts.AsSpan())
        {
            (kind, start) = (start, start + kind);
        }

        foreach (int copy in copies)
        {
            _order[_kindStarts[_limits[copy]]++] = copy;
        }
    }

    private sealed class KernelFactory : IWideFactory<ICarKernel>
    {
        public ICarKernel Create<TWide>()
            where TWide : unmanaged, IWide<TWide> => new CarKernel<TWide>();
    }
}
