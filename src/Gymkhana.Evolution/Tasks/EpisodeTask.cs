using Gymkhana.Core.Environments;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Tasks;

/// <summary>Fitness as the mean return over episodes of an environment: lanes are episodes of one genome.</summary>
/// <param name="create">Makes a batch of that many copies.</param>
/// <param name="keepsEpisodes">Whether a score tells of each episode, not of their means alone.</param>
public sealed class EpisodeTask(Func<int, IEnvironment> create, bool keepsEpisodes = false) : IFitnessTask
{
    private readonly NetworkInterface _interface = NetworkInterface.For(create(1).Groups[0]);

    /// <inheritdoc/>
    public int Inputs => _interface.Inputs;

    /// <inheritdoc/>
    public int Outputs => _interface.Outputs;

    /// <inheritdoc/>
    public IFitnessEvaluator CreateEvaluator() => new Evaluator(create, keepsEpisodes);

    private sealed class Evaluator(Func<int, IEnvironment> create, bool keepsEpisodes) : IFitnessEvaluator
    {
        private readonly Dictionary<int, EpisodeLanes> _lanes = [];

        public Score Evaluate(NetworkGraph network, ReadOnlySpan<ulong> seeds)
        {
            if (!_lanes.TryGetValue(seeds.Length, out EpisodeLanes? lanes))
            {
                lanes = new EpisodeLanes(create(seeds.Length));
                _lanes.Add(seeds.Length, lanes);
            }

            Score score = lanes.Play(network, seeds);
            return keepsEpisodes ? score with { Episodes = lanes.Episodes() } : score;
        }
    }
}

/// <summary>One batch in which a network plays one episode in each lane.</summary>
internal sealed class EpisodeLanes(IEnvironment environment)
{
    private readonly NetworkActor _actor = new(environment, 0);
    private readonly double[] _returns = new double[environment.Count];
    private readonly double[] _figures = new double[environment.Count];
    private readonly bool[] _ended = new bool[environment.Count];

    /// <summary>Plays until every lane has ended its first episode; what a lane does after that does not count.</summary>
    public Score Play(NetworkGraph network, ReadOnlySpan<ulong> seeds)
    {
        AgentGroup group = environment.Groups[0];
        _actor.Load(network);
        environment.Reset(seeds);
        Array.Clear(_returns);
        Array.Clear(_ended);
        Span<double> rewards = group.Rewards.Lane(0);
        Span<bool> terminated = group.Terminated.Lane(0), truncated = group.Truncated.Lane(0);
        long steps = 0;
        for (int running = environment.Count; running > 0;)
        {
            _actor.Act();
            environment.Step();
            steps += environment.Count;
            for (int lane = 0; lane < rewards.Length; lane++)
            {
                _returns[lane] += _ended[lane] ? 0 : rewards[lane];
            }

            if (terminated.Contains(true) || truncated.Contains(true))
            {
                running -= NoteEnds(terminated, truncated);
            }
        }

        return new Score(Mean(_returns), environment.Figures.Features == 0 ? double.NaN : Mean(_figures), steps);
    }

    /// <summary>What each lane's episode gave in the last <see cref="Play"/>.</summary>
    public EpisodeScores Episodes() => new([.. _returns], environment.Figures.Features == 0 ? [] : [.. _figures]);

    private int NoteEnds(ReadOnlySpan<bool> terminated, ReadOnlySpan<bool> truncated)
    {
        int ended = 0;
        for (int lane = 0; lane < terminated.Length; lane++)
        {
            if (!terminated[lane] && !truncated[lane])
            {
                continue;
            }

            _actor.EpisodeEnded(lane);
            if (!_ended[lane])
            {
                _ended[lane] = true;
                _figures[lane] = environment.Figures.Features == 0 ? 0 : environment.Figures[0, 0, lane];
                ended++;
            }
        }

        return ended;
    }

    private static double Mean(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
