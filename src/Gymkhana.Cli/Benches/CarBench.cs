using System.Diagnostics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.CarRacing;
using Gymkhana.Environments.CarRacing.Rendering;

namespace Gymkhana.Cli.Benches;

/// <summary>
/// Steps per second of CarRacing-v3 on one thread, with many copies that are driven at random and start anew on new tracks: the dynamics
/// alone, and with four stacked grey pictures as observations.
/// </summary>
internal sealed class CarBench : IBench
{
    private const int Repetitions = 4;
    private const int PhysicsCopies = 256;
    private const int PictureCopies = 32;

    public string Name => "car";

    public string Summary => "steps/s of CarRacing-v3";

    public IReadOnlyList<BenchResult> Run(double seconds, Action<string> note, CancellationToken stop)
    {
        Cell[] cells =
        [
            new("car/physics", "world steps/s", new CarRacingOptions { Stack = 1 }, PhysicsCopies, new BlankPainter()),
            new("car/fast", "environment steps/s", new CarRacingOptions(), PictureCopies, new FastPainter()),
            new("car/exact", "environment steps/s", new CarRacingOptions { ExactPictures = true }, PictureCopies, new ExactPainter()),
        ];

        // Turn by turn and the best of several, so that other work on the machine counts as little as it can.
        for (int repetition = 1; repetition <= Repetitions; repetition++)
        {
            note($"car, turn {repetition} of {Repetitions}");
            foreach (Cell cell in cells)
            {
                cell.Best = Math.Max(cell.Best, cell.Measure(seconds / Repetitions, stop));
            }
        }

        return [.. cells.Select(c => new BenchResult(c.Name, 1, c.Best, c.Unit))];
    }

    /// <summary>One number to measure.</summary>
    private sealed class Cell
    {
        private const int StepsBetweenOrders = 12;
        private readonly CarRacingEnvironment _environment;
        private readonly KeyedStream _orders = new(1, 0, StreamPurpose.Acting);
        private int _step;

        public Cell(string name, string unit, CarRacingOptions options, int copies, ICarPainter painter)
        {
            (Name, Unit) = (name, unit);
            _environment = new CarRacingEnvironment(options, copies, painter);
            ulong[] seeds = new ulong[copies];
            for (int i = 0; i < copies; i++)
            {
                seeds[i] = EpisodeSeeds.Train(1, 0, i);
            }

            _environment.Reset(seeds);
        }

        public string Name { get; }

        public string Unit { get; }

        public double Best { get; set; }

        public double Measure(double seconds, CancellationToken stop) => _environment.Count * StepRate.Measure(seconds, Step, stop);

        private void Step()
        {
            Order();
            _environment.Step();
        }

        // Each copy gets new orders every few steps: any steering, any gas, a brake now and then.
        private void Order()
        {
            Batch<float> actions = _environment.Groups[0].Actions.As<float>();
            for (int copy = _step++ % StepsBetweenOrders; copy < _environment.Count; copy += StepsBetweenOrders)
            {
                actions[0, 0, copy] = (2 * (float)_orders.NextDouble()) - 1;
                actions[0, 1, copy] = (float)_orders.NextDouble();
                actions[0, 2, copy] = _orders.NextDouble() < 0.2 ? 0.5f : 0;
            }
        }
    }

    /// <summary>Draws nothing.</summary>
    private sealed class BlankPainter : ICarPainter
    {
        public void PaintColour(CarSnapshot car, Span<byte> rgb)
        {
        }

        public void PaintGrey(CarSnapshot car, Span<byte> grey)
        {
        }
    }
}
