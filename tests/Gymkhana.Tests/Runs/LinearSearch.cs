using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;

namespace Gymkhana.Tests.Runs;

/// <summary>A small real algorithm to try runs with: random steps from the best linear policy so far are kept when they score better.</summary>
internal sealed class LinearSearch : IAlgorithm
{
    public string Name => "linear-search";

    public string Summary => "Random search over linear policies.";

    public string IterationName => "generation";

    public SettingSchema Schema { get; } = new(
        new Setting { Key = "generations", Kind = SettingKind.Integer, Default = "20", Minimum = 1, Description = "how many" },
        new Setting { Key = "episodes", Kind = SettingKind.Integer, Default = "4", Minimum = 1, Description = "episodes of a candidate" },
        new Setting { Key = "step", Kind = SettingKind.Real, Default = "0.5", Minimum = 0, Description = "size of a random step" },
        new Setting { Key = "episode-seconds", Kind = SettingKind.Real, Default = "1", Minimum = 0, Description = "also a key of Walker-v0, to try the prefixes; has no effect" });

    public string ChampionFileName => "champion.linear.json";

    public IReadOnlyList<Preset> PresetsFor(string environmentId) =>
        [new Preset("short", "a few generations", new Dictionary<string, string> { ["generations"] = "3" }, new Dictionary<string, string>(), 0)];

    public ITrainer Start(TrainingContext context) => new Trainer(context);

    public ITrainer Resume(TrainingContext context, Stream checkpoint)
    {
        var trainer = new Trainer(context);
        trainer.Load(checkpoint);
        return trainer;
    }

    public IPolicy LoadPolicy(Stream source, string name) => LinearPolicy.Load(source, name);

    private sealed class Trainer : ITrainer
    {
        private readonly TrainingContext _context;
        private readonly int _inputs;
        private readonly int _outputs;
        private float[] _best;
        private double _bestScore = double.NegativeInfinity;

        public Trainer(TrainingContext context)
        {
            _context = context;
            (_inputs, _outputs) = LinearPolicy.SizesFor(context.Environment.Create(context.EnvironmentSettings, 1));
            _best = new float[_inputs * _outputs];
        }

        public long Iteration { get; private set; }

        public long PlannedIterations => _context.AlgorithmSettings.Integer("generations");

        public bool IsFinished => Iteration >= PlannedIterations;

        public IPolicy Champion => new LinearPolicy("champion", _inputs, _outputs, _best);

        public TrainingReport Advance()
        {
            Iteration++;
            var stream = new KeyedStream(_context.Seed, (ulong)Iteration, 1000u);
            double step = _context.AlgorithmSettings.Real("step");
            float[] weights = [.. _best.Select(w => w + (float)stream.NextNormal(0, step))];
            ulong[] seeds = [.. Enumerable.Range(0, _context.AlgorithmSettings.Integer("episodes")).Select(i => EpisodeSeeds.Train(_context.Seed, 0, i))];
            EvaluationReport report = Evaluator.Evaluate(
                count => _context.Environment.Create(_context.EnvironmentSettings, count),
                [new LinearPolicy("candidate", _inputs, _outputs, weights)],
                seeds,
                _context.Threads,
                batchSize: 2);
            bool isBetter = report.Return.Mean > _bestScore;
            if (isBetter)
            {
                (_best, _bestScore) = (weights, report.Return.Mean);
            }

            return new TrainingReport(
                Iteration,
                report.Results.Sum(r => (long)r.Length),
                [new Metric("best", _bestScore), new Metric("mean", report.Return.Mean)],
                isBetter);
        }

        public void Save(Stream destination)
        {
            using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
            writer.Write(Iteration);
            writer.Write(_bestScore);
            foreach (float weight in _best)
            {
                writer.Write(weight);
            }
        }

        public void Load(Stream source)
        {
            try
            {
                using var reader = new BinaryReader(source, System.Text.Encoding.UTF8, leaveOpen: true);
                Iteration = reader.ReadInt64();
                _bestScore = reader.ReadDouble();
                for (int i = 0; i < _best.Length; i++)
                {
                    _best[i] = reader.ReadSingle();
                }
            }
            catch (EndOfStreamException failure)
            {
                throw new GymkhanaException("The state of linear-search is cut short.", failure);
            }
        }

        public void SaveChampion(Stream destination) => ((LinearPolicy)Champion).Save(destination);

        public void Dispose()
        {
        }
    }
}
